//! Egress access and namespace isolation from what was seen of traffic.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ground::Seen;
use super::{Exposure, Item, Subject};
use crate::edge::EdgeKey;
use crate::model::{
    EgressDenominator, IsolationScope, Method, TrafficUnit, UnknownStates, WorkloadId,
};
use crate::points::Share;
use crate::tally::{Edge, EdgeState};

/// States that edges have instead of those that were seen.
pub type States = FxHashMap<EdgeKey, EdgeState>;

/// The traffic of a namespace.
pub(super) struct Of<'s, 'a> {
    /// Its edges.
    pub(super) edges: &'s [Seen<'a>],
    /// Its running workloads, those left out that share their node's network.
    pub(super) running: &'s BTreeSet<&'a Arc<WorkloadId>>,
    /// States that edges have instead of those that were seen.
    pub(super) states: &'s States,
}

/// An edge as it counts.
pub(super) fn as_counted<'a>((key, edge): Seen<'a>, states: &States) -> Cow<'a, Edge> {
    match states.is_empty() {
        true => Cow::Borrowed(edge),
        false => states
            .get(key)
            .map_or(Cow::Borrowed(edge), |state| Cow::Owned(edge.as_if(*state))),
    }
}

/// "workloads with an unsecured external edge" of "workloads of n with any external edge of known
/// state" (scoring, section 2), or of all workloads.
pub(super) fn egress_access<'a>(of: &Of<'_, 'a>, method: &Method) -> Exposure<'a> {
    let mut whole: FxHashSet<&WorkloadId> = FxHashSet::default();
    if method.egress_denominator == EgressDenominator::AllWorkloads {
        whole.extend(of.edges.iter().map(|(key, _)| key.workload.as_ref()));
        whole.extend(of.running.iter().map(AsRef::as_ref));
    }
    let mut unsecured: FxHashMap<&Arc<WorkloadId>, Vec<Seen<'a>>> = FxHashMap::default();
    for (key, edge) in of.edges.iter().filter(|(key, _)| key.is_external_egress()) {
        let state = as_counted((key, edge), of.states).state(method.settle, method.unknown);
        if state != EdgeState::Unknown {
            whole.insert(&key.workload);
        }
        if state == EdgeState::Unsecured {
            unsecured
                .entry(&key.workload)
                .or_default()
                .push((key, edge));
        }
    }
    Exposure {
        share: Share {
            part: unsecured.len() as u64,
            whole: whole.len() as u64,
        },
        items: unsecured.into_iter().map(exposed).collect(),
    }
}

fn exposed<'a>((workload, mut edges): (&Arc<WorkloadId>, Vec<Seen<'a>>)) -> Item<'a> {
    edges.sort_unstable_by_key(|(key, _)| *key);
    Item {
        units: 1,
        subject: Subject::Workload(workload.clone(), edges),
    }
}

/// "unsecured boundary traffic" of "boundary traffic of known state" (scoring, section 2).
pub(super) fn namespace_isolation<'a>(of: &Of<'_, 'a>, method: &Method) -> Exposure<'a> {
    let mut exposure = Exposure::default();
    for (key, edge) in of
        .edges
        .iter()
        .filter(|(key, _)| is_in_scope(key, method.isolation_scope))
    {
        let Share { part, whole } = units(&as_counted((key, edge), of.states), method);
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
