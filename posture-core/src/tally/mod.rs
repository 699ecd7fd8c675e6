//! What was seen of traffic: edges and their states, in a value that can be merged and stored.

mod bytes;
mod counts;
mod edge;
mod edges;
mod repeats;
mod sketch;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use bytes::NotATally;
pub use counts::RecordCounts;
pub use edge::{Edge, EdgeState, Seen};
pub use repeats::{Repeats, Sums};
pub use sketch::Sketch;

use self::edges::Edges;
pub(crate) use self::edges::{Known, OfWorkload};
use crate::edge::EdgeKey;
use crate::judge::{Judgement, Unjudged};
use crate::model::{Record, WorkloadId};

/// Edges and counts of records. "Keeping maxima and sums makes the tally of any split of the
/// records mergeable in any order" (scoring, section 6.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    edges: Edges,
    /// How many records there were, by what they said.
    pub records: RecordCounts,
    /// First and last second that a record covers.
    pub window: Option<Window>,
}

/// From the first second to the last, Unix time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The start of the earliest record.
    pub start: i64,
    /// The end of the latest record.
    pub end: i64,
}

impl Tally {
    /// Adds a record and what was judged of it.
    pub fn add(&mut self, record: &Record<'_>, judged: Result<Judgement, Unjudged>) {
        self.records.add(judged.as_ref().map_err(|why| *why), 1);
        self.cover(Window {
            start: record.start.min(record.end),
            end: record.end,
        });
        if let Ok(judgement) = judged {
            let edge = self.edges.entry(judgement.edge.clone());
            edge.add(record, &judgement);
        }
    }

    fn cover(&mut self, more: Window) {
        self.window = Some(self.window.map_or(more, |window| window.union(more)));
    }

    /// Adds all of another tally. Merging the same edges twice changes no state, only sums.
    pub fn merge(&mut self, other: Self) {
        self.records.merge(&other.records);
        self.window = match (self.window, other.window) {
            (Some(window), Some(more)) => Some(window.union(more)),
            (one, another) => one.or(another),
        };
        self.edges.merge(other.edges);
    }

    /// The tally as if all records of some edges had had another state.
    #[must_use]
    pub fn with_states<'e>(
        &self,
        states: impl IntoIterator<Item = (&'e EdgeKey, EdgeState)>,
    ) -> Self {
        let mut tally = self.clone();
        for (key, state) in states {
            if let Some(edge) = tally.edges.get_mut(key) {
                *edge = edge.as_if(state);
            }
        }
        tally
    }

    /// All edges, in order.
    pub fn edges(&self) -> Vec<(&EdgeKey, &Edge)> {
        let mut edges: Vec<_> = self.edges.iter().collect();
        edges.sort_unstable_by_key(|(key, _)| *key);
        edges
    }

    /// The workloads that have edges with those of each, both in no particular order.
    pub(crate) fn by_workload(&self) -> impl Iterator<Item = (&Arc<WorkloadId>, &OfWorkload)> {
        self.edges.by_workload()
    }

    /// All edges, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&EdgeKey, &Edge)> {
        self.edges.iter()
    }

    /// How many edges there are.
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// One edge.
    pub fn edge(&self, key: &EdgeKey) -> Option<&Edge> {
        self.edges.get(key)
    }
}

impl Window {
    fn union(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

fn add(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more);
}
