//! What is never asked, because another rule, or the end of a tier, decides before it.
//!
//! A rule that comes before another one, whose policy selects at least the same ends and which names
//! at least the same traffic, leaves nothing to it: in one tier where it allows, denies or passes,
//! in a later tier where it allows or denies. So does the end of a tier that denies, where no rule
//! of the tier passes.

use std::collections::BTreeMap;

use super::Facts;
use super::covers::Worded;
use super::finding::{Finding, FindingKind, PolicyName, RuleName, named};
use crate::engine::{Scope, Sequence, words};
use crate::model::{Direction, Policy, Rule, RuleAction, TierAction};

pub(super) fn find(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for direction in [Direction::Ingress, Direction::Egress] {
        for scope in [Scope::Enforced, Scope::Staged] {
            let sequence = facts.engine.sequence(scope);
            findings.extend(in_scope(sequence, scope, direction));
        }
    }
}

/// A policy that is asked before another one.
#[derive(Clone, Copy)]
struct Before<'s> {
    /// Its place in the sequence.
    number: u32,
    policy: &'s Policy,
    rules: &'s [Rule],
    tier: usize,
    /// Whether traffic that its rules do not decide ends with its tier.
    ends: bool,
}

/// The findings of one scope: of the staged one those about staged policies only.
fn in_scope(sequence: &Sequence, scope: Scope, direction: Direction) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut before: BTreeMap<&str, Vec<Before<'_>>> = BTreeMap::new();
    for (tier, of) in sequence.tiers.iter().enumerate() {
        let governing = || {
            sequence
                .policies_of(of)
                .filter_map(|(number, policy)| Some((number, policy, policy.rules(direction)?)))
        };
        let mut rules = governing().flat_map(|(.., rules)| rules);
        let ends = of.tier.default_action == TierAction::Deny
            && !rules.any(|rule| rule.action == RuleAction::Pass);
        for (number, policy, rules) in governing() {
            let now = Before {
                number,
                policy,
                rules,
                tier,
                ends,
            };
            if scope == Scope::Enforced || policy.staged.is_some() {
                findings.extend(of_policy(now, &earlier(&before, policy), direction));
            }
            before.entry(&policy.namespace).or_default().push(now);
        }
    }
    findings
}

/// The policies before another one that select at least the same, in the order in which they are
/// asked: cluster-wide ones, and those of its namespace.
fn earlier<'s>(before: &BTreeMap<&str, Vec<Before<'s>>>, policy: &Policy) -> Vec<Before<'s>> {
    let own = Some(policy.namespace.as_str()).filter(|namespace| !namespace.is_empty());
    let mut earlier: Vec<Before<'_>> = [Some(""), own]
        .into_iter()
        .flatten()
        .filter_map(|namespace| before.get(namespace))
        .flatten()
        .filter(|earlier| policy.subject.implies(&earlier.policy.subject))
        .copied()
        .collect();
    earlier.sort_by_key(|earlier| earlier.number);
    earlier
}

fn of_policy(now: Before<'_>, before: &[Before<'_>], direction: Direction) -> Vec<Finding> {
    if let Some(finding) = as_a_whole(now, before, direction) {
        return vec![finding];
    }
    let rules = now.rules.iter().zip(0_u32..);
    rules
        .filter_map(|(rule, index)| of_rule(now, rule, index, before, direction))
        .collect()
}

/// A policy that nothing is left to: by the end of an earlier tier, or by a rule for all traffic.
fn as_a_whole(now: Before<'_>, before: &[Before<'_>], direction: Direction) -> Option<Finding> {
    let policy = now.policy;
    let ended = before
        .iter()
        .find(|earlier| earlier.ends && earlier.tier < now.tier);
    if let Some(earlier) = ended {
        let tier = &earlier.policy.tier;
        let message = format!(
            "no {direction} reaches it: tier {tier} denies what its rules do not decide, none of \
             them passes, and its {} governs at least the same",
            named(earlier.policy)
        );
        let finding = Finding::of(FindingKind::NeverDecides, policy, message).about(direction);
        return Some(because(finding, earlier.policy, None));
    }
    let (earlier, rule, index) = before.iter().find_map(|earlier| {
        let mut rules = earlier.rules.iter().zip(0_u32..);
        let (rule, index) =
            rules.find(|(rule, _)| rule.is_broad() && is_last(rule, earlier, now))?;
        Some((earlier, rule, index))
    })?;
    let same = rule.action == RuleAction::Allow
        && now
            .rules
            .iter()
            .all(|rule| rule.action == RuleAction::Allow);
    let (kind, message) = match same {
        true => (
            FindingKind::Redundant,
            format!(
                "{} allows all {direction} already",
                name(earlier.policy, index)
            ),
        ),
        false => (
            FindingKind::NeverDecides,
            format!(
                "no {direction} reaches it: {} {} before it",
                name(earlier.policy, index),
                decides(rule.action, "all of it")
            ),
        ),
    };
    let finding = Finding::of(kind, policy, message).about(direction);
    Some(because(finding, earlier.policy, Some(index)))
}

/// A rule that nothing is left to.
fn of_rule(
    now: Before<'_>,
    rule: &Rule,
    index: u32,
    before: &[Before<'_>],
    direction: Direction,
) -> Option<Finding> {
    let worded = |policy: &Policy, rule| Worded {
        rule,
        wording: policy.kind.wording(),
    };
    let narrow = worded(now.policy, rule);
    let own = Before {
        rules: now.rules.get(..index as usize).unwrap_or_default(),
        ..now
    };
    let (earlier, by, at) = std::iter::once(&own).chain(before).find_map(|earlier| {
        let mut rules = earlier.rules.iter().zip(0_u32..);
        let (by, at) = rules.find(|(by, _)| {
            is_last(by, earlier, now) && worded(earlier.policy, by).covers(narrow)
        })?;
        Some((earlier.policy, by, at))
    })?;
    let (kind, when) = match by.action == rule.action {
        true => (FindingKind::Redundant, "already"),
        false => (FindingKind::NeverDecides, "before it"),
    };
    let message = format!(
        "{} {}: {} {} {when}",
        rule.action,
        words::rule(rule),
        match earlier == now.policy {
            true => format!("its own rule {at}"),
            false => name(earlier, at),
        },
        decides(by.action, "all of that")
    );
    let finding = Finding::of(kind, now.policy, message).at(direction, index);
    Some(because(finding, earlier, Some(at)))
}

/// Whether nothing of what a rule names comes to a later policy.
fn is_last(rule: &Rule, earlier: &Before<'_>, now: Before<'_>) -> bool {
    match rule.action {
        RuleAction::Allow | RuleAction::Deny => true,
        RuleAction::Pass => earlier.tier == now.tier,
        RuleAction::Log => false,
    }
}

fn decides(action: RuleAction, what: &str) -> String {
    match action {
        RuleAction::Allow => format!("allows {what}"),
        RuleAction::Deny => format!("denies {what}"),
        RuleAction::Pass | RuleAction::Log => format!("passes {what} on"),
    }
}

fn name(policy: &Policy, rule: u32) -> String {
    format!("rule {rule} of {}", named(policy))
}

fn because(finding: Finding, policy: &Policy, rule: Option<u32>) -> Finding {
    Finding {
        because: Some(RuleName {
            policy: PolicyName::of(policy),
            rule,
        }),
        ..finding
    }
}
