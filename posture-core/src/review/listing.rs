//! Policies in the order in which they are asked.

use serde::Serialize;

use super::Facts;
use crate::engine::words;
use crate::model::{
    Direction, Order, Part, PolicyKind, Rule, RuleAction, StagedAction, TierAction,
};

/// A tier and its policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TierReview {
    /// Its name.
    pub name: String,
    /// Its order; none: last.
    pub order: Option<Order>,
    /// What it does with traffic that its policies govern and none of their rules decides.
    pub default_action: TierAction,
    /// Its policies, in order.
    pub policies: Vec<PolicyReview>,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PolicyReview {
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
    /// Whom it selects, in words.
    pub subject: String,
    /// Namespaces of the pods that it selects.
    pub namespaces: Vec<String>,
    /// How many pods it selects.
    pub pods: usize,
    /// How many workloads they belong to.
    pub workloads: usize,
    /// Whether it may select more pods, of which not all labels are known.
    pub may_select_more: bool,
    /// Whether it selects host endpoints, too.
    pub host_endpoints: bool,
    /// Its rules for ingress; none where it does not govern that.
    pub ingress: Option<Vec<RuleReview>>,
    /// Its rules for egress; none where it does not govern that.
    pub egress: Option<Vec<RuleReview>>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleReview {
    /// What it does with the traffic that it names.
    pub action: RuleAction,
    /// Its own name; empty where it has none.
    pub name: String,
    /// Which traffic it names, in words.
    pub criteria: String,
}

pub(super) fn tiers(facts: &Facts<'_>) -> Vec<TierReview> {
    let tiers = facts.all.tiers.iter();
    tiers
        .map(|of| TierReview {
            name: of.tier.name.clone(),
            order: of.tier.order,
            default_action: of.tier.default_action,
            policies: of
                .policies
                .clone()
                .filter_map(|number| policy(facts, number))
                .collect(),
        })
        .collect()
}

fn policy(facts: &Facts<'_>, number: u32) -> Option<PolicyReview> {
    let policy = facts.all.policy(number)?;
    let selected = facts.selected.get(number as usize)?;
    let rules = |direction| Some(policy.rules(direction)?.iter().map(rule).collect());
    let mut namespaces: Vec<String> = selected
        .classes
        .iter()
        .filter_map(|place| facts.classes.get(*place))
        .map(|class| class.pod.namespace.to_owned())
        .collect();
    namespaces.dedup();
    Some(PolicyReview {
        kind: policy.kind,
        namespace: policy.namespace.clone(),
        name: policy.name.clone(),
        part: policy.part,
        order: policy.order,
        staged: policy.staged,
        subject: words::selector(&policy.subject),
        namespaces,
        pods: selected.pods(&facts.classes),
        workloads: selected.workloads(&facts.classes),
        may_select_more: selected.unknown,
        host_endpoints: selected.hosts,
        ingress: rules(Direction::Ingress),
        egress: rules(Direction::Egress),
    })
}

fn rule(rule: &Rule) -> RuleReview {
    RuleReview {
        action: rule.action,
        name: rule.name.clone(),
        criteria: words::rule(rule),
    }
}
