use super::*;

fn digest(fill: char) -> Digest {
    Digest::parse(&format!("sha256:{}", fill.to_string().repeat(64))).unwrap()
}

fn name(reference: &str) -> ImageName {
    ImageName::parse(reference).unwrap().0
}

fn purl(text: &str) -> Purl {
    Purl::parse(text).unwrap()
}

fn url(text: &str) -> VexSubject {
    VexSubject::Url(purl(text))
}

fn element(version: u64, element: &str) -> VexSubject {
    VexSubject::Element {
        serial: "F81D4FAE".to_owned(),
        version,
        element: element.to_owned(),
    }
}

/// A scan of `alpine:3.17` with CVE-1 in libssl3 and in a package without a package URL.
fn scan() -> Scan {
    let finding = |package: &str, purl: Option<Purl>, element: Option<&str>| Finding {
        id: "CVE-1".to_owned(),
        package: package.to_owned(),
        purl,
        element: element.map(str::to_owned),
        ..Finding::default()
    };
    Scan {
        names: [name("alpine:3.17")].into(),
        manifests: [digest('a')].into(),
        config: Some(digest('c')),
        platform: Platform::new(Some("linux"), Some("amd64")),
        bom: Some(Bom {
            serial: "f81d4fae".to_owned(),
            version: 2,
            root: Some("root".to_owned()),
        }),
        findings: vec![
            finding("busybox", None, None),
            finding(
                "libssl3",
                Some(purl("pkg:apk/alpine/libssl3@3.0.8-r3?arch=x86_64")),
                Some("ssl"),
            ),
        ],
        ..Scan::default()
    }
}

fn statement(subject: VexSubject, packages: Option<Vec<Purl>>) -> VexStatement {
    VexStatement {
        at: Some(1),
        document: Origin::default(),
        position: 0,
        vulnerabilities: ["CVE-1".to_owned()].into(),
        products: vec![VexProduct {
            subject,
            platform: Platform::default(),
            packages,
        }],
        suppresses: true,
    }
}

/// The packages whose finding some statements clear.
fn cleared(statements: &[VexStatement]) -> Vec<String> {
    let mut scans = [scan()];
    let used = apply(statements, &mut scans);
    assert_eq!(used.statements, statements.len());
    let [scan] = scans;
    let findings = scan.findings.into_iter();
    findings
        .filter(|finding| finding.suppressed)
        .map(|finding| finding.package)
        .collect()
}

#[test]
fn products_that_are_images() {
    let hex = |fill: &str| fill.repeat(64);
    for (subject, all) in [
        (url(&format!("pkg:oci/other@sha256%3A{}", hex("a"))), true),
        (url(&format!("pkg:oci/alpine@sha256%3A{}", hex("b"))), false),
        (url(&format!("pkg:oci/alpine@sha256:{}", hex("c"))), true),
        (
            url(&format!("pkg:oci/a@sha256:{}?arch=amd64", hex("a"))),
            true,
        ),
        (
            url(&format!("pkg:oci/a@sha256:{}?arch=arm64", hex("a"))),
            false,
        ),
        (
            url(&format!("pkg:oci/a@sha256:{}?os=windows", hex("a"))),
            false,
        ),
        (url("pkg:oci/alpine?arch=x86_64"), true),
        (url("pkg:oci/alpine?arch=arm64"), false),
        (url("pkg:docker/alpine@3.17?platform=linux/amd64"), true),
        (url("pkg:docker/alpine@3.17?platform=linux/arm64"), false),
        (url("pkg:oci/alpine"), true),
        (url("pkg:oci/alpine?tag=3.17"), true),
        (url("pkg:oci/alpine?tag=3.18"), false),
        (url("pkg:oci/alpine?repository_url=docker.io/library"), true),
        (url("pkg:oci/alpine?repository_url=ghcr.io/o"), false),
        (url("pkg:docker/alpine@3.17"), true),
        (url("pkg:docker/alpine@3.18"), false),
        (VexSubject::Digest(digest('a')), true),
        (VexSubject::Digest(digest('b')), false),
        (VexSubject::Name(name("alpine:3.17")), true),
        (VexSubject::Name(name("alpine:3.18")), false),
        (element(2, "root"), true),
        (element(1, "root"), false),
        (element(2, "other"), false),
    ] {
        let expected: &[&str] = if all { &["busybox", "libssl3"] } else { &[] };
        assert_eq!(
            cleared(&[statement(subject.clone(), None)]),
            expected,
            "{subject:?}"
        );
    }
}

#[test]
fn products_that_are_packages() {
    for (subject, cleared_one) in [
        (url("pkg:apk/alpine/libssl3"), true),
        (url("pkg:apk/alpine/libssl3@3.0.8-r3"), true),
        (url("pkg:apk/alpine/libssl3@3.0.8-r4"), false),
        (url("pkg:apk/alpine/busybox"), false),
        (element(2, "ssl"), true),
        (element(3, "ssl"), false),
    ] {
        let expected: &[&str] = if cleared_one { &["libssl3"] } else { &[] };
        assert_eq!(
            cleared(&[statement(subject.clone(), None)]),
            expected,
            "{subject:?}"
        );
    }
}

#[test]
fn packages_of_a_product() {
    let of = |packages: &[&str]| {
        let packages = packages.iter().map(|text| purl(text)).collect();
        cleared(&[statement(url("pkg:oci/alpine"), Some(packages))])
    };
    assert_eq!(
        of(&["pkg:apk/alpine/zlib", "pkg:apk/alpine/libssl3"]),
        ["libssl3"]
    );
    assert!(of(&["pkg:apk/alpine/zlib"]).is_empty());
    assert!(
        of(&[]).is_empty(),
        "packages that are not understood are not all packages"
    );
}

#[test]
fn the_vulnerability_by_any_of_its_ids() {
    let mut both = statement(url("pkg:oci/alpine"), None);
    both.vulnerabilities = ["GHSA-1".to_owned(), "CVE-1".to_owned()].into();
    assert_eq!(cleared(&[both.clone()]).len(), 2);
    both.vulnerabilities.remove("CVE-1");
    assert!(cleared(&[both]).is_empty());
}

#[test]
fn the_newest_decides() {
    let word = |at, file: &str, position, suppresses| VexStatement {
        at,
        document: Origin {
            file: file.into(),
            at: String::new(),
        },
        position,
        suppresses,
        ..statement(url("pkg:oci/alpine"), None)
    };
    for (statements, clears) in [
        // the later in time, whatever the order
        (
            [word(Some(2), "a", 0, true), word(Some(1), "a", 1, false)],
            true,
        ),
        (
            [word(Some(1), "a", 0, true), word(Some(2), "a", 1, false)],
            false,
        ),
        (
            [word(Some(2), "a", 0, false), word(Some(1), "b", 0, true)],
            false,
        ),
        (
            [word(Some(2), "a", 0, true), word(Some(1), "b", 0, false)],
            true,
        ),
        // a time is newer than none
        (
            [word(None, "a", 1, false), word(Some(1), "a", 0, true)],
            true,
        ),
        // of one document the last
        (
            [word(Some(1), "a", 0, false), word(Some(1), "a", 1, true)],
            true,
        ),
        (
            [word(Some(1), "a", 0, true), word(Some(1), "a", 1, false)],
            false,
        ),
        // of two documents the careful one
        (
            [word(Some(1), "a", 0, true), word(Some(1), "b", 0, false)],
            false,
        ),
        (
            [word(Some(1), "a", 0, false), word(Some(1), "b", 0, true)],
            false,
        ),
        (
            [word(Some(1), "a", 0, true), word(Some(1), "b", 0, true)],
            true,
        ),
    ] {
        let [first, second] = statements.clone();
        for order in [statements, [second, first]] {
            assert_eq!(!cleared(&order).is_empty(), clears, "{order:?}");
        }
    }
}

#[test]
fn what_a_scanner_suppresses_stays_so() {
    let affected = VexStatement {
        suppresses: false,
        ..statement(url("pkg:oci/alpine"), None)
    };
    let mut scans = [scan()];
    scans[0].findings[0].suppressed = true;
    let used = apply(&[affected], &mut scans);
    assert_eq!(used.unmatched, 0);
    let cleared: Vec<bool> = scans[0].findings.iter().map(|f| f.suppressed).collect();
    assert_eq!(cleared, [true, false]);
}

#[test]
fn what_fits_nothing_is_counted() {
    let elsewhere = statement(url("pkg:oci/debian"), None);
    let here = statement(url("pkg:oci/alpine"), None);
    let used = apply(&[elsewhere.clone(), here, elsewhere], &mut [scan()]);
    assert_eq!((used.statements, used.unmatched), (3, 2));
}

#[test]
fn the_platform_of_a_product() {
    let clears = |product: &str, scanned: &str| {
        let word = |text: &str| match text {
            "" => Platform::default(),
            architecture => Platform::new(None, Some(architecture)),
        };
        let mut statement = statement(VexSubject::Digest(digest('a')), None);
        statement.products[0].platform = word(product);
        let mut scans = [Scan {
            platform: word(scanned),
            ..scan()
        }];
        apply(&[statement], &mut scans);
        scans[0].findings.iter().all(|finding| finding.suppressed)
    };
    assert!(clears("arm64", "arm64") && clears("arm64", "") && clears("", "arm64"));
    assert!(!clears("arm64", "amd64") && !clears("amd64", "arm64"));
}
