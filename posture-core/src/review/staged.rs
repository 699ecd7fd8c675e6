//! What staged policies alone govern.

use std::collections::{BTreeMap, BTreeSet};

use super::Facts;
use super::finding::{Finding, FindingKind, PolicyName};
use crate::engine::words;
use crate::model::{Direction, StagedAction, WorkloadId};

pub(super) fn find(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for policy in &facts.all.policies {
        if let (Some(StagedAction::Delete), Some(kind)) = (policy.staged, policy.kind.enforced()) {
            let twin = PolicyName {
                kind: kind.name().to_owned(),
                ..PolicyName::of(policy)
            };
            if !facts.all.policies.iter().any(|policy| twin.is(policy)) {
                let twin = words::policy(kind, &policy.namespace, &policy.name, None);
                let message = format!("{twin} was not read");
                findings.push(Finding::of(FindingKind::NothingToDelete, policy, message));
            }
        }
    }
    for direction in [Direction::Ingress, Direction::Egress] {
        for (namespace, workloads) in only_staged(facts, direction) {
            findings.push(Finding {
                kind: FindingKind::OnlyStaged,
                policy: None,
                namespace: namespace.to_owned(),
                direction: Some(direction),
                rule: None,
                because: None,
                message: governed(&workloads, direction),
            });
        }
    }
}

fn governed(workloads: &BTreeSet<&WorkloadId>, direction: Direction) -> String {
    let names: Vec<&str> = workloads.iter().map(|of| of.name.as_ref()).collect();
    format!("{direction} of {}", names.join(", "))
}

/// The workloads of each namespace that staged policies would govern, and enforced ones do not. Of
/// those of which that is not certain nothing is said.
fn only_staged<'c>(
    facts: &'c Facts<'_>,
    direction: Direction,
) -> BTreeMap<&'c str, BTreeSet<&'c WorkloadId>> {
    let mut enforced = BTreeSet::new();
    let mut staged = BTreeSet::new();
    let mut unknown = false;
    for (policy, selected) in facts.all.policies.iter().zip(&facts.selected) {
        if policy.rules(direction).is_none() {
            continue;
        }
        match policy.staged {
            None => {
                enforced.extend(selected.classes.iter().copied());
                unknown |= selected.unknown;
            }
            Some(StagedAction::Set | StagedAction::Learn) => {
                staged.extend(selected.classes.iter().copied());
            }
            Some(StagedAction::Delete | StagedAction::Ignore) => {}
        }
    }
    let mut found: BTreeMap<&str, BTreeSet<&WorkloadId>> = BTreeMap::new();
    let only = staged.difference(&enforced).filter(|_| !unknown);
    for class in only.filter_map(|place| facts.classes.get(*place)) {
        let namespace = class.pod.namespace;
        if !facts.cluster.may_be_governed_unseen(namespace) {
            let workloads = found.entry(namespace).or_default();
            workloads.extend(class.workloads.iter().copied());
        }
    }
    found
}
