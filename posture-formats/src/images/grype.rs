//! Reports of Grype: `grype --output json`.

use posture_core::model::{Digest, Finding, Platform, Purl, Scan};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::either::TextOr;
use super::{Found, Identity, Reading, non_empty, rank, severity, tenths, unix_seconds};

/// Where an image may come from, as it may stand before its name: `registry:alpine:3.9`.
const SCHEMES: [&str; 4] = ["containerd:", "docker:", "podman:", "registry:"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a report")]
struct Report<'a> {
    #[serde(borrow)]
    matches: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    ignored_matches: Option<Vec<&'a RawValue>>,
    source: Option<Source>,
    descriptor: Option<Descriptor>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Source {
    #[serde(rename = "type")]
    kind: Option<String>,
    target: Option<Target>,
}

type Target = TextOr<Image>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    user_input: Option<String>,
    #[serde(rename = "imageID")]
    id: Option<String>,
    manifest_digest: Option<String>,
    tags: Option<Vec<String>>,
    repo_digests: Option<Vec<String>>,
    os: Option<String>,
    architecture: Option<String>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Descriptor {
    timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a match")]
struct Match {
    vulnerability: Option<Vulnerability>,
    related_vulnerabilities: Option<Vec<Vulnerability>>,
    artifact: Option<Artifact>,
}

#[derive(Deserialize)]
#[serde(expecting = "a vulnerability")]
struct Vulnerability {
    id: Option<String>,
    severity: Option<String>,
    cvss: Option<Vec<Cvss>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Cvss {
    version: Option<String>,
    metrics: Option<Metrics>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Metrics {
    base_score: Option<f64>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Artifact {
    name: Option<String>,
    purl: Option<String>,
}

/// Reads one report.
pub(super) fn read(json: &str, reading: &mut Reading<'_>) {
    let Some(report) = reading.open::<Report>(json) else {
        return;
    };
    let source = report.source.as_ref();
    let target = source.and_then(|source| source.target.as_ref());
    let artifact = target.and_then(shown).unwrap_or_default();
    let kind = source.and_then(|source| non_empty(source.kind.as_ref()));
    if let Some(other) = kind.filter(|kind| *kind != "image") {
        reading.not_an_image(&format!("the {other} `{artifact}`"));
        return;
    }
    let matches = report.matches.unwrap_or_default();
    let ignored = report.ignored_matches.unwrap_or_default();
    let mut findings = reading.findings(&matches, "matches", finding);
    findings.extend(reading.findings(&ignored, "ignoredMatches", suppressed));
    let timestamp = report.descriptor.and_then(|of| of.timestamp);
    let scan = Scan {
        at: timestamp.as_deref().and_then(unix_seconds),
        complete: true,
        findings,
        ..Scan::default()
    };
    let identity = target.map(identity).unwrap_or_default();
    reading.scan(Found::new(identity, scan), artifact);
}

fn shown(target: &Target) -> Option<&str> {
    match target {
        TextOr::Text(text) => Some(text),
        TextOr::Object(image) => image.user_input.as_deref(),
    }
}

/// The image's names, digests and platform; what was typed where it has no tag.
fn identity(target: &Target) -> Identity {
    let mut identity = Identity::default();
    if let TextOr::Object(image) = target {
        let digest = |text: &Option<String>| text.as_deref().and_then(Digest::parse);
        identity.config = digest(&image.id);
        identity.platform = Platform::new(image.os.as_deref(), image.architecture.as_deref());
        identity.manifests.extend(digest(&image.manifest_digest));
        let references = [&image.tags, &image.repo_digests];
        for reference in references.into_iter().flatten().flatten() {
            identity.add_reference(reference);
        }
    }
    if let Some(typed) = shown(target).filter(|_| identity.names.is_empty()) {
        let mut schemes = SCHEMES.iter();
        let without = schemes.find_map(|scheme| typed.strip_prefix(scheme));
        identity.add_typed(without.unwrap_or(typed));
    }
    identity
}

/// The finding of a match; none where its vulnerability has no id. Where it has no score, the
/// vulnerabilities that are related to it may have one.
fn finding(found: Match) -> Option<Finding> {
    let vulnerability = found.vulnerability?;
    let related = found.related_vulnerabilities.unwrap_or_default();
    let scores = std::iter::once(&vulnerability).chain(&related);
    let cvss_tenths = scores.into_iter().find_map(base_score);
    let artifact = found.artifact;
    let purl = artifact.as_ref().and_then(|of| of.purl.as_deref());
    Some(Finding {
        purl: purl.and_then(Purl::parse),
        package: artifact.and_then(|of| of.name).unwrap_or_default(),
        severity: vulnerability.severity.as_deref().and_then(severity),
        cvss_tenths,
        id: vulnerability.id.filter(|id| !id.is_empty())?,
        ..Finding::default()
    })
}

/// A match that was ignored, by VEX too.
fn suppressed(ignored: Match) -> Option<Finding> {
    Some(Finding {
        suppressed: true,
        ..finding(ignored)?
    })
}

/// "CVSS v3 (else v2, v4) base score" (scoring, section 5), of several the first.
fn base_score(vulnerability: &Vulnerability) -> Option<u8> {
    let scores = vulnerability.cvss.iter().flatten().filter_map(|cvss| {
        let score = cvss.metrics.as_ref()?.base_score.and_then(tenths)?;
        Some((rank(cvss.version.as_deref().unwrap_or_default()), score))
    });
    scores.min_by_key(|(rank, _)| *rank).map(|(_, score)| score)
}

#[cfg(test)]
mod tests;
