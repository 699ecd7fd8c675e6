//! Labels that are kept in annotations. No annotation passes, so they become labels.

use serde_json::{Map, Value};

use crate::shapes::scans::REPORT_LABELS;

/// The annotation in which the group `crd.projectcalico.org` keeps the metadata that people gave.
const KEPT: &str = "projectcalico.org/metadata";

/// Makes labels of what the annotations of an object hold of them.
pub(crate) fn move_labels(kind: &str, object: &mut Map<String, Value>) {
    let Some(Value::Object(metadata)) = object.get_mut("metadata") else {
        return;
    };
    let Some(Value::Object(annotations)) = metadata.remove("annotations") else {
        return;
    };
    match kind {
        "VulnerabilityReport" => move_long(&annotations, metadata),
        "NetworkSet" | "GlobalNetworkSet" | "HostEndpoint" => move_kept(&annotations, metadata),
        _ => {}
    }
}

/// "a name is too long for a label" (formats, section 5): then it is an annotation.
fn move_long(annotations: &Map<String, Value>, metadata: &mut Map<String, Value>) {
    let mut labels = take_labels(metadata);
    for key in REPORT_LABELS.map(|(key, _)| key) {
        let said = labels.get(key).and_then(Value::as_str);
        if said.unwrap_or_default().is_empty()
            && let Some(value) = annotations.get(key)
        {
            labels.insert(key.to_owned(), value.clone());
        }
    }
    metadata.insert("labels".to_owned(), Value::Object(labels));
}

fn move_kept(annotations: &Map<String, Value>, metadata: &mut Map<String, Value>) {
    let kept = annotations.get(KEPT).and_then(Value::as_str);
    let kept = kept.and_then(|json| serde_json::from_str::<Value>(json).ok());
    let kept = kept.and_then(|mut kept| Some(kept.get_mut("labels")?.take()));
    if let Some(Value::Object(kept)) = kept
        && kept
            .values()
            .all(|value| value.is_string() || value.is_null())
    {
        let mut labels = take_labels(metadata);
        labels.extend(kept);
        metadata.insert("labels".to_owned(), Value::Object(labels));
    }
}

fn take_labels(metadata: &mut Map<String, Value>) -> Map<String, Value> {
    match metadata.remove("labels") {
        Some(Value::Object(labels)) => labels,
        _ => Map::new(),
    }
}
