//! Actions as findings of code scanning: SARIF 2.1.0.

use std::fmt::Write;

use posture_core::action::ActionSeverity;
use posture_core::json;
use posture_core::points::Points;
use posture_core::remedy::ActionKind;
use posture_core::report::{ActionReport, Report};
use serde::Serialize;

use super::numbers::gain;

/// The schema of the format.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<Run<'r>>,
}

/// The findings of one cluster.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool,
    #[serde(skip_serializing_if = "Option::is_none")]
    automation_details: Option<Automation>,
    results: Vec<Finding<'r>>,
    properties: Scores,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

/// A kind of action.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text,
    properties: Tags,
}

#[derive(Serialize)]
struct Tags {
    tags: [&'static str; 2],
}

/// Tells the runs over several clusters apart.
#[derive(Serialize)]
struct Automation {
    id: String,
}

/// An action.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'r> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location<'r>; 1],
    partial_fingerprints: Fingerprint<'r>,
    properties: Stakes,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'r> {
    physical_location: File,
    logical_locations: [Place<'r>; 1],
}

/// Code scanning refuses results without a file: there is one for each namespace, in name.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place<'r> {
    name: &'r str,
    fully_qualified_name: &'r str,
    kind: &'static str,
}

/// What makes a finding the same one in the next run.
#[derive(Serialize)]
struct Fingerprint<'r> {
    #[serde(rename = "action/v1")]
    action: &'r str,
}

/// What a finding is worth.
#[derive(Serialize)]
struct Stakes {
    rank: usize,
    gain: Points,
    gain_max: Points,
    part: u64,
    whole: u64,
    items: usize,
}

#[derive(Serialize)]
struct Scores {
    score: Option<Points>,
    scoring_version: u32,
}

/// The reports of some clusters; of one alone without a name.
pub(crate) fn sarif<'r>(
    reports: impl IntoIterator<Item = (Option<&'r str>, &'r Report)>,
) -> String {
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: reports
            .into_iter()
            .map(|(name, report)| run(name, report))
            .collect(),
    };
    json::to_text(&log)
}

fn run<'r>(name: Option<&str>, report: &'r Report) -> Run<'r> {
    Run {
        tool: Tool {
            driver: Driver {
                name: "posture",
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: ActionKind::ALL.into_iter().map(rule).collect(),
            },
        },
        automation_details: name.map(|name| Automation {
            id: format!("posture/{name}"),
        }),
        results: report.actions.iter().filter_map(finding).collect(),
        properties: Scores {
            score: report.score,
            scoring_version: report.scoring_version,
        },
    }
}

fn rule(kind: ActionKind) -> Rule {
    let text = match kind {
        ActionKind::RemediateImages => "Running images have high-risk vulnerabilities",
        ActionKind::ScanImages => "Running images are not scanned",
        ActionKind::SecureEgress => "No policy addresses traffic of workloads to outside",
        ActionKind::IsolateNamespace => {
            "No policy addresses traffic across the namespace's boundary"
        }
    };
    Rule {
        id: kind.name(),
        short_description: Text {
            text: text.to_owned(),
        },
        properties: Tags {
            tags: ["security", "kubernetes"],
        },
    }
}

fn finding(action: &ActionReport) -> Option<Finding<'_>> {
    let is_kind = |kind: &ActionKind| action.id.split('/').next() == Some(kind.name());
    let rule_index = ActionKind::ALL.iter().position(is_kind)?;
    let gain = gain(action.gain, action.gain_max);
    Some(Finding {
        rule_id: ActionKind::ALL.get(rule_index)?.name(),
        rule_index,
        level: level(action.severity),
        message: Text {
            text: format!("{} ({gain} points)", action.title),
        },
        locations: [Location {
            physical_location: File {
                artifact_location: Artifact {
                    uri: format!("namespaces/{}", in_uri(&action.namespace)),
                },
                region: Region { start_line: 1 },
            },
            logical_locations: [Place {
                name: &action.namespace,
                fully_qualified_name: &action.namespace,
                kind: "namespace",
            }],
        }],
        partial_fingerprints: Fingerprint { action: &action.id },
        properties: Stakes {
            rank: action.rank,
            gain: action.gain,
            gain_max: action.gain_max,
            part: action.part,
            whole: action.whole,
            items: action.item_count,
        },
    })
}

/// A text as a segment of a path in a URI: "percent-encoded" where it has other characters than
/// "unreserved" ones (RFC 3986, section 2).
fn in_uri(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => out.push(char::from(byte)),
            false => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

const fn level(severity: ActionSeverity) -> &'static str {
    match severity {
        ActionSeverity::Critical | ActionSeverity::High => "error",
        ActionSeverity::Medium => "warning",
        ActionSeverity::Low => "note",
    }
}
