//! Results of Trivy, which each of its reports holds, and reports of old versions: "an array of
//! results" (formats, section 5).

use posture_core::model::{Finding, Scan};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::finding::{finding, suppressed};
use crate::images::{Found, Identity, Reading};
use crate::json;

/// Classes of result that come of looking for something else than vulnerabilities.
pub(super) const OTHER_CLASSES: [&str; 4] = ["config", "license", "license-file", "secret"];

/// What was found in one place: the system's packages, a lock file.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "a result")]
pub(super) struct ScanResult<'a> {
    target: Option<String>,
    class: Option<String>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<&'a RawValue>>,
    #[serde(borrow, rename = "ExperimentalModifiedFindings")]
    modified: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct ModifiedKind {
    #[serde(rename = "Type")]
    kind: Option<String>,
}

impl ScanResult<'_> {
    pub(super) fn class(&self) -> Option<&str> {
        self.class.as_deref()
    }

    /// The image that a result on the system's packages names: `alpine:3.9 (alpine 3.9.4)`.
    pub(super) fn image(&self) -> Option<&str> {
        let target = self.target.as_deref()?.strip_suffix(')')?;
        let (image, _system) = target.rsplit_once(" (")?;
        let of_system = self.class.as_deref().is_none_or(|class| class == "os-pkgs");
        (of_system && !image.is_empty()).then_some(image)
    }

    pub(super) fn is_about_vulnerabilities(&self) -> bool {
        let other = |class| OTHER_CLASSES.contains(&class);
        let some = |list: &Option<Vec<&RawValue>>| list.as_ref().is_some_and(|l| !l.is_empty());
        some(&self.vulnerabilities) || !self.class.as_deref().is_some_and(other)
    }
}

/// Whether results say anything of vulnerabilities. An image without any result holds no package
/// and so no vulnerable one.
pub(super) fn looked_for_vulnerabilities(results: &[ScanResult]) -> bool {
    results.is_empty() || results.iter().any(ScanResult::is_about_vulnerabilities)
}

/// The findings of results, the first of which has a number, at a place of the report. "What a
/// user or VEX took from them (`ExperimentalModifiedFindings`) is suppressed" (formats, section 5).
pub(super) fn findings(
    results: &[ScanResult],
    first: usize,
    at: &str,
    reading: &mut Reading<'_>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for (result, index) in results.iter().zip(first..) {
        let at = format!("{at} Results[{index}]");
        let at = at.trim_start();
        let list = result.vulnerabilities.as_deref().unwrap_or_default();
        found.extend(reading.findings(list, &format!("{at}.Vulnerabilities"), finding));
        let is_vulnerability = |json: &&&RawValue| {
            let kind = json::from_str::<ModifiedKind>(json.get());
            kind.is_ok_and(|of| of.kind.as_deref() == Some("vulnerability"))
        };
        let modified = result.modified.iter().flatten();
        let modified: Vec<&RawValue> = modified.filter(is_vulnerability).copied().collect();
        let at = format!("{at}.ExperimentalModifiedFindings");
        found.extend(reading.findings(&modified, &at, suppressed));
    }
    found
}

/// Reads an array of results.
pub(in crate::images) fn read(json: &str, reading: &mut Reading<'_>) {
    let Some(results) = reading.open::<Vec<ScanResult>>(json) else {
        return;
    };
    let image = results.iter().find_map(ScanResult::image);
    let target = results.iter().find_map(|result| result.target.as_deref());
    let mut identity = Identity::default();
    identity.add_typed(image.unwrap_or_default());
    let scan = Scan {
        complete: looked_for_vulnerabilities(&results),
        findings: findings(&results, 0, "", reading),
        ..Scan::default()
    };
    reading.scan(
        Found::new(identity, scan),
        image.or(target).unwrap_or_default(),
    );
}
