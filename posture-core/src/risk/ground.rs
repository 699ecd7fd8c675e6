//! What the calculators stand on: the counted namespaces, each with its own workloads and edges.

use std::collections::BTreeMap;
use std::iter;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::evidence::{Basis, EvidenceKind, says};
use super::seen::{Seen, States};
use super::{Exposure, Images, NamespaceRisk, PerType, Risks, governance, traffic};
use crate::engine::Engine;
use crate::model::{Cluster, Method, NetworkEvidence, WorkloadId};
use crate::points::Share;
use crate::tally::Tally;

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
    /// The workloads of its running pods, those left out that share their node's network.
    running: Vec<&'a Arc<WorkloadId>>,
    /// Its edges, those of a workload together, otherwise in no particular order.
    edges: Vec<Seen<'a>>,
}

impl<'a> Ground<'a> {
    /// Puts workloads and edges by namespace; the method says with which states edges count.
    pub fn new(
        cluster: &'a Cluster,
        images: &'a Images<'a>,
        tally: &'a Tally,
        method: &Method,
    ) -> Self {
        let mut active: FxHashMap<&Arc<str>, Active<'a>> = FxHashMap::default();
        for (workload, edges) in tally.by_workload() {
            let of = active.entry(&workload.namespace).or_default();
            let first = iter::once(true).chain(iter::repeat(false));
            let seen = edges.iter().zip(first);
            of.edges.extend(
                seen.map(|((key, known), is_first)| Seen::new(key, known, is_first, method)),
            );
        }
        for objects in cluster.namespaces.values() {
            let running = objects.pods.values().filter(|known| known.is_running());
            let mut all = running.peekable();
            let Some(first) = all.peek() else { continue };
            let of = active.entry(&first.workload.namespace).or_default();
            let policed = all.filter(|known| !known.pod.host_network);
            of.running.extend(policed.map(|known| &known.workload));
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
            let mut edges = active.flat_map(|active| &active.edges);
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
            shares.egress_access = traffic::egress_share(&of, method);
            shares.namespace_isolation = traffic::isolation_share(&of, method);
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
            edges: &active.edges,
            running: &active.running,
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
            exposures.egress_access = traffic::egress_access(&of, method);
            exposures.namespace_isolation = traffic::namespace_isolation(&of, method);
        }
        if basis.egress_access.evidence == Some(EvidenceKind::Static) {
            let pairs = governance::pairs(self.cluster, engine, namespace);
            governance::expose(&pairs, method, &mut exposures);
        }
        exposures
    }
}
