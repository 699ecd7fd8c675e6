//! Whatever happens to a policy, it is read, or kept as one that is not, or told.

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::Policy;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

/// A policy of each kind that uses all of its fields.
fn policies() -> Vec<Value> {
    let calico_rule = json!({
        "action": "Allow", "ipVersion": 4, "protocol": "TCP", "notProtocol": "UDP",
        "notICMP": {"type": 8, "code": 0}, "http": {"methods": ["GET"]},
        "source": {
            "nets": ["10.0.0.0/8"], "notNets": ["10.1.2.3"], "ports": ["1:9"], "notPorts": [5],
            "selector": "app == 'web'", "notSelector": "has(x)", "namespaceSelector": "all()",
            "serviceAccounts": {"names": ["robot"], "selector": "role == 'worker'"}},
        "destination": {"services": {"name": "web", "namespace": "a"}, "domains": ["*.example.com"]}});
    let icmp_rule = json!({"action": "Pass", "protocol": "ICMP", "icmp": {"type": 8}});
    let calico = json!({
        "stagedAction": "Set", "tier": "default", "order": 10.5, "types": ["Ingress", "Egress"],
        "selector": "app in {'a', 'b'}", "namespaceSelector": "has(team)",
        "serviceAccountSelector": "all()", "applyOnForward": true, "doNotTrack": false,
        "ingress": [calico_rule, icmp_rule], "egress": [calico_rule]});
    let labels = json!({"matchLabels": {"app": "web"}, "matchExpressions": [
        {"key": "k", "operator": "In", "values": ["v"]}, {"key": "l", "operator": "Exists"}]});
    let peers = json!([
        {"podSelector": labels, "namespaceSelector": {}},
        {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]);
    let ports = json!([{"protocol": "TCP", "port": 80, "endPort": 90}, {"port": "http"}]);
    let kubernetes = json!({
        "stagedAction": "Learn", "podSelector": labels, "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": peers, "ports": ports}], "egress": [{"to": peers, "ports": ports}]});
    let admin = |action: &str, ports: &str, what: Value| {
        let pods = json!({"namespaces": labels});
        let some = json!({"pods": {"namespaceSelector": labels, "podSelector": labels}});
        json!({
            "tier": "Admin", "priority": 7, "subject": some,
            "ingress": [{"name": "in", "action": action, "from": [pods, some], ports: what}],
            "egress": [{"name": "out", "action": action, ports: what, "to": [
                pods, some, {"nodes": labels}, {"networks": ["10.0.0.0/8"]},
                {"domainNames": ["*.example.com"]}]}]})
    };
    let admin_ports = json!([{"portNumber": {"protocol": "TCP", "port": 80}},
        {"portRange": {"start": 1, "end": 9}}, {"namedPort": "http"}]);
    let protocols = json!([{"tcp": {"destinationPort": {"number": 80}}},
        {"udp": {"destinationPort": {"range": {"start": 1, "end": 9}}}}, {"sctp": {}},
        {"destinationNamedPort": "http"}]);
    let endpoints = json!([{}, labels, {"matchLabels": {"k8s:io.kubernetes.pod.namespace": "b"}}]);
    let sent = json!([{"ports": [{"port": "80", "endPort": 90, "protocol": "TCP"}, {"port": "http"}],
        "rules": {"http": [{"method": "GET"}]}}]);
    let networks = json!([{"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}]);
    let icmp = json!([{"fields": [{"family": "IPv6", "type": "EchoRequest"}, {"type": 8}]}]);
    let cilium = json!({
        "endpointSelector": labels, "enableDefaultDeny": {"ingress": true, "egress": false},
        "ingress": [{"fromEndpoints": endpoints, "toPorts": sent}, {"fromCIDRSet": networks},
            {"fromNodes": [labels], "authentication": {"mode": "disabled"}}],
        "ingressDeny": [{"fromEntities": ["world", "host"], "icmps": icmp}],
        "egress": [{"toFQDNs": [{"matchName": "a.io"}, {"matchPattern": "*.b.io"}]}, {}],
        "egressDeny": [{"toCIDR": ["10.0.0.0/8", "9.9.9.9"]}]});
    let (calico_api, admin_api) = ("projectcalico.org/v3", "policy.networking.k8s.io");
    [
        ("NetworkPolicy", "networking.k8s.io/v1", &kubernetes),
        ("StagedKubernetesNetworkPolicy", calico_api, &kubernetes),
        ("NetworkPolicy", calico_api, &calico),
        ("GlobalNetworkPolicy", calico_api, &calico),
        ("StagedNetworkPolicy", calico_api, &calico),
        (
            "StagedGlobalNetworkPolicy",
            "crd.projectcalico.org/v1",
            &calico,
        ),
        (
            "AdminNetworkPolicy",
            &format!("{admin_api}/v1alpha1"),
            &admin("Allow", "ports", admin_ports.clone()),
        ),
        (
            "BaselineAdminNetworkPolicy",
            &format!("{admin_api}/v1alpha1"),
            &admin("Deny", "ports", admin_ports),
        ),
        (
            "ClusterNetworkPolicy",
            &format!("{admin_api}/v1alpha2"),
            &admin("Accept", "protocols", protocols),
        ),
        ("CiliumNetworkPolicy", "cilium.io/v2", &cilium),
        ("CiliumClusterwideNetworkPolicy", "cilium.io/v2", &cilium),
    ]
    .map(|(kind, version, spec)| {
        let metadata = json!({"name": "p", "namespace": "a"});
        json!({"kind": kind, "apiVersion": version, "metadata": metadata, "spec": spec})
    })
    .to_vec()
}

/// How many policies are read, how many are kept as not read, and what is told.
fn read(policy: &Value) -> (usize, usize, Vec<(IssueKind, String)>) {
    let mut issues = Issues::default();
    let fragment = posture_formats::read("file", policy.to_string().as_bytes(), &mut issues);
    let issues = issues.into_list().into_iter();
    let issues = issues.map(|issue| (issue.kind, issue.message)).collect();
    let mut objects: Vec<_> = fragment.policies.iter().map(Policy::object).collect();
    objects.dedup();
    (objects.len(), fragment.unread_policies.len(), issues)
}

/// What happens to a part of a policy.
#[derive(Clone, Debug)]
enum Change {
    Replace(Value),
    Remove,
    Repeat,
}

fn change() -> impl Strategy<Value = Change> {
    let value = prop::sample::select(vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(65_536),
        json!(1e300),
        json!(""),
        json!("all()"),
        json!("global()"),
        json!("::/0"),
        json!("Deny"),
        json!("no such thing"),
        json!([]),
        json!([null]),
        json!({}),
        json!({"key": "k", "operator": "DoesNotExist"}),
    ]);
    prop_oneof![
        4 => value.prop_map(Change::Replace),
        2 => Just(Change::Remove),
        1 => Just(Change::Repeat),
    ]
}

/// Changes some part of a value, as deep in it as `path` leads.
fn apply(value: &mut Value, path: &[Index], change: &Change) {
    let Some((first, rest)) = path.split_first() else {
        if let Change::Replace(new) = change {
            *value = new.clone();
        }
        return;
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let key = fields.keys().nth(first.index(fields.len())).cloned();
            let key = key.expect("a field");
            match change {
                Change::Remove if rest.is_empty() => {
                    fields.remove(&key);
                }
                _ => apply(fields.get_mut(&key).expect("a field"), rest, change),
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            let at = first.index(elements.len());
            match change {
                Change::Remove if rest.is_empty() => {
                    elements.remove(at);
                }
                Change::Repeat if rest.is_empty() => elements.insert(at, elements[at].clone()),
                _ => apply(&mut elements[at], rest, change),
            }
        }
        other => apply(other, &[], change),
    }
}

#[test]
fn policies_of_all_kinds_are_read_in_full() {
    for policy in policies() {
        assert_eq!(read(&policy), (1, 0, vec![]), "{policy}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2048, ..ProptestConfig::default() })]

    #[test]
    fn none_is_lost(
        which in any::<Index>(),
        changes in prop::collection::vec((prop::collection::vec(any::<Index>(), 0..9), change()), 1..4),
    ) {
        let mut policies = policies();
        let mut policy = policies.swap_remove(which.index(policies.len()));
        for (path, change) in &changes {
            apply(&mut policy["spec"], path, change);
        }
        let (read_ones, kept, issues) = read(&policy);
        let hosts_only = issues.iter().any(|(kind, _)| *kind == IssueKind::UnusedKind);
        prop_assert_eq!(read_ones + kept + usize::from(hosts_only), 1, "{}", policy);
        prop_assert_eq!(kept == 1, issues.iter().any(|(_, message)| message.contains(" is not valid: ")));
    }

    #[test]
    fn any_object_may_come(kind in 0..11_usize, spec in any_value()) {
        let mut policy = policies().swap_remove(kind);
        policy["spec"] = spec;
        read(&policy);
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let field = prop::sample::select(vec![
        "ingress",
        "egress",
        "endpointSelector",
        "egressDeny",
        "fromEndpoints",
        "toPorts",
        "from",
        "to",
        "ports",
        "protocols",
        "action",
        "source",
        "destination",
        "selector",
        "podSelector",
        "namespaces",
        "pods",
        "subject",
        "priority",
        "tier",
        "spec",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[a-z()!&|='{}, ]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(field.clone(), inner, 0..5).prop_map(|fields| {
                let fields = fields
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value));
                Value::Object(fields.collect::<Map<_, _>>())
            }),
        ]
    })
}
