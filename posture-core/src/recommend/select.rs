//! Labels that tell the pods of a workload from all others of its namespace.

use std::sync::Arc;

use crate::model::{Cluster, Labels, PodOf, WorkloadId};

/// Labels that controllers give to single pods, or that change with each rollout.
const PASSING: [&str; 6] = [
    "apps.kubernetes.io/pod-index",
    "controller-revision-hash",
    "pod-template-generation",
    "pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
    "batch.kubernetes.io/job-completion-index",
];

/// Labels that people name their workloads by, best first.
const NAMES: [&str; 4] = [
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "app.kubernetes.io/component",
];

/// The fewest labels that all pods of a workload share and no other pod of its namespace has: one, else
/// two, else all.
pub(super) fn labels_of(cluster: &Cluster, workload: &Arc<WorkloadId>) -> Result<Labels, String> {
    let objects = cluster.objects(&workload.namespace);
    let pods = || {
        objects
            .into_iter()
            .flat_map(|objects| objects.pods.values())
    };
    let policed = || pods().filter(|known| known.is_running() && !known.pod.host_network);
    let own: Vec<&PodOf> = policed()
        .filter(|known| known.workload == *workload)
        .collect();
    let Some(first) = own.first() else {
        return Err(format!(
            "no pod of {workload} was read, so that nothing tells by which labels to select it: add \
             the pods (`kubectl get pods -A -o json`), or ask for one policy of the namespace"
        ));
    };
    let mut shared: Vec<(&String, &String)> = first
        .pod
        .labels
        .iter()
        .filter(|(key, value)| {
            !PASSING.contains(&key.as_str())
                && own
                    .iter()
                    .all(|known| known.pod.labels.get(*key) == Some(*value))
        })
        .collect();
    let rank = |key: &str| {
        NAMES
            .iter()
            .position(|name| *name == key)
            .unwrap_or(NAMES.len())
    };
    shared.sort_by_key(|(key, _)| (rank(key), key.as_str()));
    let others: Vec<&PodOf> = policed()
        .filter(|known| known.workload != *workload)
        .collect();
    let has = |known: &PodOf, labels: &[(&String, &String)]| {
        labels
            .iter()
            .all(|(key, value)| known.pod.labels.get(*key) == Some(*value))
    };
    let tells = |labels: &[(&String, &String)]| {
        !labels.is_empty() && !others.iter().any(|known| has(known, labels))
    };
    let one = shared.iter().map(|label| vec![*label]);
    let two = shared.iter().enumerate().flat_map(|(index, label)| {
        let second = shared.iter().skip(index.saturating_add(1));
        second.map(|other| vec![*label, *other])
    });
    let found = one
        .chain(two)
        .chain([shared.clone()])
        .find(|labels| tells(labels));
    let own_labels = |labels: Vec<(&String, &String)>| {
        let labels = labels.into_iter();
        labels
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    found.map(own_labels).ok_or_else(|| {
        let like = others.iter().find(|known| has(known, &shared));
        let like = like.map_or_else(String::new, |known| format!(" from {}", known.workload));
        format!(
            "its labels do not tell {workload}{like}: ask for one policy of the namespace, or give it \
             a label of its own"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{build, pod};
    use crate::model::Fragment;

    #[test]
    fn the_fewest_labels_that_tell() {
        let pod = |name: &str, labels: &[(&str, &str)]| pod("shop", name, labels, "10.0.0.1");
        let front = &[
            ("app", "web"),
            ("tier", "front"),
            ("pod-template-hash", "1"),
        ];
        let back = &[("app", "web"), ("tier", "back")];
        let alone = &[("tier", "front"), ("zone", "a")];
        let cluster = build(Fragment {
            pods: vec![
                pod("front", front),
                pod("back", back),
                pod("alone", alone),
                pod("same", &[("k", "v")]),
                pod("twin", &[("k", "v")]),
                pod("bare", &[]),
            ],
            ..Fragment::default()
        });
        let told = |name: &str| {
            let workload = WorkloadId {
                namespace: "shop".into(),
                name: name.into(),
                kind: "Pod".into(),
            };
            match labels_of(&cluster, &Arc::new(workload)) {
                Ok(labels) => labels
                    .into_iter()
                    .map(|(k, v)| format!("{k}={v}"))
                    .collect(),
                Err(reason) => vec![reason.split(':').next().unwrap().to_owned()],
            }
        };
        for (name, expected) in [
            ("front", &["app=web", "tier=front"][..]),
            ("back", &["tier=back"]),
            ("alone", &["zone=a"]),
            ("same", &["its labels do not tell shop/same from shop/twin"]),
            (
                "bare",
                &["its labels do not tell shop/bare from shop/alone"],
            ),
            (
                "ghost",
                &[
                    "no pod of shop/ghost was read, so that nothing tells by which labels to select it",
                ],
            ),
        ] {
            assert_eq!(told(name), expected, "{name}");
        }
    }
}
