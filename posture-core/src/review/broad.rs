//! Rules that allow all traffic.

use std::sync::Arc;

use super::finding::{Finding, FindingKind};
use super::{Facts, each_rule};
use crate::engine::{family_of, words};
use crate::model::{Direction, EndMatch, Rule, RuleAction};
use crate::selector::Selector;

pub(super) fn find(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for (policy, direction, index, rule) in each_rule(facts) {
        if rule.action != RuleAction::Allow {
            continue;
        }
        let what = match (rule.is_broad(), every_address(rule, direction)) {
            (true, _) => String::new(),
            (false, Some(family)) => format!("{family} "),
            (false, None) => continue,
        };
        let whom = match &policy.subject {
            Selector::All => "everything".to_owned(),
            some => words::selector(some),
        };
        let message = format!("all {what}{direction} of {whom}");
        let finding = Finding::of(FindingKind::AllowsAll, policy, message);
        findings.push(finding.at(direction, index));
    }
}

/// The address family of which a rule names every address, and nothing else.
fn every_address(rule: &Rule, direction: Direction) -> Option<&'static str> {
    let (peers, rest) = match direction {
        Direction::Ingress => (&rule.source, &rule.destination),
        Direction::Egress => (&rule.destination, &rule.source),
    };
    let without = Rule {
        source: Arc::default(),
        destination: Arc::default(),
        ..rule.clone()
    };
    if !without.is_broad() || !rest.is_empty() {
        return None;
    }
    peers.iter().find_map(|peer| {
        let only_nets = EndMatch {
            nets: peer.nets.clone(),
            ..EndMatch::default()
        };
        let all = peer.nets.iter().flatten().find(|net| net.prefix_len() == 0);
        let all = all.filter(|_| only_nets == *peer)?;
        Some(words::family(family_of(all.addr())))
    })
}
