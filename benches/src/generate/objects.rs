//! The objects of a cluster as `kubectl get -A -o json` prints them.
//!
//! Keys are given in alphabetical order, as kubectl prints them, so that the bytes do not depend on
//! whether `serde_json` keeps the order of insertion.

use std::io::{self, Write};
use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::cluster::offset;
use super::{Cluster, Pod, Workload};

const CREATED: &str = "2026-11-02T09:03:44Z";
const STARTED: &str = "2026-11-18T07:31:05Z";

/// Writes namespaces, nodes, pods, replica sets, deployments and services as one list.
pub fn write_objects(cluster: &Cluster, out: &mut impl Write) -> io::Result<()> {
    let namespaces = cluster
        .namespaces
        .iter()
        .map(|namespace| self::namespace(&namespace.name));
    let nodes = (0..cluster.nodes.len()).map(|index| node(cluster, index));
    let workloads = || cluster.workloads.iter();
    let pods = workloads().flat_map(|workload| {
        workload
            .pods
            .iter()
            .map(move |pod| self::pod(cluster, workload, pod))
    });
    let replica_sets = workloads().map(|workload| replica_set(cluster, workload));
    let deployments = workloads().map(|workload| deployment(cluster, workload));
    let services = workloads()
        .enumerate()
        .map(|(index, workload)| service(cluster, workload, index));
    write_list(
        namespaces
            .chain(nodes)
            .chain(pods)
            .chain(replica_sets)
            .chain(deployments)
            .chain(services),
        out,
    )
}

/// Writes `kind: List`, one item a line.
pub(super) fn write_list(
    items: impl Iterator<Item = Value>,
    out: &mut impl Write,
) -> io::Result<()> {
    out.write_all(b"{\"apiVersion\":\"v1\",\"items\":[")?;
    for (index, item) in items.enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &item)?;
    }
    out.write_all(b"\n],\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"\"}}\n")
}

/// Metadata of an object of a namespace that nobody owns.
pub(super) fn metadata(kind: &str, namespace: &str, name: &str) -> Value {
    json!({
        "creationTimestamp": CREATED,
        "name": name,
        "namespace": namespace,
        "resourceVersion": "184200",
        "uid": uid(kind, namespace, name),
    })
}

fn namespace(name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "creationTimestamp": CREATED,
            "labels": { "kubernetes.io/metadata.name": name },
            "name": name,
            "resourceVersion": "184100",
            "uid": uid("Namespace", "", name),
        },
        "spec": { "finalizers": ["kubernetes"] },
        "status": { "phase": "Active" },
    })
}

fn node(cluster: &Cluster, index: usize) -> Value {
    let name = node_name(index);
    let block = format!("{}/24", offset(Ipv4Addr::new(10, 64, 0, 0), index * 256));
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "creationTimestamp": CREATED,
            "labels": { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" },
            "name": name,
            "resourceVersion": "184100",
            "uid": uid("Node", "", &name),
        },
        "spec": { "podCIDR": block, "podCIDRs": [block] },
        "status": {
            "addresses": [
                { "address": cluster.nodes[index], "type": "InternalIP" },
                { "address": name, "type": "Hostname" },
            ],
        },
    })
}

fn pod(cluster: &Cluster, workload: &Workload, pod: &Pod) -> Value {
    let namespace = &cluster.namespace_of(workload).name;
    let image = cluster.image_of(workload);
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "creationTimestamp": STARTED,
            "generateName": format!("{}-", replica_set_name(workload)),
            "labels": labels(workload),
            "name": pod.name,
            "namespace": namespace,
            "ownerReferences": [owner("ReplicaSet", namespace, &replica_set_name(workload))],
            "resourceVersion": "184300",
            "uid": uid("Pod", namespace, &pod.name),
        },
        "spec": {
            "containers": [container(cluster, workload)],
            "nodeName": node_name(pod.node),
            "restartPolicy": "Always",
            "serviceAccountName": "default",
        },
        "status": {
            "containerStatuses": [{
                "image": image.reference(),
                "imageID": image.pinned(),
                "name": "server",
                "ready": true,
                "restartCount": 0,
                "state": { "running": { "startedAt": STARTED } },
            }],
            "hostIP": cluster.nodes[pod.node],
            "phase": "Running",
            "podIP": pod.address,
            "podIPs": [{ "ip": pod.address }],
            "startTime": STARTED,
        },
    })
}

fn replica_set(cluster: &Cluster, workload: &Workload) -> Value {
    let namespace = &cluster.namespace_of(workload).name;
    let name = replica_set_name(workload);
    json!({
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "creationTimestamp": CREATED,
            "labels": labels(workload),
            "name": name,
            "namespace": namespace,
            "ownerReferences": [owner("Deployment", namespace, &workload.name)],
            "resourceVersion": "184200",
            "uid": uid("ReplicaSet", namespace, &name),
        },
        "spec": {
            "replicas": workload.pods.len(),
            "selector": { "matchLabels": { "app": workload.name, "pod-template-hash": workload.hash } },
            "template": template(cluster, workload, &labels(workload)),
        },
        "status": { "readyReplicas": workload.pods.len(), "replicas": workload.pods.len() },
    })
}

fn deployment(cluster: &Cluster, workload: &Workload) -> Value {
    let namespace = &cluster.namespace_of(workload).name;
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata("Deployment", namespace, &workload.name),
        "spec": {
            "replicas": workload.pods.len(),
            "selector": { "matchLabels": { "app": workload.name } },
            "template": template(cluster, workload, &json!({ "app": workload.name })),
        },
        "status": { "readyReplicas": workload.pods.len(), "replicas": workload.pods.len() },
    })
}

fn service(cluster: &Cluster, workload: &Workload, index: usize) -> Value {
    let namespace = &cluster.namespace_of(workload).name;
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata("Service", namespace, &workload.name),
        "spec": {
            "clusterIP": offset(Ipv4Addr::new(172, 20, 0, 2), index),
            "ports": [{ "name": "main", "port": workload.port, "protocol": "TCP", "targetPort": workload.port }],
            "selector": { "app": workload.name },
            "type": "ClusterIP",
        },
        "status": { "loadBalancer": {} },
    })
}

fn template(cluster: &Cluster, workload: &Workload, labels: &Value) -> Value {
    json!({
        "metadata": { "labels": labels },
        "spec": { "containers": [container(cluster, workload)], "restartPolicy": "Always" },
    })
}

fn container(cluster: &Cluster, workload: &Workload) -> Value {
    json!({
        "image": cluster.image_of(workload).reference(),
        "name": "server",
        "ports": [{ "containerPort": workload.port, "name": "main", "protocol": "TCP" }],
    })
}

fn labels(workload: &Workload) -> Value {
    Value::Object(
        workload
            .labels()
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.into()))
            .collect(),
    )
}

fn owner(kind: &str, namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": "apps/v1",
        "blockOwnerDeletion": true,
        "controller": true,
        "kind": kind,
        "name": name,
        "uid": uid(kind, namespace, name),
    })
}

/// `worker-07`
pub(super) fn node_name(index: usize) -> String {
    format!("worker-{index:02}")
}

/// `cart-018-6d4b75cb6`
pub(super) fn replica_set_name(workload: &Workload) -> String {
    format!("{}-{}", workload.name, workload.hash)
}

/// An identity that follows from the name: FNV-1a of 128 bits in the shape of a UUID.
fn uid(kind: &str, namespace: &str, name: &str) -> String {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let text = [kind, namespace, name].join("/");
    let hash = text.bytes().fold(BASIS, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    });
    let digits = format!("{hash:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..]
    )
}
