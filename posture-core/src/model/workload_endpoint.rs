//! Pods of which only their endpoints are known.

use std::collections::BTreeSet;

use super::{Phase, Pod};
use crate::issue::{IssueKind, Issues};

/// The pods that endpoints stand for, where the pods themselves were not read: "an endpoint of a pod
/// stands for it where the pod itself is missing" (formats, section 1). The endpoints of one pod, one
/// for each of its interfaces, are one pod.
pub(super) fn missing_pods(mut endpoints: Vec<Pod>, pods: &[Pod], issues: &mut Issues) -> Vec<Pod> {
    let known: BTreeSet<(&str, &str)> = pods.iter().map(key).collect();
    endpoints.retain(|pod| !known.contains(&key(pod)));
    endpoints.sort_unstable_by(|a, b| key(a).cmp(&key(b)).then_with(|| b.cmp(a)));
    endpoints.dedup_by(|later, kept| {
        let same = key(later) == key(kept);
        if same {
            join(kept, later);
        }
        same
    });
    let running = endpoints.iter().filter(|pod| pod.phase == Phase::Running);
    match running.count() {
        0 => {}
        count => issues.note(
            IssueKind::UnknownImages,
            format!(
                "of {count} pods only the workload endpoints were given, so their images are not known: add the pods (`kubectl get pods -A -o json`)"
            ),
        ),
    }
    endpoints
}

fn key(pod: &Pod) -> (&str, &str) {
    (&pod.namespace, &pod.name)
}

fn join(kept: &mut Pod, other: &Pod) {
    kept.phase = kept.phase.max(other.phase);
    for address in &other.addresses {
        if !kept.addresses.contains(address) {
            kept.addresses.push(*address);
        }
    }
    for container in &other.containers {
        if !kept.containers.contains(container) {
            kept.containers.push(container.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cluster, Container, ContainerRole, Fragment, ImageIdentity, Owner};
    use super::*;

    fn endpoint(name: &str, address: &str, owner: Option<(&str, &str)>) -> Pod {
        Pod {
            version: 0,
            phase: Phase::Running,
            namespace: "shop".to_owned(),
            name: name.to_owned(),
            generate_name: None,
            labels: super::super::Labels::new(),
            owner: owner.map(|(kind, name)| Owner {
                kind: kind.to_owned(),
                name: name.to_owned(),
            }),
            service_account: "default".to_owned(),
            node: None,
            host_network: false,
            addresses: vec![address.parse().unwrap()],
            containers: vec![Container {
                name: String::new(),
                role: ContainerRole::Main,
                image: ImageIdentity::default(),
                ports: Vec::new(),
            }],
            origin: super::super::Origin::default(),
        }
    }

    /// Workload, name and number of addresses of each pod, and how often issues tell of them.
    fn built(
        pods: Vec<Pod>,
        workload_endpoints: Vec<Pod>,
    ) -> (Vec<(String, String, usize)>, usize) {
        let fragment = Fragment {
            pods,
            workload_endpoints,
            ..Fragment::default()
        };
        let mut issues = Issues::default();
        let cluster = Cluster::build(fragment, &[], true, &mut issues).unwrap();
        let of = |known: &super::super::PodOf| {
            let workload = format!("{:#}", known.workload);
            (workload, known.pod.name.clone(), known.pod.addresses.len())
        };
        (
            cluster.running_pods().map(of).collect(),
            issues.into_list().len(),
        )
    }

    #[test]
    fn a_pod_wins_over_its_endpoint() {
        let mut pod = endpoint("web-1", "10.0.0.1", None);
        let (pods, told) = built(vec![pod.clone()], vec![endpoint("web-1", "10.0.0.9", None)]);
        assert_eq!(pods, [("shop/Pod/web-1".to_owned(), "web-1".to_owned(), 1)]);
        assert_eq!(told, 0);
        pod.phase = Phase::Finished;
        let (pods, told) = built(vec![pod], vec![endpoint("web-1", "10.0.0.9", None)]);
        assert_eq!((pods.len(), told), (0, 0));
    }

    #[test]
    fn the_endpoints_of_a_pod_are_one_pod() {
        let endpoints =
            ["10.0.0.1", "10.1.0.1", "10.0.0.1"].map(|address| endpoint("web-1", address, None));
        let (pods, told) = built(vec![], endpoints.to_vec());
        assert_eq!(pods, [("shop/Pod/web-1".to_owned(), "web-1".to_owned(), 2)]);
        assert_eq!(told, 1);
    }

    #[test]
    fn workloads_are_those_of_pods_and_flow_logs() {
        let set = Some(("ReplicaSet", "web-755cdc7957"));
        let pod = endpoint("web-755cdc7957-aaaaa", "10.0.0.1", set);
        for (owner, expected) in [
            (set, "shop/Deployment/web"),
            (Some(("", "web-755cdc7957")), "shop/Deployment/web"),
            (Some(("", "other-755cdc7957")), "shop/other"),
            (Some(("", "tool")), "shop/tool"),
            (Some(("DaemonSet", "agent")), "shop/DaemonSet/agent"),
            (Some(("Job", "backup-27893434")), "shop/CronJob/backup"),
        ] {
            let other = endpoint("x", "10.0.0.2", owner);
            let (pods, _) = built(vec![pod.clone()], vec![other]);
            assert_eq!(pods[1].0, expected);
        }
    }
}
