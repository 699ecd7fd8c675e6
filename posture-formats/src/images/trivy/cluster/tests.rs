use posture_core::issue::IssueKind;

use crate::images::testing::{DIGEST, OTHER, issue, manifests, names, read, scan, scans, short};

/// The results of an image: of its system and of a lock file.
fn results(image: &str, id: &str) -> String {
    format!(
        r#"{{"Target": "{image} (debian 12.1)", "Class": "os-pkgs", "Type": "debian",
            "Vulnerabilities": [{{"VulnerabilityID": "{id}", "PkgName": "apt", "Severity": "HIGH"}}]}},
        {{"Target": "Node.js", "Class": "lang-pkgs", "Type": "node-pkg", "Vulnerabilities": [
            {{"VulnerabilityID": "{id}", "PkgName": "npm", "Severity": "LOW"}}]}}"#
    )
}

const MANIFEST: &str = r#"{"Namespace": "shop", "Kind": "Deployment", "Name": "web", "Results": [
    {"Target": "Deployment/web", "Class": "config", "Type": "kubernetes", "Misconfigurations": []}]}"#;

#[test]
fn the_first_generation_names_images_by_targets() {
    let results = results("nginx:1.29", "CVE-1");
    let (fragment, issues) = read(&format!(
        r#"{{"ClusterName": "prod", "Vulnerabilities": [{{"Namespace": "shop", "Kind": "Deployment",
        "Name": "web", "Results": [{results}]}}], "Misconfigurations": [{MANIFEST}, {MANIFEST}]}}"#
    ));
    let [scan] = fragment.scans.as_slice() else {
        panic!("{:?}", fragment.scans)
    };
    assert_eq!(names(scan), ["docker.io/library/nginx:1.29"]);
    assert_eq!(short(&scan.findings), ["CVE-1 apt High", "CVE-1 npm Low"]);
    assert!(scan.complete);
    assert_eq!(
        (issues.len(), issues[0].kind, issues[0].count),
        (1, IssueKind::UnusedKind, 2)
    );
}

#[test]
fn later_generations_have_metadata() {
    let results = results("nginx:1.29", "CVE-1");
    let metadata =
        r#"{"ImageID": "DIGEST", "RepoTags": ["nginx:1.29"], "RepoDigests": ["nginx@OTHER"]}"#;
    let of = |metadata: &str| {
        scan(&format!(
            r#"{{"ClusterName": "prod", "Resources": [{{"Namespace": "shop", "Kind": "Deployment",
            "Name": "web", "Metadata": {metadata}, "Results": [{results}]}}]}}"#
        ))
    };
    for scan in [of(metadata), of(&format!("[{metadata}]"))] {
        assert_eq!(names(&scan), ["docker.io/library/nginx:1.29"]);
        assert_eq!(manifests(&scan), [OTHER]);
        assert_eq!(scan.config.unwrap().as_str(), DIGEST);
        assert_eq!(scan.findings.len(), 2);
        assert_eq!(scan.operator, None, "the container is not told");
        assert_eq!(scan.origin.at, "items[3] Resources[0]");
    }
    assert_eq!(names(&of("[]")), ["docker.io/library/nginx:1.29"]);
}

#[test]
fn a_summary_has_results_of_several_images() {
    let (web, side) = (
        results("nginx:1.29", "CVE-1"),
        results("busybox:1", "CVE-2"),
    );
    let found = scans(&format!(
        r#"{{"ClusterName": "prod", "Findings": [{{"Namespace": "shop", "Kind": "Deployment",
        "Name": "web", "Metadata": [{{"RepoTags": ["nginx:1.29"]}}, {{"RepoTags": ["busybox:1"]}}],
        "Results": [{web}, {side}]}}]}}"#
    ));
    let short: Vec<_> = found
        .iter()
        .map(|scan| (names(scan), short(&scan.findings)))
        .collect();
    let expected = [
        ("nginx:1.29", ["CVE-1 apt High", "CVE-1 npm Low"]),
        ("busybox:1", ["CVE-2 apt High", "CVE-2 npm Low"]),
    ];
    let expected = expected.map(|(name, findings)| {
        let name = format!("docker.io/library/{name}");
        (vec![name], findings.map(str::to_owned).to_vec())
    });
    assert_eq!(short, expected);
}

#[test]
fn results_that_cannot_be_told_apart_are_partial_scans() {
    let web = results("nginx:1.29", "CVE-1");
    let (fragment, kind, message) = issue(&format!(
        r#"{{"ClusterName": "prod", "Findings": [{{"Namespace": "shop", "Kind": "Deployment",
        "Name": "web", "Metadata": [{{"RepoTags": ["nginx:1.29"]}}, {{"RepoTags": ["scratch:1"]}}],
        "Results": [{web}, {{"Target": "app", "Class": "lang-pkgs"}}]}}]}}"#
    ));
    assert_eq!(kind, IssueKind::PartialScan);
    assert!(message.contains("`shop/Deployment/web`"), "{message}");
    assert_eq!(fragment.scans.len(), 2);
    assert!(
        fragment
            .scans
            .iter()
            .all(|scan| !scan.complete && scan.findings.is_empty())
    );
}

#[test]
fn scans_that_failed_or_looked_for_something_else() {
    let of = |rest: &str| {
        issue(&format!(
            r#"{{"ClusterName": "prod", "Resources": [{{"Namespace": "shop", "Kind": "Pod",
            "Name": "web", "Metadata": [{{"RepoTags": ["nginx:1.29"]}}], {rest}}}]}}"#
        ))
    };
    for (rest, word) in [
        (r#""Error": "no such image""#, "failed: no such image"),
        (
            r#""Results": [{"Target": "key", "Class": "secret"}]"#,
            "no results of vulnerabilities",
        ),
    ] {
        let (fragment, kind, message) = of(rest);
        assert_eq!(kind, IssueKind::PartialScan);
        assert!(message.contains(word), "{message}");
        assert!(fragment.sources.scans && !fragment.scans[0].complete);
    }
}

#[test]
fn what_is_no_scan_of_an_image() {
    let lock_file = r#"{"Namespace": "shop", "Kind": "Pod", "Name": "web", "Results":
        [{"Target": "app/yarn.lock", "Class": "lang-pkgs"}]}"#;
    for (resource, word) in [
        (MANIFEST, "the cluster `prod` without scans of its images"),
        (lock_file, "`shop/Pod/web` names no image"),
    ] {
        let json = format!(r#"{{"ClusterName": "prod", "Resources": [{resource}]}}"#);
        let (fragment, kind, message) = issue(&json);
        assert_eq!(kind, IssueKind::NotAnImage);
        assert!(message.contains(word), "{message}");
        assert!(fragment.scans.is_empty());
    }
}

#[test]
fn a_broken_resource_costs_only_itself() {
    let results = results("nginx:1.29", "CVE-1");
    let (fragment, issues) = read(&format!(
        r#"{{"ClusterName": "prod", "Resources": [7, {{"Kind": "Pod", "Name": "a", "Results": [{results},
        {{"Class": "lang-pkgs", "Vulnerabilities": [{{"PkgName": "x"}}]}}]}}]}}"#
    ));
    assert_eq!(fragment.scans[0].findings.len(), 2);
    let places: Vec<&str> = issues.iter().map(|issue| issue.at.as_str()).collect();
    assert_eq!(
        places,
        [
            "items[3] Resources[0]",
            "items[3] Resources[1] Results[2].Vulnerabilities[0]"
        ]
    );
}
