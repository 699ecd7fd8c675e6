//! Image scans, and what VEX says of their findings: one file per tool or format, each translating a
//! document into [`Scan`](posture_core::model::Scan)s or
//! [`VexStatement`](posture_core::model::VexStatement)s.

mod cyclonedx;
mod either;
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
use serde_json::value::RawValue;

use crate::envelope::{self, Envelope};
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

/// The format of a JSON object without a Kubernetes kind; none where it is no scan and no VEX.
pub(crate) fn recognise(object: &Envelope<'_>) -> Option<Format> {
    let has = |key: &&str| said(object, key).is_some();
    let says = |key, word| {
        let text = said(object, key).filter(|json| is_text(json));
        text.is_some_and(|json| json.get().contains(word))
    };
    let of_cluster = [
        "Findings",
        "Misconfigurations",
        "Resources",
        "Vulnerabilities",
    ];
    let beside_matches = ["descriptor", "source", "distro"];
    if has(&"ClusterName") && of_cluster.iter().any(has) {
        Some(Format::TrivyCluster)
    } else if said(object, "SchemaVersion").is_some_and(|json| json.get() == "2") {
        Some(Format::Trivy)
    } else if says("bomFormat", "CycloneDX") {
        Some(Format::CycloneDx)
    } else if says("@context", "openvex") {
        Some(Format::OpenVex)
    } else if has(&"matches") && beside_matches.iter().any(has) {
        Some(Format::Grype)
    } else {
        None
    }
}

/// Whether a text, which may break off, begins as a scan.
pub(crate) fn begins(text: &str) -> bool {
    let object = envelope::open(text).0;
    object.kind.is_none() && recognise(&object).is_some()
}

/// The format of a JSON array; none where it is no scan.
pub(crate) fn recognise_array(elements: &[&RawValue]) -> Option<Format> {
    let first = envelope::open(elements.first()?.get()).0;
    let is_result = said(&first, "Target").is_some_and(is_text)
        && (said(&first, "Type").is_some() || said(&first, "Vulnerabilities").is_some());
    is_result.then_some(Format::TrivyResults)
}

/// A field that is not `null`.
fn said<'a>(object: &Envelope<'a>, key: &str) -> Option<&'a RawValue> {
    object.field(key).filter(|json| json.get() != "null")
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
pub(crate) fn unread(object: &Envelope<'_>) -> Option<&'static str> {
    let known = UNREAD.iter().find(|(key, _)| object.field(key).is_some());
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
    json: &str,
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
