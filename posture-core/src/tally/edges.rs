//! Edges, put by workload.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Edge;
use crate::edge::EdgeKey;
use crate::model::WorkloadId;

/// What was seen of each edge. Those of a workload are together in memory: who walks over all of them,
/// workload by workload, does not wait for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Edges(FxHashMap<Arc<WorkloadId>, FxHashMap<EdgeKey, Edge>>);

impl Edges {
    pub(super) fn len(&self) -> usize {
        self.0.values().map(FxHashMap::len).sum()
    }

    pub(super) fn get(&self, key: &EdgeKey) -> Option<&Edge> {
        self.0.get(&key.workload)?.get(key)
    }

    pub(super) fn get_mut(&mut self, key: &EdgeKey) -> Option<&mut Edge> {
        self.0.get_mut(&key.workload)?.get_mut(key)
    }

    /// What was seen of an edge, nothing at first.
    pub(super) fn entry(&mut self, key: EdgeKey) -> &mut Edge {
        let of_workload = self.0.entry(key.workload.clone()).or_default();
        of_workload.entry(key).or_default()
    }

    /// Adds all of others.
    pub(super) fn merge(&mut self, other: Self) {
        for (workload, edges) in other.0 {
            match self.0.entry(workload) {
                Entry::Vacant(place) => {
                    place.insert(edges);
                }
                Entry::Occupied(mut known) => {
                    for (key, edge) in edges {
                        known.get_mut().entry(key).or_default().merge(edge);
                    }
                }
            }
        }
    }

    /// The workloads with the edges of each, both in no particular order.
    pub(super) fn by_workload(
        &self,
    ) -> impl Iterator<Item = (&Arc<WorkloadId>, &FxHashMap<EdgeKey, Edge>)> {
        self.0.iter()
    }

    /// All, in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&EdgeKey, &Edge)> {
        self.0.values().flatten()
    }
}
