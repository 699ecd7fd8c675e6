//! What is found of policies.

use serde::Serialize;

use crate::engine::words;
use crate::model::{Direction, Part, Policy};

/// Something about policies that deserves a look.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The policy that it is about; none where it is about a namespace.
    pub policy: Option<PolicyName>,
    /// The namespace that it is about; empty where it is about none.
    pub namespace: String,
    /// The direction that it is about; none where it is about the policy as a whole.
    pub direction: Option<Direction>,
    /// Which of the policy's rules for the direction, from 0; none where it is about all of them.
    pub rule: Option<u32>,
    /// The rule, or the end of the tier, that it is so because of.
    pub because: Option<RuleName>,
    /// All of this in words.
    pub message: String,
}

/// What is found, the worst first. A closed list, so that a new kind is a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A policy of a kind that is not evaluated.
    Unread,
    /// A policy names a tier that nobody tells of.
    UnknownTier,
    /// Another policy or rule decides before it, and otherwise.
    NeverDecides,
    /// A rule whose criteria exclude each other.
    MatchesNothing,
    /// The names of policies decide which is asked first, and their rules differ.
    TiedOrder,
    /// A rule that allows all traffic, or all of a family of addresses.
    AllowsAll,
    /// A policy that selects nothing of what was read.
    SelectsNothing,
    /// A rule whose peers are nothing of what was read.
    NobodyThere,
    /// A selector asks for a label that nothing has.
    UnknownLabel,
    /// What another policy or rule decides in the same way.
    Redundant,
    /// A staged policy stands for an enforced one that is not there.
    NothingToDelete,
    /// Workloads that staged policies alone govern.
    OnlyStaged,
}

/// A policy by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyName {
    /// Its kind.
    pub kind: String,
    /// Its namespace; empty for cluster-wide kinds.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Which part of its object it is, where that is put as several policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

/// A rule by name, or the end of a tier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleName {
    /// Its policy; of the end of a tier, a policy that governs.
    pub policy: PolicyName,
    /// Which of the policy's rules for the direction, from 0; none for the end of its tier.
    pub rule: Option<u32>,
}

impl Finding {
    /// A finding about a policy as a whole.
    pub(super) fn of(kind: FindingKind, policy: &Policy, message: impl Into<String>) -> Self {
        Self {
            kind,
            policy: Some(PolicyName::of(policy)),
            namespace: policy.namespace.clone(),
            direction: None,
            rule: None,
            because: None,
            message: message.into(),
        }
    }

    /// The same, about one direction.
    pub(super) fn about(self, direction: Direction) -> Self {
        Self {
            direction: Some(direction),
            ..self
        }
    }

    /// The same, about one rule.
    pub(super) fn at(self, direction: Direction, rule: u32) -> Self {
        Self {
            direction: Some(direction),
            rule: Some(rule),
            ..self
        }
    }
}

impl FindingKind {
    /// Its name in a result.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::UnknownTier => "unknown_tier",
            Self::NeverDecides => "never_decides",
            Self::MatchesNothing => "matches_nothing",
            Self::TiedOrder => "tied_order",
            Self::AllowsAll => "allows_all",
            Self::SelectsNothing => "selects_nothing",
            Self::NobodyThere => "nobody_there",
            Self::UnknownLabel => "unknown_label",
            Self::Redundant => "redundant",
            Self::NothingToDelete => "nothing_to_delete",
            Self::OnlyStaged => "only_staged",
        }
    }

    /// What such findings have in common, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Unread => "Not evaluated",
            Self::UnknownTier => "In a tier that was not read",
            Self::NeverDecides => "Never decides",
            Self::MatchesNothing => "Matches nothing",
            Self::TiedOrder => "Ordered by name only",
            Self::AllowsAll => "Allows all traffic",
            Self::SelectsNothing => "Selects nothing",
            Self::NobodyThere => "Names nobody who is there",
            Self::UnknownLabel => "Asks for labels that nothing has",
            Self::Redundant => "Adds nothing",
            Self::NothingToDelete => "Deletes what is not there",
            Self::OnlyStaged => "Governed by staged policies only",
        }
    }
}

impl PolicyName {
    pub(super) fn of(policy: &Policy) -> Self {
        Self {
            kind: policy.kind.name().to_owned(),
            namespace: policy.namespace.clone(),
            name: policy.name.clone(),
            part: policy.part,
        }
    }

    /// Whether it is that of a policy.
    pub(super) fn is(&self, policy: &Policy) -> bool {
        self.name == policy.name
            && self.part == policy.part
            && self.namespace == policy.namespace
            && self.kind == policy.kind.name()
    }
}

/// The policy in words.
pub(super) fn named(policy: &Policy) -> String {
    words::policy(policy.kind, &policy.namespace, &policy.name, policy.part)
}
