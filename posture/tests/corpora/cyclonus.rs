//! Conformance of policy evaluation with the answers of cyclonus to its own generated cases.

use std::path::Path;

use posture_core::engine::End;
use posture_core::issue::Issues;
use posture_core::model::{Direction, Fragment, Loopback, PodOf, PolicyModes, Protocol};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::divergences::Differences;
use crate::world::{Probe, World};

/// One generated case: policies, and what cyclonus decides about traffic.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Case {
    desc: String,
    policies: Vec<Value>,
    q: Vec<Query>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Query {
    /// `namespace/pod`
    src: String,
    dst: String,
    proto: String,
    port: u16,
    /// Whether the ingress policies of the destination allow it.
    r#in: bool,
    /// Whether the egress policies of the source allow it.
    out: bool,
}

/// The fixed cluster, in which pods a, b and c run in each of the namespaces x, y and z; every pod
/// serves every protocol on ports 80 and 81 by name: `serve-80-tcp`.
fn cluster() -> Vec<Value> {
    let ports: Vec<Value> = [80, 81]
        .iter()
        .flat_map(|port| ["tcp", "udp", "sctp"].map(|protocol| (port, protocol)))
        .map(|(port, protocol)| {
            let name = format!("serve-{port}-{protocol}");
            json!({"name": name, "protocol": protocol.to_uppercase(), "containerPort": port})
        })
        .collect();
    let mut objects = Vec::new();
    for (namespace, third) in ["x", "y", "z"].into_iter().zip(1..) {
        objects.push(json!({"apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": namespace, "labels": {"ns": namespace}}}));
        for (pod, fourth) in ["a", "b", "c"].into_iter().zip(1..) {
            let address = format!("192.168.{third}.{fourth}");
            objects.push(json!({"apiVersion": "v1", "kind": "Pod",
                "metadata": {"namespace": namespace, "name": pod, "labels": {"pod": pod}},
                "spec": {"containers": [{"name": "serve", "image": "serve:1", "ports": ports}]},
                "status": {"phase": "Running", "podIPs": [{"ip": address}]}}));
        }
    }
    objects
}

/// The policies of a case, read as a typed list: some have no kind of their own.
fn read(case: &Case) -> World {
    let objects = json!({"apiVersion": "v1", "kind": "List", "items": cluster()});
    let policies = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicyList", "items": case.policies
    });
    let mut issues = Issues::default();
    let mut fragment = Fragment::default();
    for list in [objects, policies] {
        let bytes = list.to_string().into_bytes();
        fragment.extend(posture_formats::read("case.json", &bytes, &mut issues));
    }
    let issues = issues.into_list();
    assert!(issues.is_empty(), "{}: {issues:?}", case.desc);
    let modes = PolicyModes {
        loopback: Loopback::Evaluate,
        ..PolicyModes::default()
    };
    World::new(fragment, modes)
}

fn pod<'w>(world: &'w World, place: &str) -> &'w PodOf {
    let (namespace, name) = place.split_once('/').expect("namespace/pod");
    let objects = world.cluster.objects(namespace).expect("x, y or z");
    &objects.pods[name]
}

pub(crate) fn verdicts_of_cyclonus(root: &Path) {
    let text = std::fs::read_to_string(root.join("policy/cyclonus/cases.json")).expect("the cases");
    let cases: Vec<Case> = serde_json::from_str(&text).expect("cases");
    let mut different = Differences::from("cyclonus");
    let mut verdicts = 0_u64;
    for case in &cases {
        let world = read(case);
        for query in &case.q {
            let source = End::pod(pod(&world, &query.src), None);
            let destination = End::pod(pod(&world, &query.dst), None);
            let protocol = Protocol::from_name(&query.proto).expect("a protocol");
            let probe = Probe::to(protocol, query.port);
            let out = world.decides(Direction::Egress, source, destination, probe);
            let r#in = world.decides(Direction::Ingress, destination, source, probe);
            verdicts += 2;
            let what = format!("{} => {}", query.src, query.dst);
            for (direction, ours, theirs) in [("out", out, query.out), ("in", r#in, query.r#in)] {
                if ours.lets_through() != Some(theirs) {
                    different.meet(&case.desc, &what, || {
                        format!(
                            "{direction} {}/{}: {ours:?}, expected {theirs}",
                            query.proto, query.port
                        )
                    });
                }
            }
        }
    }
    println!("cyclonus: {} cases, {verdicts} verdicts", cases.len());
    assert_eq!(
        (cases.len(), verdicts),
        (214, 2 * 104_004),
        "the whole corpus"
    );
    different.settle();
}
