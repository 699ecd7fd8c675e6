//! Images and their scans.

use posture_core::model::{
    CveSeverity, Digest, Finding, ImageIdentity, ImageName, OperatorLabels, Origin, Platform, Purl,
    Scan, VexProduct, VexStatement, VexSubject,
};
use proptest::prelude::*;

use super::names::{NAMESPACES, NOW, PODS};

/// Which images there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pool {
    /// Namespaces share images, and what is known of them is any mixture.
    Shared,
    /// Each namespace has its own, and each image is always known by the same: what is done to
    /// one is done to no other.
    Own,
}

/// How many images there are to choose from.
const IMAGES: usize = 6;

pub(crate) fn digest(number: usize) -> Digest {
    Digest::parse(&format!("sha256:{number:064x}")).unwrap()
}

fn name(number: usize) -> ImageName {
    let reference = [
        "nginx",
        "nginx:1.25",
        "grafana/loki:2",
        "quay.io/x/y:1",
        "reg:5000/z",
        "redis",
    ];
    ImageName::parse(reference[number % IMAGES]).unwrap().0
}

/// What a container runs.
pub(crate) fn image(pool: Pool, namespace: usize) -> BoxedStrategy<ImageIdentity> {
    let known = |at: std::ops::Range<usize>| prop::option::weighted(0.4, at.prop_map(digest));
    match pool {
        Pool::Shared => (
            prop::option::weighted(0.8, (0..IMAGES).prop_map(name)),
            known(0..4),
            known(2..6),
            known(10..13),
        )
            .prop_map(|(name, running, pinned, config)| ImageIdentity {
                name,
                running,
                pinned,
                config,
            })
            .boxed(),
        Pool::Own => (0..IMAGES)
            .prop_map(move |number| own(namespace, number))
            .boxed(),
    }
}

/// The image of a namespace with a number: by the number, it is known by one thing or another.
fn own(namespace: usize, number: usize) -> ImageIdentity {
    let unique = 1000 * (namespace + 1) + 10 * number;
    let name = ImageName {
        repository: format!("docker.io/{namespace}/{number}"),
        tag: Some("1".to_owned()),
    };
    let has = |wanted: [usize; 3]| wanted.contains(&number);
    ImageIdentity {
        name: (number < 5).then_some(name),
        running: has([1, 3, 5]).then(|| digest(unique + 1)),
        pinned: has([2, 3, 3]).then(|| digest(unique + 2)),
        config: has([3, 4, 4]).then(|| digest(unique + 3)),
    }
}

fn finding() -> impl Strategy<Value = Finding> {
    use CveSeverity::{Critical, High, Low, Medium, Negligible};
    let severity = prop::option::of(prop::sample::select(vec![
        Negligible, Low, Medium, High, Critical,
    ]));
    let cvss = prop::option::of(prop::sample::select(vec![0, 39, 40, 69, 70, 89, 90, 100]));
    let purl = prop::option::of(prop::sample::select(vec!["pkg:npm/p@1", "pkg:npm/p@2"]));
    (id(), purl, severity, cvss, prop::bool::weighted(0.2)).prop_map(
        |(id, purl, severity, cvss_tenths, suppressed)| Finding {
            id: id.to_owned(),
            package: "p".to_owned(),
            purl: purl.and_then(Purl::parse),
            severity,
            cvss_tenths,
            suppressed,
            ..Finding::default()
        },
    )
}

fn id() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["CVE-1", "CVE-2", "CVE-3"])
}

/// A statement on some of these findings, in one of two documents.
pub(crate) fn statement() -> impl Strategy<Value = VexStatement> {
    let purl = || prop::sample::select(vec!["pkg:npm/p", "pkg:npm/p@1", "pkg:npm/q"]);
    let purl = move || purl().prop_map(|text| Purl::parse(text).unwrap());
    let subject = prop_oneof![
        (0..6_usize).prop_map(|number| VexSubject::Digest(digest(number))),
        (0..IMAGES).prop_map(|number| VexSubject::Name(name(number))),
        purl().prop_map(VexSubject::Url),
    ];
    let packages = prop::option::weighted(0.3, prop::collection::vec(purl(), 0..2));
    let product =
        (subject, platform(), packages).prop_map(|(subject, platform, packages)| VexProduct {
            subject,
            platform,
            packages,
        });
    (
        prop::option::of(prop::sample::select(vec![NOW - 60, NOW])),
        prop::sample::select(vec!["a", "b"]),
        0..2_usize,
        prop::collection::btree_set(id().prop_map(str::to_owned), 1..3),
        prop::collection::vec(product, 0..3),
        prop::bool::weighted(0.7),
    )
        .prop_map(
            |(at, file, position, vulnerabilities, products, suppresses)| VexStatement {
                at,
                document: Origin {
                    file: file.into(),
                    at: String::new(),
                },
                position,
                vulnerabilities,
                products,
                suppresses,
            },
        )
}

fn operator() -> impl Strategy<Value = OperatorLabels> {
    let container = prop::sample::select(vec!["main", "main", "side"]);
    (0..NAMESPACES.len(), 0..PODS.len(), container).prop_map(|(namespace, pod, container)| {
        let pod = &PODS[pod];
        let (kind, name) = pod.owner.unwrap_or(("Pod", pod.name));
        OperatorLabels {
            namespace: NAMESPACES[namespace].to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            container: container.to_owned(),
        }
    })
}

/// What an image is built for; that is not always said.
fn platform() -> impl Strategy<Value = Platform> {
    prop::sample::select(vec![
        Platform::default(),
        Platform::new(None, Some("amd64")),
        Platform::new(Some("linux"), Some("amd64")),
        Platform::new(Some("linux"), Some("arm64")),
        Platform::new(Some("windows"), Some("amd64")),
    ])
}

/// A scan, by anything that can join it to an image.
pub(crate) fn scan(pool: Pool) -> BoxedStrategy<Scan> {
    let at = prop::option::weighted(
        0.8,
        prop::sample::select(vec![NOW - 86_401, NOW - 86_400, NOW - 60, NOW]),
    );
    let findings = prop::collection::vec(finding(), 0..3);
    let subject = match pool {
        Pool::Shared => (
            prop::collection::btree_set((0..IMAGES).prop_map(name), 0..2),
            prop::collection::btree_set((0..6_usize).prop_map(digest), 0..2),
            prop::option::weighted(0.4, (10..13_usize).prop_map(digest)),
            platform(),
            prop::option::weighted(0.3, operator()),
        )
            .boxed(),
        Pool::Own => (0..NAMESPACES.len(), 0..IMAGES)
            .prop_map(|(namespace, number)| {
                let image = own(namespace, number);
                let manifests = image.running.into_iter().chain(image.pinned).collect();
                (
                    image.name.into_iter().collect(),
                    manifests,
                    image.config,
                    Platform::default(),
                    None,
                )
            })
            .boxed(),
    };
    (
        subject,
        at,
        prop::bool::weighted(0.8),
        findings,
        0..1000_u32,
    )
        .prop_map(
            |((names, manifests, config, platform, operator), at, complete, findings, file)| Scan {
                at,
                complete,
                names,
                manifests,
                config,
                platform,
                operator,
                bom: None,
                findings,
                origin: Origin {
                    file: format!("scan-{file}.json").into(),
                    at: String::new(),
                },
            },
        )
        .boxed()
}

/// A complete scan, as of now, that found one thing or nothing.
pub(crate) fn scan_of(image: &ImageIdentity, found: Option<CveSeverity>) -> Scan {
    let finding = |severity| Finding {
        id: "CVE-9".to_owned(),
        package: "p".to_owned(),
        severity: Some(severity),
        ..Finding::default()
    };
    Scan {
        at: Some(NOW),
        complete: true,
        names: image.name.iter().cloned().collect(),
        manifests: image.running.iter().chain(&image.pinned).cloned().collect(),
        config: image.config.clone(),
        platform: Platform::default(),
        operator: None,
        bom: None,
        findings: found.map(finding).into_iter().collect(),
        origin: Origin {
            file: "new.json".into(),
            at: String::new(),
        },
    }
}
