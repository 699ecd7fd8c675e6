use posture_core::issue::IssueKind;
use posture_core::model::Platform;

use crate::images::testing::{DIGEST, OTHER, issue, manifests, names, read, scan, short};

/// A report on an image with these matches.
fn report(matches: &str) -> String {
    let json = r#"{"matches": LIST, "source": {"type": "image", "target": {"userInput": "a:1"}}}"#;
    json.replace("LIST", matches)
}

#[test]
fn identity_and_time() {
    let scan = scan(
        r#"{"matches": [], "source": {"type": "image", "target": {"userInput": "typed:1",
        "imageID": "DIGEST", "manifestDigest": "OTHER", "tags": ["alpine:3.9", "ghcr.io/o/a:1"],
        "repoDigests": ["alpine@DIGEST"], "architecture": "arm64", "os": "linux"}},
        "descriptor": {"name": "grype", "timestamp": "2024-05-01T10:00:00.123456789Z"}}"#,
    );
    assert_eq!(
        names(&scan),
        ["docker.io/library/alpine:3.9", "ghcr.io/o/a:1"]
    );
    assert_eq!(manifests(&scan), [DIGEST, OTHER]);
    assert_eq!(scan.config.unwrap().as_str(), DIGEST);
    assert_eq!(scan.platform, Platform::new(Some("linux"), Some("arm64")));
    assert_eq!(scan.at, Some(1_714_557_600));
    assert!(scan.complete && scan.findings.is_empty());
}

#[test]
fn what_was_typed_is_the_last_resort() {
    let of = |target: &str| {
        let json = r#"{"matches": [], "source": {"type": "image", "target": TARGET}}"#;
        scan(&json.replace("TARGET", target))
    };
    for target in [
        r#""alpine:3.9""#,
        r#"{"userInput": "alpine:3.9", "tags": [], "repoDigests": null}"#,
        r#"{"userInput": "registry:alpine:3.9", "imageID": "", "manifestDigest": "OTHER"}"#,
    ] {
        assert_eq!(
            names(&of(target)),
            ["docker.io/library/alpine:3.9"],
            "{target}"
        );
    }
    let pinned = of(r#"{"userInput": "alpine:3.9@DIGEST"}"#);
    assert_eq!(manifests(&pinned), [DIGEST]);
}

#[test]
fn what_is_no_image() {
    for (source, word) in [
        (
            r#"{"type": "directory", "target": "/src"}"#,
            "on the directory `/src`",
        ),
        (
            r#"{"type": "file", "target": "a.jar"}"#,
            "on the file `a.jar`",
        ),
        (
            r#"{"type": "image", "target": "./a.tar"}"#,
            "`./a.tar` names no image",
        ),
        ("null", "`` names no image"),
    ] {
        let json = r#"{"matches": [], "source": SOURCE, "distro": {}}"#;
        let (fragment, kind, message) = issue(&json.replace("SOURCE", source));
        assert_eq!(kind, IssueKind::NotAnImage);
        assert!(message.contains(word), "{message}");
        assert!(fragment.scans.is_empty());
    }
}

#[test]
fn severities_and_scores() {
    let cvss = |scores: &str| {
        scan(&report(&format!(
            r#"[{{"vulnerability": {{"id": "CVE-1", "severity": "Unknown", "cvss": [{scores}]}},
            "relatedVulnerabilities": [{{"id": "CVE-2", "severity": "High", "cvss": [
                {{"version": "3.1", "metrics": {{"baseScore": 1.0}}}}]}}],
            "artifact": {{"name": "p"}}}}]"#
        )))
        .findings
    };
    let (two, three) = (
        r#"{"version": "2.0", "metrics": {"baseScore": 5}}"#,
        r#"{"version": "3.1", "metrics": {"baseScore": 9.8}}"#,
    );
    assert_eq!(short(&cvss(&format!("{two}, {three}"))), ["CVE-1 p 98"]);
    assert_eq!(short(&cvss(two)), ["CVE-1 p 50"]);
    assert_eq!(short(&cvss("")), ["CVE-1 p 10"], "a related one's");
    for (severity, expected) in [
        (r#""Negligible""#, "CVE-1  Negligible"),
        (r#""Critical""#, "CVE-1  Critical"),
        (r#""Unknown""#, "CVE-1 "),
        ("null", "CVE-1 "),
    ] {
        let list = r#"[{"vulnerability": {"id": "CVE-1", "severity": SEVERITY}, "artifact": {}}]"#;
        let scan = scan(&report(&list.replace("SEVERITY", severity)));
        assert_eq!(short(&scan.findings), [expected]);
    }
}

#[test]
fn ignored_matches_are_suppressed() {
    let found = r#"{"vulnerability": {"id": "ID", "severity": "High"}, "artifact":
        {"name": "p", "purl": "pkg:npm/p@1"}}"#;
    let json = r#"{"matches": [ONE], "ignoredMatches": [TWO], "source": {"target": "a:1"}}"#;
    let json = json
        .replace("ONE", &found.replace("ID", "CVE-1"))
        .replace("TWO", &found.replace("ID", "CVE-2"));
    let scan = scan(&json);
    assert_eq!(short(&scan.findings), ["CVE-1 p High", "CVE-2 p High -"]);
    assert_eq!(scan.findings[0].purl.as_ref().unwrap().kind, "npm");
}

#[test]
fn a_broken_match_costs_only_itself() {
    let list =
        r#"[{"vulnerability": {"id": "CVE-1"}}, {"artifact": {}}, {"vulnerability": 7}, null]"#;
    let (fragment, issues) = read(&report(list));
    assert_eq!(short(&fragment.scans[0].findings), ["CVE-1 "]);
    let places: Vec<&str> = issues.iter().map(|issue| issue.at.as_str()).collect();
    assert_eq!(
        places,
        [
            "items[3] matches[1]",
            "items[3] matches[2]",
            "items[3] matches[3]"
        ]
    );
}
