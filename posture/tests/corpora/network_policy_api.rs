//! Conformance of policy evaluation with what the maintainers of network-policy-api expect of it:
//! their conformance tests, as a table of facts, and the demos of their `policy-assistant`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use posture_core::engine::{End, Who};
use posture_core::issue::Issues;
use posture_core::model::{Fragment, PodOf, PolicyModes, Protocol};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::world::{Probe, World, files, read};

const FOLDER: &str = "policy/network-policy-api";

/// A manifest and what is expected of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    file: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(default)]
    swap: Vec<(String, String)>,
    #[serde(default)]
    set: BTreeMap<String, Value>,
    delete: Option<usize>,
    /// `pod -> pod protocol/port open`, or `closed`.
    expect: Vec<String>,
}

/// What stands for `{{ index .HostNetworkPorts 0 }}` and so on.
const HOST_PORTS: [u16; 8] = [34345, 34346, 34347, 34348, 34349, 34350, 9003, 9005];

pub(crate) fn conformance_of_network_policy_api(root: &Path) {
    let base = root.join(FOLDER).join("conformance/base");
    let cases: Vec<Case> =
        serde_saphyr::from_str(include_str!("network_policy_api.yaml")).expect("cases");
    let objects = cluster(&documents(&base.join("manifests.yaml")));
    let (mut checks, mut different) = (0, Vec::new());
    for case in &cases {
        let mut policies = Value::from(documents(&base.join(&case.file)));
        for (step, number) in case.steps.iter().zip(1..) {
            step.change(&mut policies);
            let policies = policies.as_array().expect("documents");
            let world = world(objects.iter().chain(policies));
            for line in &step.expect {
                checks += 1;
                if !holds(&world, line) {
                    different.push(format!("{} step {number}: {line}", case.file));
                }
            }
        }
    }
    let told: BTreeSet<&str> = cases.iter().map(|case| case.file.as_str()).collect();
    let all = files(&base);
    let without: Vec<&PathBuf> = all
        .iter()
        .filter(|path| !told.iter().any(|file| path.ends_with(file)))
        .collect();
    println!(
        "network-policy-api: {} manifests, {checks} expectations",
        told.len()
    );
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert_eq!(without, [&base.join("manifests.yaml")]);
}

impl Step {
    fn change(&self, documents: &mut Value) {
        let at = |documents: &Value, pointer: &str| {
            let value = documents.pointer(pointer);
            value
                .unwrap_or_else(|| panic!("nothing at {pointer}"))
                .clone()
        };
        for (one, other) in &self.swap {
            let (first, second) = (at(documents, one), at(documents, other));
            set(documents, one, second);
            set(documents, other, first);
        }
        for (pointer, value) in &self.set {
            set(documents, pointer, value.clone());
        }
        if let Some(number) = self.delete {
            documents.as_array_mut().expect("documents").remove(number);
        }
    }
}

fn set(documents: &mut Value, pointer: &str, value: Value) {
    let (parent, last) = pointer.rsplit_once('/').expect("a pointer");
    match documents.pointer_mut(parent) {
        Some(Value::Array(elements)) if last == "-" => elements.insert(0, value),
        Some(Value::Array(elements)) => elements[last.parse::<usize>().expect("an index")] = value,
        Some(Value::Object(fields)) => {
            fields.insert(last.to_owned(), value);
        }
        _ => panic!("nothing at {parent}"),
    }
}

/// The documents of a manifest, its placeholders filled.
fn documents(path: &Path) -> Vec<Value> {
    let mut text = std::fs::read_to_string(path).expect("a readable file");
    for (port, number) in HOST_PORTS.iter().zip(0..) {
        let placeholder = format!("{{{{ index .HostNetworkPorts {number} }}}}");
        text = text.replace(&placeholder, &port.to_string());
    }
    serde_saphyr::from_multiple(&text).expect("a manifest")
}

/// The cluster of the conformance tests: two pods of each `StatefulSet`, on two nodes.
fn cluster(manifests: &[Value]) -> Vec<Value> {
    let mut objects = Vec::new();
    for node in 0..2 {
        objects.push(json!({"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": format!("node-{node}"), "labels": {"kubernetes.io/os": "linux"}},
            "status": {"addresses": [{"type": "InternalIP", "address": format!("172.18.0.{node}")}]}}));
    }
    let mut network = 0;
    for manifest in manifests {
        if manifest["kind"] != "StatefulSet" {
            objects.push(manifest.clone());
            continue;
        }
        network += 1;
        for number in 0..2 {
            let template = &manifest["spec"]["template"];
            let name = manifest["metadata"]["name"].as_str().expect("a name");
            let mut spec = template["spec"].clone();
            let address = match spec["hostNetwork"].as_bool() {
                Some(true) => format!("172.18.0.{number}"),
                _ => format!("10.244.{network}.{}", 10 + number),
            };
            spec["nodeName"] = format!("node-{number}").into();
            objects.push(json!({"apiVersion": "v1", "kind": "Pod",
                "metadata": {
                    "namespace": manifest["metadata"]["namespace"],
                    "name": format!("{name}-{number}"),
                    "labels": template["metadata"]["labels"]},
                "spec": spec,
                "status": {"phase": "Running", "podIPs": [{"ip": address}]}}));
        }
    }
    objects
}

fn world<'v>(objects: impl Iterator<Item = &'v Value>) -> World {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects.collect::<Vec<_>>()});
    let mut issues = Issues::default();
    let bytes = list.to_string().into_bytes();
    let fragment: Fragment = posture_formats::read("cluster.json", &bytes, &mut issues);
    let issues = issues.into_list();
    assert!(issues.is_empty(), "{issues:?}");
    World::new(fragment, PolicyModes::default())
}

/// Whether `from -> to protocol/port open` is so, or `closed`.
fn holds(world: &World, line: &str) -> bool {
    let words: Vec<&str> = line.split([' ', '/']).collect();
    let [from, "->", to, protocol, port, expected] = words[..] else {
        panic!("{line}");
    };
    let pods = world.pods();
    let end = |name: &str| {
        let pod = pods.iter().find(|known| known.pod.name == name);
        end(pod.unwrap_or_else(|| panic!("no pod {name}")))
    };
    let protocol = Protocol::from_name(protocol).expect("a protocol");
    let probe = Probe::to(protocol, port.parse().expect("a port"));
    world.answer(end(from), end(to), probe).through == Some(expected == "open")
}

fn end(known: &PodOf) -> End<'_> {
    match known.pod.host_network {
        true => End {
            who: Who::Host(known.pod.node.as_deref()),
            address: known.pod.addresses.first().copied(),
        },
        false => End::pod(known, None),
    }
}

/// The table of the walkthrough's README, and the demo of a conference in 2024, in which port 80 is
/// allowed by an admin policy, and port 81 passed on: to a `NetworkPolicy` that denies it at pod a,
/// and to the baseline policy that denies it at pod b.
pub(crate) fn demos_of_network_policy_api(root: &Path) {
    let demos = root
        .join(FOLDER)
        .join("cmd/policy-assistant/examples/demos");
    let pod = |namespace: &str, name: &str, label: (&str, &str), address: &str| {
        json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"namespace": namespace, "name": name, "labels": {label.0: label.1}},
            "spec": {"containers": []},
            "status": {"phase": "Running", "podIPs": [{"ip": address}]}})
    };
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": "demo2", "labels": {"development": "true"}}});
    let objects = [
        namespace,
        pod("demo", "a", ("pod", "a"), "192.168.1.8"),
        pod("demo", "b", ("pod", "b"), "192.168.1.9"),
        pod("demo2", "nginx", ("app", "nginx"), "192.168.2.8"),
    ];
    for (demo, expected) in [
        (
            "walkthrough",
            &[
                "a -> b tcp/80 open",
                "a -> b tcp/81 closed",
                "nginx -> a tcp/81 closed",
            ][..],
        ),
        (
            "kubecon-eu-2024",
            &[
                "a -> b tcp/80 open",
                "b -> a tcp/80 open",
                "a -> b tcp/81 closed",
                "b -> a tcp/81 closed",
            ],
        ),
    ] {
        let policies: Vec<Value> = files(&demos.join(demo).join("policies"))
            .iter()
            .flat_map(|path| documents(path))
            .collect();
        let world = world(objects.iter().chain(&policies));
        for line in expected {
            assert!(holds(&world, line), "{demo}: {line}");
        }
    }
}

/// Files that are no manifests, or none that the API takes: placeholders, YAML that is not
/// well-formed, a list whose `items` are called otherwise, an action that there is not.
const NOT_TAKEN: [&str; 7] = [
    "cmd/policy-assistant/test/example-policies/anps/anp-list.yaml",
    "conformance/base/manifests.yaml",
    "conformance/base/admin_tier/experimental-egress-selector-rules.yaml",
    "conformance/base/baseline_tier/experimental-egress-selector-rules.yaml",
    "pkg/crdtest/testdata/invalid/invalid-ingress-action.yaml",
    "site-src/user-story-examples/user-story-4-v1.yaml",
    "site-src/user-story-examples/user-story-4-v2.yaml",
];

/// Every manifest is read whole, but for those that are no manifests.
pub(crate) fn manifests_of_network_policy_api(root: &Path) {
    let root = root.join(FOLDER);
    let (mut manifests, mut policies, mut wrong) = (0, 0, Vec::new());
    for path in files(&root) {
        let name = path.strip_prefix(&root).expect("a file of the folder");
        let is_yaml = path
            .extension()
            .is_some_and(|extension| extension == "yaml");
        if !is_yaml || name.starts_with("config") {
            continue;
        }
        let (fragment, issues) = read(std::slice::from_ref(&path));
        let taken = !NOT_TAKEN.iter().any(|not| Path::new(not) == name);
        manifests += 1;
        policies += fragment.policies.len();
        if taken != issues.is_empty() {
            wrong.push(format!("{}: {issues:#?}", name.display()));
        }
    }
    println!("network-policy-api: {manifests} manifests, {policies} policies");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
