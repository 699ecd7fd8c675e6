//! What was seen of one edge.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::add;
use super::sketch::Sketch;
use crate::judge::Judgement;
use crate::model::{Action, Record, UnknownStates};

/// What was seen of one edge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// What was seen of it in records of each state.
    pub secured: Seen,
    /// Likewise.
    pub unsecured: Seen,
    /// Likewise.
    pub unknown: Seen,
    /// When a record was last seen that went through.
    pub allowed: Option<i64>,
    /// When a record was last seen that waits for its connection to be made anew.
    pub awaiting_reconnect: Option<i64>,
    /// When a record was last seen that a staged policy would secure.
    pub secured_if_staged_enforced: Option<i64>,
    /// The smallest of the peer's addresses, where they are outside the cluster.
    pub addresses: Sketch<IpAddr>,
    /// The smallest of the peer's domain names.
    pub domains: Sketch<String>,
    /// When a record was last seen that tells no domain name of a peer outside the cluster.
    pub nameless: Option<i64>,
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

impl Edge {
    /// Whether any of its records had a known state.
    pub const fn is_known(&self) -> bool {
        self.secured.last.is_some() || self.unsecured.last.is_some()
    }

    /// The edge's state: "the worst one (unsecured, then secured, then unknown) seen within
    /// `settle` (300 s) of its latest record: a fix shows at once and a mix of replicas stays
    /// unsecured" (scoring, section 6.2).
    ///
    /// Where `unknown` counts as unsecured, so does a record of unknown state.
    pub fn state(&self, settle: u32, unknown: UnknownStates) -> EdgeState {
        let latest = self.latest();
        let recent = |seen: &Seen| match (seen.last, latest) {
            (Some(last), Some(latest)) => last >= latest.saturating_sub(i64::from(settle)),
            _ => false,
        };
        let unknown_counts = unknown == UnknownStates::Unsecured;
        if recent(&self.unsecured) || (unknown_counts && recent(&self.unknown)) {
            EdgeState::Unsecured
        } else if recent(&self.secured) {
            EdgeState::Secured
        } else {
            EdgeState::Unknown
        }
    }

    /// Whether its traffic went through "within `settle` (300 s) of its latest record" (scoring,
    /// section 6.2).
    pub fn is_allowed(&self, settle: u32) -> bool {
        match (self.allowed, self.latest()) {
            (Some(allowed), Some(latest)) => allowed >= latest.saturating_sub(i64::from(settle)),
            _ => false,
        }
    }

    /// The edge as if all of its records had had this state.
    #[must_use]
    pub fn as_if(&self, state: EdgeState) -> Self {
        let mut all = self.secured;
        all.merge(self.unsecured);
        all.merge(self.unknown);
        let mut edge = Self {
            allowed: self.allowed,
            addresses: self.addresses.clone(),
            domains: self.domains.clone(),
            nameless: self.nameless,
            ..Self::default()
        };
        *match state {
            EdgeState::Unsecured => &mut edge.unsecured,
            EdgeState::Secured => &mut edge.secured,
            EdgeState::Unknown => &mut edge.unknown,
        } = all;
        edge
    }

    /// What was seen in records of each state: secured, unsecured, unknown.
    pub fn each<T>(&self, of: impl Fn(&Seen) -> T) -> [T; 3] {
        [&self.secured, &self.unsecured, &self.unknown].map(of)
    }

    /// When its latest record was.
    fn latest(&self) -> Option<i64> {
        let known = self.unsecured.last.max(self.secured.last);
        known.max(self.unknown.last)
    }

    pub(super) fn add(&mut self, record: &Record<'_>, judgement: &Judgement) {
        self.seen_mut(judgement.state).merge(Seen {
            last: Some(record.end),
            connections: record.connections,
            bytes: record.bytes,
        });
        if record.action == Action::Allow {
            self.allowed = self.allowed.max(Some(record.end));
        }
        if judgement.awaiting_reconnect {
            self.awaiting_reconnect = self.awaiting_reconnect.max(Some(record.end));
        }
        if judgement.secured_if_staged_enforced {
            self.secured_if_staged_enforced = self.secured_if_staged_enforced.max(Some(record.end));
        }
        if judgement.edge.peer.is_external() {
            if let Some(address) = &judgement.remote(record).address {
                self.addresses.insert(address, |address| *address);
            }
            if record.domains.is_empty() {
                self.nameless = self.nameless.max(Some(record.end));
            }
            for domain in &record.domains {
                self.domains.insert(domain.as_ref(), str::to_owned);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.secured.merge(other.secured);
        self.unsecured.merge(other.unsecured);
        self.unknown.merge(other.unknown);
        self.allowed = self.allowed.max(other.allowed);
        self.awaiting_reconnect = self.awaiting_reconnect.max(other.awaiting_reconnect);
        self.secured_if_staged_enforced = self
            .secured_if_staged_enforced
            .max(other.secured_if_staged_enforced);
        self.addresses.merge(other.addresses);
        self.domains.merge(other.domains);
        self.nameless = self.nameless.max(other.nameless);
    }
}

impl Seen {
    fn merge(&mut self, other: Self) {
        self.last = self.last.max(other.last);
        add(&mut self.connections, other.connections);
        add(&mut self.bytes, other.bytes);
    }
}
