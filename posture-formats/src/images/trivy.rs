//! Reports of Trivy, schema version 2: `trivy image --format json`.

pub(super) mod cluster;
mod finding;
pub(super) mod results;

use std::collections::BTreeSet;

use posture_core::model::{Digest, Platform, Scan};
use serde::Deserialize;

use super::{Found, Identity, Reading, non_empty, unix_seconds};
use results::{ScanResult, findings, looked_for_vulnerabilities};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a report")]
struct Report<'a> {
    artifact_name: Option<String>,
    artifact_type: Option<String>,
    created_at: Option<String>,
    metadata: Option<Metadata>,
    #[serde(borrow)]
    results: Option<Vec<ScanResult<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
struct Metadata {
    #[serde(rename = "ImageID")]
    image_id: Option<String>,
    repo_tags: Option<Vec<String>>,
    repo_digests: Option<Vec<String>>,
    reference: Option<String>,
    image_config: Option<ImageConfig>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct ImageConfig {
    os: Option<String>,
    architecture: Option<String>,
}

/// Reads one report.
pub(super) fn read(json: &str, reading: &mut Reading<'_>) {
    let Some(report) = reading.open::<Report>(json) else {
        return;
    };
    if let Some(subject) = other_subject(&report) {
        reading.not_an_image(&subject);
        return;
    }
    let artifact = report.artifact_name.as_deref().unwrap_or_default();
    let identity = identity(report.metadata.as_ref(), artifact);
    let results = report.results.as_deref().unwrap_or_default();
    let complete = looked_for_vulnerabilities(results);
    if !complete && !identity.is_empty() {
        let classes = results.iter().filter_map(ScanResult::class);
        let classes: Vec<&str> = classes.collect::<BTreeSet<_>>().into_iter().collect();
        let image = identity.shown().unwrap_or_default();
        let why = format!(
            "has results of {} only; expected vulnerabilities",
            classes.join(", ")
        );
        reading.partial(&image, &why);
    }
    let scan = Scan {
        at: report.created_at.as_deref().and_then(unix_seconds),
        complete,
        findings: findings(results, 0, "", reading),
        ..Scan::default()
    };
    reading.scan(Found::new(identity, scan), artifact);
}

/// What a report is about when it is not about an image; none when it is. A report that does not
/// say its type is about an image when it has an image's metadata.
fn other_subject(report: &Report) -> Option<String> {
    let artifact = report.artifact_name.as_deref().unwrap_or_default();
    match non_empty(report.artifact_type.as_ref()) {
        Some("container_image") => None,
        Some(other) => Some(format!("the {other} `{artifact}`")),
        None => {
            let metadata = report.metadata.as_ref();
            let of_image = metadata.is_some_and(|metadata| {
                non_empty(metadata.image_id.as_ref()).is_some()
                    || references(metadata).next().is_some()
            });
            (!of_image).then(|| format!("`{artifact}`, which has no type"))
        }
    }
}

/// The image's names, digests and platform. The artifact's name is the last resort: it is what was typed.
fn identity(metadata: Option<&Metadata>, artifact: &str) -> Identity {
    let mut identity = Identity::default();
    if let Some(metadata) = metadata {
        identity.config = metadata.image_id.as_deref().and_then(Digest::parse);
        if let Some(config) = &metadata.image_config {
            identity.platform = Platform::new(config.os.as_deref(), config.architecture.as_deref());
        }
        for reference in references(metadata).chain(non_empty(metadata.reference.as_ref())) {
            identity.add_reference(reference);
        }
    }
    if identity.names.is_empty() && identity.manifests.is_empty() {
        identity.add_typed(artifact);
    }
    identity
}

/// The tags and digests that say something.
fn references(metadata: &Metadata) -> impl Iterator<Item = &str> {
    let lists = [&metadata.repo_tags, &metadata.repo_digests];
    lists
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|text| non_empty(Some(text)))
}

#[cfg(test)]
mod tests;
