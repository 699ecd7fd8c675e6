//! Whatever the spec of a policy is, it is read, or kept as one that is not, or told.

#![no_main]

use libfuzzer_sys::fuzz_target;
use posture_core::engine::{End, Engine, Question, Scope, Traffic, reference};
use posture_core::issue::{IssueKind, Issues};
use posture_core::model::{Cluster, Direction, Fragment, PolicyModes, Protocol};
use serde_json::Value;

const KINDS: [(&str, &str); 9] = [
    ("NetworkPolicy", "networking.k8s.io/v1"),
    ("NetworkPolicy", "projectcalico.org/v3"),
    ("GlobalNetworkPolicy", "projectcalico.org/v3"),
    ("StagedNetworkPolicy", "projectcalico.org/v3"),
    ("StagedGlobalNetworkPolicy", "crd.projectcalico.org/v1"),
    ("StagedKubernetesNetworkPolicy", "projectcalico.org/v3"),
    ("AdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"),
    ("BaselineAdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"),
    ("ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2"),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(spec) = std::str::from_utf8(rest) else {
        return;
    };
    let (kind, version) = KINDS[usize::from(*first) % KINDS.len()];
    let head = format!(
        r#""kind": "{kind}", "apiVersion": "{version}", "metadata": {{"name": "p", "namespace": "a"}}"#
    );
    let text = format!(r#"{{{head}, "spec": {spec}}}"#);
    let mut issues = Issues::default();
    let fragment = posture_formats::read("file", text.as_bytes(), &mut issues);
    if serde_json::from_str::<Value>(spec).is_ok() {
        let issues = issues.into_list();
        let hosts_only = issues.iter().any(|issue| issue.kind == IssueKind::UnusedKind);
        let found = fragment.policies.len() + fragment.unread_policies.len();
        assert_eq!(found + usize::from(hosts_only), 1, "{text}: {issues:?}");
    }
    ask(fragment);
});

/// A pod, asked about with others and addresses: the compiled engine decides as the plain evaluator.
fn ask(mut fragment: Fragment) {
    let pods = r#"{"kind": "List", "items": [
        {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "p", "namespace": "a", "labels": {"app": "web"}},
         "spec": {"containers": [{"name": "c", "image": "i", "ports": [{"name": "http", "containerPort": 80}]}]},
         "status": {"phase": "Running", "podIP": "10.0.0.1"}},
        {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "q", "namespace": "b"},
         "spec": {"containers": [{"name": "c", "image": "i"}]},
         "status": {"phase": "Running", "podIP": "fd00::1"}}]}"#;
    fragment.extend(posture_formats::read("pods", pods.as_bytes(), &mut Issues::default()));
    let cluster = Cluster::build(fragment, &[], true, &mut Issues::default()).expect("named objects");
    let engine = Engine::new(&cluster, PolicyModes::default());
    let pods: Vec<End<'_>> = cluster.running_pods().map(|pod| End::pod(pod, None)).collect();
    let peers = pods.iter().copied().chain([End::UNKNOWN, End::at([9, 9, 9, 9].into())]);
    for (subject, peer) in pods.iter().flat_map(|pod| peers.clone().map(move |peer| (*pod, peer))) {
        for direction in [Direction::Egress, Direction::Ingress] {
            for (protocol, port) in [(Protocol::Tcp, Some(80)), (Protocol::Icmp, None), (Protocol::Unknown, None)] {
                let traffic = Traffic::new(direction, protocol, port);
                let question = Question { around: engine.surroundings(), subject, peer, traffic };
                for scope in [Scope::Enforced, Scope::Staged] {
                    let plain = reference::evaluate(engine.sequence(scope), &question);
                    assert_eq!(engine.verdict(scope, subject, peer, traffic), plain);
                }
            }
        }
    }
}
