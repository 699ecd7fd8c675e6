//! Egress access and namespace isolation from what was seen of traffic.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Exposure, Item, PerType, Subject};
use crate::edge::EdgeKey;
use crate::model::{
    Cluster, EgressDenominator, IsolationScope, Method, TrafficUnit, UnknownStates, WorkloadId,
};
use crate::points::Share;
use crate::tally::{Edge, EdgeState, Tally};

type Seen<'a> = (&'a EdgeKey, &'a Edge);

/// Exposes the counted namespaces to both network types.
pub(super) fn expose<'a>(
    cluster: &'a Cluster,
    tally: &'a Tally,
    method: &Method,
    namespaces: &mut BTreeMap<Arc<str>, PerType<Exposure<'a>>>,
) {
    let edges = tally.edges();
    let by_namespace: BTreeMap<&Arc<str>, &[Seen<'a>]> = edges
        .chunk_by(|(a, _), (b, _)| a.workload.namespace == b.workload.namespace)
        .filter_map(|edges| Some((&edges.first()?.0.workload.namespace, edges)))
        .collect();
    let running = running_workloads(cluster);
    for (namespace, exposures) in namespaces {
        let edges = by_namespace.get(namespace).copied().unwrap_or_default();
        exposures.egress_access = egress_access(edges, running.get(namespace), method);
        exposures.namespace_isolation = namespace_isolation(edges, method);
    }
}

/// "workloads with an unsecured external edge" of "workloads of n with any external edge of known
/// state" (scoring, section 2), or of all workloads.
fn egress_access<'a>(
    edges: &[Seen<'a>],
    running: Option<&BTreeSet<&'a Arc<WorkloadId>>>,
    method: &Method,
) -> Exposure<'a> {
    let mut items = Vec::new();
    let mut whole: BTreeSet<&Arc<WorkloadId>> = BTreeSet::new();
    if method.egress_denominator == EgressDenominator::AllWorkloads {
        whole.extend(edges.iter().map(|(key, _)| &key.workload));
        whole.extend(running.into_iter().flatten());
    }
    for edges in edges.chunk_by(|(a, _), (b, _)| a.workload == b.workload) {
        let mut unsecured: Vec<Seen<'a>> = Vec::new();
        for (key, edge) in edges.iter().filter(|(key, _)| key.is_external_egress()) {
            let state = edge.state(method.settle, method.unknown);
            if state != EdgeState::Unknown {
                whole.insert(&key.workload);
            }
            if state == EdgeState::Unsecured {
                unsecured.push((key, edge));
            }
        }
        if let Some((key, _)) = unsecured.first() {
            items.push(Item {
                units: 1,
                subject: Subject::Workload(key.workload.clone(), unsecured),
            });
        }
    }
    Exposure {
        share: Share {
            part: items.len() as u64,
            whole: whole.len() as u64,
        },
        items,
    }
}

/// "unsecured boundary traffic" of "boundary traffic of known state" (scoring, section 2).
fn namespace_isolation<'a>(edges: &[Seen<'a>], method: &Method) -> Exposure<'a> {
    let mut exposure = Exposure::default();
    for (key, edge) in edges
        .iter()
        .filter(|(key, _)| is_in_scope(key, method.isolation_scope))
    {
        let Share { part, whole } = units(edge, method);
        exposure.share.part = exposure.share.part.saturating_add(part);
        exposure.share.whole = exposure.share.whole.saturating_add(whole);
        if part > 0 {
            exposure.items.push(Item {
                units: part,
                subject: Subject::Edge(key, edge),
            });
        }
    }
    exposure
}

fn is_in_scope(key: &EdgeKey, scope: IsolationScope) -> bool {
    match scope {
        IsolationScope::Boundary => key.is_boundary(),
        IsolationScope::BoundaryAndExternalEgress => key.is_boundary() || key.is_external_egress(),
        IsolationScope::All => true,
    }
}

/// What an edge adds: "edges (default) count 1 each [...]; connections and bytes sum by the state
/// of each record" (scoring, section 6.2).
fn units(edge: &Edge, method: &Method) -> Share {
    let unknown = match method.unknown {
        UnknownStates::Exclude => 0,
        UnknownStates::Unsecured => 1,
    };
    let sums = |secured: u64, unsecured: u64, unknown_sum: u64| {
        let part = unsecured.saturating_add(unknown * unknown_sum);
        Share {
            part,
            whole: part.saturating_add(secured),
        }
    };
    match method.traffic_unit {
        TrafficUnit::Edges => match edge.state(method.settle, method.unknown) {
            EdgeState::Unsecured => Share { part: 1, whole: 1 },
            EdgeState::Secured => Share { part: 0, whole: 1 },
            EdgeState::Unknown => Share::NONE,
        },
        TrafficUnit::Connections => sums(
            edge.secured.connections,
            edge.unsecured.connections,
            edge.unknown.connections,
        ),
        TrafficUnit::Bytes => sums(edge.secured.bytes, edge.unsecured.bytes, edge.unknown.bytes),
    }
}

/// Workloads that run on a network of their own, by namespace.
fn running_workloads(cluster: &Cluster) -> BTreeMap<&Arc<str>, BTreeSet<&Arc<WorkloadId>>> {
    let mut workloads: BTreeMap<&Arc<str>, BTreeSet<&Arc<WorkloadId>>> = BTreeMap::new();
    for known in cluster
        .running_pods()
        .filter(|known| !known.pod.host_network)
    {
        let of_namespace = workloads.entry(&known.workload.namespace).or_default();
        of_namespace.insert(&known.workload);
    }
    workloads
}
