//! What must be known of a cluster before its names are replaced.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::list::List;

/// Labels that endpoints have apart from their own, whose values are names.
const NAMING: [&str; 4] = [
    "projectcalico.org/name",
    "projectcalico.org/namespace",
    "projectcalico.org/serviceaccount",
    "kubernetes.io/metadata.name",
];

/// The names of all nodes.
pub(super) fn nodes(lists: &[List]) -> BTreeSet<String> {
    let texts = |kind: &'static str, pointer: &'static str| {
        let lists = lists.iter().filter(move |list| list.kind == kind);
        let items = lists.flat_map(|list| &list.items);
        items.filter_map(move |item| item.pointer(pointer)?.as_str())
    };
    let nodes = texts("Node", "/metadata/name").chain(texts("Pod", "/spec/nodeName"));
    nodes
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The labels of all objects with their values.
pub(super) fn of_labels(lists: &[List]) -> BTreeMap<String, BTreeSet<String>> {
    let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for list in lists {
        let is_named = matches!(list.kind.as_str(), "Namespace" | "ServiceAccount");
        for item in &list.items {
            for pointer in [
                "/metadata/labels",
                "/spec/template/metadata/labels",
                "/spec/jobTemplate/spec/template/metadata/labels",
            ] {
                let labels = item.pointer(pointer).and_then(Value::as_object);
                for (key, value) in labels.into_iter().flatten() {
                    let value = value.as_str().unwrap_or_default();
                    values
                        .entry(key.clone())
                        .or_default()
                        .insert(value.to_owned());
                }
            }
            let name = item.pointer("/metadata/name").filter(|_| is_named);
            if let Some(name) = name.and_then(Value::as_str) {
                for key in NAMING {
                    values
                        .entry(key.to_owned())
                        .or_default()
                        .insert(name.to_owned());
                }
            }
        }
    }
    values
}
