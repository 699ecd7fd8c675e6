//! Records that are judged alike, added up before they are tallied.

use std::net::IpAddr;

use super::edge::{Edge, Seen};
use super::{Sketch, Tally, Window, add};
use crate::judge::{Judgement, Unjudged};
use crate::model::{Action, Direction, End, Record};
use crate::state::State;

/// What records add up to that differ in nothing but their times, their sums, and addresses outside
/// the cluster of one [sort](crate::judge::Sort).
///
/// Logs repeat their ends: such records are judged once, and tallied once. "Keeping maxima and sums
/// makes the tally of any split of the records mergeable in any order" (scoring, section 6.2), so the
/// tally is the one of adding each record by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeats {
    action: Action,
    sums: Sums,
    outside: Option<Box<Outside>>,
}

/// What the times and sums of records add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// How many records there are.
    pub count: u64,
    /// The first second of them, Unix time.
    pub start: i64,
    /// The last second of them.
    pub end: i64,
    /// Connections.
    pub connections: u64,
    /// Bytes, in both directions.
    pub bytes: u64,
}

/// What an edge keeps of peers outside the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Outside {
    addresses: Sketch<IpAddr>,
    domains: Sketch<String>,
    /// Whether they tell no domain name.
    nameless: bool,
}

impl Sums {
    /// Those of no record.
    pub const NONE: Self = Self {
        count: 0,
        start: i64::MAX,
        end: i64::MIN,
        connections: 0,
        bytes: 0,
    };

    /// Those of one record, which may say that it ends before it starts.
    pub fn of(record: &Record<'_>) -> Self {
        Self {
            count: 1,
            start: record.start.min(record.end),
            end: record.end,
            connections: record.connections,
            bytes: record.bytes,
        }
    }

    /// Adds those of other records.
    pub fn add(&mut self, more: Self) {
        add(&mut self.count, more.count);
        self.start = self.start.min(more.start);
        self.end = self.end.max(more.end);
        add(&mut self.connections, more.connections);
        add(&mut self.bytes, more.bytes);
    }
}

impl Repeats {
    /// None yet of those that this happened to.
    pub const fn of(action: Action) -> Self {
        Self {
            action,
            sums: Sums::NONE,
            outside: None,
        }
    }

    /// Adds what records add up to.
    pub fn add(&mut self, more: Sums) {
        self.sums.add(more);
    }

    /// Adds the address of a record's peer, where its edge leads out of the cluster.
    pub fn add_address(&mut self, address: IpAddr) {
        let outside = self.outside.get_or_insert_default();
        outside.addresses.insert(&address, |address| *address);
    }

    /// The largest address that is kept, once there were more: to add a larger one changes nothing.
    pub fn last_address(&self) -> Option<IpAddr> {
        let addresses = &self.outside.as_ref()?.addresses;
        addresses.last_of_more().copied()
    }

    /// Adds the domain names of a record, where its edge leads out of the cluster.
    pub fn add_domains(&mut self, record: &Record<'_>) {
        let outside = self.outside.get_or_insert_default();
        outside.nameless = record.domains.is_empty();
        for domain in &record.domains {
            outside.domains.insert(domain.as_ref(), str::to_owned);
        }
    }
}

impl Judgement {
    /// The end of a record that is not judged.
    pub fn remote<'r>(&self, record: &'r Record<'r>) -> &'r End<'r> {
        match self.edge.direction {
            Direction::Egress => &record.destination,
            Direction::Ingress => &record.source,
        }
    }
}

impl Tally {
    /// Adds records that are judged alike: what was judged of one of them, and what all of them add
    /// up to.
    pub fn add_repeated(&mut self, judged: Result<&Judgement, Unjudged>, repeats: Repeats) {
        let Sums {
            count, start, end, ..
        } = repeats.sums;
        if count == 0 {
            return;
        }
        self.records.add(judged, count);
        self.cover(Window { start, end });
        if let Ok(judgement) = judged {
            let edge = self.edges.entry(judgement.edge.clone());
            edge.merge(Edge::of_repeats(judgement, repeats));
        }
    }
}

impl Edge {
    fn of_repeats(judgement: &Judgement, repeats: Repeats) -> Self {
        let end = repeats.sums.end;
        let mut edge = Self {
            allowed: (repeats.action == Action::Allow).then_some(end),
            awaiting_reconnect: judgement.awaiting_reconnect.then_some(end),
            secured_if_staged_enforced: judgement.secured_if_staged_enforced.then_some(end),
            ..Self::default()
        };
        *edge.seen_mut(judgement.state) = Seen {
            last: Some(end),
            connections: repeats.sums.connections,
            bytes: repeats.sums.bytes,
        };
        if judgement.edge.peer.is_external()
            && let Some(outside) = repeats.outside
        {
            edge.addresses = outside.addresses;
            edge.domains = outside.domains;
            edge.nameless = outside.nameless.then_some(end);
        }
        edge
    }

    pub(super) const fn seen_mut(&mut self, state: State) -> &mut Seen {
        match state {
            State::Secured => &mut self.secured,
            State::Unsecured => &mut self.unsecured,
            State::Unknown(_) => &mut self.unknown,
        }
    }
}
