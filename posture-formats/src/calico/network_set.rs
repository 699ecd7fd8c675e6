//! `NetworkSet` and `GlobalNetworkSet`

use posture_core::issue::IssueKind;
use posture_core::model::NetworkSet;
use serde::Deserialize;

use super::labels::labels;
use crate::object::address::network_or_address;
use crate::object::{Invalid, Metadata, Object};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    spec: Option<Spec>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Spec {
    nets: Option<Vec<String>>,
    allowed_egress_domains: Option<Vec<String>>,
}

/// A net that is none is told and left out.
pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let name = metadata.name.required()?;
    let spec = fields.spec.unwrap_or_default();
    let mut nets = Vec::new();
    for text in spec.nets.into_iter().flatten() {
        match network_or_address(&text) {
            Some(net) => nets.push(net),
            None => output.issue(
                IssueKind::InvalidObject,
                object.at,
                format!("`{text}` is no network and is left out"),
            ),
        }
    }
    output.fragment.network_sets.push(NetworkSet {
        version: metadata.version,
        namespace: match object.kind {
            "NetworkSet" => metadata.namespace,
            _ => String::new(),
        },
        name,
        labels: labels(object, metadata.labels)?,
        nets,
        domains: spec.allowed_egress_domains.unwrap_or_default(),
        origin: output.origin(object.at),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_text;

    fn read(text: &str) -> (NetworkSet, Vec<String>) {
        let (mut fragment, issues) = read_text(text);
        assert!(!fragment.sources.policies);
        let set = fragment.network_sets.pop().expect("a network set");
        (set, issues.into_iter().map(|issue| issue.message).collect())
    }

    #[test]
    fn sets_in_a_namespace_and_global_ones() {
        let (set, issues) = read(
            "apiVersion: projectcalico.org/v3
kind: NetworkSet
metadata: {name: s, namespace: a, labels: {k: v}, resourceVersion: '7'}
spec: {nets: [10.1.2.3/8, 1.2.3.4, 'fd00::/8', nonsense], allowedEgressDomains: ['*.example.com']}
",
        );
        assert_eq!(issues, ["`nonsense` is no network and is left out"]);
        assert_eq!((&*set.namespace, &*set.name, set.version), ("a", "s", 7));
        assert_eq!(set.labels["k"], "v");
        let nets: Vec<String> = set.nets.iter().map(ToString::to_string).collect();
        assert_eq!(nets, ["10.0.0.0/8", "1.2.3.4/32", "fd00::/8"]);
        assert_eq!(set.domains, ["*.example.com"]);

        let (set, issues) = read(
            "apiVersion: projectcalico.org/v3
kind: GlobalNetworkSet
metadata: {name: s, namespace: ignored}
",
        );
        assert!(issues.is_empty(), "{issues:?}");
        assert_eq!((&*set.namespace, set.nets.len()), ("", 0));
    }

    #[test]
    fn labels_that_are_kept_in_an_annotation() {
        let (set, _) = read(
            r#"{"apiVersion": "crd.projectcalico.org/v1", "kind": "GlobalNetworkSet", "metadata": {
            "name": "s", "labels": {"a": "old", "b": "c"}, "annotations": {
            "projectcalico.org/metadata": "{\"labels\": {\"a\": \"new\"}, \"uid\": \"x\"}"}}}"#,
        );
        assert_eq!((&*set.labels["a"], &*set.labels["b"]), ("new", "c"));
        let (set, _) = read(
            r#"{"apiVersion": "crd.projectcalico.org/v1", "kind": "GlobalNetworkSet", "metadata": {
            "name": "s", "annotations": {"projectcalico.org/metadata": "nonsense"}}}"#,
        );
        assert!(set.labels.is_empty());
    }
}
