use posture_core::issue::Issue;
use posture_core::model::CveSeverity;

use super::*;

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const LABELS: &str = r#"{"trivy-operator.resource.kind": "ReplicaSet",
    "trivy-operator.resource.name": "web-965685897",
    "trivy-operator.resource.namespace": "shop", "trivy-operator.container.name": "nginx"}"#;

fn read(json: &str) -> (Fragment, Vec<Issue>) {
    let json = json.replace("LABELS", LABELS).replace("DIGEST", DIGEST);
    let (mut fragment, mut issues) = (Fragment::default(), Issues::default());
    read_vulnerability_report(&json, &Origin::default(), &mut fragment, &mut issues);
    assert!(fragment.sources.scans);
    (fragment, issues.into_list())
}

/// The scan of a report about which there is nothing to say.
fn scan(json: &str) -> Scan {
    let (mut fragment, issues) = read(json);
    assert_eq!(issues, []);
    fragment.scans.pop().unwrap()
}

/// The scan of a report on this artifact.
fn scan_of(artifact: &str) -> Scan {
    let json = r#"{"metadata": {"labels": LABELS}, "report":
        {"registry": {"server": "index.docker.io"}, "artifact": ARTIFACT, "vulnerabilities": null}}"#;
    scan(&json.replace("ARTIFACT", artifact))
}

fn names(scan: &Scan) -> Vec<String> {
    scan.names.iter().map(ToString::to_string).collect()
}

#[test]
fn a_whole_report() {
    let scan = scan(
        r#"{"metadata": {"name": "r", "namespace": "shop", "labels": LABELS}, "report": {
        "updateTimestamp": "2023-03-23T16:23:01Z", "registry": {"server": "index.docker.io"},
        "artifact": {"repository": "library/nginx", "tag": "alpine"}, "vulnerabilities": [
        {"vulnerabilityID": "CVE-2", "resource": "curl", "severity": "UNKNOWN", "score": 7.05},
        {"vulnerabilityID": "CVE-1", "resource": "curl", "severity": "CRITICAL", "score": null},
        {"vulnerabilityID": "CVE-1", "resource": "curl", "severity": "CRITICAL"}]}}"#,
    );
    assert_eq!(scan.at, Some(1_679_588_581));
    assert_eq!(names(&scan), ["docker.io/library/nginx:alpine"]);
    assert!(scan.complete);
    let labels = scan.operator.unwrap();
    assert_eq!(
        [labels.namespace, labels.kind, labels.name, labels.container],
        ["shop", "ReplicaSet", "web-965685897", "nginx"]
    );
    let found: Vec<_> = scan
        .findings
        .iter()
        .map(|f| (f.id.as_str(), f.severity, f.cvss_tenths))
        .collect();
    let critical = Some(CveSeverity::Critical);
    assert_eq!(
        found,
        [("CVE-1", critical, None), ("CVE-2", None, Some(71))]
    );
}

#[test]
fn digest_is_the_manifests_only_without_a_tag() {
    let tagged = scan_of(r#"{"repository": "library/ubuntu", "tag": "20.04", "digest": "DIGEST"}"#);
    assert_eq!(names(&tagged), ["docker.io/library/ubuntu:20.04"]);
    assert_eq!(tagged.config.unwrap().as_str(), DIGEST);
    assert!(tagged.manifests.is_empty());

    let pinned = scan_of(r#"{"repository": "library/ubuntu", "tag": "", "digest": "DIGEST"}"#);
    assert_eq!(pinned.manifests.first().unwrap().as_str(), DIGEST);
    assert!(pinned.names.is_empty() && pinned.config.is_none());

    let plain = scan_of(r#"{"repository": "a/b", "tag": "1", "digest": null}"#);
    assert!(plain.manifests.is_empty() && plain.config.is_none());
}

#[test]
fn namespace_of_the_report_stands_in_for_the_label() {
    let scan = scan(
        r#"{"metadata": {"namespace": "shop", "labels": {"trivy-operator.resource.kind": "Pod",
        "trivy-operator.container.name": "c"}, "annotations": {"trivy-operator.resource.name": "long"}},
        "report": {}}"#,
    );
    let labels = scan.operator.unwrap();
    assert_eq!(
        (labels.namespace.as_str(), labels.name.as_str()),
        ("shop", "long")
    );
}

#[test]
fn without_labels_the_name_remains() {
    let scan = scan(
        r#"{"metadata": {"labels": null}, "report": {"registry": {"server": "quay.io"},
        "artifact": {"repository": "a/b", "tag": "1"}}}"#,
    );
    assert_eq!(names(&scan), ["quay.io/a/b:1"]);
    assert_eq!(scan.operator, None);
}

#[test]
fn a_report_that_is_not_there() {
    let (fragment, issues) = read(r#"{"metadata": {"labels": LABELS}, "report": null}"#);
    assert!(!fragment.scans[0].complete);
    assert_eq!(issues[0].kind, IssueKind::PartialScan);
    for json in [r#"{"metadata": {"name": "r"}}"#, r#"{"report": 7}"#] {
        let (fragment, issues) = read(json);
        assert!(fragment.scans.is_empty());
        assert_eq!(
            (issues.len(), issues[0].kind),
            (1, IssueKind::InvalidObject)
        );
    }
}

#[test]
fn a_report_on_no_image() {
    let (fragment, issues) = read(r#"{"report": {"vulnerabilities": []}}"#);
    assert!(fragment.scans.is_empty());
    assert_eq!((issues.len(), issues[0].kind), (1, IssueKind::NotAnImage));
}

#[test]
fn a_broken_finding_costs_only_itself() {
    let (fragment, issues) = read(
        r#"{"metadata": {"labels": LABELS}, "report": {"vulnerabilities":
        [{"resource": "curl"}, {"vulnerabilityID": "CVE-1"}]}}"#,
    );
    assert_eq!(fragment.scans[0].findings.len(), 1);
    assert_eq!(
        (issues.len(), issues[0].at.as_str()),
        (1, "report.vulnerabilities[0]")
    );
}
