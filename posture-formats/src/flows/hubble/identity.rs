//! What an end is by its labels and by the number of its identity.

use std::sync::Arc;

use posture_core::model::Labels;

use crate::json;
/// The label that tells a pod's namespace.
const NAMESPACE: &str = "io.kubernetes.pod.namespace";

/// What an end is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Class {
    /// A pod, also one that has no identity yet or that Cilium does not manage.
    Pod,
    /// The node that tells of the packet.
    ThisNode,
    /// What Cilium itself runs on a node: its health endpoint, its ingress.
    OfNode,
    /// Another node.
    Node,
    /// The API server of the cluster, outside of it.
    ApiServer,
    /// An address outside the cluster.
    Network,
    /// Nothing tells.
    #[default]
    Unknown,
}

/// What the labels of an end say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) class: Class,
    /// The namespace of a pod.
    pub(super) namespace: Option<Box<str>>,
    /// The labels of a pod, without those that Cilium adds.
    pub(super) labels: Option<Arc<Labels>>,
}

/// Reads a list of labels `<source>:<key>=<value>`.
pub(super) fn read(text: &str) -> Result<Identity, String> {
    let list = json::from_str::<Option<Vec<String>>>(text)
        .map_err(|_| "expected a list of `source:key=value`".to_owned())?
        .unwrap_or_default();
    let (mut namespace, mut labels) = (None, Vec::new());
    for label in &list {
        let Some(label) = label.strip_prefix("k8s:") else {
            continue;
        };
        let (key, value) = label.split_once('=').unwrap_or((label, ""));
        if key == NAMESPACE {
            namespace = Some(value.into());
        } else if !key.starts_with("io.cilium.") {
            labels.push((key.to_owned(), value.to_owned()));
        }
    }
    let class = class(&list);
    let has_labels = class == Class::Pod && !labels.is_empty();
    Ok(Identity {
        class,
        namespace,
        labels: has_labels.then(|| Arc::new(labels.into_iter().collect())),
    })
}

/// The class by all labels: an API server may be a node, or an address outside.
fn class(list: &[String]) -> Class {
    let has = |label: &str| list.iter().any(|known| known == label);
    let has_source = |source: &str| {
        list.iter()
            .any(|label| label.split_once(':').is_some_and(|(it, _)| it == source))
    };
    let outside = [
        "reserved:world",
        "reserved:world-ipv4",
        "reserved:world-ipv6",
    ]
    .into_iter()
    .any(has)
        || ["cidr", "cidrgroup", "fqdn"].into_iter().any(has_source);
    if has("reserved:host") {
        Class::ThisNode
    } else if has("reserved:remote-node") {
        Class::Node
    } else if has("reserved:health") || has("reserved:ingress") {
        Class::OfNode
    } else if has("reserved:kube-apiserver") {
        match outside {
            true => Class::ApiServer,
            false => Class::Node,
        }
    } else if outside {
        Class::Network
    } else if has("reserved:init") || has("reserved:unmanaged") || has_source("k8s") {
        Class::Pod
    } else {
        Class::Unknown
    }
}

/// The class by the number of a reserved identity, for ends without labels.
pub(super) const fn reserved(number: Option<u64>) -> Class {
    match number {
        Some(1) => Class::ThisNode,
        Some(2 | 9 | 10) => Class::Network,
        Some(3 | 5) => Class::Pod,
        Some(4 | 8) => Class::OfNode,
        Some(6 | 7) => Class::Node,
        _ => Class::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        for (labels, expected) in [
            (r#"["reserved:host"]"#, Class::ThisNode),
            (
                r#"["reserved:host", "reserved:kube-apiserver"]"#,
                Class::ThisNode,
            ),
            (r#"["reserved:remote-node"]"#, Class::Node),
            (
                r#"["reserved:kube-apiserver", "reserved:remote-node"]"#,
                Class::Node,
            ),
            (
                r#"["k8s:io.cilium.k8s.policy.cluster=a", "reserved:remote-node"]"#,
                Class::Node,
            ),
            (r#"["reserved:kube-apiserver"]"#, Class::Node),
            (
                r#"["cidr:203.0.113.9/32", "reserved:kube-apiserver", "reserved:world"]"#,
                Class::ApiServer,
            ),
            (
                r#"["cidr:203.0.113.9/32", "reserved:kube-apiserver"]"#,
                Class::ApiServer,
            ),
            (r#"["reserved:health"]"#, Class::OfNode),
            (r#"["reserved:ingress"]"#, Class::OfNode),
            (r#"["reserved:world"]"#, Class::Network),
            (r#"["reserved:world-ipv4"]"#, Class::Network),
            (r#"["reserved:world-ipv6"]"#, Class::Network),
            (r#"["fqdn:*.example.com"]"#, Class::Network),
            (r#"["cidr:10.0.0.0/8"]"#, Class::Network),
            (r#"["reserved:init"]"#, Class::Pod),
            (r#"["reserved:unmanaged"]"#, Class::Pod),
            (r#"["k8s:app=web"]"#, Class::Pod),
            (r#"["reserved:unknown"]"#, Class::Unknown),
            ("[]", Class::Unknown),
            ("null", Class::Unknown),
        ] {
            assert_eq!(read(labels).unwrap().class, expected, "{labels}");
        }
        assert_eq!(
            read(r#"{"app": "web"}"#).unwrap_err(),
            "expected a list of `source:key=value`"
        );
    }

    #[test]
    fn labels_of_a_pod() {
        let identity = read(
            r#"["k8s:app=web", "k8s:io.cilium.k8s.policy.cluster=default", "k8s:tier=",
                "k8s:io.cilium.k8s.namespace.labels.team=a", "k8s:io.kubernetes.pod.namespace=shop",
                "container:name=x"]"#,
        )
        .unwrap();
        assert_eq!(identity.namespace.as_deref(), Some("shop"));
        let expected = [("app", "web"), ("tier", "")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(
            *identity.labels.unwrap(),
            expected.into_iter().collect::<Labels>()
        );
        let host = read(r#"["reserved:host", "k8s:app=web"]"#).unwrap();
        assert_eq!(host.labels, None);
    }

    #[test]
    fn reserved_numbers() {
        for (number, expected) in [
            (0, Class::Unknown),
            (1, Class::ThisNode),
            (2, Class::Network),
            (3, Class::Pod),
            (4, Class::OfNode),
            (5, Class::Pod),
            (6, Class::Node),
            (7, Class::Node),
            (8, Class::OfNode),
            (9, Class::Network),
            (10, Class::Network),
            (25_339, Class::Unknown),
        ] {
            assert_eq!(reserved(Some(number)), expected, "{number}");
        }
        assert_eq!(reserved(None), Class::Unknown);
    }
}
