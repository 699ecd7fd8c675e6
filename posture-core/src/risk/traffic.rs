//! Egress access and namespace isolation from what was seen of traffic.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::seen::{Seen, States};
use super::{Exposure, Item, PerType, Subject};
use crate::edge::{EdgeKey, Way};
use crate::model::{
    EgressDenominator, IsolationScope, Method, NamespaceObjects, TrafficUnit, UnknownStates,
    WorkloadId,
};
use crate::points::Share;
use crate::tally::{Edge, EdgeState, OfWorkload};

/// The traffic of a namespace.
pub(super) struct Of<'s, 'a> {
    /// What lies in it, where anything runs in it.
    pub(super) objects: Option<&'a NamespaceObjects>,
    /// The edges of each of its workloads.
    pub(super) edges: &'s [&'a OfWorkload],
    /// States that edges have instead of those that were seen.
    pub(super) states: &'s States,
}

/// Says how much of both types is at risk, in one walk over the edges.
///
/// Egress access is "workloads with an unsecured external edge" of "workloads of n with any external
/// edge of known state", or of all workloads; namespace isolation is "unsecured boundary traffic" of
/// "boundary traffic of known state" (scoring, section 2).
pub(super) fn shares(of: &Of<'_, '_>, method: &Method, shares: &mut PerType<Share>) {
    let (mut egress, mut isolation) = (Share::NONE, Share::NONE);
    for edges in of.edges {
        let (mut is_known, mut is_unsecured) = (false, false);
        for seen in Seen::each(edges) {
            let state = seen.state(of.states, method);
            let is_external = seen.way == Way::Out;
            is_known |= is_external && state != EdgeState::Unknown;
            is_unsecured |= is_external && state == EdgeState::Unsecured;
            let counted = units(&seen, state, of.states, method);
            isolation.part = isolation.part.saturating_add(counted.part);
            isolation.whole = isolation.whole.saturating_add(counted.whole);
        }
        egress.whole += u64::from(is_known);
        egress.part += u64::from(is_unsecured);
    }
    if method.egress_denominator == EgressDenominator::AllWorkloads {
        egress.whole = workloads(of).len() as u64;
    }
    (shares.egress_access, shares.namespace_isolation) = (egress, isolation);
}

/// Exposes a namespace to both types.
pub(super) fn expose<'a>(of: &Of<'_, 'a>, method: &Method, exposures: &mut PerType<Exposure<'a>>) {
    let mut at_risk = PerType::default();
    shares(of, method, &mut at_risk);
    exposures.egress_access = Exposure {
        share: at_risk.egress_access,
        items: exposed_workloads(of, method),
    };
    exposures.namespace_isolation = Exposure {
        share: at_risk.namespace_isolation,
        items: exposed_edges(of, method),
    };
}

/// The workloads with edges and those of running pods, without the pods that share their node's
/// network.
fn workloads<'a>(of: &Of<'_, 'a>) -> BTreeSet<&'a Arc<WorkloadId>> {
    let with_edges = of.edges.iter().filter_map(|edges| edges.keys().next());
    let pods = of.objects.into_iter().flat_map(|of| of.pods.values());
    let policed = pods.filter(|known| known.is_running() && !known.pod.host_network);
    let running = policed.map(|known| &known.workload);
    with_edges.map(|key| &key.workload).chain(running).collect()
}

/// The workloads with unsecured external edges.
fn exposed_workloads<'a>(of: &Of<'_, 'a>, method: &Method) -> Vec<Item<'a>> {
    let is_unsecured = |seen: &Seen<'_>| {
        seen.way == Way::Out && seen.state(of.states, method) == EdgeState::Unsecured
    };
    let each = of.edges.iter().map(|edges| {
        let unsecured = Seen::each(edges).filter(is_unsecured);
        unsecured.map(|seen| (seen.key, seen.edge)).collect()
    });
    each.filter_map(exposed_workload).collect()
}

/// A workload by its unsecured external edges.
fn exposed_workload<'a>(mut edges: Vec<(&'a EdgeKey, &'a Edge)>) -> Option<Item<'a>> {
    edges.sort_unstable_by_key(|(key, _)| *key);
    let (key, _) = edges.first()?;
    Some(Item {
        units: 1,
        subject: Subject::Workload(key.workload.clone(), edges),
    })
}

/// The edges in scope that are at risk.
fn exposed_edges<'a>(of: &Of<'_, 'a>, method: &Method) -> Vec<Item<'a>> {
    let edges = of.edges.iter().flat_map(|edges| Seen::each(edges));
    let item = |seen: Seen<'a>| {
        let state = seen.state(of.states, method);
        let units = units(&seen, state, of.states, method).part;
        (units > 0).then_some(Item {
            units,
            subject: Subject::Edge(seen.key, seen.edge),
        })
    };
    edges.filter_map(item).collect()
}

fn is_in_scope(way: Way, scope: IsolationScope) -> bool {
    match scope {
        IsolationScope::Boundary => way == Way::Across,
        IsolationScope::BoundaryAndExternalEgress => way != Way::Within,
        IsolationScope::All => true,
    }
}

/// What an edge adds, where it is in scope: "edges (default) count 1 each [...]; connections and bytes
/// sum by the state of each record" (scoring, section 6.2).
fn units(seen: &Seen<'_>, state: EdgeState, states: &States, method: &Method) -> Share {
    if !is_in_scope(seen.way, method.isolation_scope) {
        return Share::NONE;
    }
    match method.traffic_unit {
        TrafficUnit::Edges => Share {
            part: u64::from(state == EdgeState::Unsecured),
            whole: u64::from(state != EdgeState::Unknown),
        },
        TrafficUnit::Connections => sums(seen.as_counted(states).each(|of| of.connections), method),
        TrafficUnit::Bytes => sums(seen.as_counted(states).each(|of| of.bytes), method),
    }
}

/// What is at risk of sums by state: secured, unsecured, unknown.
fn sums([secured, unsecured, unknown]: [u64; 3], method: &Method) -> Share {
    let unknown = match method.unknown {
        UnknownStates::Exclude => 0,
        UnknownStates::Unsecured => unknown,
    };
    let part = unsecured.saturating_add(unknown);
    Share {
        part,
        whole: part.saturating_add(secured),
    }
}
