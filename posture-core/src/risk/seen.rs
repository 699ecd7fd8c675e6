//! Edges by the workloads whose they are.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::traffic::States;
use crate::edge::EdgeKey;
use crate::model::{Method, WorkloadId};
use crate::tally::{Edge, EdgeState, Tally};

/// An edge and what was seen of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) key: &'a EdgeKey,
    pub(super) edge: &'a Edge,
    pub(super) way: Way,
    state: EdgeState,
}

/// Where the traffic of an edge goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// To outside the cluster.
    Out,
    /// Across the boundary of the namespace, in either direction.
    Across,
    /// Neither.
    Within,
}

impl<'a> Seen<'a> {
    fn new(key: &'a EdgeKey, edge: &'a Edge, method: &Method) -> Self {
        let way = match (key.is_external_egress(), key.is_boundary()) {
            (true, _) => Way::Out,
            (false, true) => Way::Across,
            (false, false) => Way::Within,
        };
        Self {
            key,
            edge,
            way,
            state: edge.state(method.settle, method.unknown),
        }
    }

    /// The state that it counts with.
    pub(super) fn state(&self, states: &States, method: &Method) -> EdgeState {
        match self.other(states) {
            None => self.state,
            Some(_) => self.as_counted(states).state(method.settle, method.unknown),
        }
    }

    /// The edge as it counts.
    pub(super) fn as_counted(&self, states: &States) -> Cow<'a, Edge> {
        let other = self.other(states);
        other.map_or(Cow::Borrowed(self.edge), |state| {
            Cow::Owned(self.edge.as_if(state))
        })
    }

    /// The state that it has instead of the one that was seen.
    fn other(&self, states: &States) -> Option<EdgeState> {
        match states.is_empty() {
            true => None,
            false => states.get(self.key).copied(),
        }
    }
}

/// The edges of each workload. Names are compared once for each place in memory where they stand,
/// not once for each edge.
pub(super) fn by_workload<'a>(
    tally: &'a Tally,
    method: &Method,
) -> Vec<(&'a Arc<WorkloadId>, Vec<Seen<'a>>)> {
    let mut by_place: FxHashMap<*const WorkloadId, usize> = FxHashMap::default();
    let mut by_name: FxHashMap<&WorkloadId, usize> = FxHashMap::default();
    let mut counts: Vec<(&Arc<WorkloadId>, usize)> = Vec::new();
    let mut number = |workload| {
        let place = by_place.entry(Arc::as_ptr(workload));
        let number = *place.or_insert_with(|| {
            *by_name.entry(workload).or_insert_with(|| {
                counts.push((workload, 0));
                counts.len() - 1
            })
        });
        if let Some((_, count)) = counts.get_mut(number) {
            *count += 1;
        }
        number
    };
    let numbered: Vec<(usize, Seen<'_>)> = tally
        .iter()
        .map(|(key, edge)| (number(&key.workload), Seen::new(key, edge, method)))
        .collect();

    let room = |(workload, count)| (workload, Vec::with_capacity(count));
    let mut groups: Vec<_> = counts.into_iter().map(room).collect();
    for (number, seen) in numbered {
        if let Some((_, edges)) = groups.get_mut(number) {
            edges.push(seen);
        }
    }
    groups
}
