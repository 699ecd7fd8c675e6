//! Reports of Trivy, schema version 2: `trivy image --format json`.

use std::collections::{BTreeMap, BTreeSet};

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::{Digest, Finding, Fragment, Origin, Scan};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{Identity, each_once, non_empty, read_findings, severity, tenths, unix_seconds};

/// Classes of result that come of looking for something else than vulnerabilities.
const OTHER_CLASSES: [&str; 4] = ["config", "license", "license-file", "secret"];

/// Endings of an artifact that was read from a file and not from a registry.
const ARCHIVES: [&str; 3] = [".tar", ".tar.gz", ".tgz"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Signature {
    schema_version: Option<u64>,
    cluster_name: Option<IgnoredAny>,
    findings: Option<IgnoredAny>,
    misconfigurations: Option<IgnoredAny>,
    resources: Option<IgnoredAny>,
    vulnerabilities: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Report<'a> {
    cluster_name: Option<String>,
    artifact_name: Option<String>,
    artifact_type: Option<String>,
    created_at: Option<String>,
    metadata: Option<Metadata>,
    #[serde(borrow)]
    results: Option<Vec<ScanResult<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    #[serde(rename = "ImageID")]
    image_id: Option<String>,
    repo_tags: Option<Vec<String>>,
    repo_digests: Option<Vec<String>>,
    reference: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ScanResult<'a> {
    class: Option<String>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: Option<String>,
    pkg_name: Option<String>,
    severity: Option<String>,
    severity_source: Option<String>,
    status: Option<String>,
    #[serde(rename = "CVSS")]
    cvss: Option<BTreeMap<String, Option<Cvss>>>,
}

#[derive(Deserialize)]
struct Cvss {
    #[serde(rename = "V2Score")]
    v2: Option<f64>,
    #[serde(rename = "V3Score")]
    v3: Option<f64>,
    #[serde(rename = "V40Score")]
    v40: Option<f64>,
}

/// Whether a document is a report of Trivy, of an image or of something else.
pub(super) fn is_report(json: &RawValue) -> bool {
    let Ok(signature) = serde_json::from_str::<Signature>(json.get()) else {
        return false;
    };
    let of_cluster = signature.cluster_name.is_some()
        && (signature.findings.is_some()
            || signature.misconfigurations.is_some()
            || signature.resources.is_some()
            || signature.vulnerabilities.is_some());
    signature.schema_version == Some(2) || of_cluster
}

/// Reads one report.
pub(super) fn read(json: &RawValue, origin: &Origin, fragment: &mut Fragment, issues: &mut Issues) {
    let report = match serde_json::from_str::<Report>(json.get()) {
        Ok(report) => report,
        Err(error) => {
            let message = format!("trivy report that cannot be read: {error}");
            issues.push(
                IssueKind::InvalidObject,
                origin.file.as_ref(),
                &origin.at,
                message,
            );
            return;
        }
    };
    if let Some(subject) = other_subject(&report) {
        let message = format!("trivy report on {subject}; expected one on a container image");
        issues.push(
            IssueKind::NotAnImage,
            origin.file.as_ref(),
            &origin.at,
            message,
        );
        return;
    }
    fragment.sources.scans = true;
    let artifact = report.artifact_name.as_deref().unwrap_or_default();
    let identity = identity(&report);
    if identity.is_empty() {
        let message =
            format!("trivy report on `{artifact}` names no image; expected a tag or digest");
        issues.push(
            IssueKind::NotAnImage,
            origin.file.as_ref(),
            &origin.at,
            message,
        );
        return;
    }
    let results = report.results.as_deref().unwrap_or_default();
    let complete = looked_for_vulnerabilities(results);
    if !complete {
        let classes = results.iter().filter_map(|result| result.class.as_deref());
        let classes: Vec<&str> = classes.collect::<BTreeSet<_>>().into_iter().collect();
        let message = format!(
            "trivy report on `{}` has results of {} only; expected vulnerabilities",
            identity
                .names
                .first()
                .map_or_else(|| artifact.to_owned(), ToString::to_string),
            classes.join(", ")
        );
        issues.push(
            IssueKind::PartialScan,
            origin.file.as_ref(),
            &origin.at,
            message,
        );
    }
    let mut findings = Vec::new();
    for (index, result) in results.iter().enumerate() {
        let list = result.vulnerabilities.as_deref().unwrap_or_default();
        let at = format!("Results[{index}].Vulnerabilities");
        findings.extend(read_findings(list, &at, finding, origin, issues));
    }
    fragment.scans.push(Scan {
        at: report.created_at.as_deref().and_then(unix_seconds),
        complete,
        names: identity.names,
        manifests: identity.manifests,
        config: identity.config,
        operator: None,
        findings: each_once(findings),
        origin: origin.clone(),
    });
}

/// What a report is about when it is not about an image; none when it is. A report that does not
/// say its type is about an image when it has an image's metadata.
fn other_subject(report: &Report) -> Option<String> {
    if let Some(cluster) = &report.cluster_name {
        return Some(format!("the cluster `{cluster}`"));
    }
    let artifact = report.artifact_name.as_deref().unwrap_or_default();
    match non_empty(report.artifact_type.as_ref()) {
        Some("container_image") => None,
        Some(other) => Some(format!("the {other} `{artifact}`")),
        None => {
            let metadata = report.metadata.as_ref();
            let of_image = metadata.is_some_and(|metadata| {
                non_empty(metadata.image_id.as_ref()).is_some()
                    || references(metadata).next().is_some()
            });
            (!of_image).then(|| format!("`{artifact}`, which has no type"))
        }
    }
}

/// The image's names and digests. The artifact's name is the last resort: it is what was typed, and
/// may be the path of a file.
fn identity(report: &Report) -> Identity {
    let mut identity = Identity::default();
    if let Some(metadata) = &report.metadata {
        identity.config = metadata.image_id.as_deref().and_then(Digest::parse);
        for reference in references(metadata).chain(non_empty(metadata.reference.as_ref())) {
            identity.add_reference(reference);
        }
    }
    if identity.names.is_empty()
        && identity.manifests.is_empty()
        && let Some(artifact) = non_empty(report.artifact_name.as_ref())
        && !is_path(artifact)
    {
        identity.add_reference(artifact);
    }
    identity
}

/// The tags and digests that say something.
fn references(metadata: &Metadata) -> impl Iterator<Item = &str> {
    let lists = [&metadata.repo_tags, &metadata.repo_digests];
    lists
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|text| non_empty(Some(text)))
}

fn is_path(artifact: &str) -> bool {
    artifact.starts_with(['.', '/']) || ARCHIVES.iter().any(|ending| artifact.ends_with(ending))
}

/// Whether a scan says anything of vulnerabilities. An image without any result holds no package
/// and so no vulnerable one.
fn looked_for_vulnerabilities(results: &[ScanResult]) -> bool {
    let about_vulnerabilities = |result: &ScanResult| {
        result
            .vulnerabilities
            .as_ref()
            .is_some_and(|list| !list.is_empty())
            || !result
                .class
                .as_deref()
                .is_some_and(|class| OTHER_CLASSES.contains(&class))
    };
    results.is_empty() || results.iter().any(about_vulnerabilities)
}

/// The finding of a vulnerability; none where it has no id. Of the statuses only `not_affected`
/// clears it: `fixed` says that a fixed version exists, not that it is installed.
fn finding(vulnerability: Vulnerability) -> Option<Finding> {
    let by_vendor = vulnerability.cvss.unwrap_or_default();
    Some(Finding {
        id: vulnerability.id.filter(|id| !id.is_empty())?,
        package: vulnerability.pkg_name.unwrap_or_default(),
        severity: vulnerability.severity.as_deref().and_then(severity),
        cvss_tenths: base_score(vulnerability.severity_source.as_deref(), &by_vendor),
        suppressed: vulnerability.status.as_deref() == Some("not_affected"),
    })
}

/// The score of the first vendor that gives one: the source of the severity label, then `nvd`, then
/// the others by name. Of one vendor version 3, else 2, else 4.
fn base_score(source: Option<&str>, by_vendor: &BTreeMap<String, Option<Cvss>>) -> Option<u8> {
    let vendors = by_vendor.keys().map(String::as_str);
    source
        .into_iter()
        .chain(["nvd"])
        .chain(vendors)
        .find_map(|vendor| {
            let cvss = by_vendor.get(vendor)?.as_ref()?;
            let scores = [cvss.v3, cvss.v2, cvss.v40];
            scores.into_iter().flatten().find_map(tenths)
        })
}

#[cfg(test)]
mod tests {
    use posture_core::issue::Issue;
    use posture_core::model::CveSeverity;

    use super::*;
    use crate::images::recognise;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn read_report(json: &str) -> (Fragment, Vec<Issue>) {
        let json: &RawValue = serde_json::from_str(json).unwrap();
        assert!(recognise(json).is_some(), "{json}");
        let origin = Origin {
            file: "scan.json".into(),
            at: "items[3]".to_owned(),
        };
        let (mut fragment, mut issues) = (Fragment::default(), Issues::default());
        read(json, &origin, &mut fragment, &mut issues);
        (fragment, issues.into_list())
    }

    /// The scan of a report about which there is nothing to say.
    fn scan(json: &str) -> Scan {
        let (mut fragment, issues) = read_report(json);
        assert_eq!(issues, []);
        assert!(fragment.sources.scans);
        fragment.scans.pop().unwrap()
    }

    /// The only issue of a report.
    fn issue(json: &str) -> (Fragment, IssueKind, String) {
        let (fragment, mut issues) = read_report(json);
        assert_eq!(issues.len(), 1, "{issues:?}");
        let issue = issues.pop().unwrap();
        assert_eq!(
            (issue.file.as_str(), issue.at.get(..8)),
            ("scan.json", Some("items[3]"))
        );
        (fragment, issue.kind, issue.message)
    }

    /// The findings of an image's report with these vulnerabilities.
    fn findings(vulnerabilities: &str) -> Vec<Finding> {
        let json = r#"{"SchemaVersion": 2, "ArtifactName": "a:1", "ArtifactType": "container_image",
            "Results": [{"Class": "os-pkgs", "Vulnerabilities": LIST}]}"#;
        scan(&json.replace("LIST", vulnerabilities)).findings
    }

    fn names(scan: &Scan) -> Vec<String> {
        scan.names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn identity_and_time() {
        let json = r#"{"SchemaVersion": 2, "CreatedAt": "2021-08-25T12:20:30.000000005Z",
            "ArtifactName": "images/alpine.tar.gz", "ArtifactType": "container_image",
            "Metadata": {"ImageID": "DIGEST", "RepoTags": ["", "alpine:3.9"],
                "RepoDigests": ["alpine@DIGEST"], "Reference": "ghcr.io/o/alpine:3.9"}}"#;
        let scan = scan(&json.replace("DIGEST", DIGEST));
        assert_eq!(
            names(&scan),
            ["docker.io/library/alpine:3.9", "ghcr.io/o/alpine:3.9"]
        );
        assert_eq!(scan.manifests.first().unwrap().as_str(), DIGEST);
        assert_eq!(scan.config.unwrap().as_str(), DIGEST);
        assert_eq!(scan.at, Some(1_629_894_030));
        assert_eq!(scan.origin.at, "items[3]");
        assert!(scan.complete);
        assert_eq!(scan.findings, []);
    }

    #[test]
    fn artifact_is_the_last_resort() {
        let json = r#"{"SchemaVersion": 2, "ArtifactName": "nginx", "ArtifactType": "container_image",
            "CreatedAt": "", "Metadata": {"RepoTags": TAGS, "RepoDigests": null}, "Results": null}"#;
        let of = |tags| scan(&json.replace("TAGS", tags));
        assert_eq!(names(&of(r#"[""]"#)), ["docker.io/library/nginx:latest"]);
        assert_eq!(names(&of("null")), ["docker.io/library/nginx:latest"]);
        assert_eq!(names(&of(r#"["a/b:1"]"#)), ["docker.io/a/b:1"]);
        assert_eq!(of("[]").at, None);
    }

    #[test]
    fn an_image_without_a_name_is_kept_out() {
        for artifact in ["", "alpine.tar", "dir/alpine.tar.gz", "./layout", "/layout"] {
            let json = format!(
                r#"{{"SchemaVersion": 2, "ArtifactName": "{artifact}", "ArtifactType": "container_image"}}"#
            );
            let (fragment, kind, message) = issue(&json);
            assert_eq!(kind, IssueKind::NotAnImage);
            assert!(message.contains("names no image"), "{message}");
            assert!(fragment.sources.scans && fragment.scans.is_empty());
        }
    }

    #[test]
    fn other_subjects_are_named() {
        for (json, subject) in [
            (
                r#"{"SchemaVersion": 2, "ArtifactName": "src", "ArtifactType": "filesystem"}"#,
                "the filesystem `src`",
            ),
            (
                r#"{"SchemaVersion": 2, "ArtifactName": "nginx", "Metadata": {"RepoTags": [""]}}"#,
                "`nginx`, which has no type",
            ),
            (
                r#"{"ClusterName": "prod", "Resources": []}"#,
                "the cluster `prod`",
            ),
        ] {
            let (fragment, kind, message) = issue(json);
            assert_eq!(kind, IssueKind::NotAnImage);
            assert!(message.contains(subject), "{message}");
            assert!(!fragment.sources.scans && fragment.scans.is_empty());
        }
    }

    #[test]
    fn a_report_without_a_type_is_known_by_its_metadata() {
        for metadata in [
            r#"{"ImageID": "DIGEST"}"#,
            r#"{"RepoTags": ["alpine:3"]}"#,
            r#"{"RepoDigests": ["alpine@DIGEST"]}"#,
        ] {
            let json =
                r#"{"SchemaVersion": 2, "Metadata": METADATA}"#.replace("METADATA", metadata);
            scan(&json.replace("DIGEST", DIGEST));
        }
    }

    #[test]
    fn other_classes_alone_are_a_partial_scan() {
        let json = r#"{"SchemaVersion": 2, "ArtifactName": "a:1", "ArtifactType": "container_image",
            "Results": [{"Class": "CLASS"}, {"Class": "CLASS"}]}"#;
        for class in OTHER_CLASSES {
            let (fragment, kind, message) = issue(&json.replace("CLASS", class));
            assert_eq!(kind, IssueKind::PartialScan);
            assert!(
                message.contains(&format!(
                    "`docker.io/library/a:1` has results of {class} only"
                )),
                "{message}"
            );
            assert!(fragment.sources.scans && !fragment.scans[0].complete);
        }
        assert!(scan(&json.replace("CLASS", "lang-pkgs")).complete);
    }

    #[test]
    fn severity_label_or_score() {
        let found = findings(
            r#"[
            {"VulnerabilityID": "CVE-1", "PkgName": "a", "Severity": "HIGH"},
            {"VulnerabilityID": "CVE-2", "PkgName": "a", "Severity": "UNKNOWN",
                "CVSS": {"nvd": {"V3Score": 9.8}}},
            {"VulnerabilityID": "CVE-3", "PkgName": null, "Severity": "", "CVSS": {"nvd": null}}]"#,
        );
        let severities: Vec<_> = found.iter().map(|f| (f.severity, f.cvss_tenths)).collect();
        assert_eq!(
            severities,
            [
                (Some(CveSeverity::High), None),
                (None, Some(98)),
                (None, None)
            ]
        );
        assert_eq!(found[2].package, "");
    }

    #[test]
    fn scores_by_source_then_nvd_then_name() {
        for (source, cvss, expected) in [
            (
                "redhat",
                r#"{"nvd": {"V3Score": 9.8}, "redhat": {"V3Score": 5.5}}"#,
                Some(55),
            ),
            (
                "amazon",
                r#"{"ghsa": {"V3Score": 1.0}, "nvd": {"V3Score": 9.8}}"#,
                Some(98),
            ),
            (
                "nvd",
                r#"{"redhat": {"V3Score": 2.0}, "ghsa": {"V3Score": 1.0}}"#,
                Some(10),
            ),
            (
                "nvd",
                r#"{"nvd": {"V2Score": 7.5, "V3Score": 9.8, "V40Score": 6.0}}"#,
                Some(98),
            ),
            (
                "nvd",
                r#"{"nvd": {"V2Score": 7.5, "V40Score": 6.0}}"#,
                Some(75),
            ),
            ("nvd", r#"{"nvd": {"V40Score": 6.0}}"#, Some(60)),
            (
                "nvd",
                r#"{"nvd": {"V3Score": 98}, "redhat": {"V3Score": 4.8}}"#,
                Some(48),
            ),
            ("nvd", r#"{"nvd": {"V3Score": -1}}"#, None),
        ] {
            let list = format!(
                r#"[{{"VulnerabilityID": "CVE-1", "SeveritySource": "{source}", "CVSS": {cvss}}}]"#
            );
            assert_eq!(findings(&list)[0].cvss_tenths, expected, "{source} {cvss}");
        }
    }

    #[test]
    fn only_not_affected_is_suppressed() {
        for status in [
            "unknown",
            "not_affected",
            "affected",
            "fixed",
            "will_not_fix",
            "",
        ] {
            let list = format!(r#"[{{"VulnerabilityID": "CVE-1", "Status": "{status}"}}]"#);
            assert_eq!(
                findings(&list)[0].suppressed,
                status == "not_affected",
                "{status}"
            );
        }
    }

    #[test]
    fn findings_are_sorted_and_exact_duplicates_removed() {
        let found = findings(
            r#"[{"VulnerabilityID": "CVE-2", "PkgName": "a"}, {"VulnerabilityID": "CVE-1", "PkgName": "b"},
            {"VulnerabilityID": "CVE-2", "PkgName": "a"}, {"VulnerabilityID": "CVE-1", "PkgName": "a"}]"#,
        );
        let keys: Vec<_> = found
            .iter()
            .map(|f| (f.id.as_str(), f.package.as_str()))
            .collect();
        assert_eq!(keys, [("CVE-1", "a"), ("CVE-1", "b"), ("CVE-2", "a")]);
    }

    #[test]
    fn a_broken_finding_costs_only_itself() {
        for broken in [
            r#"{"PkgName": "b"}"#,
            r#"{"VulnerabilityID": ""}"#,
            "7",
            "null",
        ] {
            let json = r#"{"SchemaVersion": 2, "ArtifactName": "a:1", "ArtifactType": "container_image",
                "Results": [{"Vulnerabilities": [BROKEN, {"VulnerabilityID": "CVE-1"}]}]}"#;
            let (fragment, issues) = read_report(&json.replace("BROKEN", broken));
            assert_eq!(fragment.scans[0].findings.len(), 1, "{broken}");
            assert_eq!(issues.len(), 1, "{broken}");
            assert_eq!(issues[0].kind, IssueKind::InvalidObject);
            assert_eq!(issues[0].at, "items[3] Results[0].Vulnerabilities[0]");
        }
    }

    #[test]
    fn a_report_of_the_wrong_shape_is_one_issue() {
        let (fragment, kind, _) = issue(r#"{"SchemaVersion": 2, "Results": "none"}"#);
        assert_eq!(kind, IssueKind::InvalidObject);
        assert!(!fragment.sources.scans && fragment.scans.is_empty());
    }

    #[test]
    fn other_documents_are_not_recognised() {
        for json in [
            "{}",
            "null",
            "[]",
            r#"{"SchemaVersion": 1}"#,
            r#"{"ClusterName": "prod"}"#,
            r#"{"bomFormat": "CycloneDX"}"#,
            r#"{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json"}"#,
        ] {
            assert_eq!(
                recognise(serde_json::from_str(json).unwrap()),
                None,
                "{json}"
            );
        }
    }
}
