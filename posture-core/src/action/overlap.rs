//! What an action fixes beside the items that it is about.
//!
//! One edge, or one direction of a workload, can be at risk in both network types: with static
//! evidence, and where `isolation_scope` takes in egress to outside. Fixing it there fixes it here,
//! and a gain is "score after - score now, by recomputation" (scoring, section 7).

use rustc_hash::FxHashSet;

use crate::edge::EdgeKey;
use crate::model::{Direction, WorkloadId};
use crate::risk::{Exposure, Item, Subject};

/// What is fixed when items are.
#[derive(Default)]
struct Fixed<'a> {
    edges: FxHashSet<&'a EdgeKey>,
    directions: FxHashSet<(&'a WorkloadId, Direction)>,
}

/// The units of the other exposure that are fixed when all of these items are.
pub(super) fn also_fixed(items: &[Item<'_>], other: &Exposure<'_>) -> u64 {
    let mut fixed = Fixed::default();
    for item in items {
        match &item.subject {
            Subject::Workload(_, edges) => fixed.edges.extend(edges.iter().map(|(key, _)| *key)),
            Subject::Edge(key, _) => {
                fixed.edges.insert(key);
            }
            Subject::Ungoverned(workload, direction) => {
                fixed.directions.insert((workload, *direction));
            }
            Subject::Image(_) => {}
        }
    }
    let also = other
        .items
        .iter()
        .filter(|item| fixed.covers(&item.subject));
    also.map(|item| item.units).fold(0, u64::saturating_add)
}

impl Fixed<'_> {
    fn covers(&self, subject: &Subject<'_>) -> bool {
        match subject {
            Subject::Workload(_, edges) => edges.iter().all(|(key, _)| self.edges.contains(key)),
            Subject::Edge(key, _) => self.edges.contains(key),
            Subject::Ungoverned(workload, direction) => {
                self.directions.contains(&(workload.as_ref(), *direction))
            }
            Subject::Image(_) => false,
        }
    }
}
