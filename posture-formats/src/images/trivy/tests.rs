use posture_core::issue::IssueKind;
use posture_core::model::{CveSeverity, Finding, Platform};

use super::results::OTHER_CLASSES;
use crate::images::testing::{DIGEST, issue, names, read as read_report, recognised, scan, short};

/// The findings of an image's report with these vulnerabilities.
fn findings(vulnerabilities: &str) -> Vec<Finding> {
    let json = r#"{"SchemaVersion": 2, "ArtifactName": "a:1", "ArtifactType": "container_image",
        "Results": [{"Class": "os-pkgs", "Vulnerabilities": LIST}]}"#;
    scan(&json.replace("LIST", vulnerabilities)).findings
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
fn the_platform() {
    let json = r#"{"SchemaVersion": 2, "ArtifactName": "a:1", "ArtifactType": "container_image",
        "Metadata": {"ImageConfig": CONFIG}}"#;
    let of = |config| scan(&json.replace("CONFIG", config)).platform;
    let arm = Platform::new(Some("linux"), Some("arm64"));
    assert_eq!(of(r#"{"architecture": "arm64", "os": "linux"}"#), arm);
    for nothing in [r#"{"architecture": "", "os": ""}"#, "{}", "null"] {
        assert_eq!(of(nothing), Platform::default(), "{nothing}");
    }
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
            "the cluster `prod` without scans of its images",
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
        let json = r#"{"SchemaVersion": 2, "Metadata": METADATA}"#.replace("METADATA", metadata);
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
        r#"[{"Target": "a"}]"#,
        r#"[{"kind": "Pod", "Type": "x"}]"#,
        r#"{"SchemaVersion": 1}"#,
        r#"{"ClusterName": "prod"}"#,
        r#"{"bomFormat": "other", "matches": []}"#,
        r#"{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json"}"#,
    ] {
        assert_eq!(recognised(json), None, "{json}");
    }
}

#[test]
fn what_was_taken_away_is_suppressed() {
    let scan = scan(
        r#"{"SchemaVersion": 2, "ArtifactName": "a:1", "ArtifactType": "container_image",
        "Results": [{"Class": "lang-pkgs", "Vulnerabilities": [
            {"VulnerabilityID": "CVE-1", "PkgName": "p", "Severity": "HIGH"}],
        "ExperimentalModifiedFindings": [
            {"Type": "vulnerability", "Status": "not_affected", "Finding":
                {"VulnerabilityID": "CVE-2", "PkgName": "p", "Severity": "CRITICAL"}},
            {"Type": "vulnerability", "Status": "ignored", "Finding":
                {"VulnerabilityID": "CVE-3", "PkgName": "q", "Severity": "LOW"}},
            {"Type": "license", "Status": "ignored", "Finding": {"Name": "MIT"}}]}]}"#,
    );
    let expected = ["CVE-1 p High", "CVE-2 p Critical -", "CVE-3 q Low -"];
    assert_eq!(short(&scan.findings), expected);
}

#[test]
fn packages_have_their_url() {
    let purl = "pkg:deb/debian/apt@2.6.1?arch=amd64";
    let list = format!(
        r#"[{{"VulnerabilityID": "CVE-1", "PkgIdentifier": {{"PURL": "{purl}"}}}},
        {{"VulnerabilityID": "CVE-2", "PkgIdentifier": {{"PURL": "apt"}}}}]"#
    );
    let found = findings(&list);
    let url = found[0].purl.as_ref().unwrap();
    assert_eq!(
        (url.name.as_str(), url.version.as_deref()),
        ("apt", Some("2.6.1"))
    );
    assert_eq!(found[1].purl, None);
}

#[test]
fn old_reports_are_arrays_of_results() {
    let json = r#"[{"Target": "TARGET", "Type": "debian", "Vulnerabilities": [
        {"VulnerabilityID": "CVE-1", "PkgName": "apt", "Severity": "HIGH"}]},
        {"Target": "app/package-lock.json", "Type": "npm", "Vulnerabilities": null}]"#;
    let of = |target| scan(&json.replace("TARGET", target));
    let report = of("debian (debian 10.8)");
    assert_eq!(names(&report), ["docker.io/library/debian:latest"]);
    assert_eq!(short(&report.findings), ["CVE-1 apt High"]);
    assert!(report.complete);
    assert_eq!(
        names(&of("ghcr.io/o/app:1 (alpine 3.9.4)")),
        ["ghcr.io/o/app:1"]
    );
    for unnamed in [
        "app/yarn.lock",
        "alpine.tar (alpine 3.9.4)",
        " (alpine 3.9.4)",
    ] {
        let (fragment, kind, message) = issue(&json.replace("TARGET", unnamed));
        assert!(fragment.scans.is_empty());
        assert_eq!(kind, IssueKind::NotAnImage, "{message}");
    }
}
