//! Running images and their scans.

use std::collections::BTreeSet;

use posture_core::model::{
    ContainerRole, CveSeverity, Finding, HighRiskFrom, ImageIdentity, Platform, Purl, Scan,
    VexProduct, VexStatement, VexSubject,
};

use crate::common::{Input, NOW};
use crate::objects::Objects;

/// The running images of a namespace, counted.
pub(crate) struct Images {
    pub(crate) all: u64,
    /// Unscanned ones among them where the method says so.
    pub(crate) high_risk: u64,
    pub(crate) unscanned: u64,
}

pub(crate) fn images(input: &Input, objects: &Objects<'_>, namespace: &str) -> Images {
    let method = input.method();
    // every container that runs: its image, and what an operator would call it
    let mut uses = Vec::new();
    for known in objects
        .running()
        .filter(|known| known.workload.namespace == namespace)
    {
        let counted = known
            .pod
            .containers
            .iter()
            .filter(|container| match container.role {
                ContainerRole::Main => true,
                ContainerRole::Init => method.init_containers,
                ContainerRole::Ephemeral => method.ephemeral_containers,
            });
        for container in counted {
            let (kind, name) = match &known.pod.owner {
                Some(owner) => (owner.kind.clone(), owner.name.clone()),
                None => ("Pod".to_owned(), known.pod.name.clone()),
            };
            // of an image that is not known, the container is all that there is to tell it apart
            let unknown = format!("{:?} {}", known.workload, container.name);
            let container = (
                &container.image,
                [namespace.to_owned(), kind, name, container.name.clone()],
            );
            uses.push((container, unknown));
        }
    }
    let distinct = distinct(&uses, input);
    let mut images = Images {
        all: 0,
        high_risk: 0,
        unscanned: 0,
    };
    for same in distinct {
        let same: Vec<_> = same.iter().collect();
        images.all += 1;
        match scan_of(&same, input) {
            None => {
                images.unscanned += 1;
                images.high_risk += u64::from(method.unscanned_is_high_risk);
            }
            Some(scan) => images.high_risk += u64::from(is_bad(scan, input)),
        }
    }
    images
}

/// "A distinct running image, by digest; by normalised reference where no digest is known": the uses
/// of each. Digests that a container has, or that a scan names, are of one image.
fn distinct<'a>(uses: &[(Use<'a>, String)], input: &Input) -> Vec<Vec<Use<'a>>> {
    let mut images: Vec<(BTreeSet<String>, Vec<Use<'a>>)> = Vec::new();
    for (used, unknown) in uses {
        let mut names = digests(used.0);
        if names.is_empty() {
            names.extend(used.0.name.as_ref().map(ToString::to_string));
        }
        if names.is_empty() {
            names.insert(unknown.clone());
        }
        images.push((names, vec![used.clone()]));
    }
    for scan in &input.fragment.scans {
        let named = scan.manifests.iter().chain(&scan.config);
        let named = named.map(|digest| digest.as_str().to_owned()).collect();
        images.push((named, Vec::new()));
    }
    // two that are one image become one, until no two are
    while let Some((first, second)) = pairs(images.len())
        .find(|(first, second)| !images[*first].0.is_disjoint(&images[*second].0))
    {
        let (names, uses) = images.remove(second);
        images[first].0.extend(names);
        images[first].1.extend(uses);
    }
    images.retain(|(_, uses)| !uses.is_empty());
    images.into_iter().map(|(_, uses)| uses).collect()
}

fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |second| (0..second).map(move |first| (first, second)))
}

fn digests(image: &ImageIdentity) -> BTreeSet<String> {
    let all = [&image.running, &image.pinned, &image.config];
    let all = all.into_iter().flatten();
    all.map(|digest| digest.as_str().to_owned()).collect()
}

/// Whether a scan belongs to an image by a container that runs it.
type Join<'f> = dyn Fn(&Scan, &Use<'_>) -> bool + 'f;

type Use<'a> = (&'a ImageIdentity, [String; 4]);

/// By the best join of a usable scan: a bad one of those that no newer one takes the place of, else any
/// of them.
fn scan_of<'a>(uses: &[&Use<'_>], input: &'a Input) -> Option<&'a Scan> {
    let method = input.method();
    let usable = |scan: &&Scan| {
        scan.complete
            && method
                .max_scan_age
                .is_none_or(|age| scan.at.is_some_and(|at| NOW - at <= i64::from(age)))
    };
    let by_manifest = |scan: &Scan, (image, _): &Use<'_>| {
        let digests = image.running.iter().chain(&image.pinned);
        digests
            .into_iter()
            .any(|digest| scan.manifests.contains(digest))
    };
    let by_config =
        |scan: &Scan, (image, _): &Use<'_>| image.config.is_some() && scan.config == image.config;
    let by_operator = |scan: &Scan, (_, container): &Use<'_>| {
        scan.operator.as_ref().is_some_and(|of| {
            [&of.namespace, &of.kind, &of.name, &of.container]
                .into_iter()
                .eq(container)
        }) && names_agree(scan, uses)
    };
    let by_name = |scan: &Scan, (image, _): &Use<'_>| {
        image
            .name
            .as_ref()
            .is_some_and(|name| name.tag.is_some() && scan.names.contains(name))
    };
    let joins: [&Join<'_>; 4] = [&by_manifest, &by_config, &by_operator, &by_name];
    for (number, join) in joins.into_iter().enumerate() {
        let found = input
            .fragment
            .scans
            .iter()
            .filter(usable)
            .filter(|scan| uses.iter().any(|u| join(scan, u)));
        let mut found: Vec<&Scan> = found.collect();
        // by digest the config tells images apart; by labels and names an image may be a new one
        let config = |scan: &'a Scan| scan.config.as_ref().filter(|_| number < 2);
        let is_one = |a: &'a Scan, b: &'a Scan| match (config(a), config(b)) {
            (Some(a), Some(b)) => a == b,
            _ => is_one_platform(a, b),
        };
        let runs = |scan: &&Scan| uses.iter().any(|used| by_config(scan, used));
        let running: Vec<&Scan> = found.iter().copied().filter(runs).collect();
        found.retain(|scan| {
            running.is_empty()
                || runs(scan)
                || scan.config.is_none() && running.iter().any(|of| is_one_platform(of, scan))
        });
        let is_newest =
            |scan: &&&'a Scan| !found.iter().any(|of| of.at > scan.at && is_one(of, scan));
        let newest = found.iter().filter(is_newest).copied();
        if let Some(scan) = newest.max_by_key(|scan| is_bad(scan, input)) {
            return Some(scan);
        }
    }
    None
}

fn is_one_platform(a: &Scan, b: &Scan) -> bool {
    is_within(&a.platform, &b.platform)
}

/// Whether two platforms differ in nothing that both say.
fn is_within(a: &Platform, b: &Platform) -> bool {
    let differ = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
    !differ(&a.os, &b.os) && !differ(&a.architecture, &b.architecture)
}

/// An operator's report of another image that ran in the same container does not count.
fn names_agree(scan: &Scan, uses: &[&Use<'_>]) -> bool {
    let running: Vec<_> = uses
        .iter()
        .filter_map(|(image, _)| image.name.as_ref())
        .collect();
    let same = |a: &posture_core::model::ImageName, b: &posture_core::model::ImageName| {
        a.repository == b.repository && (a.tag.is_none() || b.tag.is_none() || a.tag == b.tag)
    };
    scan.names.is_empty()
        || running.is_empty()
        || scan
            .names
            .iter()
            .any(|name| running.iter().any(|other| same(name, other)))
}

fn is_bad(scan: &Scan, input: &Input) -> bool {
    let from = input.method().high_risk_from;
    scan.findings
        .iter()
        .any(|finding| is_high(finding, from) && !is_cleared(finding, scan, input))
}

/// "Of several statements that fit a finding the newest decides [...]. Of equally new ones the last in
/// a document; of several documents one that does not suppress."
fn is_cleared(finding: &Finding, scan: &Scan, input: &Input) -> bool {
    let statements = input.fragment.vex.iter();
    let fitting: Vec<&VexStatement> = statements
        .filter(|statement| statement.vulnerabilities.contains(&finding.id))
        .filter(|statement| statement.products.iter().any(|of| is_of(of, finding, scan)))
        .collect();
    let newest = fitting.iter().map(|statement| statement.at).max();
    let newest: Vec<_> = fitting.iter().filter(|of| Some(of.at) == newest).collect();
    let is_last = |statement: &&&VexStatement| {
        let same = newest.iter().filter(|of| of.document == statement.document);
        same.map(|of| (of.position, of.suppresses)).max()
            == Some((statement.position, statement.suppresses))
    };
    !newest.is_empty()
        && newest
            .iter()
            .copied()
            .filter(is_last)
            .all(|of| of.suppresses)
}

fn is_of(product: &VexProduct, finding: &Finding, scan: &Scan) -> bool {
    let in_package = |purl: &Purl| {
        finding.purl.as_ref().is_some_and(|of| {
            purl.name == of.name && (purl.version.is_none() || purl.version == of.version)
        })
    };
    let of_subject = match &product.subject {
        VexSubject::Digest(digest) => {
            scan.manifests.contains(digest) || scan.config.as_ref() == Some(digest)
        }
        VexSubject::Name(name) => scan.names.contains(name),
        VexSubject::Url(purl) => in_package(purl),
        VexSubject::Element { .. } => false,
    };
    let packages = product.packages.as_ref();
    of_subject
        && is_within(&product.platform, &scan.platform)
        && packages.is_none_or(|packages| packages.iter().any(in_package))
}

/// "Severity label first; no label: CVSS [...] base score >= 7.0; neither: unknown, not high"
fn is_high(finding: &Finding, from: HighRiskFrom) -> bool {
    let (label, tenths) = match from {
        HighRiskFrom::Critical => (CveSeverity::Critical, 90),
        HighRiskFrom::High => (CveSeverity::High, 70),
        HighRiskFrom::Medium => (CveSeverity::Medium, 40),
    };
    let high = match (finding.severity, finding.cvss_tenths) {
        (Some(severity), _) => severity >= label,
        (None, Some(score)) => score >= tenths,
        (None, None) => false,
    };
    high && !finding.suppressed
}
