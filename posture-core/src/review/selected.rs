//! Whom policies select.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::engine::{End, Match, PodEnd, Surroundings, Who};
use crate::model::{Cluster, Labels, Phase, Policy, WorkloadId};
use crate::selector::{Selector, keys};

/// Pods that no selector tells apart.
pub(super) struct Class<'c> {
    pub(super) pod: PodEnd<'c>,
    pub(super) pods: usize,
    pub(super) workloads: BTreeSet<&'c WorkloadId>,
}

/// Whom a policy selects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selected {
    /// Classes of pods, by their places.
    pub(super) classes: Vec<usize>,
    /// Whether it is not known of some pods whether it selects them.
    pub(super) unknown: bool,
    /// Whether it selects host endpoints.
    pub(super) hosts: bool,
}

/// The pods that policies may select: "hostNetwork pods: never selected [...]. Finished pods are no
/// endpoints" (policy semantics, section 3).
pub(super) fn classes(cluster: &Cluster) -> Vec<Class<'_>> {
    let mut classes: BTreeMap<(&str, &Labels, &str), Class<'_>> = BTreeMap::new();
    let pods = cluster
        .namespaces
        .values()
        .flat_map(|objects| objects.pods.values());
    for known in pods {
        let pod = &known.pod;
        let Who::Pod(end) = End::one_of(known, None).who else {
            continue;
        };
        if pod.phase == Phase::Finished || pod.host_network {
            continue;
        }
        let key = (
            pod.namespace.as_str(),
            &pod.labels,
            pod.service_account.as_str(),
        );
        let class = classes.entry(key).or_insert_with(|| Class {
            pod: end,
            pods: 0,
            workloads: BTreeSet::new(),
        });
        class.pods += 1;
        class.workloads.insert(&known.workload);
    }
    classes.into_values().collect()
}

/// The places of the classes that a selector may select: where it names a namespace, those in there.
pub(super) fn within(classes: &[Class<'_>], selector: &Selector) -> Range<usize> {
    let parts = match selector {
        Selector::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let namespace = parts.iter().find_map(|part| match part {
        Selector::Equals(key, namespace) if key == keys::NAMESPACE => Some(namespace.as_str()),
        _ => None,
    });
    let Some(namespace) = namespace else {
        return 0..classes.len();
    };
    let from = classes.partition_point(|class| class.pod.namespace < namespace);
    let to = classes.partition_point(|class| class.pod.namespace <= namespace);
    from..to
}

/// Whom a policy selects.
pub(super) fn of(
    policy: &Policy,
    classes: &[Class<'_>],
    cluster: &Cluster,
    around: &Surroundings,
) -> Selected {
    let mut selected = Selected::default();
    let within = within(classes, &policy.subject);
    let places = within.clone();
    for (place, class) in places.zip(classes.get(within).unwrap_or_default()) {
        match around.selects_pod(&policy.subject, &class.pod) {
            Match::Yes => selected.classes.push(place),
            Match::Unknown(_) => selected.unknown = true,
            Match::No => {}
        }
    }
    let mut hosts = cluster.host_endpoints.iter();
    selected.hosts = policy.namespace.is_empty()
        && hosts.any(|endpoint| policy.subject.matches(&endpoint.labels));
    selected
}

impl Selected {
    /// How many pods are selected.
    pub(super) fn pods(&self, classes: &[Class<'_>]) -> usize {
        self.of(classes).map(|class| class.pods).sum()
    }

    /// How many workloads they belong to.
    pub(super) fn workloads(&self, classes: &[Class<'_>]) -> usize {
        let workloads: BTreeSet<&WorkloadId> = self
            .of(classes)
            .flat_map(|class| class.workloads.iter().copied())
            .collect();
        workloads.len()
    }

    fn of<'s, 'c>(&'s self, classes: &'s [Class<'c>]) -> impl Iterator<Item = &'s Class<'c>> {
        self.classes.iter().filter_map(|place| classes.get(*place))
    }
}
