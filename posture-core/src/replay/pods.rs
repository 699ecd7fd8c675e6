//! The pods of workloads, those left out that policies cannot tell from others.

use std::collections::BTreeMap;
use std::net::IpAddr;

use rustc_hash::FxHashMap;

use crate::engine::Engine;
use crate::model::{Cluster, Labels, NamedPort, PodOf, ServiceName, WorkloadId};

/// How many pods are kept of those that no policy tells apart: two, since traffic between them is not
/// that of a pod to itself.
const KEPT: usize = 2;

/// Whether it matters on which node a pod is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Nodes {
    /// Pods on different nodes are alike.
    Alike,
    /// They are not: traffic with a node is asked about.
    Differ,
}

/// The pods of each workload that have a network of their own, and what stands behind Services.
#[derive(Debug)]
pub(super) struct Pods<'c> {
    of: FxHashMap<&'c WorkloadId, Vec<&'c PodOf>>,
    services: FxHashMap<IpAddr, Vec<&'c ServiceName>>,
}

/// What policies may tell a pod by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Kind<'c> {
    labels: &'c Labels,
    service_account: &'c str,
    ports: &'c [NamedPort],
    /// The piece of the address space of each address, and the Services in front of it.
    addresses: Vec<(u32, &'c [&'c ServiceName])>,
    node: Option<&'c str>,
}

impl<'c> Pods<'c> {
    pub(super) fn new(cluster: &'c Cluster) -> Self {
        let mut of: FxHashMap<&WorkloadId, Vec<&PodOf>> = FxHashMap::default();
        let objects = cluster.namespaces.values();
        for known in objects.flat_map(|objects| objects.pods.values()) {
            if !known.pod.host_network {
                of.entry(&known.workload).or_default().push(known);
            }
        }
        for pods in of.values_mut() {
            if pods.iter().any(|known| known.is_running()) {
                pods.retain(|known| known.is_running());
            }
        }
        let mut services: FxHashMap<IpAddr, Vec<&ServiceName>> = FxHashMap::default();
        for (name, endpoints) in &cluster.services {
            for endpoint in endpoints {
                services.entry(endpoint.address).or_default().push(name);
            }
        }
        Self { of, services }
    }

    /// The pods of a workload that an engine may tell apart; none for one of which nothing is known.
    pub(super) fn of(
        &self,
        workload: &WorkloadId,
        nodes: Nodes,
        engine: &Engine,
    ) -> Vec<Option<&'c PodOf>> {
        let mut kept: BTreeMap<Kind<'_>, usize> = BTreeMap::new();
        let mut alike: Vec<Option<&PodOf>> = Vec::new();
        for known in self.of.get(workload).into_iter().flatten().copied() {
            let number = kept.entry(self.kind(known, nodes, engine)).or_default();
            if *number < KEPT {
                *number += 1;
                alike.push(Some(known));
            }
        }
        if alike.is_empty() {
            alike.push(None);
        }
        alike
    }

    fn kind<'k>(&'k self, known: &'k PodOf, nodes: Nodes, engine: &Engine) -> Kind<'k> {
        let addresses = known.pod.addresses.iter().map(IpAddr::to_canonical);
        let of_address = |address| {
            let services = self.services.get(&address).map_or(&[][..], Vec::as_slice);
            (engine.piece(address), services)
        };
        Kind {
            labels: &known.pod.labels,
            service_account: &known.pod.service_account,
            ports: &known.ports,
            addresses: addresses.map(of_address).collect(),
            node: match nodes {
                Nodes::Alike => None,
                Nodes::Differ => known.pod.node.as_deref(),
            },
        }
    }
}
