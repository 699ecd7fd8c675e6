//! One vulnerability in a report of Trivy.

use std::collections::BTreeMap;

use posture_core::model::{Finding, Purl};
use serde::Deserialize;

use crate::images::{severity, tenths};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a vulnerability")]
pub(super) struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: Option<String>,
    pkg_name: Option<String>,
    pkg_identifier: Option<Package>,
    severity: Option<String>,
    severity_source: Option<String>,
    status: Option<String>,
    #[serde(rename = "CVSS")]
    cvss: Option<BTreeMap<String, Option<Cvss>>>,
}

/// What a user or VEX took from the vulnerabilities.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a modified finding")]
pub(super) struct Modified {
    finding: Option<Vulnerability>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Package {
    #[serde(rename = "PURL")]
    purl: Option<String>,
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

/// The finding of a vulnerability; none where it has no id. "Of the statuses only `not_affected`
/// clears a finding: `fixed` says that a fixed version exists" (formats, section 5).
pub(super) fn finding(vulnerability: Vulnerability) -> Option<Finding> {
    let by_vendor = vulnerability.cvss.unwrap_or_default();
    let package = vulnerability.pkg_identifier;
    Some(Finding {
        id: vulnerability.id.filter(|id| !id.is_empty())?,
        package: vulnerability.pkg_name.unwrap_or_default(),
        purl: package
            .and_then(|package| package.purl)
            .and_then(|purl| Purl::parse(&purl)),
        severity: vulnerability.severity.as_deref().and_then(severity),
        cvss_tenths: base_score(vulnerability.severity_source.as_deref(), &by_vendor),
        suppressed: vulnerability.status.as_deref() == Some("not_affected"),
        ..Finding::default()
    })
}

/// The finding that was taken from the vulnerabilities.
pub(super) fn suppressed(modified: Modified) -> Option<Finding> {
    Some(Finding {
        suppressed: true,
        ..finding(modified.finding?)?
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
