//! How many records there were, by what they said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::add;
use crate::judge::{Judgement, Unjudged};
use crate::state::{State, UnknownReason};

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
    /// That do not tell which end they speak for.
    #[serde(default)]
    pub direction_unknown: u64,
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

    /// Counts what was judged of so many records.
    pub(super) fn add(&mut self, judged: Result<&Judgement, Unjudged>, count: u64) {
        add(&mut self.total, count);
        let judgement = match judged {
            Ok(judgement) => judgement,
            Err(Unjudged::Forwarded) => return add(&mut self.forwarded, count),
            Err(Unjudged::DirectionUnknown) => return add(&mut self.direction_unknown, count),
            Err(Unjudged::NotAWorkload) => return add(&mut self.not_a_workload, count),
            Err(Unjudged::HostNetwork) => return add(&mut self.host_network, count),
        };
        match judgement.state {
            State::Secured => add(&mut self.secured, count),
            State::Unsecured => add(&mut self.unsecured, count),
            State::Unknown(reason) => add(self.unknown.entry(reason).or_default(), count),
        }
        let flags = [
            (&mut self.allowed_broadly, judgement.broad),
            (&mut self.awaiting_reconnect, judgement.awaiting_reconnect),
            (
                &mut self.secured_if_staged_enforced,
                judgement.secured_if_staged_enforced,
            ),
        ];
        for (sum, flag) in flags {
            add(sum, if flag { count } else { 0 });
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let sums = [
            (&mut self.total, other.total),
            (&mut self.secured, other.secured),
            (&mut self.unsecured, other.unsecured),
            (&mut self.forwarded, other.forwarded),
            (&mut self.direction_unknown, other.direction_unknown),
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
