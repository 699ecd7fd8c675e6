//! Reports of Trivy on a cluster: `trivy k8s --format json`.
//!
//! "One scan for each image of each resource" (formats, section 5).

use posture_core::issue::IssueKind;
use posture_core::model::Scan;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::results::{ScanResult, findings, looked_for_vulnerabilities};
use super::{Metadata, identity};
use crate::images::either::OneOrMany;
use crate::images::{Found, Identity, Reading, non_empty};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a report")]
struct Report<'a> {
    cluster_name: Option<String>,
    #[serde(borrow)]
    resources: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    findings: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    misconfigurations: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a resource")]
struct Resource<'a> {
    namespace: Option<String>,
    kind: Option<String>,
    name: Option<String>,
    /// Of one image, as old versions have it, or of each image.
    metadata: Option<OneOrMany<Metadata>>,
    #[serde(borrow)]
    results: Option<Vec<ScanResult<'a>>>,
    error: Option<String>,
}

/// Reads one report.
pub(in crate::images) fn read(json: &str, reading: &mut Reading<'_>) {
    let Some(report) = reading.open::<Report>(json) else {
        return;
    };
    let (mut scanned, mut others) = (0_u64, 0_u64);
    for (list, at) in [
        (report.resources, "Resources"),
        (report.findings, "Findings"),
        (report.vulnerabilities, "Vulnerabilities"),
        (report.misconfigurations, "Misconfigurations"),
    ] {
        let list = list.unwrap_or_default();
        for (index, resource) in reading.each("resource", &list, at, Ok::<Resource, _>) {
            if resource.is_of_an_image() {
                scanned = scanned.saturating_add(1);
                read_resource(&resource, &format!("{at}[{index}]"), reading);
            } else {
                others = others.saturating_add(1);
            }
        }
    }
    if scanned == 0 {
        let cluster = report.cluster_name.unwrap_or_default();
        reading.not_an_image(&format!(
            "the cluster `{cluster}` without scans of its images"
        ));
    } else if others > 0 {
        let message = match others {
            1 => "1 resource that is no scan of an image is not used".to_owned(),
            _ => format!("{others} resources that are no scan of an image are not used"),
        };
        reading.count(IssueKind::UnusedKind, message, others);
    }
}

impl Resource<'_> {
    /// The images that it names, by its metadata, else by its results on the system's packages.
    fn images(&self) -> Vec<Identity> {
        let metadata = self.metadata.as_ref().map_or(&[][..], OneOrMany::as_slice);
        let mut images: Vec<Identity> = metadata
            .iter()
            .map(|metadata| identity(Some(metadata), ""))
            .filter(|identity| !identity.is_empty())
            .collect();
        if images.is_empty() {
            let typed = self.results().iter().filter_map(ScanResult::image);
            images.extend(typed.map(of_typed));
        }
        images.dedup();
        images
    }

    fn results(&self) -> &[ScanResult<'_>] {
        self.results.as_deref().unwrap_or_default()
    }

    /// Whether it is a scan of an image, and not of a manifest or a node.
    fn is_of_an_image(&self) -> bool {
        let mut results = self.results().iter();
        results.any(ScanResult::is_about_vulnerabilities) || !self.images().is_empty()
    }

    /// `shop/Deployment/web`
    fn shown(&self) -> String {
        let parts = [&self.namespace, &self.kind, &self.name];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join("/")
    }
}

fn of_typed(image: &str) -> Identity {
    let mut identity = Identity::default();
    identity.add_typed(image);
    identity
}

fn read_resource(resource: &Resource<'_>, at: &str, reading: &mut Reading<'_>) {
    let (images, results) = (resource.images(), resource.results());
    let error = non_empty(resource.error.as_ref()).filter(|_| results.is_empty());
    if let Some(error) = error {
        reading.partial(&resource.shown(), &format!("failed: {error}"));
    }
    let told_apart = told_apart(&images, results);
    if told_apart.is_none() && error.is_none() && images.len() > 1 {
        let why = "has results of several images that cannot be told apart; expected those of \
                   `--report all`";
        reading.partial(&resource.shown(), why);
    }
    let whole = told_apart.is_some() && error.is_none();
    let mut parts = told_apart.unwrap_or_default().into_iter();
    for identity in images.iter().cloned() {
        let (first, results) = parts.next().unwrap_or_default();
        let looked = looked_for_vulnerabilities(results);
        if !looked {
            let image = identity.shown().unwrap_or_default();
            reading.partial(&image, "has no results of vulnerabilities");
        }
        let scan = Scan {
            complete: whole && looked,
            findings: findings(results, first, at, reading),
            ..Scan::default()
        };
        let at = at.to_owned();
        reading.scan(Found { identity, scan, at }, &resource.shown());
    }
    if images.is_empty() {
        reading.scan(Found::default(), &resource.shown());
    }
}

/// The results of each image, with the place of the first; none where that is not clear. An image's
/// results begin with those on its system's packages, which name it.
fn told_apart<'r, 'j>(
    images: &[Identity],
    results: &'r [ScanResult<'j>],
) -> Option<Vec<(usize, &'r [ScanResult<'j>])>> {
    if images.len() <= 1 {
        return Some(vec![(0, results)]);
    }
    let starts: Vec<usize> = results
        .iter()
        .enumerate()
        .filter_map(|(index, result)| result.image().map(|_| index))
        .collect();
    let ends = starts.iter().skip(1).copied().chain([results.len()]);
    let parts: Vec<_> = starts
        .iter()
        .zip(ends)
        .map(|(start, end)| Some((*start, results.get(*start..end)?)))
        .collect::<Option<_>>()?;
    let is_named = |(image, (_, results)): (&Identity, &(usize, &[ScanResult]))| {
        let named = results.first().and_then(ScanResult::image).map(of_typed);
        named.is_some_and(|named| {
            !named.names.is_disjoint(&image.names) || !named.manifests.is_disjoint(&image.manifests)
        })
    };
    let clear = parts.len() == images.len() && images.iter().zip(&parts).all(is_named);
    clear.then_some(parts)
}

#[cfg(test)]
mod tests;
