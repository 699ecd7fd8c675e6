//! What the calculators stand on: the counted namespaces, each with its own workloads and edges.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::evidence::{Basis, EvidenceKind, says};
use super::seen::{Seen, States};
use super::{Exposure, Images, NamespaceRisk, PerType, Risks, governance, traffic};
use crate::engine::Engine;
use crate::model::{Cluster, Method, NamespaceObjects, NetworkEvidence};
use crate::points::Share;
use crate::tally::{OfWorkload, Tally};

/// A cluster and its traffic, put by namespace.
#[derive(Debug)]
pub struct Ground<'a> {
    cluster: &'a Cluster,
    images: &'a Images<'a>,
    active: BTreeMap<Arc<str>, Active<'a>>,
}

/// What there is of an active namespace: "at least one running workload, or it appears as a local
/// workload end of a flow" (scoring, section 1).
#[derive(Debug, Default)]
struct Active<'a> {
    /// What lies in it, where anything runs in it.
    objects: Option<&'a NamespaceObjects>,
    /// The edges of each of its workloads, in no particular order.
    edges: Vec<&'a OfWorkload>,
}

impl<'a> Ground<'a> {
    /// Puts workloads and edges by namespace.
    pub fn new(cluster: &'a Cluster, images: &'a Images<'a>, tally: &'a Tally) -> Self {
        let mut active: FxHashMap<&Arc<str>, Active<'a>> = FxHashMap::default();
        for (workload, edges) in tally.by_workload() {
            let of = active.entry(&workload.namespace).or_default();
            of.edges.push(edges);
        }
        for objects in cluster.namespaces.values() {
            let mut pods = objects.pods.values();
            if let Some(first) = pods.find(|known| known.is_running()) {
                let of = active.entry(&first.workload.namespace).or_default();
                of.objects = Some(objects);
            }
        }
        let by_name = active.into_iter().map(|(name, of)| (name.clone(), of));
        Self {
            cluster,
            images,
            active: by_name.collect(),
        }
    }

    /// Runs the four calculators over every counted namespace.
    pub fn assess(&self, engine: &Engine, method: &Method) -> Risks<'a> {
        let states = States::default();
        let basis = self.basis(engine, method, &states);
        let risk = |namespace: &Arc<str>| NamespaceRisk {
            namespace: namespace.clone(),
            exposures: self.expose(namespace, basis, engine, method, &states),
        };
        Risks {
            namespaces: self.counted(method).map(risk).collect(),
            basis,
        }
    }

    /// Namespaces that count: "*counted* when it is in scope and *active*" (scoring, section 1).
    pub(crate) fn counted(&self, method: &Method) -> impl Iterator<Item = &Arc<str>> {
        let active = self.active.keys();
        active.filter(|namespace| method.scope.contains(namespace))
    }

    /// What each type can be judged from (scoring, sections 4 and 6.4).
    ///
    /// Images are assessed where both the running images and scans are known. Traffic serves where a
    /// counted namespace has at least one edge of known state, and policies alone where it has at
    /// least one (workload, direction) of known state, or where the method counts unknown states as
    /// unsecured: what says nothing is no evidence, and "no input makes a score out of nothing"
    /// (scoring, section 12).
    pub(crate) fn basis(
        &self,
        engine: &Engine,
        method: &Method,
        states: &States,
    ) -> PerType<Basis> {
        let sources = self.cluster.sources;
        let scans = (sources.pods && sources.scans).then_some(EvidenceKind::Scans);
        let traffic = || {
            let counted = self.counted(method);
            let active = counted.filter_map(|name| self.active.get(name));
            let of_workloads = active.flat_map(|active| &active.edges);
            let mut edges = of_workloads.flat_map(|edges| Seen::each(edges));
            edges
                .any(|seen| says(seen.as_counted(states).is_known(), method))
                .then_some(EvidenceKind::Traffic)
        };
        let policies = || {
            let mut pairs = self
                .counted(method)
                .flat_map(|name| governance::pairs(self.cluster, engine, name));
            pairs
                .any(|(_, governed)| says(governed.is_some(), method))
                .then_some(EvidenceKind::Static)
        };
        let network = match method.network_evidence {
            NetworkEvidence::Auto => traffic().or_else(policies),
            NetworkEvidence::Traffic => traffic(),
            NetworkEvidence::Static => policies(),
        };
        PerType::new(|risk_type| Basis {
            evidence: if risk_type.is_network() {
                network
            } else {
                scans
            },
        })
    }

    /// How much of a namespace is at risk: [`Ground::expose`] without what it is.
    pub(crate) fn shares(
        &self,
        namespace: &str,
        basis: PerType<Basis>,
        engine: &Engine,
        method: &Method,
        states: &States,
    ) -> PerType<Share> {
        if basis.egress_access.evidence == Some(EvidenceKind::Static) {
            let exposures = self.expose(namespace, basis, engine, method, states);
            return PerType::new(|risk_type| exposures[risk_type].share);
        }
        let mut shares = PerType::default();
        if basis.high_risk_images.is_assessed() {
            shares = self.images.shares(namespace, method);
        }
        if let Some(of) = self.traffic(namespace, basis, states) {
            traffic::shares(&of, method, &mut shares);
        }
        shares
    }

    /// The traffic of a namespace, where it is judged from that.
    fn traffic<'s>(
        &'s self,
        namespace: &str,
        basis: PerType<Basis>,
        states: &'s States,
    ) -> Option<traffic::Of<'s, 'a>> {
        let active = self.active.get(namespace)?;
        let by_traffic = basis.egress_access.evidence == Some(EvidenceKind::Traffic);
        by_traffic.then_some(traffic::Of {
            objects: active.objects,
            edges: &active.edges,
            states,
        })
    }

    /// How exposed a namespace is, some of its edges as if they had another state.
    pub(crate) fn expose(
        &self,
        namespace: &str,
        basis: PerType<Basis>,
        engine: &Engine,
        method: &Method,
        states: &States,
    ) -> PerType<Exposure<'a>> {
        let mut exposures = PerType::default();
        if basis.high_risk_images.is_assessed() {
            self.images.expose(namespace, method, &mut exposures);
        }
        if let Some(of) = self.traffic(namespace, basis, states) {
            traffic::expose(&of, method, &mut exposures);
        }
        if basis.egress_access.evidence == Some(EvidenceKind::Static) {
            let pairs = governance::pairs(self.cluster, engine, namespace);
            governance::expose(&pairs, method, &mut exposures);
        }
        exposures
    }
}
