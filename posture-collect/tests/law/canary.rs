//! What is not used does not pass, wherever it stands.

use std::path::Path;

use serde_json::{Value, json};

use crate::documents::of_objects;

const CANARY: &str = "canary-7f3c";

/// Maps of labels, whose keys are anything.
const LABELS: [&str; 4] = [
    "labels",
    "matchLabels",
    "selector",
    "projectcalico.org/metadata",
];

/// Fields that hold secrets, and whose values never pass.
const SECRET: [&str; 10] = [
    "annotations",
    "managedFields",
    "env",
    "envFrom",
    "args",
    "command",
    "volumes",
    "data",
    "stringData",
    "binaryData",
];

pub(crate) fn what_is_not_used_does_not_pass(folder: &Path) {
    let (mut planted, mut ranges) = (0, 0);
    for (name, mut document) in of_objects(folder) {
        planted += plant(&mut document);
        let mut of_control_plane = document.clone();
        moved(&mut of_control_plane);
        for document in [document, of_control_plane] {
            let used = posture_collect::used(document).expect("objects");
            let text = used.to_string();
            assert!(!text.contains(CANARY), "{name}: {text}");
            ranges += text.matches(RANGES).count();
        }
    }
    for object in secrets() {
        let used = posture_collect::used(object.clone()).expect("an object");
        let head = json!({"apiVersion": "v1", "kind": object["kind"]});
        assert_eq!(used, head);
    }
    assert!(planted > 0, "nothing was planted in {}", folder.display());
    assert!(
        ranges > 0,
        "no ranges of the control plane in {}",
        folder.display()
    );
}

fn secrets() -> [Value; 2] {
    ["Secret", "ConfigMap"].map(|kind| {
        json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": CANARY, "labels": {"a": CANARY}},
               "data": {"password": CANARY}})
    })
}

/// A container of the control plane, in its namespace, and what must be left of its arguments.
fn runs() -> Value {
    let words = [
        "kube-proxy".to_owned(),
        format!("--cluster-cidr={CANARY}"),
        "--cluster-cidr=10.244.0.0/16".to_owned(),
        format!("--token={CANARY}"),
        CANARY.to_owned(),
    ];
    json!({"name": "kube-proxy", "image": "kube-proxy", "command": words, "args": ["--cluster-cidr", CANARY]})
}
const RANGES: &str =
    r#"["kube-proxy","--cluster-cidr=?","--cluster-cidr=10.244.0.0/16","--cluster-cidr=?"]"#;

/// Moves all objects into the namespace of the control plane.
fn moved(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(moved),
        Value::Object(fields) => {
            if let Some(Value::Object(metadata)) = fields.get_mut("metadata") {
                metadata.insert("namespace".to_owned(), json!("kube-system"));
            }
            fields.values_mut().for_each(moved);
        }
        _ => {}
    }
}

/// Puts it into every object, and in the place of every text in a field that holds secrets.
fn plant(value: &mut Value) -> u64 {
    match value {
        Value::Array(elements) => elements.iter_mut().map(plant).sum(),
        Value::Object(fields) => {
            let mut planted = 0;
            for (key, value) in fields.iter_mut() {
                planted += match key.as_str() {
                    key if SECRET.contains(&key) => overwrite(value),
                    key if LABELS.contains(&key) => 0,
                    _ => plant(value),
                };
                if let ("containers", Value::Array(containers)) = (key.as_str(), value) {
                    containers.push(runs());
                }
            }
            fields.insert(
                "canary".to_owned(),
                json!({"canary": [CANARY, {"canary": CANARY}]}),
            );
            planted + 1
        }
        _ => 0,
    }
}

fn overwrite(value: &mut Value) -> u64 {
    match value {
        Value::Array(elements) => elements.iter_mut().map(overwrite).sum(),
        Value::Object(fields) => fields.values_mut().map(overwrite).sum(),
        Value::String(text) => {
            CANARY.clone_into(text);
            1
        }
        _ => 0,
    }
}
