//! The steps of an explanation.

use serde::Serialize;

use crate::engine::{Match, words};
use crate::model::{
    Direction, Order, Part, Policy, PolicyKind, RuleAction, StagedAction, Tier, TierAction,
};

/// What a tier does about the traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TierStep {
    /// Its name.
    pub name: String,
    /// Its order; none: last.
    pub order: Option<Order>,
    /// What it does with traffic that its policies govern and none of their rules decides.
    pub default_action: TierAction,
    /// Whether it is asked.
    pub state: TierState,
    /// How it ends, in words.
    pub end: String,
    /// Its policies that are asked, in order.
    pub policies: Vec<PolicyStep>,
    /// How many more policies it has, behind the one that ends it.
    pub not_asked: usize,
}

/// Whether a tier is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TierState {
    /// A policy of it governs the end, or may do so.
    Asked,
    /// No policy of it governs the end.
    Skipped,
    /// What is asked before it decides.
    NotReached,
}

/// What a policy does about the traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyStep {
    /// Its kind.
    pub kind: PolicyKind,
    /// Its namespace; empty for cluster-wide kinds.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Which part of its object it is, where that is put as several policies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// Its order; none: last.
    pub order: Option<Order>,
    /// What is staged, of a staged kind.
    pub staged: Option<StagedAction>,
    /// Whether it governs the end in this direction.
    pub selects: Applies,
    /// Why it does not, or what is not known of that.
    pub why: String,
    /// Its rules that are asked, in order.
    pub rules: Vec<RuleStep>,
    /// How many more rules it has, behind the one that ends the tier.
    pub not_asked: usize,
}

/// What a rule does about the traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleStep {
    /// Which of the policy's rules for the direction, from 0.
    pub index: u32,
    /// Its own name; empty where it has none.
    pub name: String,
    /// What it does with the traffic that it names.
    pub action: RuleAction,
    /// Which traffic it names.
    pub criteria: String,
    /// Whether it names this traffic.
    pub matches: Applies,
    /// The first criterion that fails or is not known.
    pub why: String,
}

/// Yes, no, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Applies {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// That is not known.
    Unknown,
}

impl From<Match> for Applies {
    fn from(found: Match) -> Self {
        match found {
            Match::Yes => Self::Yes,
            Match::No => Self::No,
            Match::Unknown(_) => Self::Unknown,
        }
    }
}

impl TierStep {
    /// A tier that nothing is asked of yet.
    pub(super) fn new(tier: &Tier) -> Self {
        Self {
            name: tier.name.clone(),
            order: tier.order,
            default_action: tier.default_action,
            state: TierState::NotReached,
            end: "not reached".to_owned(),
            policies: Vec::new(),
            not_asked: 0,
        }
    }

    /// Says how it ends, once its policies are asked: `ended` where a rule ends it.
    pub(super) fn conclude(&mut self, governs: Match, ended: bool, direction: Direction) {
        self.state = match governs {
            Match::No => TierState::Skipped,
            Match::Yes | Match::Unknown(_) => TierState::Asked,
        };
        let default = match self.default_action {
            TierAction::Deny => "denies",
            TierAction::Pass => "passes to the next tier",
        };
        let unknown = self.policies.iter().any(|policy| {
            let rules = policy.rules.iter();
            policy.selects != Applies::No
                && rules
                    .filter(|rule| rule.action != RuleAction::Log)
                    .any(|rule| policy.selects.and(rule.matches) == Applies::Unknown)
        });
        self.end = match (governs, ended, unknown) {
            (Match::No, ..) => format!("skipped: none of its policies governs {direction} here"),
            (_, true, true) => self.ended("at the latest, "),
            (_, true, false) => self.ended(""),
            (Match::Unknown(_), ..) => {
                format!(
                    "where one of its policies governs {direction} and no rule applies, its default {default}"
                )
            }
            (Match::Yes, _, true) => format!("where no rule applies, its default {default}"),
            (Match::Yes, _, false) => format!("no rule applies: its default {default}"),
        };
    }

    /// By which rule it ends; `at_the_latest` where one before it may do so.
    fn ended(&self, at_the_latest: &str) -> String {
        let last = self.policies.last();
        let Some((policy, rule)) = last.and_then(|policy| Some((policy, policy.rules.last()?)))
        else {
            return String::new();
        };
        let does = match rule.action {
            RuleAction::Allow => "allows it",
            RuleAction::Deny => "denies it",
            RuleAction::Pass | RuleAction::Log => "passes it to the next tier",
        };
        let policy = words::policy(policy.kind, &policy.namespace, &policy.name, policy.part);
        format!("{at_the_latest}rule {} of {policy} {does}", rule.index)
    }
}

impl PolicyStep {
    /// A policy that governs nothing yet.
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            kind: policy.kind,
            namespace: policy.namespace.clone(),
            name: policy.name.clone(),
            part: policy.part,
            order: policy.order,
            staged: policy.staged,
            selects: Applies::No,
            why: String::new(),
            rules: Vec::new(),
            not_asked: 0,
        }
    }
}

impl Applies {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }
}
