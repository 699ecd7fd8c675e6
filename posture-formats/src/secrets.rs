//! Files without what may be secret, for those who hand them on.

use ipnet::IpNet;
use posture_core::issue::Issues;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::document;
use crate::envelope;
use crate::output::Output;
use crate::{json, text, yaml};

/// What no reader looks into, and what secrets may be in: variables of containers, contents of secrets and
/// config maps, what a scanner saw of a file, how an image was built.
const BLANKED: [&str; 13] = [
    "env",
    "envFrom",
    "Env",
    "data",
    "stringData",
    "binaryData",
    "Secrets",
    "secrets",
    "Match",
    "Code",
    "history",
    "livenessProbe",
    "readinessProbe",
];

/// The copy of an object as it was applied: it tells the kind of one that does not say it.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Lists of words of which only those are kept that tell the cluster's own address ranges.
const ARGUMENTS: [&str; 4] = ["command", "args", "Cmd", "Entrypoint"];

/// The objects and scans of a file that is neither flow log nor archive, without what may be secret: no
/// variable of a container, no content of a secret or config map. What is no JSON or YAML is left out.
pub fn without_secrets(bytes: &[u8]) -> Vec<u8> {
    let mut issues = Issues::default();
    let mut output = Output::new("", &mut issues);
    let mut written = Vec::new();
    let Some(text) = text::decode(bytes, &mut output) else {
        return written;
    };
    let mut keep = |value: Value| written.extend(kept(value));
    if !document::is_json(&text) {
        let documents = yaml::documents(&text);
        let values = documents.iter().filter_map(|of| yaml::to_json(of).ok());
        values.for_each(|value| keep(parsed(&value)));
        return written;
    }
    let mut rest: &str = &text;
    while let Err(broken) = json::values(rest, 0, &mut |value, _| keep(parsed(value))) {
        let whole = before_break(broken.rest);
        let next = json::next_value(broken.rest).filter(|_| whole.is_none());
        whole.into_iter().for_each(&mut keep);
        match next {
            Some(next) => rest = next,
            None => break,
        }
    }
    written
}

fn parsed(value: &RawValue) -> Value {
    serde_json::from_str(value.get()).unwrap_or_default()
}

/// A line of an object or an array without secrets; of other values nothing.
fn kept(mut value: Value) -> Vec<u8> {
    if !matches!(value, Value::Object(_) | Value::Array(_)) {
        return Vec::new();
    }
    blank_secrets(&mut value);
    format!("{value}\n").into_bytes()
}

/// The elements of a list or an array that lie before the place where it breaks off.
fn before_break(text: &str) -> Option<Value> {
    let values = |raw: Vec<&RawValue>| -> Vec<Value> { raw.into_iter().map(parsed).collect() };
    if text.starts_with('[') {
        return Some(Value::Array(values(envelope::elements(text).0)));
    }
    let list = envelope::open(text).0;
    let items = list.items.filter(|items| !items.is_empty())?;
    Some(json!({"apiVersion": list.api_version, "kind": list.kind, "items": values(items)}))
}

/// Objects without a kind are known by their keys, so these stay.
fn blank_secrets(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(blank_secrets),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(copy) if key == LAST_APPLIED => *copy = kind_of(copy),
                    value if BLANKED.contains(&key.as_str()) => *value = blank(value),
                    Value::Array(words) if ARGUMENTS.contains(&key.as_str()) => {
                        words.retain(|word| word.as_str().is_some_and(is_of_ranges));
                    }
                    value => blank_secrets(value),
                }
            }
        }
        _ => {}
    }
}

/// A copy of an object, of which its kind and name alone are left.
fn kind_of(copy: &str) -> String {
    let copy: Value = serde_json::from_str(copy).unwrap_or_default();
    let kept = json!({
        "apiVersion": copy.get("apiVersion"),
        "kind": copy.get("kind"),
        "metadata": {"name": copy.pointer("/metadata/name")},
    });
    kept.to_string()
}

fn blank(value: &Value) -> Value {
    match value {
        Value::Object(_) => Value::Object(Map::new()),
        Value::Array(_) => Value::Array(Vec::new()),
        Value::String(_) => Value::String(String::new()),
        _ => Value::Null,
    }
}

/// Whether a word of a command line may tell an address range: a program of the control plane, an option
/// for ranges, a range.
fn is_of_ranges(word: &str) -> bool {
    let is_range = |word: &str| word.split(',').all(|net| net.parse::<IpNet>().is_ok());
    let (option, value) = word.split_once('=').unwrap_or((word, ""));
    let is_option = option.starts_with('-')
        && ["cidr", "ip-range"].iter().any(|of| option.contains(of))
        && (value.is_empty() || is_range(value));
    let is_program = !word.contains(['=', ' ']) && word.contains("kube-");
    is_option || is_program || is_range(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        String::from_utf8(without_secrets(text.as_bytes())).unwrap()
    }

    #[test]
    fn secrets_are_left_out() {
        let manifest = "\
kind: Pod
spec:
  containers:
  - image: nginx
    env: [{name: PASSWORD, value: hunter2}]
    command: [/bin/kube-apiserver, --token=hunter2, --service-cluster-ip-range=10.96.0.0/12]
    args: [--cluster-cidr, 10.0.0.0/8, --password, hunter2]
---
kind: Secret
data: {password: aHVudGVyMg==}
stringData: {password: hunter2}
";
        assert_eq!(
            shown(manifest),
            "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"args\":[\"--cluster-cidr\",\"10.0.0.0/8\"],\
             \"command\":[\"/bin/kube-apiserver\",\"--service-cluster-ip-range=10.96.0.0/12\"],\
             \"env\":[],\"image\":\"nginx\"}]}}\n{\"data\":{},\"kind\":\"Secret\",\"stringData\":{}}\n"
        );
    }

    #[test]
    fn of_a_copy_the_kind_stays() {
        let object = r#"{"metadata": {"annotations": {"kubectl.kubernetes.io/last-applied-configuration":
            "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"env\": \"hunter2\"}}"}}}"#;
        let kept = shown(object);
        assert!(
            kept.contains(r#"{\"apiVersion\":\"v1\",\"kind\":\"Pod\","#),
            "{kept}"
        );
    }

    #[test]
    fn what_is_broken_costs_itself() {
        let lines = "{\"kind\": \"A\", \"data\": {}}\n{\"kind\": \n{\"kind\": \"B\"}\n";
        assert_eq!(
            shown(lines),
            "{\"data\":{},\"kind\":\"A\"}\n{\"kind\":\"B\"}\n"
        );
        assert_eq!(shown("no objects: [hunter2"), "");
        assert_eq!(shown("hunter2"), "");
        assert_eq!(
            shown("{\"kind\": \"PodList\", \"items\": [{\"env\": [1]}, {\"metadata\": {\"na"),
            "{\"apiVersion\":null,\"items\":[{\"env\":[]}],\"kind\":\"PodList\"}\n"
        );
        assert_eq!(shown(""), "");
    }
}
