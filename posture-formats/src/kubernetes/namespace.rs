//! `Namespace`

use posture_core::model::Namespace;
use serde::Deserialize;

use crate::object::{Invalid, Metadata, Object};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
}

pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let metadata = object.parse::<Fields>()?.metadata.unwrap_or_default();
    output.fragment.namespaces.push(Namespace {
        version: metadata.version,
        name: metadata.name.required()?,
        labels: metadata.labels,
        origin: output.origin(object.at),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::read_text;

    #[test]
    fn labels_and_version() {
        let text = r#"{"kind": "Namespace", "apiVersion": "v1", "metadata":
            {"name": "a", "labels": {"k": "v", "empty": null}, "resourceVersion": "17"}}"#;
        let (fragment, issues) = read_text(text);
        assert!(issues.is_empty());
        let namespace = &fragment.namespaces[0];
        assert_eq!((namespace.name.as_str(), namespace.version), ("a", 17));
        assert_eq!(namespace.labels["k"], "v");
        assert_eq!(namespace.labels["empty"], "");
    }

    #[test]
    fn a_name_is_needed() {
        let (fragment, issues) = read_text("kind: Namespace\nmetadata: {name: ''}\n");
        assert!(fragment.namespaces.is_empty());
        assert_eq!(
            issues[0].message,
            "Namespace is not valid: expected a `metadata.name`"
        );
    }
}
