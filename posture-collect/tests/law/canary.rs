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
    let mut planted = 0;
    for (name, mut document) in of_objects(folder) {
        planted += plant(&mut document);
        let used = posture_collect::used(document).expect("objects");
        let text = used.to_string();
        assert!(!text.contains(CANARY), "{name}: {text}");
    }
    for object in secrets() {
        let used = posture_collect::used(object.clone()).expect("an object");
        let head = json!({"apiVersion": "v1", "kind": object["kind"]});
        assert_eq!(used, head);
    }
    assert!(planted > 0, "nothing was planted in {}", folder.display());
}

fn secrets() -> [Value; 2] {
    ["Secret", "ConfigMap"].map(|kind| {
        json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": CANARY, "labels": {"a": CANARY}},
               "data": {"password": CANARY}})
    })
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
