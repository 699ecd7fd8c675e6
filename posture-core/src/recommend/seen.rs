//! What policies are made from.

use crate::edge::EdgeKey;
use crate::engine::Engine;
use crate::model::Cluster;
use crate::tally::{Edge, Window};

/// What was seen of a namespace.
pub(super) struct Seen<'s> {
    pub(super) cluster: &'s Cluster,
    pub(super) engine: &'s Engine,
    pub(super) edges: Vec<(&'s EdgeKey, &'s Edge)>,
    pub(super) settle: u32,
    pub(super) window: Option<Window>,
}

impl Seen<'_> {
    /// What was seen of an edge.
    pub(super) fn edge(&self, key: &EdgeKey) -> Option<&Edge> {
        let at = self.edges.binary_search_by(|(known, _)| (*known).cmp(key));
        self.edges.get(at.ok()?).map(|(_, edge)| *edge)
    }
}
