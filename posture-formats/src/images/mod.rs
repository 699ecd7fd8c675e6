//! Image scans: one file per tool, each translating a report into a [`Scan`](posture_core::model::Scan).

mod trivy;
mod trivy_operator;

use std::collections::BTreeSet;

use jiff::Timestamp;
use posture_core::issue::{IssueKind, Issues};
use posture_core::model::{CveSeverity, Digest, Finding, Fragment, ImageName, Origin};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json;
pub(crate) use trivy_operator::read_vulnerability_report;

/// A tool whose reports are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// `trivy image --format json`.
    Trivy,
}

/// Whether a JSON document without a Kubernetes kind is a scan report of some tool.
pub(crate) fn recognise(json: &RawValue) -> Option<Tool> {
    trivy::is_report(json).then_some(Tool::Trivy)
}

/// Reads one report of a tool.
pub(crate) fn read(
    tool: Tool,
    json: &RawValue,
    origin: &Origin,
    fragment: &mut Fragment,
    issues: &mut Issues,
) {
    match tool {
        Tool::Trivy => trivy::read(json, origin, fragment, issues),
    }
}

/// What a report says its image is.
#[derive(Debug, Default)]
struct Identity {
    names: BTreeSet<ImageName>,
    manifests: BTreeSet<Digest>,
    config: Option<Digest>,
}

impl Identity {
    /// Adds what a reference such as `nginx:1.25` or `nginx@sha256:...` says. A name without a tag
    /// is that of many images: beside a digest it is dropped. `<none>` is what container engines
    /// print for an image without a name.
    fn add_reference(&mut self, reference: &str) {
        if reference.contains("<none>") {
            return;
        }
        if let Some((name, digest)) = ImageName::parse(reference) {
            self.manifests.extend(digest);
            if name.tag.is_some() {
                self.names.insert(name);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.names.is_empty() && self.manifests.is_empty() && self.config.is_none()
    }
}

/// Reads findings one by one, so that a broken one costs only itself. `at` is where the list
/// stands in its report.
fn read_findings<'a, T: Deserialize<'a>>(
    list: &[&'a RawValue],
    at: &str,
    translate: fn(T) -> Option<Finding>,
    origin: &Origin,
    issues: &mut Issues,
) -> Vec<Finding> {
    let mut findings = Vec::with_capacity(list.len());
    for (index, json) in list.iter().enumerate() {
        let message = match serde_json::from_str(json.get()).map(translate) {
            Ok(Some(finding)) => {
                findings.push(finding);
                continue;
            }
            Ok(None) => "vulnerability without an id".to_owned(),
            Err(error) => format!(
                "vulnerability that cannot be read: {}",
                json::message(&error)
            ),
        };
        let at = format!("{} {at}[{index}]", origin.at);
        issues.push(
            IssueKind::InvalidObject,
            origin.file.as_ref(),
            at.trim_start(),
            message,
        );
    }
    findings
}

/// The same findings in order of id and package, each once.
fn each_once(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_unstable();
    findings.dedup();
    findings
}

/// A severity label; none for `UNKNOWN`, an empty text, and words that are no severity.
fn severity(label: &str) -> Option<CveSeverity> {
    match label.to_ascii_lowercase().as_str() {
        "critical" => Some(CveSeverity::Critical),
        "high" => Some(CveSeverity::High),
        "medium" => Some(CveSeverity::Medium),
        "low" => Some(CveSeverity::Low),
        "negligible" => Some(CveSeverity::Negligible),
        _ => None,
    }
}

/// A CVSS base score times ten, to the nearest; none outside 0.0 to 10.0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked"
)]
fn tenths(score: f64) -> Option<u8> {
    (0.0..=10.0)
        .contains(&score)
        .then(|| (score * 10.0).round() as u8)
}

/// Unix seconds of an RFC 3339 time; none where it cannot be read.
fn unix_seconds(time: &str) -> Option<i64> {
    time.parse::<Timestamp>().ok().map(Timestamp::as_second)
}

/// A text that says something: an empty one is nothing.
fn non_empty(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_become_tenths() {
        for (score, expected) in [
            (0.0, Some(0)),
            (6.9, Some(69)),
            (7.0, Some(70)),
            (9.75, Some(98)),
            (10.0, Some(100)),
            (10.1, None),
            (-0.1, None),
        ] {
            assert_eq!(tenths(score), expected, "{score}");
        }
    }

    #[test]
    fn labels_in_any_case() {
        assert_eq!(severity("HIGH"), Some(CveSeverity::High));
        assert_eq!(severity("Critical"), Some(CveSeverity::Critical));
        for nothing in ["UNKNOWN", "", "Important"] {
            assert_eq!(severity(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn references_that_name_one_image() {
        let mut identity = Identity::default();
        for nothing in ["", "<none>:<none>", "<none>@<none>", "a b"] {
            identity.add_reference(nothing);
            assert!(identity.is_empty(), "{nothing}");
        }
        identity.add_reference(&format!("alpine@sha256:{}", "a".repeat(64)));
        assert_eq!((identity.names.len(), identity.manifests.len()), (0, 1));
        identity.add_reference("alpine:3.9");
        assert_eq!(
            identity.names.first().unwrap().to_string(),
            "docker.io/library/alpine:3.9"
        );
    }

    #[test]
    fn times() {
        assert_eq!(unix_seconds("1970-01-01T01:00:01.5+01:00"), Some(1));
        assert_eq!(unix_seconds("yesterday"), None);
    }
}
