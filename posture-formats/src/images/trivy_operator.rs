//! `VulnerabilityReport` (aquasecurity.github.io), which trivy-operator makes of every container.

use std::collections::BTreeMap;

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::{Digest, Finding, Fragment, OperatorLabels, Origin, Scan};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Identity, each_once, non_empty, read_findings, severity, tenths, unix_seconds};
use crate::json;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct VulnerabilityReport<'a> {
    metadata: Option<Metadata>,
    #[serde(borrow)]
    report: Option<Report<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(expecting = "an object")]
struct Metadata {
    namespace: Option<String>,
    name: Option<String>,
    labels: Option<BTreeMap<String, Option<String>>>,
    annotations: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a report")]
struct Report<'a> {
    update_timestamp: Option<String>,
    registry: Option<Registry>,
    artifact: Option<Artifact>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Registry {
    server: Option<String>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Artifact {
    repository: Option<String>,
    tag: Option<String>,
    digest: Option<String>,
}

#[derive(Deserialize)]
#[serde(expecting = "a vulnerability")]
struct Vulnerability {
    #[serde(rename = "vulnerabilityID")]
    id: Option<String>,
    resource: Option<String>,
    severity: Option<String>,
    score: Option<f64>,
}

/// Reads one `VulnerabilityReport`.
pub(crate) fn read_vulnerability_report(
    json: &RawValue,
    origin: &Origin,
    fragment: &mut Fragment,
    issues: &mut Issues,
) {
    fragment.sources.scans = true;
    let object = match serde_json::from_str::<VulnerabilityReport>(json.get()) {
        Ok(object) => object,
        Err(error) => {
            let message = format!(
                "VulnerabilityReport that cannot be read: {}",
                json::message(&error)
            );
            issues.push(
                IssueKind::InvalidObject,
                origin.file.as_ref(),
                &origin.at,
                message,
            );
            return;
        }
    };
    let metadata = object.metadata.unwrap_or_default();
    let name = metadata.name.as_deref().unwrap_or_default();
    let operator = operator_labels(&metadata);
    let identity = object.report.as_ref().map(identity).unwrap_or_default();
    let problem = match (&object.report, &operator) {
        (None, Some(_)) => Some((
            IssueKind::PartialScan,
            "has no report; its image is unscanned",
        )),
        (None, None) => Some((IssueKind::InvalidObject, "has no report; expected `report`")),
        (Some(_), None) if identity.is_empty() => Some((
            IssueKind::NotAnImage,
            "names no image; expected labels, a tag or a digest",
        )),
        (Some(_), _) => None,
    };
    if let Some((kind, what)) = problem {
        let message = format!("VulnerabilityReport `{name}` {what}");
        issues.push(kind, origin.file.as_ref(), &origin.at, message);
    }
    if operator.is_none() && identity.is_empty() {
        return;
    }
    let report = object.report.as_ref();
    let list = report
        .and_then(|report| report.vulnerabilities.as_deref())
        .unwrap_or_default();
    let findings = read_findings(list, "report.vulnerabilities", finding, origin, issues);
    fragment.scans.push(Scan {
        at: report
            .and_then(|report| report.update_timestamp.as_deref())
            .and_then(unix_seconds),
        complete: report.is_some(),
        names: identity.names,
        manifests: identity.manifests,
        config: identity.config,
        operator,
        findings: each_once(findings),
        origin: origin.clone(),
    });
}

/// The container that a report is about; none unless all of it is said. A name that is too long for
/// a label is an annotation.
fn operator_labels(metadata: &Metadata) -> Option<OperatorLabels> {
    let maps = [&metadata.labels, &metadata.annotations];
    let value = |field: &str| {
        let key = format!("trivy-operator.{field}");
        let mut values = maps.into_iter().flatten().filter_map(|map| map.get(&key));
        values
            .find_map(|value| non_empty(value.as_ref()))
            .map(str::to_owned)
    };
    let namespace = || non_empty(metadata.namespace.as_ref()).map(str::to_owned);
    Some(OperatorLabels {
        namespace: value("resource.namespace").or_else(namespace)?,
        kind: value("resource.kind")?,
        name: value("resource.name")?,
        container: value("container.name")?,
    })
}

/// The image's name and digest. The digest is the manifest's where the container named its image by
/// digest, and then there is no tag; beside a tag it is the image id, which the scan found.
fn identity(report: &Report) -> Identity {
    let mut identity = Identity::default();
    let Some(artifact) = &report.artifact else {
        return identity;
    };
    let tag = non_empty(artifact.tag.as_ref());
    let digest = artifact.digest.as_deref().and_then(Digest::parse);
    if tag.is_some() {
        identity.config = digest;
    } else {
        identity.manifests.extend(digest);
    }
    let server = report
        .registry
        .as_ref()
        .and_then(|registry| non_empty(registry.server.as_ref()));
    if let (Some(repository), Some(tag)) = (non_empty(artifact.repository.as_ref()), tag) {
        match server {
            Some(server) => identity.add_reference(&format!("{server}/{repository}:{tag}")),
            None => identity.add_reference(&format!("{repository}:{tag}")),
        }
    }
    identity
}

/// The finding of a vulnerability; none where it has no id.
fn finding(vulnerability: Vulnerability) -> Option<Finding> {
    Some(Finding {
        id: vulnerability.id.filter(|id| !id.is_empty())?,
        package: vulnerability.resource.unwrap_or_default(),
        severity: vulnerability.severity.as_deref().and_then(severity),
        cvss_tenths: vulnerability.score.and_then(tenths),
        suppressed: false,
    })
}

#[cfg(test)]
mod tests {
    use posture_core::issue::Issue;
    use posture_core::model::CveSeverity;

    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const LABELS: &str = r#"{"trivy-operator.resource.kind": "ReplicaSet",
        "trivy-operator.resource.name": "web-965685897",
        "trivy-operator.resource.namespace": "shop", "trivy-operator.container.name": "nginx"}"#;

    fn read(json: &str) -> (Fragment, Vec<Issue>) {
        let json = json.replace("LABELS", LABELS).replace("DIGEST", DIGEST);
        let json: &RawValue = serde_json::from_str(&json).unwrap();
        let (mut fragment, mut issues) = (Fragment::default(), Issues::default());
        read_vulnerability_report(json, &Origin::default(), &mut fragment, &mut issues);
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
        let tagged =
            scan_of(r#"{"repository": "library/ubuntu", "tag": "20.04", "digest": "DIGEST"}"#);
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
}
