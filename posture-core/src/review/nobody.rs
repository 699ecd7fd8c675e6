//! Policies and rules that select nothing of what was read.

use std::collections::BTreeMap;

use super::finding::{Finding, FindingKind};
use super::{Facts, asked, each_rule, selected};
use crate::engine::{Match, words};
use crate::model::EndMatch;
use crate::selector::Selector;

pub(super) fn find(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    if !facts.cluster.sources.pods {
        return;
    }
    for (policy, selected) in asked(facts) {
        if selected.classes.is_empty() && !selected.unknown && !selected.hosts {
            let whom = words::selector(&policy.subject);
            let message = format!("no pod is one of these: {whom}");
            findings.push(Finding::of(FindingKind::SelectsNothing, policy, message));
        }
    }
    let mut known = BTreeMap::new();
    for (policy, direction, index, rule) in each_rule(facts) {
        for (side, ends) in [("source", &rule.source), ("destination", &rule.destination)] {
            if !ends.is_empty() && ends.iter().all(|end| is_nobody(facts, end, &mut known)) {
                let message = format!(
                    "{} {}: nobody is its {side}",
                    rule.action,
                    words::rule(rule)
                );
                let finding = Finding::of(FindingKind::NobodyThere, policy, message);
                findings.push(finding.at(direction, index));
            }
        }
    }
}

/// Whether an end means endpoints or network sets by labels, and none has these.
fn is_nobody<'f>(
    facts: &Facts<'_>,
    end: &'f EndMatch,
    known: &mut BTreeMap<&'f Selector, bool>,
) -> bool {
    let Some(selector) = &end.selector else {
        return false;
    };
    // what is certain of any input is told elsewhere
    *known
        .entry(selector)
        .or_insert_with(|| !selector.is_impossible() && selects_nothing(facts, selector))
}

fn selects_nothing(facts: &Facts<'_>, selector: &Selector) -> bool {
    let around = facts.engine.surroundings();
    let within = selected::within(&facts.classes, selector);
    let mut classes = facts.classes.get(within).unwrap_or_default().iter();
    let mut sets = facts.cluster.network_sets.iter();
    let mut hosts = facts.cluster.host_endpoints.iter();
    classes.all(|class| around.selects_pod(selector, &class.pod) == Match::No)
        && !sets.any(|set| around.selects_set(selector, set))
        && !hosts.any(|endpoint| selector.matches(&endpoint.labels))
}
