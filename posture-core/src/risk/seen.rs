//! What calculators look at of an edge.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::edge::{EdgeKey, Way};
use crate::model::Method;
use crate::tally::{Edge, EdgeState, Known};

/// States that edges have instead of those that were seen.
pub type States = FxHashMap<EdgeKey, EdgeState>;

/// An edge and what was seen of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) key: &'a EdgeKey,
    pub(super) edge: &'a Edge,
    pub(super) way: Way,
    /// Whether it is the first of its workload, of edges that stand by workload.
    is_first: bool,
    state: EdgeState,
}

impl<'a> Seen<'a> {
    pub(super) fn new(key: &'a EdgeKey, known: &'a Known, is_first: bool, method: &Method) -> Self {
        let Known { edge, way } = known;
        Self {
            key,
            edge,
            way: *way,
            is_first,
            state: edge.state(method.settle, method.unknown),
        }
    }

    /// The edges of each workload.
    pub(super) fn by_workload(edges: &[Self]) -> impl Iterator<Item = &[Self]> {
        edges.chunk_by(|_, next| !next.is_first)
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
