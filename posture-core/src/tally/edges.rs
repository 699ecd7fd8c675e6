//! Edges, put by workload.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Edge;
use crate::edge::{EdgeKey, Way};
use crate::model::WorkloadId;

/// What was seen of each edge. Those of a workload are together in memory: who walks over all of them,
/// workload by workload, does not wait for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Edges(FxHashMap<Arc<WorkloadId>, OfWorkload>);

/// The edges of a workload.
pub(crate) type OfWorkload = FxHashMap<EdgeKey, Known>;

/// What is known of an edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) edge: Edge,
    /// That of its key, which costs a look at the other end.
    pub(crate) way: Way,
}

impl Edges {
    pub(super) fn len(&self) -> usize {
        self.0.values().map(FxHashMap::len).sum()
    }

    pub(super) fn get(&self, key: &EdgeKey) -> Option<&Edge> {
        Some(&self.0.get(&key.workload)?.get(key)?.edge)
    }

    pub(super) fn get_mut(&mut self, key: &EdgeKey) -> Option<&mut Edge> {
        Some(&mut self.0.get_mut(&key.workload)?.get_mut(key)?.edge)
    }

    /// What was seen of an edge, nothing at first.
    pub(super) fn entry(&mut self, key: EdgeKey) -> &mut Edge {
        let of_workload = self.0.entry(key.workload.clone()).or_default();
        slot(of_workload, key)
    }

    /// Adds all of others.
    pub(super) fn merge(&mut self, other: Self) {
        for (workload, edges) in other.0 {
            match self.0.entry(workload) {
                Entry::Vacant(place) => {
                    place.insert(edges);
                }
                Entry::Occupied(mut known) => {
                    for (key, of) in edges {
                        slot(known.get_mut(), key).merge(of.edge);
                    }
                }
            }
        }
    }

    /// The workloads with the edges of each, both in no particular order.
    pub(super) fn by_workload(&self) -> impl Iterator<Item = (&Arc<WorkloadId>, &OfWorkload)> {
        self.0.iter()
    }

    /// All, in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&EdgeKey, &Edge)> {
        let all = self.0.values().flatten();
        all.map(|(key, known)| (key, &known.edge))
    }
}

/// What was seen of an edge of a workload, nothing at first.
fn slot(edges: &mut OfWorkload, key: EdgeKey) -> &mut Edge {
    let known = edges.entry(key).or_insert_with_key(|key| Known {
        edge: Edge::default(),
        way: key.way(),
    });
    &mut known.edge
}
