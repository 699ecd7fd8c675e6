//! What calculators look at of an edge.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::edge::{EdgeKey, Way};
use crate::model::Method;
use crate::tally::{Edge, EdgeState, Known, OfWorkload};

/// States that edges have instead of those that were seen.
pub type States = FxHashMap<EdgeKey, EdgeState>;

/// An edge and what was seen of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) key: &'a EdgeKey,
    pub(super) edge: &'a Edge,
    pub(super) way: Way,
}

impl<'a> Seen<'a> {
    /// The edges of a workload.
    pub(super) fn each(of: &'a OfWorkload) -> impl Iterator<Item = Self> {
        of.iter().map(|(key, Known { edge, way })| Self {
            key,
            edge,
            way: *way,
        })
    }

    /// The state that it counts with.
    pub(super) fn state(&self, states: &States, method: &Method) -> EdgeState {
        self.as_counted(states).state(method.settle, method.unknown)
    }

    /// The edge as it counts.
    pub(super) fn as_counted(&self, states: &States) -> Cow<'a, Edge> {
        let other = match states.is_empty() {
            true => None,
            false => states.get(self.key),
        };
        other.map_or(Cow::Borrowed(self.edge), |state| {
            Cow::Owned(self.edge.as_if(*state))
        })
    }
}
