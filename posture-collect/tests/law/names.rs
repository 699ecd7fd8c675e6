//! The names that stand in objects and rows, found by where they stand.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::Value;

/// Fields whose texts are names, and those of elements of lists in them.
const NAMED: [&str; 26] = [
    "allowedEgressDomains",
    "clusterIP",
    "dest_domains",
    "dest_name",
    "dest_name_aggr",
    "dest_namespace",
    "dest_service_name",
    "dest_service_namespace",
    "domains",
    "generateName",
    "image",
    "imageID",
    "matchName",
    "matchPattern",
    "name",
    "namespace",
    "nodeName",
    "repository",
    "server",
    "serviceAccount",
    "serviceAccountName",
    "source_name",
    "source_name_aggr",
    "source_namespace",
    "tag",
    "tier",
];

/// Fields that hold labels, where they are objects.
const LABELS: [&str; 4] = ["labels", "matchLabels", "selector", "nodeSelector"];

/// Labels whose values are no names.
const OF_WORDS: [&str; 2] = ["pod-template-hash", "trivy-operator.resource.kind"];

/// Fields that hold selectors, where they are texts.
const SELECTORS: [&str; 5] = [
    "selector",
    "notSelector",
    "namespaceSelector",
    "serviceAccountSelector",
    "serviceSelector",
];

/// What stays as it is ("Pseudonyms" in docs/collecting.md), and what no name of a cluster is.
const WORDS: [&str; 25] = [
    "Admin",
    "Baseline",
    "None",
    "adminnetworkpolicy",
    "baselineadminnetworkpolicy",
    "controller-revision-hash",
    "default",
    "false",
    "global",
    "io.cilium.k8s.policy.cluster",
    "io.cilium.k8s.policy.serviceaccount",
    "io.kubernetes.pod.namespace",
    "job-name",
    "kube-admin",
    "kube-baseline",
    "kube-node-lease",
    "kube-public",
    "kube-system",
    "kubernetes",
    "latest",
    "openshift-kube-apiserver",
    "openshift-kube-controller-manager",
    "pod-template-hash",
    "true",
    "unknown",
];

/// What prefixes of keys end in that stay.
const PREFIXES: [&str; 5] = [
    "kubernetes.io/",
    "k8s.io/",
    "projectcalico.org/",
    "cilium.io/",
    "openshift.io/",
];

/// The names of objects and of their namespaces: these stand nowhere at all in pseudonyms.
pub(crate) fn of_objects<'v>(objects: impl Iterator<Item = &'v Value>) -> BTreeSet<String> {
    let metadata = objects.filter_map(|object| object.get("metadata"));
    let places = metadata.flat_map(|of| [of.get("name"), of.get("namespace")]);
    let names = places.flatten().filter_map(Value::as_str);
    // a program of the control plane is told by its name
    let names = names.filter(|name| is_own(name) && *name != "kube-proxy");
    names.map(str::to_owned).collect()
}

/// All names in some values, by where they stand: others may be words elsewhere, such as the key of a label and that
/// of a field. Shorter ones than four letters are words everywhere.
pub(crate) fn of(values: impl Iterator<Item = Value>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    values.for_each(|value| gather(&value, &mut names));
    names.retain(|name| is_own(name));
    names
}

fn gather(value: &Value, names: &mut BTreeSet<String>) {
    let fields = match value {
        Value::Array(elements) => return elements.iter().for_each(|one| gather(one, names)),
        Value::Object(fields) => fields,
        _ => return,
    };
    for (key, value) in fields {
        match value {
            Value::Object(labels) if LABELS.contains(&key.as_str()) => {
                let telling = labels
                    .iter()
                    .filter(|(key, _)| !OF_WORDS.contains(&key.as_str()));
                for (key, value) in telling {
                    names.insert(key.clone());
                    texts(value, names);
                }
            }
            Value::String(text) if SELECTORS.contains(&key.as_str()) => {
                let quoted = text.split(['\'', '"']).skip(1).step_by(2);
                names.extend(quoted.map(str::to_owned));
            }
            value if NAMED.contains(&key.as_str()) => texts(value, names),
            value => {
                // a requirement of a label
                if key == "values" && fields.contains_key("operator") {
                    texts(value, names);
                    fields
                        .get("key")
                        .into_iter()
                        .for_each(|key| texts(key, names));
                }
                if key.ends_with("_policies") {
                    hits(value, names);
                }
            }
        }
        gather(value, names);
    }
    // rows have labels as `key=value`
    if let Some(Value::Array(labels)) = fields.get("labels") {
        for (key, value) in labels
            .iter()
            .filter_map(|label| label.as_str()?.split_once('='))
        {
            if !OF_WORDS.contains(&key) {
                names.extend([key.to_owned(), value.to_owned()]);
            }
        }
    }
}

fn texts(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            names.insert(text.clone());
        }
        Value::Array(elements) => elements.iter().for_each(|one| texts(one, names)),
        _ => {}
    }
}

/// Names in hits, `0|tier|namespace/policy|allow|0`.
fn hits(value: &Value, names: &mut BTreeSet<String>) {
    let hits = value.as_array().into_iter().flatten();
    for hit in hits.filter_map(Value::as_str) {
        let of_policy = hit.split('|').skip(1).take(2);
        let parts = of_policy.flat_map(|part| part.split('/'));
        // behind the kind of policy
        let parts = parts.filter_map(|part| part.rsplit(':').next());
        names.extend(parts.map(str::to_owned));
    }
}

/// Whether a name may be one of the cluster alone.
fn is_own(name: &str) -> bool {
    let is_key = |prefix: &&str| {
        name.split_once('/')
            .is_some_and(|(before, _)| format!("{before}/").ends_with(*prefix))
    };
    let is_number = name.bytes().all(|byte| !byte.is_ascii_alphabetic());
    let is_digest = name
        .rsplit("://")
        .next()
        .is_some_and(|rest| rest.starts_with("sha256:"));
    let name = name.strip_prefix("k8s:").unwrap_or(name);
    name.len() > 3
        && !WORDS.contains(&name)
        && !PREFIXES.iter().any(is_key)
        && !name.starts_with("reserved:")
        && !name.starts_with("trivy-operator.")
        && !name.starts_with("__")
        && !is_number
        && !is_digest
        && name.parse::<IpAddr>().is_err()
}
