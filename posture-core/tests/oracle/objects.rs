//! Objects, once each, and the workloads of pods.

use std::collections::BTreeMap;

use posture_core::model::{Controller, Labels, Owner, Phase, Pod, Policy};
use posture_core::request::Policies;
use posture_core::selector::{Label, Selector};

use crate::common::Input;

/// A workload: the top controller of a pod.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Workload {
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) kind: String,
}

/// A pod with its workload.
pub(crate) struct KnownPod<'a> {
    pub(crate) pod: &'a Pod,
    pub(crate) workload: Workload,
}

impl KnownPod<'_> {
    pub(crate) fn is_running(&self) -> bool {
        self.pod.phase == Phase::Running || self.pod.phase == Phase::Declared
    }
}

/// What the input says there is.
pub(crate) struct Objects<'a> {
    /// By namespace and name.
    pub(crate) pods: Vec<KnownPod<'a>>,
    /// Workloads of all pods, also of those that are only declared.
    pub(crate) workloads: Vec<Workload>,
    pub(crate) policies: Vec<&'a Policy>,
    /// Whether the input says which policies there are.
    pub(crate) policies_known: bool,
    /// Where a policy that is not evaluated may govern any end; the empty text: everywhere.
    unseen: Vec<&'a str>,
}

impl<'a> Objects<'a> {
    pub(crate) fn new(input: &'a Input) -> Self {
        let fragment = &input.fragment;
        let controllers = newest(
            &fragment.controllers,
            |c| (&c.namespace, format!("{}/{}", c.kind, c.name)),
            |c| c.version,
        );
        let pods = newest(
            &fragment.pods,
            |p| (&p.namespace, p.name.clone()),
            |p| p.version,
        );
        let mut pods: Vec<KnownPod<'a>> = pods
            .into_iter()
            .map(|pod| KnownPod {
                pod,
                workload: workload(pod, &controllers),
            })
            .collect();
        let mut workloads: Vec<Workload> =
            pods.iter().map(|known| known.workload.clone()).collect();
        workloads.sort();
        // what is declared says less than what is known to be there
        let there: Vec<Workload> = pods
            .iter()
            .filter(|known| known.pod.phase != Phase::Declared)
            .map(|known| known.workload.clone())
            .collect();
        pods.retain(|known| known.pod.phase != Phase::Declared || !there.contains(&known.workload));
        let unseen = fragment
            .unread_policies
            .iter()
            .filter(|policy| !policy.staged);
        Self {
            pods,
            workloads,
            policies: newest(
                &fragment.policies,
                |p| (&p.namespace, p.name.clone()),
                |p| p.version,
            ),
            policies_known: fragment.sources.policies
                || input.request.policies == Policies::Complete,
            unseen: unseen.map(|policy| policy.namespace.as_str()).collect(),
        }
    }

    pub(crate) fn running(&self) -> impl Iterator<Item = &KnownPod<'a>> {
        self.pods.iter().filter(|known| known.is_running())
    }

    /// Whether a policy governs a direction of a pod; none where that cannot be known.
    pub(crate) fn governed(
        &self,
        namespace: &str,
        labels: Option<&Labels>,
        egress: bool,
    ) -> Option<bool> {
        let mut maybe = false;
        for policy in self
            .policies
            .iter()
            .filter(|policy| policy.namespace == namespace)
        {
            let rules = if egress {
                &policy.egress
            } else {
                &policy.ingress
            };
            if rules.is_some() {
                match selects(&policy.subject, namespace, labels) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => maybe = true,
                }
            }
        }
        if maybe || self.unseen.contains(&"") || self.unseen.contains(&namespace) {
            None
        } else {
            Some(false)
        }
    }
}

/// Whether a selector of pods selects one with these labels.
fn selects(selector: &Selector, namespace: &str, labels: Option<&Labels>) -> Option<bool> {
    selector.evaluate(&|key| match (key, labels) {
        ("projectcalico.org/namespace", _) => Label::Is(namespace),
        ("projectcalico.org/orchestrator", _) => Label::Is("k8s"),
        (_, None) => Label::Unknown,
        (_, Some(labels)) => labels
            .get(key)
            .map_or(Label::Absent, |value| Label::Is(value)),
    })
}

/// Each object once: the one with the newest version.
fn newest<'a, T, K: Ord>(
    objects: &'a [T],
    key: impl Fn(&'a T) -> K,
    version: impl Fn(&T) -> u64,
) -> Vec<&'a T> {
    let mut newest: BTreeMap<K, &'a T> = BTreeMap::new();
    for object in objects {
        let known = newest.entry(key(object)).or_insert(object);
        if version(object) > version(known) {
            *known = object;
        }
    }
    newest.into_values().collect()
}

fn workload(pod: &Pod, controllers: &[&Controller]) -> Workload {
    let Some(mut owner) = pod.owner.clone() else {
        return named(pod, "Pod", &pod.name);
    };
    let same = |c: &Controller, owner: &Owner| {
        c.namespace == pod.namespace && c.kind == owner.kind && c.name == owner.name
    };
    while let Some(controller) = controllers.iter().find(|c| same(c, &owner)) {
        match &controller.owner {
            Some(next) => owner = next.clone(),
            None => return named(pod, &owner.kind, &owner.name),
        }
    }
    // what owned the last one is not in the input: its name tells
    match (owner.kind.as_str(), without_suffix(&owner.name)) {
        ("ReplicaSet", Some(base)) => named(pod, "Deployment", base),
        ("Job", Some(base)) => named(pod, "CronJob", base),
        (kind, _) => named(pod, kind, &owner.name),
    }
}

fn named(pod: &Pod, kind: &str, name: &str) -> Workload {
    Workload {
        namespace: pod.namespace.clone(),
        name: name.to_owned(),
        kind: kind.to_owned(),
    }
}

/// The name before the hash of a `ReplicaSet` or the time of a `Job`.
pub(crate) fn without_suffix(name: &str) -> Option<&str> {
    let (base, suffix) = name.rsplit_once('-')?;
    let hash = suffix.len() >= 7 && suffix.chars().all(|c| "456789bcdf".contains(c));
    let digits = suffix.len() >= 8 && suffix.chars().all(|c| c.is_ascii_digit());
    (hash || digits).then_some(base)
}
