//! What was seen of traffic: edges and their states, in a value that can be merged and stored.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::edge::EdgeKey;
use crate::judge::{Judgement, Unjudged};
use crate::model::{Direction, Record};
use crate::state::{State, UnknownReason};

/// How many addresses and domains an edge keeps as evidence.
const SKETCH: usize = 16;

/// Edges and counts of records. "Keeping maxima and sums makes the tally of any split of the
/// records mergeable in any order" (scoring, section 6.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    edges: FxHashMap<EdgeKey, Edge>,
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

/// What was seen of one edge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// What was seen of it in records of each state.
    pub secured: Seen,
    /// Likewise.
    pub unsecured: Seen,
    /// Likewise.
    pub unknown: Seen,
    /// When a record was last seen that waits for its connection to be made anew.
    pub awaiting_reconnect: Option<i64>,
    /// When a record was last seen that a staged policy would secure.
    pub secured_if_staged_enforced: Option<i64>,
    /// The smallest of the peer's addresses, where they are outside the cluster.
    pub addresses: Sketch<IpAddr>,
    /// The smallest of the peer's domain names.
    pub domains: Sketch<String>,
}

/// What was seen of an edge in records of one state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When last, Unix seconds.
    pub last: Option<i64>,
    /// Connections.
    pub connections: u64,
    /// Bytes, in both directions.
    pub bytes: u64,
}

/// The state that an edge counts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EdgeState {
    /// No policy addresses it.
    Unsecured,
    /// A policy does.
    Secured,
    /// It cannot be known.
    Unknown,
}

/// The smallest values of a set: "a mergeable sketch" that "says when there were more" (scoring,
/// section 6.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch<T: Ord> {
    /// The sixteen smallest.
    pub smallest: BTreeSet<T>,
    /// Whether there were more.
    pub more: bool,
}

/// How many records there were, by what they said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordCounts {
    /// All that were read.
    pub total: u64,
    /// That a policy addresses.
    pub secured: u64,
    /// That none addresses.
    pub unsecured: u64,
    /// Whose state cannot be known, by reason.
    pub unknown: BTreeMap<UnknownReason, u64>,
    /// Reported by a node that forwarded the traffic.
    pub forwarded: u64,
    /// Whose reporting end is no workload.
    pub not_a_workload: u64,
    /// Whose reporting end shares its node's network: "reported as `uncovered`, not scored".
    pub host_network: u64,
    /// Secured by a rule that is known to name neither peer nor port.
    pub allowed_broadly: u64,
    /// Unsecured by their trace, secured by what is enforced now.
    pub awaiting_reconnect: u64,
    /// Not secured, and secured if staged policies were enforced.
    pub secured_if_staged_enforced: u64,
}

impl RecordCounts {
    /// Records whose state is known.
    pub const fn known(&self) -> u64 {
        self.secured.saturating_add(self.unsecured)
    }

    fn merge(&mut self, other: &Self) {
        let sums = [
            (&mut self.total, other.total),
            (&mut self.secured, other.secured),
            (&mut self.unsecured, other.unsecured),
            (&mut self.forwarded, other.forwarded),
            (&mut self.not_a_workload, other.not_a_workload),
            (&mut self.host_network, other.host_network),
            (&mut self.allowed_broadly, other.allowed_broadly),
            (&mut self.awaiting_reconnect, other.awaiting_reconnect),
            (
                &mut self.secured_if_staged_enforced,
                other.secured_if_staged_enforced,
            ),
        ];
        for (sum, more) in sums {
            add(sum, more);
        }
        for (reason, more) in &other.unknown {
            add(self.unknown.entry(*reason).or_default(), *more);
        }
    }
}

impl Tally {
    /// Adds a record and what was judged of it.
    pub fn add(&mut self, record: &Record<'_>, judged: Result<Judgement, Unjudged>) {
        let counts = &mut self.records;
        add(&mut counts.total, 1);
        let covered = Window {
            start: record.start.min(record.end),
            end: record.end,
        };
        self.window = Some(self.window.map_or(covered, |window| window.union(covered)));
        let judgement = match judged {
            Ok(judgement) => judgement,
            Err(Unjudged::Forwarded) => return add(&mut counts.forwarded, 1),
            Err(Unjudged::NotAWorkload) => return add(&mut counts.not_a_workload, 1),
            Err(Unjudged::HostNetwork) => return add(&mut counts.host_network, 1),
        };
        match judgement.state {
            State::Secured => add(&mut counts.secured, 1),
            State::Unsecured => add(&mut counts.unsecured, 1),
            State::Unknown(reason) => add(counts.unknown.entry(reason).or_default(), 1),
        }
        add(&mut counts.allowed_broadly, u64::from(judgement.broad));
        add(
            &mut counts.awaiting_reconnect,
            u64::from(judgement.awaiting_reconnect),
        );
        add(
            &mut counts.secured_if_staged_enforced,
            u64::from(judgement.secured_if_staged_enforced),
        );
        self.edges
            .entry(judgement.edge.clone())
            .or_default()
            .add(record, &judgement);
    }

    /// Adds all of another tally. Merging the same edges twice changes no state, only sums.
    pub fn merge(&mut self, other: Self) {
        self.records.merge(&other.records);
        self.window = match (self.window, other.window) {
            (Some(window), Some(more)) => Some(window.union(more)),
            (one, another) => one.or(another),
        };
        for (key, edge) in other.edges {
            self.edges.entry(key).or_default().merge(edge);
        }
    }

    /// All edges, in order.
    pub fn edges(&self) -> Vec<(&EdgeKey, &Edge)> {
        let mut edges: Vec<_> = self.edges.iter().collect();
        edges.sort_unstable_by_key(|(key, _)| *key);
        edges
    }

    /// The keys of all edges, in no particular order.
    pub fn keys(&self) -> impl Iterator<Item = &EdgeKey> {
        self.edges.keys()
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

impl Edge {
    /// The edge's state: "the worst one (unsecured, then secured, then unknown) seen within
    /// `settle` (300 s) of its latest record: a fix shows at once and a mix of replicas stays
    /// unsecured" (scoring, section 6.2).
    pub fn state(&self, settle: u32) -> EdgeState {
        let latest = self
            .unsecured
            .last
            .max(self.secured.last)
            .max(self.unknown.last);
        let recent = |seen: &Seen| match (seen.last, latest) {
            (Some(last), Some(latest)) => last >= latest.saturating_sub(i64::from(settle)),
            _ => false,
        };
        if recent(&self.unsecured) {
            EdgeState::Unsecured
        } else if recent(&self.secured) {
            EdgeState::Secured
        } else {
            EdgeState::Unknown
        }
    }

    fn add(&mut self, record: &Record<'_>, judgement: &Judgement) {
        let seen = match judgement.state {
            State::Secured => &mut self.secured,
            State::Unsecured => &mut self.unsecured,
            State::Unknown(_) => &mut self.unknown,
        };
        seen.merge(Seen {
            last: Some(record.end),
            connections: record.connections,
            bytes: record.bytes,
        });
        if judgement.awaiting_reconnect {
            self.awaiting_reconnect = self.awaiting_reconnect.max(Some(record.end));
        }
        if judgement.secured_if_staged_enforced {
            self.secured_if_staged_enforced = self.secured_if_staged_enforced.max(Some(record.end));
        }
        if judgement.edge.peer.is_external() {
            let remote = match judgement.edge.direction {
                Direction::Egress => &record.destination,
                Direction::Ingress => &record.source,
            };
            if let Some(address) = &remote.address {
                self.addresses.insert(address, |address| *address);
            }
            for domain in &record.domains {
                self.domains.insert(domain.as_ref(), str::to_owned);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.secured.merge(other.secured);
        self.unsecured.merge(other.unsecured);
        self.unknown.merge(other.unknown);
        self.awaiting_reconnect = self.awaiting_reconnect.max(other.awaiting_reconnect);
        self.secured_if_staged_enforced = self
            .secured_if_staged_enforced
            .max(other.secured_if_staged_enforced);
        self.addresses.merge(other.addresses);
        self.domains.merge(other.domains);
    }
}

impl Seen {
    fn merge(&mut self, other: Self) {
        self.last = self.last.max(other.last);
        add(&mut self.connections, other.connections);
        add(&mut self.bytes, other.bytes);
    }
}

impl<T: Ord> Default for Sketch<T> {
    fn default() -> Self {
        Self {
            smallest: BTreeSet::new(),
            more: false,
        }
    }
}

impl<T: Ord> Sketch<T> {
    fn insert<Q: Ord + ?Sized>(&mut self, value: &Q, own: impl FnOnce(&Q) -> T)
    where
        T: std::borrow::Borrow<Q>,
    {
        let full = self.smallest.len() == SKETCH;
        if full
            && self
                .smallest
                .last()
                .is_some_and(|last| value > last.borrow())
        {
            self.more = true;
        } else if !self.smallest.contains(value) {
            self.smallest.insert(own(value));
            self.trim();
        }
    }

    fn merge(&mut self, other: Self) {
        self.more |= other.more;
        self.smallest.extend(other.smallest);
        self.trim();
    }

    fn trim(&mut self) {
        while self.smallest.len() > SKETCH {
            self.smallest.pop_last();
            self.more = true;
        }
    }
}

fn add(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more);
}
