use serde_json::json;

use super::*;

#[test]
fn wrappers_stay() {
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "uid": "1"}});
    let kept = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}});
    assert_eq!(used(pod.clone()), Some(kept.clone()));
    assert_eq!(used(json!([pod])), Some(json!([kept])));
    let list = json!({"apiVersion": "v1", "kind": "List", "metadata": {"x": 1}, "items": [pod]});
    assert_eq!(
        used(list),
        Some(json!({"apiVersion": "v1", "kind": "List", "items": [kept]}))
    );
    let typed = json!({"apiVersion": "v1", "kind": "PodList",
                       "items": [{"metadata": {"name": "a", "uid": "1"}}]});
    assert_eq!(
        used(typed),
        Some(
            json!({"apiVersion": "v1", "kind": "PodList", "items": [{"metadata": {"name": "a"}}]})
        )
    );
}

#[test]
fn what_does_not_say_its_kind_is_no_object() {
    for document in [
        json!({"SchemaVersion": 2}),
        json!({"items": [{"metadata": {"name": "a"}}]}),
        json!([{"kind": "Pod"}, {"metadata": {}}]),
        json!("text"),
    ] {
        assert_eq!(used(document.clone()), None, "{document}");
    }
}

#[test]
fn kinds_of_one_name_are_told_apart_by_their_group() {
    let kept = |version: &str| {
        let spec = json!({"podSelector": {}, "selector": "all()", "other": 1});
        let object = json!({"apiVersion": version, "kind": "NetworkPolicy", "spec": spec});
        used(object).expect("an object")["spec"].clone()
    };
    assert_eq!(kept("networking.k8s.io/v1"), json!({"podSelector": {}}));
    assert_eq!(kept("projectcalico.org/v3"), json!({"selector": "all()"}));
    assert_eq!(kept("crd.antrea.io/v1beta1"), Value::Null);
    assert_eq!(kept("example.org/v1"), Value::Null);
}

#[test]
fn arguments_pass_where_they_name_ranges_of_the_cluster() {
    let kept = |namespace: &str, kind: &str| {
        let container = json!({"name": "c", "command": ["/usr/bin/kube-proxy", "--token=secret"],
                               "args": ["--cluster-cidr", "10.244.0.0/16"]});
        let spec = json!({"containers": [container]});
        let spec = match kind {
            "Pod" => spec,
            "CronJob" => json!({"jobTemplate": {"spec": {"template": {"spec": spec}}}}),
            _ => json!({"template": {"spec": spec}}),
        };
        let object = json!({"kind": kind, "metadata": {"namespace": namespace}, "spec": spec});
        let used = used(object).expect("an object").to_string();
        assert!(!used.contains("secret"), "{used}");
        used.contains(r#""command":["kube-proxy","--cluster-cidr=10.244.0.0/16"]"#)
    };
    for kind in ["Pod", "DaemonSet", "CronJob"] {
        assert!(kept("kube-system", kind), "{kind}");
        assert!(!kept("shop", kind), "{kind}");
    }
}

#[test]
fn labels_in_annotations_become_labels() {
    let annotations = json!({"projectcalico.org/metadata": r#"{"labels": {"a": "kept"}}"#});
    let metadata = json!({"labels": {"a": "own", "b": "own"}, "annotations": annotations});
    let set = json!({"apiVersion": "crd.projectcalico.org/v1", "kind": "GlobalNetworkSet", "metadata": metadata});
    let used_set = used(set).expect("an object");
    assert_eq!(
        used_set["metadata"],
        json!({"labels": {"a": "kept", "b": "own"}})
    );

    let key = "trivy-operator.resource.name";
    let report = |labels: Value, annotations: Value| {
        let metadata = json!({"labels": labels, "annotations": annotations});
        let report = json!({"apiVersion": "aquasecurity.github.io/v1alpha1",
                            "kind": "VulnerabilityReport", "metadata": metadata});
        used(report).expect("an object")["metadata"]["labels"][key].clone()
    };
    assert_eq!(report(json!({}), json!({key: "long"})), json!("long"));
    assert_eq!(
        report(json!({key: "short"}), json!({key: "long"})),
        json!("short")
    );
}
