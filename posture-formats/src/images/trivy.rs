//! Reports of Trivy, schema version 2: `trivy image --format json`.

use std::collections::{BTreeMap, BTreeSet};

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::{Digest, Finding, Fragment, Origin, Scan};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::{Identity, each_once, non_empty, read_findings, severity, tenths, unix_seconds};
use crate::json;

/// Classes of result that come of looking for something else than vulnerabilities.
const OTHER_CLASSES: [&str; 4] = ["config", "license", "license-file", "secret"];

/// Endings of an artifact that was read from a file and not from a registry.
const ARCHIVES: [&str; 3] = [".tar", ".tar.gz", ".tgz"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Signature {
    schema_version: Option<u64>,
    cluster_name: Option<IgnoredAny>,
    findings: Option<IgnoredAny>,
    misconfigurations: Option<IgnoredAny>,
    resources: Option<IgnoredAny>,
    vulnerabilities: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a report")]
struct Report<'a> {
    cluster_name: Option<String>,
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
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a result")]
struct ScanResult<'a> {
    class: Option<String>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a vulnerability")]
struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: Option<String>,
    pkg_name: Option<String>,
    severity: Option<String>,
    severity_source: Option<String>,
    status: Option<String>,
    #[serde(rename = "CVSS")]
    cvss: Option<BTreeMap<String, Option<Cvss>>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Cvss {
    #[serde(rename = "V2Score")]
    v2: Option<f64>,
    #[serde(rename = "V3Score")]
    v3: Option<f64>,
    #[serde(rename = "V40Score")]
    v40: Option<f64>,
}

/// Whether a document is a report of Trivy, of an image or of something else.
pub(super) fn is_report(json: &RawValue) -> bool {
    let Ok(signature) = serde_json::from_str::<Signature>(json.get()) else {
        return false;
    };
    let of_cluster = signature.cluster_name.is_some()
        && (signature.findings.is_some()
            || signature.misconfigurations.is_some()
            || signature.resources.is_some()
            || signature.vulnerabilities.is_some());
    signature.schema_version == Some(2) || of_cluster
}

/// Reads one report.
pub(super) fn read(json: &RawValue, origin: &Origin, fragment: &mut Fragment, issues: &mut Issues) {
    let report = match serde_json::from_str::<Report>(json.get()) {
        Ok(report) => report,
        Err(error) => {
            let message = format!(
                "trivy report that cannot be read: {}",
                json::message(&error)
            );
            issues.push(
                IssueKind::InvalidObject,
                origin.file.as_ref(),
                &origin.at,
                message,
            );
            return;
        }
    };
    if let Some(subject) = other_subject(&report) {
        let message = format!("trivy report on {subject}; expected one on a container image");
        issues.push(
            IssueKind::NotAnImage,
            origin.file.as_ref(),
            &origin.at,
            message,
        );
        return;
    }
    fragment.sources.scans = true;
    let artifact = report.artifact_name.as_deref().unwrap_or_default();
    let identity = identity(&report);
    if identity.is_empty() {
        let message =
            format!("trivy report on `{artifact}` names no image; expected a tag or digest");
        issues.push(
            IssueKind::NotAnImage,
            origin.file.as_ref(),
            &origin.at,
            message,
        );
        return;
    }
    let results = report.results.as_deref().unwrap_or_default();
    let complete = looked_for_vulnerabilities(results);
    if !complete {
        let classes = results.iter().filter_map(|result| result.class.as_deref());
        let classes: Vec<&str> = classes.collect::<BTreeSet<_>>().into_iter().collect();
        let message = format!(
            "trivy report on `{}` has results of {} only; expected vulnerabilities",
            identity
                .names
                .first()
                .map_or_else(|| artifact.to_owned(), ToString::to_string),
            classes.join(", ")
        );
        issues.push(
            IssueKind::PartialScan,
            origin.file.as_ref(),
            &origin.at,
            message,
        );
    }
    let mut findings = Vec::new();
    for (index, result) in results.iter().enumerate() {
        let list = result.vulnerabilities.as_deref().unwrap_or_default();
        let at = format!("Results[{index}].Vulnerabilities");
        findings.extend(read_findings(list, &at, finding, origin, issues));
    }
    fragment.scans.push(Scan {
        at: report.created_at.as_deref().and_then(unix_seconds),
        complete,
        names: identity.names,
        manifests: identity.manifests,
        config: identity.config,
        operator: None,
        findings: each_once(findings),
        origin: origin.clone(),
    });
}

/// What a report is about when it is not about an image; none when it is. A report that does not
/// say its type is about an image when it has an image's metadata.
fn other_subject(report: &Report) -> Option<String> {
    if let Some(cluster) = &report.cluster_name {
        return Some(format!("the cluster `{cluster}`"));
    }
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

/// The image's names and digests. The artifact's name is the last resort: it is what was typed, and
/// may be the path of a file.
fn identity(report: &Report) -> Identity {
    let mut identity = Identity::default();
    if let Some(metadata) = &report.metadata {
        identity.config = metadata.image_id.as_deref().and_then(Digest::parse);
        for reference in references(metadata).chain(non_empty(metadata.reference.as_ref())) {
            identity.add_reference(reference);
        }
    }
    if identity.names.is_empty()
        && identity.manifests.is_empty()
        && let Some(artifact) = non_empty(report.artifact_name.as_ref())
        && !is_path(artifact)
    {
        identity.add_reference(artifact);
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

fn is_path(artifact: &str) -> bool {
    artifact.starts_with(['.', '/']) || ARCHIVES.iter().any(|ending| artifact.ends_with(ending))
}

/// Whether a scan says anything of vulnerabilities. An image without any result holds no package
/// and so no vulnerable one.
fn looked_for_vulnerabilities(results: &[ScanResult]) -> bool {
    let about_vulnerabilities = |result: &ScanResult| {
        result
            .vulnerabilities
            .as_ref()
            .is_some_and(|list| !list.is_empty())
            || !result
                .class
                .as_deref()
                .is_some_and(|class| OTHER_CLASSES.contains(&class))
    };
    results.is_empty() || results.iter().any(about_vulnerabilities)
}

/// The finding of a vulnerability; none where it has no id. Of the statuses only `not_affected`
/// clears it: `fixed` says that a fixed version exists, not that it is installed.
fn finding(vulnerability: Vulnerability) -> Option<Finding> {
    let by_vendor = vulnerability.cvss.unwrap_or_default();
    Some(Finding {
        id: vulnerability.id.filter(|id| !id.is_empty())?,
        package: vulnerability.pkg_name.unwrap_or_default(),
        severity: vulnerability.severity.as_deref().and_then(severity),
        cvss_tenths: base_score(vulnerability.severity_source.as_deref(), &by_vendor),
        suppressed: vulnerability.status.as_deref() == Some("not_affected"),
    })
}

/// The score of the first vendor that gives one: the source of the severity label, then `nvd`, then
/// the others by name. Of one vendor version 3, else 2, else 4.
fn base_score(source: Option<&str>, by_vendor: &BTreeMap<String, Option<Cvss>>) -> Option<u8> {
    let vendors = by_vendor.keys().map(String::as_str);
    source
        .into_iter()
        .chain(["nvd"])
        .chain(vendors)
        .find_map(|vendor| {
            let cvss = by_vendor.get(vendor)?.as_ref()?;
            let scores = [cvss.v3, cvss.v2, cvss.v40];
            scores.into_iter().flatten().find_map(tenths)
        })
}

#[cfg(test)]
mod tests;
