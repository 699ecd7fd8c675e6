use posture_core::issue::IssueKind;

use super::*;
use crate::read_text;

fn told(json: &str) -> Option<(String, String)> {
    recognise(json).map(|told| (told.kind, told.api_version.unwrap_or_default()))
}

#[test]
fn links_name_the_resource() {
    for (link, kind, version) in [
        ("/api/v1/namespaces/shop/pods/web", "Pod", "v1"),
        ("/api/v1/namespaces/shop", "Namespace", "v1"),
        ("/api/v1/nodes/n1", "Node", "v1"),
        (
            "/apis/apps/v1beta2/namespaces/shop/deployments/web",
            "Deployment",
            "apps/v1beta2",
        ),
        (
            "/apis/crd.projectcalico.org/v1/globalnetworkpolicies/default.deny",
            "GlobalNetworkPolicy",
            "crd.projectcalico.org/v1",
        ),
        (
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/admin",
            "clusterroles",
            "rbac.authorization.k8s.io/v1",
        ),
    ] {
        let json = format!(r#"{{"metadata": {{"name": "x", "selfLink": "{link}"}}}}"#);
        assert_eq!(told(&json), Some((kind.to_owned(), version.to_owned())));
    }
    for link in ["", "/", "/api/v1/pods", "/version", "pods/web"] {
        assert_eq!(
            told(&format!(r#"{{"metadata": {{"selfLink": "{link}"}}}}"#)),
            None
        );
    }
}

#[test]
fn what_was_applied_is_the_object_where_it_has_its_name() {
    let object = |name: &str| {
        let applied =
            r#"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}"#;
        format!(
            r#"{{"metadata": {{"name": "{name}", "annotations": {{"{LAST_APPLIED}": "{applied}"}}}}}}"#
        )
    };
    assert_eq!(
        told(&object("c")),
        Some(("ConfigMap".to_owned(), "v1".to_owned()))
    );
    assert_eq!(told(&object("copy")), None);
}

const TEMPLATE: &str = r#""template": {"spec": {"containers": [{"name": "c"}]}}"#;
const SELECTOR: &str = r#""selector": {"matchLabels": {"app": "web"}}"#;

/// Spec and status of an object, and the kind that only they can be of.
fn shapes() -> Vec<(String, &'static str, Option<&'static str>)> {
    let pod = r#"{"containers": [], "restartPolicy": "Always"}"#.to_owned();
    let of = |fields: &str| format!("{{{SELECTOR}, {TEMPLATE}{fields}}}");
    vec![
        (pod.clone(), r#"{"phase": "Running"}"#, Some("Pod")),
        (pod.clone(), r#"{"phase": "Ready"}"#, None),
        (pod, "{}", None),
        (
            r#"{"containers": []}"#.to_owned(),
            r#"{"phase": "Running"}"#,
            None,
        ),
        (
            r#"{"podCIDR": "10.0.0.0/24"}"#.to_owned(),
            r#"{"nodeInfo": {"kubeletVersion": "v1"}}"#,
            Some("Node"),
        ),
        (
            r#"{"finalizers": ["kubernetes"]}"#.to_owned(),
            r#"{"phase": "Active"}"#,
            Some("Namespace"),
        ),
        (
            r#"{"finalizers": ["other"]}"#.to_owned(),
            r#"{"phase": "Active"}"#,
            None,
        ),
        (
            r#"{"type": "ClusterIP", "clusterIP": "10.0.0.1", "sessionAffinity": "None"}"#
                .to_owned(),
            "{}",
            Some("Service"),
        ),
        (
            r#"{"type": "ExternalName", "externalName": "x.org", "sessionAffinity": "None"}"#
                .to_owned(),
            "{}",
            Some("Service"),
        ),
        (r#"{"type": "ClusterIP"}"#.to_owned(), "{}", None),
        (
            of(r#", "replicas": 1, "strategy": {"type": "RollingUpdate"}"#),
            r#"{"replicas": 1}"#,
            Some("Deployment"),
        ),
        (
            of(r#", "replicas": 1, "strategy": {"canary": {}}"#),
            r#"{"replicas": 1}"#,
            None,
        ),
        (
            of(r#", "triggers": [], "strategy": {"type": "Recreate"}"#),
            r#"{"replicas": 1}"#,
            None,
        ),
        (
            of(r#", "replicas": 1"#),
            r#"{"replicas": 1}"#,
            Some("ReplicaSet"),
        ),
        (
            of(r#", "replicas": 1, "paused": false"#),
            r#"{"replicas": 1}"#,
            None,
        ),
        (
            of(r#", "updateStrategy": {"type": "RollingUpdate"}"#),
            r#"{"numberMisscheduled": 0}"#,
            Some("DaemonSet"),
        ),
        (
            of(r#", "updateStrategy": {}, "podManagementPolicy": "Parallel""#),
            "{}",
            Some("StatefulSet"),
        ),
        (of(r#", "updateStrategy": {}"#), "{}", None),
        (of(r#", "backoffLimit": 6"#), "{}", Some("Job")),
        (
            format!(r#"{{"selector": {{"app": "web"}}, "replicas": 1, {TEMPLATE}}}"#),
            r#"{"replicas": 1}"#,
            Some("ReplicationController"),
        ),
        (
            format!(r#"{{"schedule": "@daily", "jobTemplate": {{"spec": {{{TEMPLATE}}}}}}}"#),
            "{}",
            Some("CronJob"),
        ),
        (
            r#"{"podSelector": {}, "policyTypes": ["Ingress"]}"#.to_owned(),
            "{}",
            None,
        ),
    ]
}

#[test]
fn shapes_that_only_one_kind_has() {
    for (spec, status, expected) in shapes() {
        let json =
            format!(r#"{{"metadata": {{"name": "x"}}, "spec": {spec}, "status": {status}}}"#);
        let kind = told(&json).map(|(kind, _)| kind);
        assert_eq!(kind.as_deref(), expected, "{json}");
    }
    let account = r#"{"metadata": {"name": "x", "namespace": "a"}, "secrets": [{"name": "t"}]}"#;
    assert_eq!(
        told(account).map(|told| told.0).as_deref(),
        Some("ServiceAccount")
    );
    let slice = r#"{"metadata": {"name": "x"}, "addressType": "IPv4", "endpoints": []}"#;
    assert_eq!(
        told(slice).map(|told| told.0).as_deref(),
        Some("EndpointSlice")
    );
    assert_eq!(
        told(r#"{"metadata": {"name": "x"}, "data": {"a": "b"}}"#),
        None
    );
}

#[test]
fn the_group_of_a_network_policy_must_be_told() {
    let policy = |version: &str| {
        format!(
            r#"{{"metadata": {{"name": "x", "managedFields": [{{"apiVersion": "{version}"}}]}},
                "spec": {{"podSelector": {{}}, "policyTypes": ["Ingress"]}}}}"#
        )
    };
    let kind = told(&policy("networking.k8s.io/v1")).map(|told| told.0);
    assert_eq!(kind.as_deref(), Some("NetworkPolicy"));
    assert_eq!(told(&policy("projectcalico.org/v3")), None);
}

#[test]
fn items_without_kind_are_read_in_every_wrapper() {
    let pod = r#"{"metadata": {"name": "p", "namespace": "a"}, "spec": {"restartPolicy": "Always", "containers": [{"name": "c", "image": "nginx"}]}, "status": {"phase": "Running"}}"#;
    for (text, at) in [
        (pod.to_owned(), ""),
        (format!("{pod}\n{{\"metadata\": {{}}}}\n"), "line 1"),
        (format!("[{pod}, {{\"metadata\": {{}}}}]"), "[0]"),
        (format!(r#"{{"items": [{pod}]}}"#), "items[0]"),
        (
            format!(r#"{{"kind": "List", "items": [{pod}]}}"#),
            "items[0]",
        ),
        (format!(r#"{{"id": {pod}}}"#), "`id`"),
    ] {
        let (fragment, issues) = read_text(&text);
        assert_eq!(fragment.pods.len(), 1, "{text}: {issues:?}");
        assert!(fragment.sources.pods);
        assert_eq!(fragment.pods[0].origin.at, at);
        let kindless = usize::from(text.contains("{}}"));
        assert_eq!(issues.len(), kindless, "{text}: {issues:?}");
        assert!(
            issues
                .iter()
                .all(|issue| issue.kind == IssueKind::InvalidObject
                    && issue.message
                        == "the object has no `kind`, and none can be told from its fields")
        );
    }
}
