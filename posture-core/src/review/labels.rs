//! Selectors that ask for labels that nothing has.

use std::collections::BTreeSet;

use super::finding::{Finding, FindingKind};
use super::{Facts, asked};
use crate::model::{Cluster, Direction, Policy};
use crate::selector::{Selector, keys};

pub(super) fn find(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    if !facts.cluster.sources.pods {
        return;
    }
    let known = Known::new(facts.cluster);
    for (policy, _) in asked(facts) {
        let unknown: Vec<String> = selectors(policy)
            .into_iter()
            .flat_map(asked_for)
            .collect::<BTreeSet<&str>>()
            .into_iter()
            .filter_map(|key| known.lacks(key))
            .collect();
        if !unknown.is_empty() {
            let message = unknown.join(", ");
            findings.push(Finding::of(FindingKind::UnknownLabel, policy, message));
        }
    }
}

/// The selectors of a policy over endpoints and network sets.
fn selectors(policy: &Policy) -> Vec<&Selector> {
    let directions = [Direction::Ingress, Direction::Egress].into_iter();
    let rules = directions.flat_map(|direction| policy.rules(direction).unwrap_or_default());
    let ends = rules.flat_map(|rule| rule.source.iter().chain(rule.destination.iter()));
    std::iter::once(&policy.subject)
        .chain(ends.filter_map(|end| end.selector.as_ref()))
        .collect()
}

/// The labels without which some part of a selector is never true.
fn asked_for(selector: &Selector) -> Vec<&str> {
    match selector {
        Selector::And(parts) | Selector::Or(parts) => parts.iter().flat_map(asked_for).collect(),
        Selector::Has(key)
        | Selector::Equals(key, _)
        | Selector::In(key, _)
        | Selector::Contains(key, _)
        | Selector::StartsWith(key, _)
        | Selector::EndsWith(key, _) => vec![key],
        Selector::Not(_)
        | Selector::NotEquals(..)
        | Selector::NotIn(..)
        | Selector::All
        | Selector::Global => Vec::new(),
    }
}

/// The labels of all that was read; none where nothing was read that could have them.
struct Known<'c> {
    own: BTreeSet<&'c str>,
    namespaces: Option<BTreeSet<&'c str>>,
    service_accounts: Option<BTreeSet<&'c str>>,
}

impl<'c> Known<'c> {
    fn new(cluster: &'c Cluster) -> Self {
        let objects = || cluster.namespaces.values();
        let pods = objects().flat_map(|objects| objects.pods.values());
        let own = pods
            .map(|known| &known.pod.labels)
            .chain(cluster.network_sets.iter().map(|set| &set.labels))
            .chain(cluster.host_endpoints.iter().map(|host| &host.labels));
        let accounts = objects().flat_map(|objects| objects.service_accounts.values());
        let keys = |labels: &mut dyn Iterator<Item = &'c crate::model::Labels>| {
            let keys = labels.flat_map(|labels| labels.keys().map(String::as_str));
            keys.collect::<BTreeSet<&str>>()
        };
        let namespaces = keys(&mut objects().map(|objects| &objects.labels));
        let service_accounts = keys(&mut accounts.clone());
        Self {
            own: keys(&mut { own }),
            // one label is there without any object
            namespaces: (namespaces.len() > 1).then_some(namespaces),
            service_accounts: accounts.clone().next().map(|_| service_accounts),
        }
    }

    /// The label in words, where nothing has it.
    fn lacks(&self, key: &str) -> Option<String> {
        let inherited = |known: &Option<BTreeSet<&str>>, key: &str, whose: &str| {
            let lacks = key != keys::NAME && !known.as_ref()?.contains(key);
            lacks.then(|| format!("no {whose} has label `{key}`"))
        };
        if let Some(key) = key.strip_prefix(keys::NAMESPACE_PREFIX) {
            return inherited(&self.namespaces, key, "namespace");
        }
        if let Some(key) = key.strip_prefix(keys::SERVICE_ACCOUNT_PREFIX) {
            return inherited(&self.service_accounts, key, "service account");
        }
        let given = [keys::NAMESPACE, keys::SERVICE_ACCOUNT, keys::ORCHESTRATOR].contains(&key);
        (!given && !self.own.contains(key)).then(|| format!("nothing has label `{key}`"))
    }
}
