//! Egress access and namespace isolation from what was seen of traffic.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::seen::{Seen, States, Way};
use super::{Exposure, Item, Subject};
use crate::edge::EdgeKey;
use crate::model::{
    EgressDenominator, IsolationScope, Method, TrafficUnit, UnknownStates, WorkloadId,
};
use crate::points::Share;
use crate::tally::{Edge, EdgeState};

/// The traffic of a namespace.
pub(super) struct Of<'s, 'a> {
    /// The edges of each workload that has any.
    pub(super) edges: &'s [Vec<Seen<'a>>],
    /// Its running workloads, those left out that share their node's network.
    pub(super) running: &'s BTreeSet<&'a Arc<WorkloadId>>,
    /// States that edges have instead of those that were seen.
    pub(super) states: &'s States,
}

/// "workloads with an unsecured external edge" of "workloads of n with any external edge of known
/// state" (scoring, section 2), or of all workloads.
pub(super) fn egress_access<'a>(of: &Of<'_, 'a>, method: &Method) -> Exposure<'a> {
    let mut exposure = Exposure::default();
    for edges in of.edges {
        let mut is_known = false;
        let mut unsecured = Vec::new();
        for seen in edges.iter().filter(|seen| seen.way == Way::Out) {
            let state = seen.state(of.states, method);
            is_known |= state != EdgeState::Unknown;
            if state == EdgeState::Unsecured {
                unsecured.push((seen.key, seen.edge));
            }
        }
        exposure.share.whole += u64::from(is_known);
        if !unsecured.is_empty() {
            exposure.share.part += 1;
            exposure.items.extend(exposed(unsecured));
        }
    }
    if method.egress_denominator == EgressDenominator::AllWorkloads {
        let with_edges = of.edges.iter().filter_map(|edges| edges.first());
        let mut all: BTreeSet<&WorkloadId> = with_edges.map(|seen| &*seen.key.workload).collect();
        all.extend(of.running.iter().map(AsRef::as_ref));
        exposure.share.whole = all.len() as u64;
    }
    exposure
}

/// A workload by its unsecured external edges.
fn exposed<'a>(mut edges: Vec<(&'a EdgeKey, &'a Edge)>) -> Option<Item<'a>> {
    edges.sort_unstable_by_key(|(key, _)| *key);
    let (key, _) = edges.first()?;
    Some(Item {
        units: 1,
        subject: Subject::Workload(key.workload.clone(), edges),
    })
}

/// "unsecured boundary traffic" of "boundary traffic of known state" (scoring, section 2).
pub(super) fn namespace_isolation<'a>(of: &Of<'_, 'a>, method: &Method) -> Exposure<'a> {
    let mut exposure = Exposure::default();
    let edges = of.edges.iter().flatten();
    for seen in edges.filter(|seen| is_in_scope(seen.way, method.isolation_scope)) {
        let Share { part, whole } = units(seen, of.states, method);
        exposure.share.part = exposure.share.part.saturating_add(part);
        exposure.share.whole = exposure.share.whole.saturating_add(whole);
        if part > 0 {
            exposure.items.push(Item {
                units: part,
                subject: Subject::Edge(seen.key, seen.edge),
            });
        }
    }
    exposure
}

fn is_in_scope(way: Way, scope: IsolationScope) -> bool {
    match scope {
        IsolationScope::Boundary => way == Way::Across,
        IsolationScope::BoundaryAndExternalEgress => way != Way::Within,
        IsolationScope::All => true,
    }
}

/// What an edge adds: "edges (default) count 1 each [...]; connections and bytes sum by the state
/// of each record" (scoring, section 6.2).
fn units(seen: &Seen<'_>, states: &States, method: &Method) -> Share {
    let unknown = match method.unknown {
        UnknownStates::Exclude => 0,
        UnknownStates::Unsecured => 1,
    };
    let sums = |[secured, unsecured, unknown_sum]: [u64; 3]| {
        let part = unsecured.saturating_add(unknown * unknown_sum);
        Share {
            part,
            whole: part.saturating_add(secured),
        }
    };
    let edge = || seen.as_counted(states);
    match method.traffic_unit {
        TrafficUnit::Edges => match seen.state(states, method) {
            EdgeState::Unsecured => Share { part: 1, whole: 1 },
            EdgeState::Secured => Share { part: 0, whole: 1 },
            EdgeState::Unknown => Share::NONE,
        },
        TrafficUnit::Connections => sums(edge().each(|seen| seen.connections)),
        TrafficUnit::Bytes => sums(edge().each(|seen| seen.bytes)),
    }
}
