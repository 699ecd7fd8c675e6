//! Egress access and namespace isolation from what was seen of traffic.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::seen::{Seen, States};
use super::{Exposure, Item, Subject};
use crate::edge::{EdgeKey, Way};
use crate::model::{
    EgressDenominator, IsolationScope, Method, TrafficUnit, UnknownStates, WorkloadId,
};
use crate::points::Share;
use crate::tally::{Edge, EdgeState};

/// The traffic of a namespace.
pub(super) struct Of<'s, 'a> {
    /// Its edges, those of a workload together.
    pub(super) edges: &'s [Seen<'a>],
    /// The workloads of its running pods, those left out that share their node's network.
    pub(super) running: &'s [&'a Arc<WorkloadId>],
    /// States that edges have instead of those that were seen.
    pub(super) states: &'s States,
}

/// "workloads with an unsecured external edge" of "workloads of n with any external edge of known
/// state" (scoring, section 2), or of all workloads.
pub(super) fn egress_access<'a>(of: &Of<'_, 'a>, method: &Method) -> Exposure<'a> {
    let unsecured = Seen::by_workload(of.edges).map(|edges| {
        let states = external(edges, of.states, method);
        let unsecured = states.filter(|(_, state)| *state == EdgeState::Unsecured);
        unsecured.map(|(seen, _)| (seen.key, seen.edge)).collect()
    });
    Exposure {
        share: egress_share(of, method),
        items: unsecured.filter_map(exposed).collect(),
    }
}

/// How much of egress access is at risk.
pub(super) fn egress_share(of: &Of<'_, '_>, method: &Method) -> Share {
    let mut share = Share::NONE;
    for edges in Seen::by_workload(of.edges) {
        let (mut is_known, mut is_unsecured) = (false, false);
        for (_, state) in external(edges, of.states, method) {
            is_known |= state != EdgeState::Unknown;
            is_unsecured |= state == EdgeState::Unsecured;
        }
        share.whole += u64::from(is_known);
        share.part += u64::from(is_unsecured);
    }
    if method.egress_denominator == EgressDenominator::AllWorkloads {
        let with_edges = of.edges.iter().map(|seen| &seen.key.workload);
        let all: BTreeSet<_> = with_edges.chain(of.running.iter().copied()).collect();
        share.whole = all.len() as u64;
    }
    share
}

/// The external edges of a workload with their states.
fn external<'s, 'a>(
    edges: &'s [Seen<'a>],
    states: &States,
    method: &Method,
) -> impl Iterator<Item = (&'s Seen<'a>, EdgeState)> {
    let external = edges.iter().filter(|seen| seen.way == Way::Out);
    external.map(|seen| (seen, seen.state(states, method)))
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
    let at_risk = counted(of, method).filter(|(_, share)| share.part > 0);
    let item = |(seen, share): (&Seen<'a>, Share)| Item {
        units: share.part,
        subject: Subject::Edge(seen.key, seen.edge),
    };
    Exposure {
        share: isolation_share(of, method),
        items: at_risk.map(item).collect(),
    }
}

/// How much of namespace isolation is at risk.
pub(super) fn isolation_share(of: &Of<'_, '_>, method: &Method) -> Share {
    let each = counted(of, method).map(|(_, share)| share);
    each.fold(Share::NONE, |sum, Share { part, whole }| Share {
        part: sum.part.saturating_add(part),
        whole: sum.whole.saturating_add(whole),
    })
}

/// The edges in scope, and what each adds.
fn counted<'s, 'a>(
    of: &'s Of<'_, 'a>,
    method: &Method,
) -> impl Iterator<Item = (&'s Seen<'a>, Share)> {
    let edges = of.edges.iter();
    let in_scope = edges.filter(|seen| is_in_scope(seen.way, method.isolation_scope));
    in_scope.map(|seen| (seen, units(seen, of.states, method)))
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
