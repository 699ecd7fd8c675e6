use posture_core::issue::IssueKind;
use posture_core::model::{Bom, CveSeverity, Digest, Platform, Purl, VexProduct, VexSubject};

use crate::images::testing::{
    DIGEST, OTHER, issue, manifests, names, read, scan, short, statements,
};

/// A document on a component, with components and vulnerabilities.
fn document(root: &str, components: &str, vulnerabilities: &str) -> String {
    format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:3E67-AB",
        "version": 2, "metadata": {{"timestamp": "1970-01-01T00:01:40Z", "component": {root}}},
        "components": {components}, "vulnerabilities": {vulnerabilities}}}"#
    )
}

const IMAGE: &str = r#"{"type": "container", "name": "alpine:3.9", "bom-ref": "root"}"#;
const PACKAGES: &str = r#"[{"bom-ref": "ssl", "type": "library", "name": "libssl3", "version": "3",
    "purl": "pkg:apk/alpine/libssl3@3", "components": [{"bom-ref": "deep", "name": "zlib"}]}]"#;

/// A scan of an image with packages.
fn of_image(vulnerabilities: &str) -> String {
    document(IMAGE, PACKAGES, vulnerabilities)
}

#[test]
fn a_whole_scan() {
    let scan = scan(&of_image(
        r#"[{"id": "CVE-1", "ratings": [{"severity": "high", "score": 7.5, "method": "CVSSv31"}],
            "affects": [{"ref": "ssl"}, {"ref": "deep"}, {"ref": "pkg:npm/a@1"}, {"ref": "root"}]},
        {"id": "CVE-2", "analysis": {"state": "not_affected"}, "affects": [{"ref": "ssl"}]},
        {"id": "CVE-3"}]"#,
    ));
    assert_eq!(names(&scan), ["docker.io/library/alpine:3.9"]);
    assert_eq!(scan.at, Some(100));
    assert!(scan.complete);
    assert_eq!(
        short(&scan.findings),
        [
            "CVE-1 alpine:3.9 High 75",
            "CVE-1 libssl3 High 75",
            "CVE-1 pkg:npm/a@1 High 75",
            "CVE-1 zlib High 75",
            "CVE-2 libssl3 -",
            "CVE-3 ",
        ]
    );
    let purls = scan.findings.iter().map(|finding| finding.purl.is_some());
    assert_eq!(
        purls.collect::<Vec<_>>(),
        [false, true, true, false, true, false]
    );
    assert_eq!(scan.findings[1].element.as_deref(), Some("ssl"));
    let bom = Bom {
        serial: "3e67-ab".to_owned(),
        version: 2,
        root: Some("root".to_owned()),
    };
    assert_eq!(scan.bom, Some(bom));
}

#[test]
fn the_image_by_purl_properties_and_name() {
    let found = r#"[{"id": "CVE-1"}]"#;
    let of = |root: &str| scan(&document(root, PACKAGES, found));
    let by_trivy = of(r#"{"type": "container", "name": "dir/alpine.tar", "purl":
        "pkg:oci/alpine@OTHER?repository_url=index.docker.io%2Flibrary%2Falpine&tag=3.9", "properties": [
        {"name": "aquasecurity:trivy:ImageID", "value": "DIGEST"},
        {"name": "aquasecurity:trivy:RepoDigest", "value": "ghcr.io/o/alpine@DIGEST"},
        {"name": "aquasecurity:trivy:RepoTag", "value": "ghcr.io/o/alpine:3"},
        {"name": "aquasecurity:trivy:DiffID", "value": "OTHER"}]}"#);
    assert_eq!(
        names(&by_trivy),
        ["docker.io/library/alpine:3.9", "ghcr.io/o/alpine:3"]
    );
    assert_eq!(manifests(&by_trivy), [DIGEST, OTHER]);
    assert_eq!(by_trivy.config.unwrap().as_str(), DIGEST);

    let encoded = DIGEST.replace(':', "%3A");
    let by_purl = of(&format!(
        r#"{{"type": "container", "name": "", "purl": "pkg:oci/a@{encoded}"}}"#
    ));
    assert_eq!(manifests(&by_purl), [DIGEST]);

    let by_grype = of(r#"{"type": "container", "name": "alpine:3.9", "version": "DIGEST"}"#);
    assert_eq!(names(&by_grype), ["docker.io/library/alpine:3.9"]);
    assert_eq!(manifests(&by_grype), [DIGEST]);

    let by_version = of(r#"{"type": "Container", "name": "ghcr.io/o/a", "version": "1.2"}"#);
    assert_eq!(names(&by_version), ["ghcr.io/o/a:1.2"]);
}

#[test]
fn ratings_by_source() {
    use CveSeverity::{Critical, Low, Medium, Negligible};
    let of = |source: &str, ratings: &str| {
        let list = format!(
            r#"[{{"id": "CVE-1", "source": {{"name": "{source}"}}, "ratings": [{ratings}]}}]"#
        );
        let finding = scan(&of_image(&list)).findings.pop().unwrap();
        (finding.severity, finding.cvss_tenths)
    };
    let amazon = r#"{"source": {"name": "amazon"}, "severity": "medium"}"#;
    let two =
        r#"{"source": {"name": "nvd"}, "severity": "info", "score": 2.1, "method": "CVSSv2"}"#;
    let three =
        r#"{"source": {"name": "NVD"}, "severity": "critical", "score": 9.8, "method": "CVSSv31"}"#;
    let ubuntu = r#"{"source": {"name": "ubuntu"}, "severity": "low"}"#;
    let epss = r#"{"source": {"name": "FIRST"}, "score": 0.03, "method": "other"}"#;
    let all = [epss, amazon, two, three, ubuntu].join(", ");
    assert_eq!(of("ubuntu", &all), (Some(Low), Some(98)), "its own source");
    assert_eq!(
        of("debian", &all),
        (Some(Critical), Some(98)),
        "NVD, version 3"
    );
    assert_eq!(of("nvd", two), (Some(Negligible), Some(21)));
    assert_eq!(
        of("debian", &[epss, amazon, ubuntu].join(", ")),
        (Some(Medium), None)
    );
    assert_eq!(of("debian", epss), (None, None));
    let plain = r#"{"severity": "unknown"}, {"severity": "none"}"#;
    assert_eq!(of("debian", plain), (Some(Negligible), None));
}

#[test]
fn states_of_an_analysis() {
    for (state, suppressed) in [
        ("resolved", true),
        ("resolved_with_pedigree", true),
        ("false_positive", true),
        ("not_affected", true),
        ("exploitable", false),
        ("in_triage", false),
        ("fine", false),
        ("", false),
    ] {
        let list = format!(r#"[{{"id": "CVE-1", "analysis": {{"state": "{state}"}}}}]"#);
        let scan = scan(&of_image(&list));
        assert_eq!(scan.findings[0].suppressed, suppressed, "{state}");
    }
    let list = r#"[{"id": "CVE-1", "affects": [{"ref": "ssl", "versions":
        [{"version": "3", "status": "unaffected"}]}, {"ref": "deep", "versions":
        [{"version": "1", "status": "unaffected"}, {"version": "2", "status": "affected"}]}]}]"#;
    assert_eq!(
        short(&scan(&of_image(list)).findings),
        ["CVE-1 libssl3 -", "CVE-1 zlib"]
    );
}

#[test]
fn a_bill_of_materials_is_no_scan() {
    for vulnerabilities in ["null", "[]"] {
        let (fragment, kind, message) = issue(&of_image(vulnerabilities));
        assert_eq!(kind, IssueKind::PartialScan);
        assert!(
            message.contains("`alpine:3.9` is a bill of materials"),
            "{message}"
        );
        assert!(fragment.scans.is_empty() && !fragment.sources.scans);
    }
    let (_, kind, _) = issue(&document(IMAGE, "[]", "[]"));
    assert_eq!(kind, IssueKind::PartialScan, "and no VEX");
    let by_grype = of_image("[]").replace(
        r#""timestamp""#,
        r#""tools": [{"name": "grype"}], "timestamp""#,
    );
    assert!(scan(&by_grype).complete, "grype lists what it found");
}

#[test]
fn what_is_about_something_else() {
    let list = r#"[{"id": "CVE-1", "affects": [{"ref": "ssl"}]}]"#;
    for (root, word) in [
        (
            r#"{"type": "application", "name": "shop"}"#,
            "on the application `shop`",
        ),
        (r#"{"name": "shop"}"#, "on the component `shop`"),
        ("null", "on something that it does not name"),
    ] {
        let (fragment, kind, message) = issue(&document(root, PACKAGES, list));
        assert_eq!(kind, IssueKind::NotAnImage);
        assert!(message.contains(word), "{message}");
        assert!(fragment.scans.is_empty() && fragment.vex.is_empty());
    }
}

fn subjects(products: &[VexProduct]) -> Vec<VexSubject> {
    products.iter().map(|of| of.subject.clone()).collect()
}

fn url(text: &str) -> VexSubject {
    VexSubject::Url(Purl::parse(text).unwrap())
}

#[test]
fn vex_on_elements_elsewhere() {
    let found = statements(&document(
        "null",
        "null",
        r#"[{"id": "CVE-1", "references": [{"id": "GHSA-1"}], "analysis": {"state": "not_affected"},
            "affects": [{"ref": "urn:cdx:3E67-AB/2#ssl"}, {"ref": "pkg:npm/a@1"}, {"ref": "unknown"}]},
        {"id": "CVE-2"},
        {"id": "CVE-3", "analysis": {"state": "in_triage", "lastUpdated": "1970-01-01T00:03:20Z"}}]"#,
    ));
    let [first, second] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert!(first.suppresses && !second.suppresses);
    assert_eq!((first.at, second.at), (Some(100), Some(200)));
    assert_eq!((first.position, second.position), (0, 2));
    let ids: Vec<&str> = first.vulnerabilities.iter().map(String::as_str).collect();
    assert_eq!(ids, ["CVE-1", "GHSA-1"]);
    let element = VexSubject::Element {
        serial: "3e67-ab".to_owned(),
        version: 2,
        element: "ssl".to_owned(),
    };
    assert_eq!(subjects(&first.products), [element, url("pkg:npm/a@1")]);
}

#[test]
fn vex_on_the_subject_and_what_is_in_it() {
    let list =
        r#"[{"id": "CVE-1", "analysis": {"state": "resolved"}, "affects": [{"ref": "REF"}]}]"#;
    let of = |root: &str, components: &str, reference: &str| {
        let list = list.replace("REF", reference);
        let mut found = statements(&document(root, components, &list));
        found.pop().unwrap().products
    };
    // an image without components: about the image, which it does not make a scanned one
    assert!(matches!(
        subjects(&of(IMAGE, "[]", "root")).as_slice(),
        [VexSubject::Name(name)] if name.to_string() == "docker.io/library/alpine:3.9"
    ));
    let pinned =
        r#"{"type": "container", "name": "alpine:3.9", "version": "DIGEST", "bom-ref": "root"}"#;
    let digest = VexSubject::Digest(Digest::parse(DIGEST).unwrap());
    assert_eq!(subjects(&of(pinned, "[]", "root")), [digest]);
    // an application: what is said of a component is said of it there
    let app =
        r#"{"type": "application", "name": "shop", "purl": "pkg:npm/shop@1", "bom-ref": "app"}"#;
    let inside = of(app, PACKAGES, "ssl");
    assert_eq!(subjects(&inside), [url("pkg:npm/shop@1")]);
    let packages = Some(vec![Purl::parse("pkg:apk/alpine/libssl3@3").unwrap()]);
    assert_eq!(inside[0].packages, packages);
    assert_eq!(of(app, PACKAGES, "app")[0].packages, None);
    // no subject: of the component, wherever it is
    assert_eq!(
        subjects(&of("null", PACKAGES, "ssl")),
        [url("pkg:apk/alpine/libssl3@3")]
    );
}

#[test]
fn a_state_that_is_not_known_is_told() {
    let list = r#"[{"id": "CVE-1", "analysis": {"state": "fine"}}]"#;
    let (fragment, kind, message) = issue(&document("null", "null", list));
    assert!(fragment.vex.is_empty());
    assert_eq!(kind, IssueKind::InvalidObject);
    assert!(
        message.contains("state `fine`, expected resolved"),
        "{message}"
    );
}

#[test]
fn versions_of_a_product() {
    let list = r#"[{"id": "CVE-1", "analysis": {"state": "not_affected"}, "affects": [
        {"ref": "pkg:npm/a", "versions": [{"version": "1", "status": "unaffected"},
            {"range": "vers:npm/>=2|<=3", "status": "unaffected"}]}]}]"#;
    let found = statements(&document("null", "null", list));
    assert_eq!(subjects(&found[0].products), [url("pkg:npm/a@1")]);
}

#[test]
fn broken_parts_cost_only_themselves() {
    let (fragment, issues) = read(&document(
        IMAGE,
        r#"[7, {"bom-ref": "a", "name": "a", "components": [8, {"bom-ref": "b", "name": "b"}]}]"#,
        r#"[7, {"affects": []}, {"id": "CVE-1", "affects": [{"ref": "b"}]}]"#,
    ));
    assert_eq!(short(&fragment.scans[0].findings), ["CVE-1 b"]);
    let mut places: Vec<&str> = issues.iter().map(|issue| issue.at.as_str()).collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            "items[3] components[0]",
            "items[3] components[1].components[0]",
            "items[3] vulnerabilities[0]",
            "items[3] vulnerabilities[1]",
        ]
    );
}

#[test]
fn the_platform_of_the_package_url() {
    let root = format!(
        r#"{{"type": "container", "name": "a", "bom-ref": "root",
        "purl": "pkg:oci/a@{DIGEST}?arch=arm64"}}"#
    );
    let arm = Platform::new(None, Some("arm64"));
    let found = r#"[{"id": "CVE-1", "affects": [{"ref": "root"}]}]"#;
    assert_eq!(scan(&document(&root, "[]", found)).platform, arm);
    let cleared = r#"[{"id": "CVE-1", "analysis": {"state": "not_affected"},
        "affects": [{"ref": "root"}]}]"#;
    let vex = statements(&document(&root, "[]", cleared));
    assert_eq!(vex[0].products.len(), 1);
    assert_eq!(vex[0].products[0].platform, arm);
}
