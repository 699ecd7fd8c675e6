use posture_core::issue::IssueKind;
use posture_core::model::{ImageName, Platform, Purl, VexProduct, VexSubject};

use crate::images::testing::{DIGEST, issue, read, statements};

fn document(statements: &str) -> String {
    let json = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex",
        "timestamp": "1970-01-01T00:01:40Z", "statements": LIST}"#;
    json.replace("LIST", statements)
}

fn purl(text: &str) -> Purl {
    Purl::parse(text).unwrap()
}

fn url(text: &str) -> VexProduct {
    VexProduct {
        subject: VexSubject::Url(purl(text)),
        platform: Platform::default(),
        packages: None,
    }
}

#[test]
fn a_whole_statement() {
    let found = statements(&document(
        r#"[{"vulnerability": {"@id": "https://example.com/CVE-1", "name": "CVE-1",
            "aliases": ["GHSA-1", ""]}, "timestamp": "1970-01-01T00:03:20Z", "products": [
            {"@id": "pkg:oci/alpine@DIGEST", "subcomponents": [
                {"@id": "pkg:apk/alpine/libssl3@3"}, "pkg:apk/alpine/libcrypto3", {"@id": "zlib"}]}],
            "status": "not_affected", "justification": "vulnerable_code_not_present"},
        {"vulnerability": {"name": "CVE-2"}, "products": [{"@id": "pkg:oci/alpine"}],
            "status": "affected"}]"#,
    ));
    let [first, second] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert!(first.suppresses && !second.suppresses);
    assert_eq!((first.at, second.at), (Some(200), Some(100)));
    assert_eq!((first.position, second.position), (0, 1));
    let ids: Vec<&str> = first.vulnerabilities.iter().map(String::as_str).collect();
    assert_eq!(ids, ["CVE-1", "GHSA-1", "https://example.com/CVE-1"]);
    let packages = vec![
        purl("pkg:apk/alpine/libssl3@3"),
        purl("pkg:apk/alpine/libcrypto3"),
    ];
    let expected = VexProduct {
        packages: Some(packages),
        ..url(&format!("pkg:oci/alpine@{DIGEST}"))
    };
    assert_eq!(first.products, [expected]);
    assert_eq!(second.products, [url("pkg:oci/alpine")]);
}

#[test]
fn statuses() {
    for (status, suppresses) in [
        ("not_affected", true),
        ("fixed", true),
        ("affected", false),
        ("under_investigation", false),
    ] {
        let list = r#"[{"vulnerability": "CVE-1", "products": ["pkg:npm/a"], "status": "STATUS"}]"#;
        let found = statements(&document(&list.replace("STATUS", status)));
        assert_eq!(found[0].suppresses, suppresses, "{status}");
        assert_eq!(
            found[0].products,
            [url("pkg:npm/a")],
            "as old versions write it"
        );
    }
}

#[test]
fn a_product_by_all_that_names_it() {
    let found = statements(&document(
        r#"[{"vulnerability": "CVE-1", "status": "fixed", "subcomponents": ["pkg:npm/b"], "products": [
        {"@id": "ghcr.io/o/app:1", "identifiers": {"purl": "pkg:oci/app", "cpe23": "cpe:2.3:a:o:app:1"},
            "hashes": {"sha-256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}},
        {"@id": "https://example.com/products/app"}]}]"#,
    ));
    let (name, _) = ImageName::parse("ghcr.io/o/app:1").unwrap();
    let subjects: Vec<_> = found[0]
        .products
        .iter()
        .map(|of| of.subject.clone())
        .collect();
    assert_eq!(
        subjects,
        [
            VexSubject::Name(name),
            VexSubject::Url(purl("pkg:oci/app")),
            VexSubject::Digest(posture_core::model::Digest::parse(DIGEST).unwrap()),
        ]
    );
    let inside = Some(vec![purl("pkg:npm/b")]);
    assert!(found[0].products.iter().all(|of| of.packages == inside));
}

#[test]
fn a_broken_statement_costs_only_itself() {
    let (fragment, issues) = read(&document(
        r#"[{"vulnerability": "CVE-1", "status": "good"}, {"status": "fixed"}, 7,
        {"vulnerability": "CVE-1", "status": "fixed"}]"#,
    ));
    assert_eq!(fragment.vex.len(), 1);
    assert_eq!(fragment.vex[0].position, 3);
    let told: Vec<_> = issues
        .iter()
        .map(|issue| (issue.kind, issue.at.as_str()))
        .collect();
    let places = [0, 1, 2].map(|place| format!("items[3] statements[{place}]"));
    let expected: Vec<_> = places
        .iter()
        .map(|at| (IssueKind::InvalidObject, at.as_str()))
        .collect();
    assert_eq!(told, expected);
    assert!(
        issues[0]
            .message
            .contains("status `good`, expected not_affected")
    );
}

#[test]
fn a_document_without_statements() {
    let (fragment, kind, _) = issue(&document("null"));
    assert_eq!(kind, IssueKind::Empty);
    assert!(fragment.vex.is_empty());
}

#[test]
fn the_platform_holds_for_all_names_of_a_product() {
    let of = |product: &str| {
        let found = statements(&document(&format!(
            r#"[{{"vulnerability": {{"name": "CVE-1"}}, "products": [{product}], "status": "fixed"}}]"#
        )));
        let platforms = found[0].products.iter().map(|of| of.platform.clone());
        platforms.collect::<Vec<_>>()
    };
    let hex = &DIGEST["sha256:".len()..];
    let arm = Platform::new(None, Some("arm64"));
    let hashed =
        format!(r#"{{"@id": "pkg:oci/a@DIGEST?arch=arm64", "hashes": {{"sha-256": "{hex}"}}}}"#);
    assert_eq!(of(&hashed), [arm.clone(), arm]);
    // which of two platforms is meant is not clear
    let both = format!(
        r#"{{"@id": "pkg:oci/a?arch=arm64", "identifiers": {{"purl": "pkg:oci/a?arch=amd64"}},
        "hashes": {{"sha-256": "{hex}"}}}}"#
    );
    assert_eq!(of(&both), vec![Platform::default(); 3]);
    // that of a package is no platform of an image
    assert_eq!(
        of(r#""pkg:apk/alpine/zlib?arch=aarch64""#),
        [Platform::default()]
    );
}
