//! Conformance of policy evaluation with the answers of cyclonus to its own generated cases.

use std::net::IpAddr;
use std::path::Path;

use posture_core::engine::{PeerEnd, Subject, Traffic, Verdict, evaluate};
use posture_core::issue::Issues;
use posture_core::model::{
    Cluster, Direction, Fragment, Labels, NamedPort, NetworkPolicy, Protocol,
};
use serde::Deserialize;
use serde_json::Value;

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

/// A pod of the fixed cluster: pods a, b and c in each of the namespaces x, y and z.
struct Pod {
    namespace: String,
    namespace_labels: Labels,
    labels: Labels,
    address: IpAddr,
}

fn pod(place: &str) -> Pod {
    let (namespace, name) = place.split_once('/').expect("namespace/pod");
    let number = |name: &str, first: u8| name.as_bytes()[0] - first + 1;
    let label = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    Pod {
        namespace: namespace.to_owned(),
        namespace_labels: Labels::from([
            label("ns", namespace),
            label("kubernetes.io/metadata.name", namespace),
        ]),
        labels: Labels::from([label("pod", name)]),
        address: IpAddr::from([192, 168, number(namespace, b'x'), number(name, b'a')]),
    }
}

/// Every pod serves every protocol on ports 80 and 81 by name: `serve-80-tcp`.
fn named_ports() -> Vec<NamedPort> {
    let serve = |number, (name, protocol): (&str, _)| NamedPort {
        name: format!("serve-{number}-{name}"),
        protocol,
        number,
    };
    let protocols = [
        ("tcp", Protocol::Tcp),
        ("udp", Protocol::Udp),
        ("sctp", Protocol::Sctp),
    ];
    [80, 81]
        .into_iter()
        .flat_map(|number| protocols.map(|protocol| serve(number, protocol)))
        .collect()
}

fn allowed(
    policies: &[NetworkPolicy],
    subject: &Pod,
    peer: &Pod,
    query: &Query,
    direction: Direction,
    ports: &[NamedPort],
) -> bool {
    let subject = Subject {
        namespace: &subject.namespace,
        labels: Some(&subject.labels),
    };
    let peer = PeerEnd::Pod {
        namespace: &peer.namespace,
        namespace_labels: &peer.namespace_labels,
        labels: Some(&peer.labels),
        addresses: std::slice::from_ref(&peer.address),
    };
    let protocol = Protocol::from_name(&query.proto).expect("a protocol");
    let traffic = Traffic {
        direction,
        protocol,
        port: Some(query.port),
        named_ports: Some(ports),
    };
    match evaluate(policies, subject, peer, traffic) {
        Verdict::NotSelected | Verdict::Allowed { .. } => true,
        Verdict::Denied { .. } => false,
        unknown @ (Verdict::Undecided { .. } | Verdict::LabelsUnknown) => {
            panic!("everything is known, and yet: {unknown:?}")
        }
    }
}

/// The policies of a case, read as a typed list: some have no kind of their own.
fn read(case: &Case) -> Cluster {
    let list = serde_json::json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicyList", "items": case.policies
    });
    let mut issues = Issues::default();
    let fragment: Fragment =
        posture_formats::read("case.json", list.to_string().as_bytes(), &mut issues);
    let cluster =
        Cluster::build(fragment, &[], true, &mut issues).expect("every policy has a name");
    assert!(
        issues.clone().into_list().is_empty(),
        "{}: {:?}",
        case.desc,
        issues.into_list()
    );
    cluster
}

pub(crate) fn verdicts_of_cyclonus(root: &Path) {
    let text = std::fs::read_to_string(root.join("policy/cyclonus/cases.json")).expect("the cases");
    let cases: Vec<Case> = serde_json::from_str(&text).expect("cases");
    let ports = named_ports();
    let mut verdicts = 0;
    let mut different = Vec::new();
    for case in &cases {
        let cluster = read(case);
        for query in &case.q {
            let (source, destination) = (pod(&query.src), pod(&query.dst));
            let of = |pod: &Pod| {
                cluster
                    .objects(&pod.namespace)
                    .map_or(&[][..], |objects| &objects.policies[..])
            };
            let out = allowed(
                of(&source),
                &source,
                &destination,
                query,
                Direction::Egress,
                &ports,
            );
            let r#in = allowed(
                of(&destination),
                &destination,
                &source,
                query,
                Direction::Ingress,
                &ports,
            );
            verdicts += 1;
            if (out, r#in) != (query.out, query.r#in) {
                different.push(format!(
                    "{}: {} -> {} {}/{}: in {} out {}, expected in {} out {}",
                    case.desc,
                    query.src,
                    query.dst,
                    query.proto,
                    query.port,
                    r#in,
                    out,
                    query.r#in,
                    query.out
                ));
            }
        }
    }
    println!("cyclonus: {verdicts} verdicts, {} differ", different.len());
    different.truncate(50);
    assert!(different.is_empty(), "{}", different.join("\n"));
}
