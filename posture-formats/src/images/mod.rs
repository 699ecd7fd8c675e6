//! Image scans, and what VEX says of their findings: one file per tool or format, each translating a
//! document into [`Scan`](posture_core::model::Scan)s or
//! [`VexStatement`](posture_core::model::VexStatement)s.

mod cyclonedx;
mod grype;
mod identity;
mod openvex;
mod reading;
mod trivy;
mod trivy_operator;
mod values;
mod vex;

use posture_core::issue::Issues;
use posture_core::model::{Fragment, Origin};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::envelope;
use identity::Identity;
use reading::{Found, Reading, without_id};
pub(crate) use trivy_operator::read_vulnerability_report;
use values::{non_empty, rank, severity, tenths, unix_seconds};

/// A format of scans or of VEX that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `trivy image --format json`.
    Trivy,
    /// The same of old versions: an array of results.
    TrivyResults,
    /// `trivy k8s --format json`.
    TrivyCluster,
    /// `grype --output json`.
    Grype,
    /// `CycloneDX` as JSON: a scan, VEX, or a bill of materials only.
    CycloneDx,
    /// `OpenVEX`.
    OpenVex,
}

/// The keys that tell formats apart.
#[derive(Deserialize)]
struct Signature<'a> {
    #[serde(borrow, rename = "SchemaVersion")]
    schema_version: Option<&'a RawValue>,
    #[serde(borrow, rename = "ClusterName")]
    cluster_name: Option<&'a RawValue>,
    #[serde(borrow, rename = "Findings")]
    findings: Option<&'a RawValue>,
    #[serde(borrow, rename = "Misconfigurations")]
    misconfigurations: Option<&'a RawValue>,
    #[serde(borrow, rename = "Resources")]
    resources: Option<&'a RawValue>,
    #[serde(borrow, rename = "Vulnerabilities")]
    vulnerabilities: Option<&'a RawValue>,
    #[serde(borrow, rename = "Target")]
    target: Option<&'a RawValue>,
    #[serde(borrow, rename = "Type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    matches: Option<&'a RawValue>,
    #[serde(borrow)]
    descriptor: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(borrow)]
    distro: Option<&'a RawValue>,
    #[serde(borrow, rename = "bomFormat")]
    bom_format: Option<&'a RawValue>,
    #[serde(borrow, rename = "@context")]
    context: Option<&'a RawValue>,
}

/// The format of a JSON document without a Kubernetes kind; none where it is no scan and no VEX.
pub(crate) fn recognise(json: &RawValue) -> Option<Format> {
    if json.get().starts_with('[') {
        let first = envelope::elements(json.get()).0.first().copied()?;
        let signature = serde_json::from_str::<Signature>(first.get()).ok()?;
        let is_result = signature.target.is_some_and(is_text)
            && (signature.kind.is_some() || signature.vulnerabilities.is_some());
        return is_result.then_some(Format::TrivyResults);
    }
    let signature = serde_json::from_str::<Signature>(json.get()).ok()?;
    signature.format()
}

impl Signature<'_> {
    fn format(&self) -> Option<Format> {
        let any = |fields: &[Option<&RawValue>]| fields.iter().any(Option::is_some);
        let of_cluster = [
            self.findings,
            self.misconfigurations,
            self.resources,
            self.vulnerabilities,
        ];
        let beside_matches = [self.descriptor, self.source, self.distro];
        let says = |field: Option<&RawValue>, word| {
            field.is_some_and(|json| is_text(json) && json.get().contains(word))
        };
        if self.cluster_name.is_some() && any(&of_cluster) {
            Some(Format::TrivyCluster)
        } else if self.schema_version.is_some_and(|json| json.get() == "2") {
            Some(Format::Trivy)
        } else if says(self.bom_format, "CycloneDX") {
            Some(Format::CycloneDx)
        } else if says(self.context, "openvex") {
            Some(Format::OpenVex)
        } else if self.matches.is_some() && any(&beside_matches) {
            Some(Format::Grype)
        } else {
            None
        }
    }
}

fn is_text(json: &RawValue) -> bool {
    json.get().starts_with('"')
}

/// Documents beside scans that are known and not read: a key, and what has it.
const UNREAD: [(&str, &str); 5] = [
    ("spdxVersion", "SPDX, a bill of materials,"),
    ("artifactRelationships", "Syft's bill of materials"),
    ("artifacts", "Syft's bill of materials"),
    ("product_tree", "CSAF"),
    ("runs", "SARIF"),
];

/// What a document is that is known by a key and not read.
pub(crate) fn unread(has: impl Fn(&str) -> bool) -> Option<&'static str> {
    let known = UNREAD.iter().find(|(key, _)| has(key));
    known.map(|(_, what)| *what)
}

/// Whether a text is a `CycloneDX` document as XML.
pub(crate) fn is_cyclonedx_xml(text: &str) -> bool {
    text.trim_start().starts_with('<')
        && memchr::memmem::find(text.as_bytes(), b"cyclonedx.org/schema/bom").is_some()
}

/// Reads one document of a format.
pub(crate) fn read(
    format: Format,
    json: &RawValue,
    origin: &Origin,
    fragment: &mut Fragment,
    issues: &mut Issues,
) {
    let what = match format {
        Format::Trivy | Format::TrivyResults | Format::TrivyCluster => "trivy report",
        Format::Grype => "grype report",
        Format::CycloneDx => "CycloneDX document",
        Format::OpenVex => "OpenVEX document",
    };
    let reading = &mut Reading::new(what, origin, fragment, issues);
    match format {
        Format::Trivy => trivy::read(json, reading),
        Format::TrivyResults => trivy::results::read(json, reading),
        Format::TrivyCluster => trivy::cluster::read(json, reading),
        Format::Grype => grype::read(json, reading),
        Format::CycloneDx => cyclonedx::read(json, reading),
        Format::OpenVex => openvex::read(json, reading),
    }
}

#[cfg(test)]
mod testing;
