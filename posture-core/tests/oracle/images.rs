//! Running images and their scans.

use std::collections::BTreeSet;

use posture_core::model::{
    ContainerRole, CveSeverity, Finding, HighRiskFrom, ImageIdentity, Method, Scan,
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
            uses.push((
                &container.image,
                [namespace.to_owned(), kind, name, container.name.clone()],
            ));
        }
    }
    let keys: BTreeSet<String> = uses.iter().filter_map(|(image, _)| key(image)).collect();
    let mut images = Images {
        all: 0,
        high_risk: 0,
        unscanned: 0,
    };
    for wanted in keys {
        let same: Vec<_> = uses
            .iter()
            .filter(|(image, _)| key(image).as_ref() == Some(&wanted))
            .collect();
        images.all += 1;
        match scan_of(&same, input) {
            None => {
                images.unscanned += 1;
                images.high_risk += u64::from(method.unscanned_is_high_risk);
            }
            Some(scan) => images.high_risk += u64::from(is_bad(scan, method)),
        }
    }
    images
}

/// "by digest; by normalised reference where no digest is known"
fn key(image: &ImageIdentity) -> Option<String> {
    let digest = image
        .running
        .as_ref()
        .or(image.pinned.as_ref())
        .or(image.config.as_ref());
    match digest {
        Some(digest) => Some(digest.as_str().to_owned()),
        None => image.name.as_ref().map(ToString::to_string),
    }
}

/// Whether a scan belongs to an image by a container that runs it.
type Join<'f> = dyn Fn(&Scan, &Use<'_>) -> bool + 'f;

type Use<'a> = (&'a ImageIdentity, [String; 4]);

/// The newest usable scan by the best join; of equally new ones a bad one.
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
    for join in joins {
        let found = input
            .fragment
            .scans
            .iter()
            .filter(usable)
            .filter(|scan| uses.iter().any(|u| join(scan, u)));
        if let Some(scan) = found.max_by_key(|scan| (scan.at, is_bad(scan, method))) {
            return Some(scan);
        }
    }
    None
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

fn is_bad(scan: &Scan, method: &Method) -> bool {
    scan.findings
        .iter()
        .any(|finding| is_high(finding, method.high_risk_from))
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
