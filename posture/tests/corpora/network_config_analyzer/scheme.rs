//! Schemes of network-config-analyzer: configurations of one topology, and queries about them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use posture_core::issue::Issues;
use posture_core::model::{Cluster, Fragment, Policy, PolicyKind};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::world::files;

/// A scheme file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scheme {
    namespace_list: Option<Paths>,
    pod_list: Option<Paths>,
    resource_list: Option<Paths>,
    network_config_list: Vec<Config>,
    #[serde(default)]
    pub(super) queries: Vec<Query>,
    #[serde(skip)]
    folder: PathBuf,
}

/// Policies, by a name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    name: String,
    namespace_list: Option<Paths>,
    pod_list: Option<Paths>,
    network_policy_list: Option<Paths>,
    resource_list: Option<Paths>,
    #[serde(default)]
    expected_error: u8,
}

/// A question about configurations; the key that is none of the others is its kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Query {
    pub(super) name: String,
    pub(super) expected: Option<u64>,
    pub(super) expected_output: Option<String>,
    #[serde(default)]
    pub(super) output_configuration: Map<String, Value>,
    #[serde(default)]
    pub(super) expected_not_executed: u64,
    #[serde(flatten)]
    kinds: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Paths {
    One(String),
    Many(Vec<String>),
}

/// Host endpoints, which policies govern there. What is said of pods can be compared all the same.
pub(super) const HOSTS: &str = "host endpoints";

/// What a configuration is, as far as it can be compared.
#[derive(Clone, Debug)]
pub(super) struct Configuration {
    pub(super) cluster: Cluster,
    /// Kinds of objects that are not of this comparison.
    pub(super) foreign: Vec<&'static str>,
}

impl Scheme {
    pub(super) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a readable file");
        let scheme: Self = serde_saphyr::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let folder = path.parent().expect("a folder").to_owned();
        Self { folder, ..scheme }
    }

    pub(super) fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).expect("a readable file")
    }

    /// Every configuration, by name; those that are meant to be refused are none.
    pub(super) fn configurations(&self) -> BTreeMap<String, Configuration> {
        let configs = self.network_config_list.iter();
        configs
            .filter(|config| config.expected_error == 0)
            .map(|config| (config.name.clone(), self.configuration(config)))
            .collect()
    }

    fn configuration(&self, config: &Config) -> Configuration {
        let own = |own: &Option<Paths>, common: &Option<Paths>| own.clone().or(common.clone());
        let lists = [
            own(&config.namespace_list, &self.namespace_list),
            own(&config.pod_list, &self.pod_list),
            self.resource_list.clone(),
            config.resource_list.clone(),
            config.network_policy_list.clone(),
        ];
        let mut objects = Objects::default();
        let mut seen = Vec::new();
        for path in lists
            .into_iter()
            .flatten()
            .flat_map(|list| self.paths(list))
        {
            if !seen.contains(&path) {
                objects.add_file(&path);
                seen.push(path);
            }
        }
        objects.configuration(&config.name)
    }

    fn paths(&self, paths: Paths) -> Vec<PathBuf> {
        let paths = match paths {
            Paths::One(path) => vec![path],
            Paths::Many(paths) => paths,
        };
        let open = |path: &String| {
            let path = self.folder.join(path.trim_end_matches("**"));
            match path.is_dir() {
                true => files(&path),
                false => vec![path],
            }
        };
        paths.iter().flat_map(open).collect()
    }
}

impl Query {
    pub(super) fn kind(&self) -> (&str, &[String]) {
        let (kind, configs) = self.kinds.first_key_value().expect("a kind of query");
        (kind, configs)
    }
}

/// Objects, one by one, out of all the lists that they come in.
#[derive(Default)]
struct Objects {
    items: Vec<Value>,
    endpoints: Vec<Value>,
    /// Labels that profiles give to the endpoints that have them.
    profiles: BTreeMap<String, Map<String, Value>>,
    foreign: Vec<&'static str>,
}

impl Objects {
    fn add_file(&mut self, path: &Path) {
        let text = std::fs::read_to_string(path).expect("a readable file");
        let documents: Vec<Value> = serde_saphyr::from_multiple(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for document in documents {
            self.add(document);
        }
    }

    fn add(&mut self, value: Value) {
        let mut object = match value {
            Value::Array(values) => return values.into_iter().for_each(|value| self.add(value)),
            Value::Object(object) => object,
            _ => return,
        };
        if let Some(Value::Array(items)) = object.remove("items") {
            return items.into_iter().for_each(|value| self.add(value));
        }
        if !object.contains_key("kind") {
            object.insert("apiVersion".to_owned(), "v1".into());
            object.insert("kind".to_owned(), "Namespace".into());
        }
        let version = object
            .get("apiVersion")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let group = version.split('/').next().unwrap_or_default();
        let kind = object
            .get("kind")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match (group, kind) {
            (_, "WorkloadEndpoint") => self.endpoints.push(object.into()),
            (_, "Profile") => self.add_profile(&object),
            ("security.istio.io" | "networking.istio.io", _) => self.foreign.push("Istio"),
            (_, "Ingress") => self.foreign.push("Ingress"),
            (_, "HostEndpoint") => self.foreign.push(HOSTS),
            (_, "Pod") => self.items.push(completed(object)),
            _ => self.items.push(object.into()),
        }
    }

    fn add_profile(&mut self, profile: &Map<String, Value>) {
        let name = profile["metadata"]["name"].as_str().unwrap_or_default();
        if let Some(labels) = profile["spec"]["labelsToApply"].as_object() {
            self.profiles.insert(name.to_owned(), labels.clone());
        }
    }

    fn configuration(mut self, name: &str) -> Configuration {
        for endpoint in std::mem::take(&mut self.endpoints) {
            let pod = self.pod_of(&endpoint);
            self.items.push(pod);
        }
        let list = json!({"apiVersion": "v1", "kind": "List", "items": self.items});
        let mut issues = Issues::default();
        let bytes = list.to_string().into_bytes();
        let mut fragment: Fragment = posture_formats::read(name, &bytes, &mut issues);
        for (pod, number) in fragment.pods.iter_mut().zip(1_u32..) {
            let [_, _, third, fourth] = number.to_be_bytes();
            pod.addresses = vec![[100, 127, third, fourth].into()];
        }
        let cluster = Cluster::build(fragment, &[], true, &mut issues).expect("names");
        for issue in issues.into_list() {
            println!("{name}: {}", issue.message);
            self.foreign.push("an object that is not valid");
        }
        self.foreign.sort_unstable();
        self.foreign.dedup();
        Configuration {
            cluster,
            foreign: self.foreign,
        }
    }

    /// The pod of a workload endpoint.
    fn pod_of(&self, endpoint: &Value) -> Value {
        let (metadata, spec) = (&endpoint["metadata"], &endpoint["spec"]);
        let mut labels = metadata["labels"].as_object().cloned().unwrap_or_default();
        let account = labels.remove("projectcalico.org/serviceaccount");
        for profile in spec["profiles"].as_array().into_iter().flatten() {
            let profile = profile.as_str().and_then(|name| self.profiles.get(name));
            for (key, value) in profile.into_iter().flatten() {
                labels.entry(key).or_insert_with(|| value.clone());
            }
        }
        let ports = spec["ports"].as_array().into_iter().flatten();
        let ports: Vec<Value> = ports
            .map(|port| {
                json!({"name": port["name"], "protocol": port["protocol"],
                    "containerPort": port["port"]})
            })
            .collect();
        json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"namespace": metadata["namespace"], "name": spec["pod"], "labels": labels},
            "spec": {
                "serviceAccountName": account.unwrap_or_else(|| "default".into()),
                "containers": [{"name": "main", "image": "main:1", "ports": ports}]}})
    }
}

/// Pods are cut short there: their containers have neither name nor image, and one without ports is
/// written `ports: {}`.
fn completed(mut pod: Map<String, Value>) -> Value {
    let containers = pod
        .get_mut("spec")
        .and_then(|spec| spec.get_mut("containers"))
        .and_then(Value::as_array_mut);
    let containers = containers.into_iter().flatten();
    for fields in containers.filter_map(Value::as_object_mut) {
        if fields.get("ports").is_some_and(Value::is_object) {
            fields.remove("ports");
        }
        for (key, value) in [("name", "main"), ("image", "main:1")] {
            fields.entry(key).or_insert_with(|| value.into());
        }
    }
    pod.into()
}

/// Whether a policy is the one that `namespace/name` names, or `Kind/namespace/name`, in which a
/// cluster-wide one has no namespace.
pub(super) fn is_named(policy: &Policy, name: &str) -> bool {
    let full = match policy.namespace.as_str() {
        "" => policy.name.clone(),
        namespace => format!("{namespace}/{}", policy.name),
    };
    let kind = match policy.kind {
        PolicyKind::KubernetesNetworkPolicy => "K8sNetworkPolicy",
        PolicyKind::NetworkPolicy => "CalicoNetworkPolicy",
        _ => "CalicoGlobalNetworkPolicy",
    };
    full == name || format!("{kind}/{full}") == name
}

/// `config/namespace/name` of `config/Kind/namespace/name`: how outputs call it.
pub(super) fn without_kind(name: &str) -> String {
    let kinds = [
        "K8sNetworkPolicy",
        "CalicoNetworkPolicy",
        "CalicoGlobalNetworkPolicy",
    ];
    let without = |name: String, kind| name.replace(&format!("/{kind}/"), "/");
    kinds.iter().fold(name.to_owned(), without)
}
