//! Verdicts in words.

use serde::Serialize;

use crate::engine::{Decider, Outcome, Possible, Reason, Sequence, Verdict, words};
use crate::model::{Direction, Part, PolicyKind};

/// What is decided, and by what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decision {
    /// Whether the traffic goes through.
    pub answer: Answer,
    /// How that comes about.
    pub outcome: &'static str,
    /// What decides; where that is not known, the first that may. None where nothing does.
    pub by: Option<By>,
    /// Whether the rule that allows it names neither peer nor port.
    pub broad: bool,
    /// The first thing that is not known, where the answer depends on it.
    pub lacks: Option<Reason>,
    /// All of this in words.
    pub why: String,
    /// The engine's own value.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub verdict: Verdict,
}

/// Whether traffic goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It does.
    Allowed,
    /// It does not.
    Denied,
    /// That depends on what is not known.
    Unknown,
}

/// What decides: a rule of a policy, or the end of its tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct By {
    /// The tier.
    pub tier: String,
    /// The policy's kind; at the end of a tier that of the first policy that governs.
    pub kind: PolicyKind,
    /// The policy's namespace; empty for cluster-wide kinds.
    pub namespace: String,
    /// The policy's name.
    pub name: String,
    /// Which part of its object it is, where that is put as several policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// Which of its rules for the direction, from 0; none for the end of the tier.
    pub rule: Option<u32>,
}

impl Decision {
    /// A verdict, its decider by name.
    pub(super) fn new(verdict: Verdict, sequence: &Sequence, direction: Direction) -> Self {
        let by = verdict.by.and_then(|by| By::new(by, sequence));
        let (broad, lacks) = match verdict.outcome {
            Outcome::Allowed { broad } => (broad, None),
            Outcome::Unknown { reason, .. } => (false, Some(reason)),
            _ => (false, None),
        };
        Self {
            answer: Answer::of(verdict.outcome),
            outcome: verdict.outcome.name(),
            why: why(verdict.outcome, by.as_ref(), direction),
            by,
            broad,
            lacks,
            verdict,
        }
    }
}

impl Answer {
    fn of(outcome: Outcome) -> Self {
        match outcome.lets_through() {
            Some(true) => Self::Allowed,
            Some(false) => Self::Denied,
            None => Self::Unknown,
        }
    }

    /// The answer in a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }
}

impl By {
    fn new(by: Decider, sequence: &Sequence) -> Option<Self> {
        let policy = sequence.policy(by.policy)?;
        Some(Self {
            tier: policy.tier.clone(),
            kind: policy.kind,
            namespace: policy.namespace.clone(),
            name: policy.name.clone(),
            part: policy.part,
            rule: by.rule,
        })
    }

    fn policy(&self) -> String {
        words::policy(self.kind, &self.namespace, &self.name, self.part)
    }
}

impl Outcome {
    /// Its name in a result.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotSelected => "not_selected",
            Self::Passed => "passed",
            Self::Allowed { .. } => "allowed",
            Self::Denied => "denied",
            Self::DeniedByTier => "denied_by_tier",
            Self::DroppedAtHost => "dropped_at_host",
            Self::Loopback => "loopback",
            Self::OwnNode => "own_node",
            Self::Unknown { .. } => "unknown",
        }
    }
}

fn why(outcome: Outcome, by: Option<&By>, direction: Direction) -> String {
    let rule = || {
        by.map_or_else(String::new, |by| match by.rule {
            Some(rule) => format!("rule {rule} of {} (tier {})", by.policy(), by.tier),
            None => format!("the end of tier {}, which {} enters", by.tier, by.policy()),
        })
    };
    match outcome {
        Outcome::NotSelected => format!("no policy governs {direction}, so the default allows it"),
        Outcome::Passed => format!("every tier passes {direction} on, so the default allows it"),
        Outcome::Allowed { broad: true } => format!("by {}, which allows all traffic", rule()),
        Outcome::Allowed { broad: false } | Outcome::Denied => format!("by {}", rule()),
        Outcome::DeniedByTier => by.map_or_else(String::new, |by| {
            format!(
                "by the default of tier {}: {} governs {direction}, and no rule applies",
                by.tier,
                by.policy()
            )
        }),
        Outcome::DroppedAtHost => {
            "policies let it through, and the node does not (`endpoint_to_host` is `drop`)".into()
        }
        Outcome::Loopback => "it stays in the pod, so no policy is asked".to_owned(),
        Outcome::OwnNode => "it comes from the pod's own node, which is always allowed".to_owned(),
        Outcome::Unknown { possible, reason } => {
            format!("{}; {}", self::possible(possible), reason.words())
        }
    }
}

fn possible(possible: Possible) -> String {
    let ways = [
        (possible.allow, "a rule allows it"),
        (possible.deny, "a policy denies it"),
        (possible.fall_through, "the default allows it"),
    ];
    let ways: Vec<&str> = ways
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, way)| way)
        .collect();
    format!("either {}", ways.join(", or "))
}
