//! Policies that are not evaluated, and tiers that were not read.

use super::Facts;
use super::finding::{Finding, FindingKind, PolicyName};

pub(super) fn find(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for unread in &facts.cluster.unread_policies {
        let effect = match unread.staged {
            true => "it is staged, so it governs nothing",
            false => "what it governs is not known here",
        };
        findings.push(Finding {
            kind: FindingKind::Unread,
            policy: Some(PolicyName {
                kind: unread.kind.clone(),
                namespace: unread.namespace.clone(),
                name: unread.name.clone(),
                part: None,
            }),
            namespace: unread.namespace.clone(),
            direction: None,
            rule: None,
            because: None,
            message: effect.to_owned(),
        });
    }
    for policy in &facts.all.policies {
        if !facts.cluster.tiers.contains_key(&policy.tier) {
            let message = format!("tier {} is taken as the last, and to deny", policy.tier);
            findings.push(Finding::of(FindingKind::UnknownTier, policy, message));
        }
    }
}
