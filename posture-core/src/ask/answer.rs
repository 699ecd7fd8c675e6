//! What both ends decide, and what follows from that.

use serde::Serialize;

use super::Ends;
use crate::engine::explain::{Answer, By, Explanation, explain};
use crate::engine::{End, Engine, Outcome, Reason, Scope, Traffic, Who};
use crate::model::{Cluster, Direction};

/// What the policies of one end decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Side {
    /// Whether this end lets the traffic through, as far as it can be told of this input.
    pub answer: Answer,
    /// Why, in words.
    pub why: String,
    /// How its policies come to that.
    pub explanation: Explanation,
}

/// What both ends decide.
pub(super) struct Sides {
    pub(super) egress: Option<Side>,
    pub(super) ingress: Option<Side>,
    namespaces: Vec<String>,
}

impl Sides {
    pub(super) fn new(
        cluster: &Cluster,
        engine: &Engine,
        scope: Scope,
        ends: &Ends<'_>,
        traffic: Traffic<'_>,
    ) -> Self {
        let (from, to) = (ends.from(), ends.to());
        let side = |direction, subject: End<'_>, peer| {
            let Who::Pod(pod) = subject.who else {
                return None;
            };
            let traffic = Traffic {
                direction,
                ..traffic
            };
            let explanation = explain(engine, scope, subject, peer, traffic);
            Some(Side::new(cluster, pod.namespace, explanation))
        };
        let namespaces = [from.who, to.who].into_iter().filter_map(|who| match who {
            Who::Pod(pod) => Some(pod.namespace.to_owned()),
            _ => None,
        });
        Self {
            egress: side(Direction::Egress, from, to),
            ingress: side(Direction::Ingress, to, from),
            namespaces: namespaces.collect(),
        }
    }

    fn each(&self) -> impl Iterator<Item = (&'static str, &Side)> {
        let egress = self.egress.iter().map(|side| ("egress", side));
        egress.chain(self.ingress.iter().map(|side| ("ingress", side)))
    }

    /// "Allowed iff" both ends allow it (policy semantics, section 3).
    pub(super) fn answer(&self) -> Answer {
        let any = |answer| self.each().any(|(_, side)| side.answer == answer);
        match (any(Answer::Denied), any(Answer::Unknown)) {
            (true, _) => Answer::Denied,
            (false, true) => Answer::Unknown,
            (false, false) => Answer::Allowed,
        }
    }

    /// Why: what denies it, else what is not known, else what allows it.
    pub(super) fn why(&self) -> String {
        let answer = self.answer();
        let sides = self.each().filter(|(_, side)| side.answer == answer);
        let reasons: Vec<String> = sides
            .map(|(direction, side)| format!("{direction} {}", side.told()))
            .collect();
        reasons.join("; ")
    }

    /// Whether other things are decided, or by others.
    pub(super) fn differ(&self, other: &Self) -> bool {
        !self.changes(other).is_empty()
    }

    /// What is decided otherwise, or by others.
    pub(super) fn changes(&self, other: &Self) -> String {
        let changed = self.each().zip(other.each()).filter(|((_, a), (_, b))| {
            a.answer != b.answer || a.answer != Answer::Unknown && a.decider() != b.decider()
        });
        let changed: Vec<String> = changed
            .map(|((direction, side), _)| format!("{direction} {}", side.told()))
            .collect();
        changed.join("; ")
    }

    /// What a person must know of this answer.
    pub(super) fn notes(&self, cluster: &Cluster) -> Vec<String> {
        let governing: Vec<&str> = cluster
            .unread_policies
            .iter()
            .filter(|policy| !policy.staged)
            .filter(|policy| {
                policy.namespace.is_empty() || self.namespaces.contains(&policy.namespace)
            })
            .map(|policy| policy.kind.as_str())
            .collect();
        match governing.as_slice() {
            [] => Vec::new(),
            [kind] => vec![format!(
                "a policy that is not evaluated ({kind}) may govern this traffic, too"
            )],
            [kind, ..] => vec![format!(
                "{} policies that are not evaluated ({kind}) may govern this traffic, too",
                governing.len()
            )],
        }
    }
}

impl Side {
    /// What is decided; where nothing decides, and something that is not evaluated may, nobody knows.
    fn new(cluster: &Cluster, namespace: &str, explanation: Explanation) -> Self {
        let decision = &explanation.decision;
        let falls_through = matches!(
            decision.verdict.outcome,
            Outcome::NotSelected | Outcome::Passed
        );
        let (answer, why) = match falls_through {
            true if !cluster.sources.policies => (
                Answer::Unknown,
                "no policies were read, and nothing says that there are none".to_owned(),
            ),
            true if cluster.may_be_governed_unseen(namespace) => (
                Answer::Unknown,
                "a policy that is not evaluated may govern it".to_owned(),
            ),
            _ => (decision.answer, decision.why.clone()),
        };
        Self {
            answer,
            why,
            explanation,
        }
    }

    /// The answer and why: `allowed by rule 0 of ...`, `unknown: ...`.
    pub fn told(&self) -> String {
        let colon = if self.why.starts_with("by ") { "" } else { ":" };
        format!("{}{colon} {}", self.answer.name(), self.why)
    }

    const fn decider(&self) -> Option<&By> {
        self.explanation.decision.by.as_ref()
    }

    /// What is not known, where the answer depends on what is not known.
    pub const fn lacks(&self) -> Option<Reason> {
        match self.answer {
            Answer::Unknown => self.explanation.decision.lacks,
            _ => None,
        }
    }
}
