//! Objects in, and of each only what a score uses out.

use posture_formats::control_plane_arguments;
use serde_json::{Map, Value};

use crate::annotations;
use crate::kinds::{group_of, shape_of};
use crate::shape::{Replace, Shape, keep};

/// The kind and version that a list gives items that do not tell theirs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// `NetworkPolicy`
    pub kind: Option<&'a str>,
    /// `networking.k8s.io/v1`
    pub api_version: Option<&'a str>,
}

/// Of a document of Kubernetes objects only what a score uses: an object, a list, or an array of these.
/// None where it is something else, or where an object does not say its kind.
///
/// ```
/// let pod = serde_json::json!({
///     "apiVersion": "v1", "kind": "Pod",
///     "metadata": {"namespace": "shop", "name": "web", "annotations": {"owner": "ann"}},
///     "spec": {"containers": [{"name": "web", "image": "nginx:1.29",
///                              "env": [{"name": "PASSWORD", "value": "secret"}]}]},
/// });
/// let used = posture_collect::used(pod).expect("an object");
/// assert_eq!(used, serde_json::json!({
///     "apiVersion": "v1", "kind": "Pod",
///     "metadata": {"namespace": "shop", "name": "web"},
///     "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
/// }));
/// ```
pub fn used(document: Value) -> Option<Value> {
    match document {
        Value::Array(elements) => elements.into_iter().map(used).collect(),
        Value::Object(fields) => match text(&fields, "kind") {
            kind if is_list(kind, &fields) => list(fields),
            Some(_) if is_about_others(&fields) => None,
            Some(_) => Some(used_object(Value::Object(fields), Typed::default())),
            None => None,
        },
        _ => None,
    }
}

/// Of an object only what a score uses.
pub fn used_object(object: Value, typed: Typed<'_>) -> Value {
    replaced(object, typed, &|_, _| None)
}

/// The same, its texts replaced.
pub(crate) fn replaced(object: Value, typed: Typed<'_>, replace: Replace<'_>) -> Value {
    let Value::Object(mut fields) = object else {
        return keep(object, Shape::Presence, replace);
    };
    let head = |fields: &Map<String, Value>, key| text(fields, key).map(str::to_owned);
    let (own_kind, own_version) = (head(&fields, "kind"), head(&fields, "apiVersion"));
    let kind = own_kind.as_deref().or(typed.kind).unwrap_or_default();
    let version = own_version.as_deref().or(typed.api_version);
    annotations::move_labels(kind, &mut fields);
    condense_arguments(&mut fields);
    let shape = shape_of(kind, version);
    let mut kept = match keep(Value::Object(fields), shape, replace) {
        Value::Object(kept) => kept,
        _ => Map::new(),
    };
    for (key, said) in [("kind", own_kind), ("apiVersion", own_version)] {
        kept.extend(said.map(|said| (key.to_owned(), Value::String(said))));
    }
    Value::Object(kept)
}

fn is_list(kind: Option<&str>, fields: &Map<String, Value>) -> bool {
    fields.contains_key("items") && kind.is_none_or(|kind| kind.ends_with("List"))
}

/// Whether an object is none of a cluster, but says something of files.
fn is_about_others(fields: &Map<String, Value>) -> bool {
    let group = text(fields, "apiVersion").map(group_of);
    group.is_some_and(|group| ["kustomize.config.k8s.io", "posture"].contains(&group))
}

/// A list, its items by the kind that it gives them.
fn list(mut fields: Map<String, Value>) -> Option<Value> {
    let items = fields.remove("items").unwrap_or_default();
    let kind = text(&fields, "kind").and_then(|kind| kind.strip_suffix("List"));
    let typed = Typed {
        kind: kind.filter(|kind| !kind.is_empty()),
        api_version: text(&fields, "apiVersion"),
    };
    let says_kind = |item: &Value| item.get("kind").is_some() || typed.kind.is_some();
    let items = match items {
        Value::Array(items) if !items.iter().all(says_kind) => return None,
        Value::Array(items) => {
            let items = items.into_iter();
            items.map(|item| used_object(item, typed)).collect()
        }
        other => keep(other, Shape::Presence, &|_, _| None),
    };
    let mut kept = Map::from_iter([("items".to_owned(), items)]);
    let head = ["kind", "apiVersion"].into_iter();
    kept.extend(head.filter_map(|key| fields.remove_entry(key)));
    Some(Value::Object(kept))
}

fn text<'v>(fields: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    let text = fields.get(key)?.as_str();
    text.filter(|text| !text.is_empty())
}

/// Of what containers of the control plane run only the arguments that name address ranges; of others
/// nothing.
fn condense_arguments(object: &mut Map<String, Value>) {
    let namespace = object.get("metadata").and_then(|of| of.get("namespace"));
    let namespace = namespace.and_then(Value::as_str).unwrap_or("default");
    let namespace = namespace.to_owned();
    for path in [
        "/spec",
        "/spec/template/spec",
        "/spec/jobTemplate/spec/template/spec",
    ] {
        let (first, rest) = path.split_at(5);
        let Some(spec) = object.get_mut(first.trim_start_matches('/')) else {
            return;
        };
        let Some(Value::Object(spec)) = spec.pointer_mut(rest) else {
            continue;
        };
        for key in ["containers", "initContainers", "ephemeralContainers"] {
            let containers = spec.get_mut(key).and_then(Value::as_array_mut);
            for container in containers.into_iter().flatten() {
                if let Value::Object(container) = container {
                    condense(container, &namespace);
                }
            }
        }
    }
}

fn condense(container: &mut Map<String, Value>, namespace: &str) {
    let given = ["command", "args"].map(|key| container.remove(key));
    let words = given.iter().flatten().filter_map(Value::as_array).flatten();
    let words = words.filter_map(Value::as_str);
    let needed = control_plane_arguments(namespace, words);
    if !needed.is_empty() {
        let needed = needed
            .into_iter()
            .map(|word| Value::String(ranges_alone(word)));
        container.insert("command".to_owned(), needed.collect());
    }
}

/// A word, without a value that is no list of ranges: that could be anything.
fn ranges_alone(word: String) -> String {
    let is_of_ranges = |byte: u8| byte.is_ascii_hexdigit() || b".:/,\"'".contains(&byte);
    match word.split_once('=') {
        Some((flag, value)) if !value.bytes().all(is_of_ranges) => format!("{flag}=?"),
        _ => word,
    }
}

#[cfg(test)]
mod tests;
