//! Policies whose names alone decide which is asked first.

use super::finding::{Finding, FindingKind, named};
use super::{Facts, has_effect};
use crate::model::{Direction, Policy, Rule, RuleAction};

/// "Equal priority is implementation-defined: order by name" (policy semantics, section 7). Calico says
/// by which name; but who renames a policy seldom means to reorder it.
pub(super) fn find(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for tier in &facts.all.tiers {
        let numbers: Vec<usize> = tier
            .policies
            .clone()
            .map(|number| number as usize)
            .collect();
        let order = |number: &usize| facts.all.policies.get(*number).map(|policy| policy.order);
        for tied in numbers.chunk_by(|a, b| order(a) == order(b)) {
            findings.extend(conflict(facts, tied));
        }
    }
}

/// The first two of policies with one order whose sequence matters, and how many more there are.
fn conflict(facts: &Facts<'_>, tied: &[usize]) -> Option<Finding> {
    // Kubernetes' policies only allow, so among them no sequence matters
    let policies = &facts.all.policies;
    let is_kubernetes = |number: &usize| {
        let policy = policies.get(*number);
        policy.is_none_or(|policy| policy.kind.is_kubernetes())
    };
    let others: Vec<usize> = tied
        .iter()
        .copied()
        .filter(|of| !is_kubernetes(of))
        .collect();
    let mut pairs = tied.iter().flat_map(|one| {
        let candidates = match is_kubernetes(one) {
            true => others.as_slice(),
            false => tied,
        };
        let behind = candidates.iter().filter(move |other| *other > one);
        behind.filter_map(move |other| Some((pair(facts, *one, *other)?, *one, *other)))
    });
    let (direction, one, other) = pairs.next()?;
    let more = pairs.count();
    let (one, other) = (facts.all.policies.get(one)?, facts.all.policies.get(other)?);
    let order = one
        .order
        .map_or_else(|| "no order".to_owned(), |order| format!("order {order}"));
    let decided = match one.kind.is_network_policy_api() {
        true => ", and which is asked first is up to the implementation",
        false => "",
    };
    let more = match more {
        0 => String::new(),
        more => format!(" ({more} more such pairs with this order)"),
    };
    let message = format!(
        "{order} like {}, with other actions for some of the same pods{decided}{more}",
        named(other)
    );
    Some(Finding::of(FindingKind::TiedOrder, one, message).about(direction))
}

/// The direction in which it matters which of two policies is asked first: they select some of the
/// same pods, and their rules do different things.
fn pair(facts: &Facts<'_>, one: usize, other: usize) -> Option<Direction> {
    let (a, b) = (facts.all.policies.get(one)?, facts.all.policies.get(other)?);
    let apart = !a.namespace.is_empty() && !b.namespace.is_empty() && a.namespace != b.namespace;
    let effect = has_effect(a) && has_effect(b);
    if apart || !effect || are_twins(a, b) {
        return None;
    }
    let direction = [Direction::Ingress, Direction::Egress]
        .into_iter()
        .find(|direction| differ(a, b, *direction))?;
    let (a, b) = (facts.selected.get(one)?, facts.selected.get(other)?);
    let share = a.classes.iter().any(|class| b.classes.contains(class));
    share.then_some(direction)
}

fn differ(a: &Policy, b: &Policy, direction: Direction) -> bool {
    let rules = |policy: &Policy| -> Vec<Rule> {
        let rules = policy.rules(direction).unwrap_or_default().iter();
        rules
            .filter(|rule| rule.action != RuleAction::Log)
            .cloned()
            .collect()
    };
    let others = rules(b);
    rules(a)
        .iter()
        .any(|rule| others.iter().any(|other| other.action != rule.action))
}

/// A policy and its staged form.
fn are_twins(a: &Policy, b: &Policy) -> bool {
    let enforced = |policy: &Policy| policy.kind.enforced().unwrap_or(policy.kind);
    enforced(a) == enforced(b) && a.name == b.name && a.namespace == b.namespace
}
