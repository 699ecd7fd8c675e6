//! What tests of the readers share.

use posture_core::issue::{Issue, IssueKind, Issues};
use posture_core::model::{Digest, Finding, Fragment, Origin, Scan, VexStatement};

use super::{Format, recognise, recognise_array};
use crate::envelope;

pub(super) const DIGEST: &str =
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
pub(super) const OTHER: &str =
    "sha256:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

/// What is read of a document, in which `DIGEST` and `OTHER` stand for digests.
pub(super) fn read(json: &str) -> (Fragment, Vec<Issue>) {
    let json = json.replace("DIGEST", DIGEST).replace("OTHER", OTHER);
    let format = recognised(&json).expect(&json);
    let origin = Origin {
        file: "scan.json".into(),
        at: "items[3]".to_owned(),
    };
    let (mut fragment, mut issues) = (Fragment::default(), Issues::default());
    super::read(format, &json, &origin, &mut fragment, &mut issues);
    (fragment, issues.into_list())
}

pub(super) fn recognised(json: &str) -> Option<Format> {
    match json.starts_with('[') {
        true => recognise_array(&envelope::elements(json).0),
        false => recognise(&envelope::open(json).0),
    }
}

/// The scans of a document about which there is nothing to say.
pub(super) fn scans(json: &str) -> Vec<Scan> {
    let (fragment, issues) = read(json);
    assert_eq!(issues, []);
    assert!(fragment.sources.scans);
    fragment.scans
}

/// The only one of them.
pub(super) fn scan(json: &str) -> Scan {
    let mut scans = scans(json);
    assert_eq!(scans.len(), 1);
    scans.pop().unwrap()
}

/// The only issue of a document.
pub(super) fn issue(json: &str) -> (Fragment, IssueKind, String) {
    let (fragment, mut issues) = read(json);
    assert_eq!(issues.len(), 1, "{issues:?}");
    let issue = issues.pop().unwrap();
    assert_eq!(
        (issue.file.as_str(), issue.at.get(..8)),
        ("scan.json", Some("items[3]"))
    );
    (fragment, issue.kind, issue.message)
}

/// The statements of a document about which there is nothing to say. It makes no image scanned.
pub(super) fn statements(json: &str) -> Vec<VexStatement> {
    let (fragment, issues) = read(json);
    assert_eq!(issues, []);
    assert!(fragment.scans.is_empty() && !fragment.sources.scans);
    fragment.vex
}

pub(super) fn names(scan: &Scan) -> Vec<String> {
    scan.names.iter().map(ToString::to_string).collect()
}

pub(super) fn manifests(scan: &Scan) -> Vec<&str> {
    scan.manifests.iter().map(Digest::as_str).collect()
}

/// Findings in short: `CVE-1 openssl High 75`, and `-` where it is suppressed.
pub(super) fn short(findings: &[Finding]) -> Vec<String> {
    let short = |finding: &Finding| {
        let severity = finding.severity.map(|severity| format!("{severity:?}"));
        let score = finding.cvss_tenths.map(|score| score.to_string());
        let parts = [
            Some(finding.id.clone()),
            Some(finding.package.clone()),
            severity,
            score,
            finding.suppressed.then(|| "-".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(" ")
    };
    findings.iter().map(short).collect()
}
