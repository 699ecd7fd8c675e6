//! The few names that everything at random is made of, so that much of it refers to each other.

use std::net::IpAddr;

/// The present of every assessment, Unix seconds.
pub(crate) const NOW: i64 = 1_800_000_000;

/// Namespaces of objects and flows.
pub(crate) const NAMESPACES: [&str; 4] = ["a", "b", "c", "kube-x"];

/// A namespace that only flows speak of.
pub(crate) const GHOST: &str = "ghost";

/// A pod as controllers name it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PodName {
    pub(crate) name: &'static str,
    /// Its `generateName` and a `*`, else its name, as flow logs aggregate it.
    pub(crate) aggregate: &'static str,
    /// Kind and name of its owner.
    pub(crate) owner: Option<(&'static str, &'static str)>,
}

const fn pod(
    name: &'static str,
    aggregate: &'static str,
    owner: Option<(&'static str, &'static str)>,
) -> PodName {
    PodName {
        name,
        aggregate,
        owner,
    }
}

/// Pods of every kind of owner; two workloads share the name `web`.
pub(crate) const PODS: [PodName; 9] = [
    pod(
        "web-755cdc7957-k2",
        "web-755cdc7957-*",
        Some(("ReplicaSet", "web-755cdc7957")),
    ),
    pod(
        "web-755cdc7957-x7",
        "web-755cdc7957-*",
        Some(("ReplicaSet", "web-755cdc7957")),
    ),
    pod(
        "web-86c57db685-b9",
        "web-86c57db685-*",
        Some(("ReplicaSet", "web-86c57db685")),
    ),
    pod("web-0", "web-*", Some(("StatefulSet", "web"))),
    pod("db-0", "db-*", Some(("StatefulSet", "db"))),
    pod("db-1", "db-*", Some(("StatefulSet", "db"))),
    pod(
        "report-27893434-q1",
        "report-27893434-*",
        Some(("Job", "report-27893434")),
    ),
    pod("agent-zz", "agent-*", Some(("DaemonSet", "agent"))),
    pod("bare", "bare", None),
];

/// The address of a pod.
pub(crate) fn pod_address(namespace: usize, pod: usize) -> IpAddr {
    IpAddr::from([
        10,
        0,
        u8::try_from(namespace).unwrap(),
        u8::try_from(pod).unwrap(),
    ])
}

/// The address of a node.
pub(crate) fn node_address(node: usize) -> IpAddr {
    IpAddr::from([192, 168, 0, u8::try_from(node).unwrap()])
}

/// Nodes.
pub(crate) const NODES: [&str; 2] = ["n0", "n1"];

/// Addresses in and out of the cluster, of every class.
pub(crate) const ADDRESSES: [&str; 18] = [
    "10.0.0.0",
    "10.0.0.3",
    "10.0.1.4",
    "10.0.9.9",
    "10.96.0.0",
    "10.96.0.1",
    "192.168.0.0",
    "192.168.7.7",
    "100.64.1.1",
    "8.8.8.8",
    "1.1.1.1",
    "169.254.169.254",
    "169.254.1.1",
    "127.0.0.1",
    "fd00::1",
    "2001:4860::8888",
    "::ffff:8.8.8.8",
    "fe80::1",
];
