//! The flow rows behind edges.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use crate::edge::EdgeKey;
use crate::judge::{Judge, Why};
use crate::model::{Action, Method, Record, UnknownStates};
use crate::state::State;
use crate::tally::EdgeState;
use crate::time::Time;

/// The flow rows behind some edges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rows {
    /// How many there are, by state.
    pub counts: RowCounts,
    /// The newest of those that cost points, in order of time, as many as were asked for.
    pub newest: Vec<Row>,
    /// Flow logs whose rows are not among these.
    pub left_out: Vec<String>,
}

/// How many rows have a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowCounts {
    /// No policy addresses their traffic.
    pub unsecured: u64,
    /// A policy does.
    pub secured: u64,
    /// It cannot be known.
    pub unknown: u64,
}

/// A flow row that costs points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Row {
    /// The log.
    pub file: Arc<str>,
    /// Where in it: `line 3`, `record 3`.
    pub at: String,
    /// Its edge.
    pub edge: EdgeKey,
    /// The start of its interval.
    pub start: Time,
    /// The end of its interval.
    pub end: Time,
    /// Its state.
    pub state: EdgeState,
    /// Whether the traffic went through.
    pub allowed: bool,
    /// Connections.
    pub connections: u64,
    /// Bytes in both directions.
    pub bytes: u64,
    /// Whether today's policies would secure it, once its connection is made anew.
    pub awaiting_reconnect: bool,
    /// Whether it would be secured if staged policies were enforced.
    pub secured_if_staged_enforced: bool,
    /// What its state follows from.
    pub why: Why,
}

/// Finds the rows behind some edges, record by record.
#[derive(Debug)]
pub struct RowFinder {
    edges: BTreeSet<EdgeKey>,
    unknown: UnknownStates,
    limit: usize,
    counts: RowCounts,
    /// By end and by place among all records.
    newest: BTreeMap<(i64, u64), Row>,
    read: u64,
}

impl RowFinder {
    /// Finds the rows of these edges, and keeps so many.
    pub fn new(edges: BTreeSet<EdgeKey>, method: &Method, limit: usize) -> Self {
        Self {
            edges,
            unknown: method.unknown,
            limit,
            counts: RowCounts::default(),
            newest: BTreeMap::new(),
            read: 0,
        }
    }

    /// Looks at a record, and keeps it where it is one of the newest that are wanted.
    pub fn add(
        &mut self,
        record: &Record<'_>,
        judge: &mut Judge<'_>,
        file: &Arc<str>,
        at: &dyn Fn() -> String,
    ) {
        self.read = self.read.saturating_add(1);
        let Ok(judgement) = judge.judge(record) else {
            return;
        };
        if !self.edges.contains(&judgement.edge) {
            return;
        }
        let counts = &mut self.counts;
        let unknown_costs = self.unknown == UnknownStates::Unsecured;
        let (state, count, costs) = match judgement.state {
            State::Unsecured => (EdgeState::Unsecured, &mut counts.unsecured, true),
            State::Secured => (EdgeState::Secured, &mut counts.secured, false),
            State::Unknown(_) => (EdgeState::Unknown, &mut counts.unknown, unknown_costs),
        };
        *count = count.saturating_add(1);
        let key = (record.end, self.read);
        let is_newer = || {
            self.newest
                .keys()
                .next()
                .is_some_and(|oldest| key > *oldest)
        };
        if !costs || (self.newest.len() >= self.limit && !is_newer()) {
            return;
        }
        let Ok(why) = judge.why(record) else {
            return;
        };
        let row = Row {
            file: file.clone(),
            at: at(),
            edge: judgement.edge,
            start: Time(record.start),
            end: Time(record.end),
            state,
            allowed: record.action == Action::Allow,
            connections: record.connections,
            bytes: record.bytes,
            awaiting_reconnect: judgement.awaiting_reconnect,
            secured_if_staged_enforced: judgement.secured_if_staged_enforced,
            why,
        };
        self.newest.insert(key, row);
        if self.newest.len() > self.limit {
            self.newest.pop_first();
        }
    }

    /// What was found; the rows of some logs are not among it.
    pub fn finish(self, left_out: Vec<String>) -> Rows {
        Rows {
            counts: self.counts,
            newest: self.newest.into_values().collect(),
            left_out,
        }
    }
}
