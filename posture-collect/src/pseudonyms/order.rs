//! Which policies and tiers are told apart by their names: "ties by comparing the string
//! `name/namespace/kind`" (policy semantics, section 4).

use std::collections::{BTreeMap, BTreeSet};

use posture_core::issue::Issues;
use posture_core::model::{Fragment, Policy, PolicyKind, Tier};

use crate::list::List;

/// Names of which the order decides, in that order.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) policies: Vec<String>,
    pub(super) tiers: Vec<String>,
}

impl Order {
    pub(super) fn of(lists: &[List]) -> Self {
        let mut facts = Fragment::default();
        for list in lists.iter().filter(|list| is_ordered(&list.kind)) {
            let mut text = Vec::new();
            if list.write(&mut text).is_ok() {
                facts.extend(posture_formats::read("", &text, &mut Issues::default()));
            }
        }
        Self {
            policies: policies(&facts.policies),
            tiers: tiers(&facts),
        }
    }
}

fn is_ordered(kind: &str) -> bool {
    kind == "Tier" || posture_formats::is_policy(kind)
}

/// Policies of one tier and order. Of those that only allow, or only deny, it does not matter which is
/// asked first.
fn policies(all: &[Policy]) -> Vec<String> {
    let mut places: BTreeMap<_, (BTreeSet<&str>, bool)> = BTreeMap::new();
    for policy in all {
        let (names, ordered) = places.entry((&policy.tier, policy.order)).or_default();
        names.insert(&policy.name);
        *ordered |= !matches!(
            policy.kind,
            PolicyKind::KubernetesNetworkPolicy
                | PolicyKind::StagedKubernetesNetworkPolicy
                | PolicyKind::CiliumNetworkPolicy
                | PolicyKind::CiliumClusterwideNetworkPolicy
        );
    }
    let tied = places.into_values();
    let tied = tied.filter(|(names, ordered)| *ordered && names.len() > 1);
    in_order(tied.flat_map(|(names, _)| names), '/')
}

/// Tiers of one order, also those that policies name and nobody tells of.
fn tiers(facts: &Fragment) -> Vec<String> {
    let known: BTreeMap<&str, _> = facts
        .tiers
        .iter()
        .map(|tier| (tier.name.as_str(), tier.order))
        .collect();
    let built_in = Tier::built_in().map(|tier| tier.name);
    let named = facts.policies.iter().map(|policy| policy.tier.as_str());
    let all: BTreeSet<&str> = named.chain(known.keys().copied()).collect();
    let mut places: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for name in all
        .into_iter()
        .filter(|name| !built_in.iter().any(|built_in| built_in == name))
    {
        places.entry(known.get(name)).or_default().push(name);
    }
    let tied = places.into_values().filter(|names| names.len() > 1);
    in_order(tied.flatten(), '\0')
}

/// Names as they are compared, with what follows them.
fn in_order<'n>(names: impl Iterator<Item = &'n str>, end: char) -> Vec<String> {
    let mut names: Vec<&str> = names.collect();
    names.sort_by_key(|name| format!("{name}{end}"));
    names.dedup();
    names.into_iter().map(str::to_owned).collect()
}
