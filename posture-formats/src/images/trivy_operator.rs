//! `VulnerabilityReport` (aquasecurity.github.io), which trivy-operator makes of every container.

use std::collections::BTreeMap;

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::{Digest, Finding, Fragment, OperatorLabels, Origin, Purl, Scan};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Found, Identity, Reading, non_empty, severity, tenths, unix_seconds};

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct VulnerabilityReport<'a> {
    metadata: Option<Metadata>,
    #[serde(borrow)]
    report: Option<Report<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(expecting = "an object")]
struct Metadata {
    namespace: Option<String>,
    name: Option<String>,
    labels: Option<BTreeMap<String, Option<String>>>,
    annotations: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a report")]
struct Report<'a> {
    update_timestamp: Option<String>,
    registry: Option<Registry>,
    artifact: Option<Artifact>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Registry {
    server: Option<String>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Artifact {
    repository: Option<String>,
    tag: Option<String>,
    digest: Option<String>,
}

#[derive(Deserialize)]
#[serde(expecting = "a vulnerability")]
struct Vulnerability {
    #[serde(rename = "vulnerabilityID")]
    id: Option<String>,
    resource: Option<String>,
    #[serde(rename = "packagePURL")]
    purl: Option<String>,
    severity: Option<String>,
    score: Option<f64>,
}

/// Reads one `VulnerabilityReport`.
pub(crate) fn read_vulnerability_report(
    json: &str,
    origin: &Origin,
    fragment: &mut Fragment,
    issues: &mut Issues,
) {
    fragment.sources.scans = true;
    let reading = &mut Reading::new("VulnerabilityReport", origin, fragment, issues);
    let Some(object) = reading.open::<VulnerabilityReport>(json) else {
        return;
    };
    let metadata = object.metadata.unwrap_or_default();
    let name = metadata.name.as_deref().unwrap_or_default();
    let operator = operator_labels(&metadata);
    let Some(report) = object.report else {
        let scan = Scan {
            operator,
            ..Scan::default()
        };
        if scan.operator.is_some() {
            reading.partial(name, "has no report; its image is unscanned");
            reading.scan(Found::new(Identity::default(), scan), name);
        } else {
            let message = format!("VulnerabilityReport `{name}` has no report; expected `report`");
            reading.issue(IssueKind::InvalidObject, message);
        }
        return;
    };
    let list = report.vulnerabilities.as_deref().unwrap_or_default();
    let scan = Scan {
        at: report.update_timestamp.as_deref().and_then(unix_seconds),
        complete: true,
        operator,
        findings: reading.findings(list, "report.vulnerabilities", finding),
        ..Scan::default()
    };
    let identity = identity(&report);
    reading.scan(Found::new(identity, scan), name);
}

/// The container that a report is about; none unless all of it is said. A name that is too long for
/// a label is an annotation.
fn operator_labels(metadata: &Metadata) -> Option<OperatorLabels> {
    let maps = [&metadata.labels, &metadata.annotations];
    let value = |field: &str| {
        let key = format!("trivy-operator.{field}");
        let mut values = maps.into_iter().flatten().filter_map(|map| map.get(&key));
        values
            .find_map(|value| non_empty(value.as_ref()))
            .map(str::to_owned)
    };
    let namespace = || non_empty(metadata.namespace.as_ref()).map(str::to_owned);
    Some(OperatorLabels {
        namespace: value("resource.namespace").or_else(namespace)?,
        kind: value("resource.kind")?,
        name: value("resource.name")?,
        container: value("container.name")?,
    })
}

/// The image's name and digest. The digest is the manifest's where the container named its image by
/// digest, and then there is no tag; beside a tag it is the image id, which the scan found.
fn identity(report: &Report) -> Identity {
    let mut identity = Identity::default();
    let Some(artifact) = &report.artifact else {
        return identity;
    };
    let tag = non_empty(artifact.tag.as_ref());
    let digest = artifact.digest.as_deref().and_then(Digest::parse);
    if tag.is_some() {
        identity.config = digest;
    } else {
        identity.manifests.extend(digest);
    }
    let server = report
        .registry
        .as_ref()
        .and_then(|registry| non_empty(registry.server.as_ref()));
    if let (Some(repository), Some(tag)) = (non_empty(artifact.repository.as_ref()), tag) {
        match server {
            Some(server) => identity.add_reference(&format!("{server}/{repository}:{tag}")),
            None => identity.add_reference(&format!("{repository}:{tag}")),
        }
    }
    identity
}

/// The finding of a vulnerability; none where it has no id.
fn finding(vulnerability: Vulnerability) -> Option<Finding> {
    Some(Finding {
        id: vulnerability.id.filter(|id| !id.is_empty())?,
        package: vulnerability.resource.unwrap_or_default(),
        purl: vulnerability.purl.as_deref().and_then(Purl::parse),
        severity: vulnerability.severity.as_deref().and_then(severity),
        cvss_tenths: vulnerability.score.and_then(tenths),
        ..Finding::default()
    })
}

#[cfg(test)]
mod tests;
