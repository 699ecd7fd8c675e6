//! Clusters at random, of few names, so that these meet: as parts of others, as names of several things, as
//! words that stay.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const NAMESPACES: [&str; 4] = ["shop", "shop-eu", "kube-system", "default"];
const APPS: [&str; 6] = [
    "front",
    "front-api",
    "api.v1",
    "job-28373820",
    "cache",
    "shop",
];
const KEYS: [&str; 4] = ["app", "env", "app.kubernetes.io/name", "example.org/team"];
const VALUES: [&str; 6] = ["front", "front-api", "prod-a", "prod-b", "test", ""];
const PORTS: [&str; 3] = ["http", "metrics", "front"];
const POLICIES: [&str; 4] = ["permit", "permit-x", "front", "z.last"];
const TIERS: [&str; 3] = ["default", "security", "platform"];
const CALICO: [&str; 3] = [
    "NetworkPolicy",
    "GlobalNetworkPolicy",
    "StagedNetworkPolicy",
];
const DOMAINS: [&str; 3] = ["api.example.org", "example.org", "*.example.org"];
const IMAGES: [&str; 5] = [
    "nginx",
    "docker.io/library/nginx:latest",
    "registry.example.org/shop/front:1.2",
    "registry.example.org:5000/front",
    "registry.example.org/shop/front@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];
const SELECTORS: [&str; 12] = [
    "",
    "all()",
    "app == 'front'",
    "app != 'front-api' && has(env)",
    "env starts with 'prod-'",
    "env contains 'o' || env ends with 't'",
    "env in {'test', 'prod-a'} && !has(app)",
    "app.kubernetes.io/name == 'front' || example.org/team not in {'prod-b'}",
    "projectcalico.org/namespace == 'shop'",
    "pcns.env starts with 'prod-'",
    "pcns.env == 'test' || pcns.projectcalico.org/name == 'shop-eu'",
    "projectcalico.org/orchestrator == 'k8s'",
];
const OF_NAMESPACES: [&str; 4] = [
    "",
    "all()",
    "env == 'test'",
    "projectcalico.org/name == 'shop'",
];
const HITS: [&str; 5] = [
    "0|__PROFILE__|pro:kns.shop|allow|0",
    "0|default|shop/np:default.permit|allow|0",
    "0|security|gnp:security.front|pass|0",
    "0|default|shop/knp.default.permit|deny|-1",
    "0|default|shop/default.staged:permit-x|allow|1",
];

/// The files of a cluster: its objects, and its flow log.
pub(crate) fn cluster() -> impl Strategy<Value = Vec<String>> {
    let objects = (
        namespaces(),
        vec(pod(), 1..8),
        vec(policy(), 0..8),
        vec(tier(), 0..3),
    );
    (objects, vec(flow(), 0..16)).prop_map(|((namespaces, pods, policies, tiers), flows)| {
        let pods: Vec<Value> = pods
            .into_iter()
            .zip(0..)
            .map(|(pod, at)| numbered(pod, at))
            .collect();
        let flows = flows.iter().map(|flow| row(flow, &pods).to_string() + "\n");
        let flows: String = flows.collect();
        let mut items = [namespaces, pods, policies, tiers].concat();
        let mut seen = BTreeSet::new();
        items.retain(|item| seen.insert(identity(item)));
        let objects = json!({"apiVersion": "v1", "kind": "List", "items": items});
        vec![objects.to_string(), flows]
    })
}

/// What a cluster has one object of.
fn identity(object: &Value) -> [String; 4] {
    let of = [
        "/kind",
        "/apiVersion",
        "/metadata/namespace",
        "/metadata/name",
    ];
    of.map(|pointer| {
        object
            .pointer(pointer)
            .map(Value::to_string)
            .unwrap_or_default()
    })
}

fn labels() -> impl Strategy<Value = Value> {
    vec((select(&KEYS), select(&VALUES)), 0..4).prop_map(|labels| {
        let labels = labels
            .into_iter()
            .map(|(key, value)| (key.to_owned(), json!(value)));
        Value::Object(labels.collect())
    })
}

fn namespaces() -> impl Strategy<Value = Vec<Value>> {
    vec(labels(), NAMESPACES.len()).prop_map(|labels| {
        let named = NAMESPACES.iter().zip(labels);
        let object = |(name, labels)| json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}});
        named.map(object).collect()
    })
}

/// A pod without its number.
fn pod() -> impl Strategy<Value = Value> {
    (
        select(&NAMESPACES),
        select(&APPS),
        labels(),
        select(&IMAGES),
        select(&PORTS),
    )
        .prop_map(|(namespace, app, labels, image, port)| {
            let ports = json!([{"name": port, "containerPort": 8080, "protocol": "TCP"}]);
            json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"namespace": namespace, "name": app, "labels": labels},
                "spec": {"nodeName": "node-a.example.org", "serviceAccountName": app,
                         "containers": [{"name": app, "image": image, "ports": ports}]},
                "status": {"phase": "Running"}
            })
        })
}

/// The pod of a number: every other one belongs to a deployment.
fn numbered(mut pod: Value, at: usize) -> Value {
    let app = pod["metadata"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let owner = format!("{app}-755cdc7957");
    let letter = char::from(b"bcdfghjk"[at % 8]);
    pod["metadata"]["name"] = match at % 2 {
        0 => json!(format!("{owner}-x7k2{letter}")),
        _ => json!(format!("{app}-{at}")),
    };
    if at.is_multiple_of(2) {
        pod["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": owner, "controller": true}]);
    }
    pod["status"]["podIP"] = json!(format!("10.0.0.{at}"));
    pod
}

fn tier() -> impl Strategy<Value = Value> {
    (select(&TIERS), option::of(1..3), select(&["Deny", "Pass"])).prop_map(
        |(name, order, action)| {
            let spec = json!({"order": order, "defaultAction": action});
            json!({"apiVersion": "projectcalico.org/v3", "kind": "Tier", "metadata": {"name": name}, "spec": spec})
        },
    )
}

fn policy() -> impl Strategy<Value = Value> {
    prop_oneof![of_kubernetes(), of_calico()]
}

fn of_kubernetes() -> impl Strategy<Value = Value> {
    let peer = prop_oneof![
        labels().prop_map(|labels| json!({"podSelector": {"matchLabels": labels}})),
        labels().prop_map(|labels| json!({"namespaceSelector": {"matchLabels": labels}})),
        (select(&KEYS), select(&VALUES)).prop_map(|(key, value)| {
            let wanted = json!({"key": key, "operator": "NotIn", "values": [value]});
            json!({"namespaceSelector": {}, "podSelector": {"matchExpressions": [wanted]}})
        }),
    ];
    let port = prop_oneof![
        select(&PORTS).prop_map(|port| json!(port)),
        Just(json!(8080))
    ];
    let name = (select(&NAMESPACES), select(&POLICIES));
    (name, labels(), vec(peer, 0..3), option::of(port)).prop_map(
        |((namespace, name), labels, from, port)| {
            let ports: Vec<Value> = port
                .map(|port| json!({"port": port, "protocol": "TCP"}))
                .into_iter()
                .collect();
            json!({
                "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                "metadata": {"namespace": namespace, "name": name},
                "spec": {"podSelector": {"matchLabels": labels}, "policyTypes": ["Ingress"],
                         "ingress": [{"from": from, "ports": ports}]}
            })
        },
    )
}

fn of_calico() -> impl Strategy<Value = Value> {
    let name = (
        select(&CALICO),
        select(&NAMESPACES),
        select(&TIERS),
        select(&POLICIES),
    );
    let action = select(&["Allow", "Deny", "Pass"]);
    let rule = (action, select(&SELECTORS), select(&OF_NAMESPACES)).prop_map(|(action, selector, of)| {
        json!({"action": action, "source": {"selector": selector, "namespaceSelector": of}})
    });
    let to = prop_oneof![
        Just(json!({})),
        select(&DOMAINS).prop_map(|domain| json!({"domains": [domain]})),
    ];
    let spec = (option::of(1..3), select(&SELECTORS), vec(rule, 0..3), to);
    (name, spec).prop_map(
        |((kind, namespace, tier, name), (order, selector, rules, to))| {
            let mut metadata = json!({"name": format!("{tier}.{name}")});
            if kind != "GlobalNetworkPolicy" {
                metadata["namespace"] = json!(namespace);
            }
            json!({
                "apiVersion": "projectcalico.org/v3", "kind": kind, "metadata": metadata,
                "spec": {"tier": tier, "order": order, "selector": selector, "types": ["Ingress", "Egress"],
                         "ingress": rules, "egress": [{"action": "Allow", "destination": to}]}
            })
        },
    )
}

/// Who speaks with whom, by numbers of pods; what reported it, and what it said of policies.
#[derive(Clone, Debug)]
struct Flow {
    ends: (usize, usize),
    port: u16,
    reporter: &'static str,
    hits: Option<&'static str>,
    domain: Option<&'static str>,
}

fn flow() -> impl Strategy<Value = Flow> {
    let ends = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let said = (
        select(&["src", "dst"]),
        option::of(select(&HITS)),
        option::of(select(&DOMAINS)),
    );
    (ends, select(&[80, 8080]), said).prop_map(|((from, to), port, (reporter, hits, domain))| {
        Flow {
            ends: (from.index(8), to.index(9)),
            port,
            reporter,
            hits,
            domain,
        }
    })
}

/// A row of the flow log. Who is beyond the last pod is outside the cluster.
fn row(flow: &Flow, pods: &[Value]) -> Value {
    let mut row = json!({
        "start_time": 1_795_168_800, "end_time": 1_795_169_100, "proto": "tcp", "action": "allow",
        "reporter": flow.reporter, "bytes_in": 10, "bytes_out": 20, "num_flows": 1, "dest_port": flow.port,
        "dest_domains": flow.domain.map(|domain| [domain]),
    });
    if let Some(hits) = flow.hits {
        row["policies"] = json!({"enforced_policies": [hits]});
    }
    for (side, at) in [("source", flow.ends.0), ("dest", flow.ends.1)] {
        let mut put = |column: &str, value: Value| row[format!("{side}_{column}")] = value;
        let Some(pod) = pods.get(at) else {
            put("type", json!("net"));
            put("name", json!("-"));
            put("name_aggr", json!("partners-net"));
            put("namespace", json!("-"));
            continue;
        };
        let text = |pointer: &str| {
            pod.pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let labels = pod["metadata"]["labels"].as_object().into_iter().flatten();
        let labels =
            labels.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()));
        put("type", json!("wep"));
        put("name", json!(text("/metadata/name")));
        put("name_aggr", json!(text("/metadata/name")));
        put("namespace", json!(text("/metadata/namespace")));
        put("ip", json!(text("/status/podIP")));
        put("labels", json!({"labels": labels.collect::<Vec<String>>()}));
    }
    row
}
