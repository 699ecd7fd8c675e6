//! Why a record has its state.

use serde::Serialize;

use super::{Judge, Sides, Unjudged, today};
use crate::engine::explain::explain;
use crate::engine::{Outcome, Scope};
use crate::model::{Evidence, Hit, HitAction, Record, Trace};
use crate::state::State;
use crate::trace::state_of;

/// Why a record has its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Why {
    /// What tells it.
    pub from: Grounds,
    /// Why, in words.
    pub words: String,
}

/// What tells the state of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grounds {
    /// The trace that was recorded.
    Trace,
    /// Today's policies.
    Policies,
}

impl Judge<'_> {
    /// Why a record has the state that [`judge`](Self::judge) gives it.
    ///
    /// # Errors
    /// [`Unjudged`] for a record that speaks for no workload.
    pub fn why(&mut self, record: &Record<'_>) -> Result<Why, Unjudged> {
        let sides = self.sides(record)?;
        let recorded = match self.evidence {
            Evidence::Recorded => recorded(&record.traces.enforced),
            Evidence::Current => None,
        };
        Ok(match recorded {
            Some(words) => Why {
                from: Grounds::Trace,
                words,
            },
            None => Why {
                from: Grounds::Policies,
                words: self.of_today(record, &sides),
            },
        })
    }

    fn of_today(&self, record: &Record<'_>, sides: &Sides<'_, '_>) -> String {
        if !self.cluster.sources.policies {
            return "no policies were read, and nothing says that there are none".to_owned();
        }
        let (ends, traffic) = today::asked(self.cluster, record, sides);
        let engine = self.engine.engine();
        let decision = explain(engine, Scope::Enforced, ends.local, ends.remote, traffic).decision;
        let falls_through = matches!(
            decision.verdict.outcome,
            Outcome::NotSelected | Outcome::Passed
        );
        match falls_through && self.cluster.may_be_governed_unseen(ends.namespace) {
            true => "a policy that is not evaluated may govern it".to_owned(),
            false => decision.why,
        }
    }
}

/// What a trace says; none where nothing was recorded.
fn recorded(trace: &Trace) -> Option<String> {
    match trace {
        Trace::Absent => None,
        Trace::Hits(hits) if hits.is_empty() => None,
        Trace::Unparsable => Some("its trace cannot be read".to_owned()),
        Trace::Hits(hits) => Some(match hits.iter().rfind(|hit| !hit.staged) {
            Some(last) => decided(last),
            None => "its trace has hits of staged policies only".to_owned(),
        }),
    }
}

/// What the deciding hit of a trace says.
fn decided(hit: &Hit) -> String {
    let Hit {
        tier, policy, rule, ..
    } = hit;
    let action = match hit.action {
        HitAction::Allow => "allows",
        HitAction::Deny => "denies",
        HitAction::Pass => "passes on",
    };
    let rule = match rule {
        None => String::new(),
        Some(-1) => "the end of the tier at ".to_owned(),
        Some(-2) => "an unknown rule of ".to_owned(),
        Some(rule) => format!("rule {rule} of "),
    };
    match state_of(hit) {
        State::Unsecured => {
            let profile = policy.trim_start_matches("__PROFILE__.");
            format!("no policy decided, so profile {profile} allowed it")
        }
        State::Secured | State::Unknown(_) => format!("{rule}{policy} (tier {tier}) {action} it"),
    }
}
