//! The names of an end.

use std::borrow::Cow;

use posture_core::model::EndKind;

use super::flow::{Endpoint, known};
use super::identity::{Class, Identity, reserved};

/// The characters of the five that Kubernetes ends the names of pods with.
const SUFFIX: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// An end by kind and names.
#[derive(Debug)]
pub(super) struct Named<'a> {
    pub(super) class: Class,
    pub(super) namespace: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) aggregate: Option<Cow<'a, str>>,
}

/// Names an end; `node` is the node that tells of the packet.
pub(super) fn named<'a>(
    endpoint: &'a Endpoint<'a>,
    identity: &'a Identity,
    node: Option<&'a str>,
) -> Named<'a> {
    let namespace = known(endpoint.namespace.as_ref()).or(identity.namespace.as_deref());
    if let Some(pod) = known(endpoint.pod_name.as_ref()) {
        return Named {
            class: Class::Pod,
            namespace,
            name: Some(pod),
            aggregate: workload(endpoint)
                .map(Cow::Borrowed)
                .or_else(|| aggregate(pod).map(Cow::Owned)),
        };
    }
    let class = match identity.class {
        Class::Unknown => reserved(endpoint.identity),
        class => class,
    };
    let (namespace, name) = match class {
        Class::Pod => (namespace, None),
        Class::ThisNode => (None, node),
        Class::OfNode if endpoint.is_local() => (None, node),
        _ => (None, None),
    };
    Named {
        class,
        namespace,
        name,
        aggregate: match class {
            Class::Pod => workload(endpoint).map(Cow::Borrowed),
            _ => None,
        },
    }
}

impl Named<'_> {
    /// What the score takes the end for.
    pub(super) const fn kind(&self) -> EndKind {
        match self.class {
            Class::Pod => EndKind::Workload,
            Class::ThisNode | Class::OfNode | Class::Node => EndKind::Host,
            Class::ApiServer | Class::Network => EndKind::Network,
            Class::Unknown => EndKind::Unknown,
        }
    }
}

/// The controller of a pod. Those of static pods are their nodes.
fn workload<'a>(endpoint: &'a Endpoint<'_>) -> Option<&'a str> {
    let mut workloads = endpoint.workloads.iter().flatten();
    workloads.find_map(|workload| match known(workload.kind.as_ref()) {
        Some("Node") => None,
        _ => known(workload.name.as_ref()),
    })
}

/// The `generateName` of a pod and `*`, where its name ends as those of controllers do: in a dash and
/// five characters, or in a dash and the number of a `StatefulSet`'s pod.
fn aggregate(pod: &str) -> Option<String> {
    let (base, last) = pod.rsplit_once('-')?;
    let random = last.len() == 5 && last.bytes().all(|byte| SUFFIX.contains(&byte));
    let ordinal = (1..=4).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_digit());
    (!base.is_empty() && (random || ordinal)).then(|| format!("{base}-*"))
}

#[cfg(test)]
mod tests {
    use super::super::identity;
    use super::*;

    #[test]
    fn names_of_pods() {
        for (pod, expected) in [
            (
                "reviews-v1-545db77b95-s6jb8",
                Some("reviews-v1-545db77b95-*"),
            ),
            ("node-local-dns-6jnx9", Some("node-local-dns-*")),
            ("backup-27893434-x7k2p", Some("backup-27893434-*")),
            ("web-0", Some("web-*")),
            ("web-1024", Some("web-*")),
            ("web-27893434", None),
            ("my-nginx", None),
            ("redis", None),
            ("-x7k2p", None),
            // Vowels, 0, 1 and 3 are in no suffix.
            ("a-x7k2a", None),
            ("a-x1k2p", None),
        ] {
            assert_eq!(aggregate(pod).as_deref(), expected, "{pod}");
        }
    }

    /// Kind, namespace, name and aggregate.
    fn of(endpoint: &str) -> (EndKind, [Option<String>; 3]) {
        let endpoint: Endpoint<'_> = serde_json::from_str(endpoint).unwrap();
        let identity = match endpoint.labels {
            Some(labels) => identity::read(labels.get()).unwrap(),
            None => Identity::default(),
        };
        let named = named(&endpoint, &identity, Some("node-1"));
        (
            named.kind(),
            [
                named.namespace.map(str::to_owned),
                named.name.map(str::to_owned),
                named.aggregate.map(Cow::into_owned),
            ],
        )
    }

    #[test]
    fn ends() {
        use EndKind::{Host, Network, Unknown, Workload};
        for (endpoint, kind, names) in [
            (
                r#"{"ID": 3, "namespace": "shop", "pod_name": "web-755cdc7957-x7k2p"}"#,
                Workload,
                [
                    Some("shop"),
                    Some("web-755cdc7957-x7k2p"),
                    Some("web-755cdc7957-*"),
                ],
            ),
            (
                r#"{"namespace": "shop", "pod_name": "web-755cdc7957-x7k2p",
                    "workloads": [{"name": "web", "kind": "Deployment"}]}"#,
                Workload,
                [Some("shop"), Some("web-755cdc7957-x7k2p"), Some("web")],
            ),
            (
                r#"{"namespace": "kube-system", "pod_name": "etcd-node-1",
                    "workloads": [{"name": "node-1", "kind": "Node"}]}"#,
                Workload,
                [
                    Some("kube-system"),
                    Some("etcd-node-1"),
                    Some("etcd-node-*"),
                ],
            ),
            (
                r#"{"pod_name": "redis", "labels": ["k8s:io.kubernetes.pod.namespace=shop"]}"#,
                Workload,
                [Some("shop"), Some("redis"), None],
            ),
            (
                r#"{"labels": ["k8s:app=web", "k8s:io.kubernetes.pod.namespace=shop"]}"#,
                Workload,
                [Some("shop"), None, None],
            ),
            (
                r#"{"identity": 1, "labels": ["reserved:host"]}"#,
                Host,
                [None, Some("node-1"), None],
            ),
            (
                r#"{"identity": 6, "labels": ["reserved:remote-node"]}"#,
                Host,
                [None; 3],
            ),
            (
                r#"{"ID": 9, "labels": ["reserved:health"]}"#,
                Host,
                [None, Some("node-1"), None],
            ),
            (r#"{"labels": ["reserved:health"]}"#, Host, [None; 3]),
            (r#"{"labels": ["reserved:world"]}"#, Network, [None; 3]),
            (
                r#"{"labels": ["reserved:kube-apiserver", "reserved:world"]}"#,
                Network,
                [None; 3],
            ),
            (r#"{"identity": 2}"#, Network, [None; 3]),
            (
                r#"{"identity": 5, "labels": ["reserved:init"]}"#,
                Workload,
                [None; 3],
            ),
            ("{}", Unknown, [None; 3]),
        ] {
            assert_eq!(
                of(endpoint),
                (kind, names.map(|name| name.map(str::to_owned))),
                "{endpoint}"
            );
        }
    }
}
