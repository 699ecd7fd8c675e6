//! What a report says, in words: shared by the table and by Markdown.

use posture_core::action::ActionSeverity;
use posture_core::issue::{Issue, Severity};
use posture_core::model::{CveSeverity, TrafficUnit};
use posture_core::points::Points;
use posture_core::report::{Coverage, ImageCoverage, Report, TypeReport, TypeStatus};
use posture_core::risk::{EvidenceKind, Join, RiskType};
use posture_core::score::Status;
use posture_core::state::UnknownReason;

use super::numbers::{count, counted, signed};
use super::times::{date_and_time, duration, window};

/// How many warnings are told here; a program is told all.
pub(super) const WARNINGS: usize = 5;

/// The score as a person reads it.
pub(super) fn score(score: Option<Points>) -> String {
    score.map_or_else(|| "-".to_owned(), |score| score.shown().to_string())
}

/// Whether the score rests on all four types, in a word or two.
pub(super) fn status(report: &Report) -> &'static str {
    match report.status {
        Status::NoData => "no data",
        Status::NotAssessed => "not assessed",
        Status::Ok if is_complete(report) => "complete",
        Status::Ok => "incomplete",
    }
}

/// The change since the earlier result: `+1.2 since 2026-11-13 10:00 UTC (73)`.
pub(super) fn trend(report: &Report) -> Option<String> {
    let previous = report.previous.as_ref()?;
    let since = previous
        .at
        .map_or_else(|| "the previous result".to_owned(), date_and_time);
    Some(match (report.delta, previous.score) {
        (Some(Points::ZERO), _) => format!("unchanged since {since}"),
        (Some(delta), Some(before)) => {
            format!("{} since {since} ({})", signed(delta), before.shown())
        }
        _ => format!("nothing to compare with {since}"),
    })
}

/// How much of a type is at risk: `9 of 27 images`.
pub(super) fn at_risk(of: &TypeReport, unit: TrafficUnit) -> String {
    let noun = noun(of, unit);
    match of.status {
        TypeStatus::Ok => format!("{} of {}", count(of.part), counted(of.whole, noun)),
        TypeStatus::NotApplicable => "nothing it could be about".to_owned(),
        TypeStatus::NotAssessed => "not assessed".to_owned(),
    }
}

/// What a type counts one of.
pub(super) const fn noun(of: &TypeReport, unit: TrafficUnit) -> &'static str {
    counted_of(of.risk_type, of.evidence, unit)
}

/// What a type counts one of, by what it was judged from.
pub(super) const fn counted_of(
    risk_type: RiskType,
    evidence: Option<EvidenceKind>,
    unit: TrafficUnit,
) -> &'static str {
    match (risk_type, evidence, unit) {
        (RiskType::HighRiskImages | RiskType::UnscannedImages, ..) => "image",
        (RiskType::EgressAccess, ..) => "workload",
        (RiskType::NamespaceIsolation, Some(EvidenceKind::Static), _) => "direction",
        (RiskType::NamespaceIsolation, _, TrafficUnit::Edges) => "edge",
        (RiskType::NamespaceIsolation, _, TrafficUnit::Connections) => "connection",
        (RiskType::NamespaceIsolation, _, TrafficUnit::Bytes) => "byte",
    }
}

/// What a type was judged from.
pub(super) const fn evidence(of: &TypeReport) -> &'static str {
    match of.evidence {
        Some(EvidenceKind::Scans) => "scans",
        Some(EvidenceKind::Traffic) => "traffic",
        Some(EvidenceKind::Static) => "policies",
        None => "",
    }
}

/// How much an action matters.
pub(super) const fn severity(severity: ActionSeverity) -> &'static str {
    match severity {
        ActionSeverity::Critical => "critical",
        ActionSeverity::High => "high",
        ActionSeverity::Medium => "medium",
        ActionSeverity::Low => "low",
    }
}

/// How bad a vulnerability is.
pub(super) const fn cve_severity(severity: CveSeverity) -> &'static str {
    match severity {
        CveSeverity::Critical => "Critical",
        CveSeverity::High => "High",
        CveSeverity::Medium => "Medium",
        CveSeverity::Low => "Low",
        CveSeverity::Negligible => "Negligible",
    }
}

/// By what a scan was found to belong to an image.
pub(super) const fn join(join: Join) -> &'static str {
    match join {
        Join::ManifestDigest => "manifest digest",
        Join::ConfigDigest => "image id",
        Join::OperatorLabels => "the operator's labels",
        Join::Name => "name and tag only",
    }
}

/// What the score rests on: what it is about, and a sentence.
pub(super) fn coverage(report: &Report) -> Vec<(&'static str, String)> {
    let mut lines = vec![("Traffic", traffic(report))];
    lines.extend(images_and_objects(&report.coverage));
    lines
}

/// What is known of images and objects.
pub(super) fn images_and_objects(coverage: &Coverage) -> [(&'static str, String); 2] {
    [
        ("Images", images(&coverage.images)),
        ("Objects", objects(coverage)),
    ]
}

fn images(images: &ImageCoverage) -> String {
    let mut parts = vec![format!(
        "{} of {} scanned",
        count(images.scanned as u64),
        counted(images.running as u64, "running image")
    )];
    if let Some(weak) = images.joins.get(&Join::Name) {
        parts.push(format!("{} by name and tag only", count(*weak as u64)));
    }
    if images.unmatched_scans > 0 {
        parts.push(format!(
            "{} no running image",
            verb(images.unmatched_scans as u64, "scan fits", "scans fit")
        ));
    }
    if images.findings_without_severity > 0 {
        parts.push(
            counted(images.findings_without_severity as u64, "finding") + " without severity",
        );
    }
    if images.suppressed_findings > 0 {
        parts.push(counted(images.suppressed_findings as u64, "finding") + " suppressed");
    }
    if images.unmatched_vex_statements > 0 {
        parts.push(format!(
            "{} of {} no finding",
            count(images.unmatched_vex_statements as u64),
            verb(
                images.vex_statements as u64,
                "VEX statement fits",
                "VEX statements fit"
            )
        ));
    }
    parts.join(", ")
}

fn objects(coverage: &Coverage) -> String {
    let pods = &coverage.pods;
    let running = count(pods.running as u64);
    let mut parts = vec![
        match (pods.declared, pods.running == pods.declared) {
            (0, _) => format!("{running} of {} running", counted(pods.total as u64, "pod")),
            (_, true) => format!(
                "{} declared in manifests",
                counted(pods.declared as u64, "pod")
            ),
            (declared, false) => format!(
                "{running} of {} running or declared in manifests ({} declared)",
                counted(pods.total as u64, "pod"),
                count(declared as u64)
            ),
        },
        match coverage.policies {
            1 => "1 network policy".to_owned(),
            policies => format!("{} network policies", count(policies as u64)),
        },
    ];
    if coverage.unread_policies > 0 {
        let unread = verb(
            coverage.unread_policies as u64,
            "policy of another kind is",
            "policies of other kinds are",
        );
        parts.push(format!("{unread} not evaluated"));
    }
    if coverage.staged_policies > 0 {
        parts.push(match coverage.staged_policies {
            1 => "1 staged policy".to_owned(),
            policies => format!("{} staged policies", count(policies as u64)),
        });
    }
    if coverage.uncovered_workloads > 0 {
        let uncovered = verb(
            coverage.uncovered_workloads as u64,
            "workload shares its node's network and is",
            "workloads share their nodes' network and are",
        );
        parts.push(format!("{uncovered} not judged by traffic"));
    }
    parts.join(", ")
}

/// All warnings: how many there are, and the first of them in words.
pub(super) fn warnings(issues: &[Issue]) -> (u64, Vec<String>) {
    let warnings = || {
        issues
            .iter()
            .filter(|issue| issue.severity == Severity::Warning)
    };
    let total = warnings().map(|issue| issue.count).sum();
    let told: Vec<&Issue> = warnings().take(WARNINGS).collect();
    let mut lines: Vec<String> = told.iter().map(|issue| self::issue(issue)).collect();
    let more = total - told.iter().map(|issue| issue.count).sum::<u64>();
    if more > 0 {
        lines.push(format!("{} more; `--format json` lists them", count(more)));
    }
    (total, lines)
}

/// How much else there is to tell of the input, of which nothing was lost.
pub(super) fn notes(issues: &[Issue]) -> Option<String> {
    let notes = issues
        .iter()
        .filter(|issue| issue.severity == Severity::Info);
    match notes.map(|issue| issue.count).sum() {
        0 => None,
        total => Some(format!(
            "{} on the input: --format json",
            counted(total, "note")
        )),
    }
}

pub(super) fn issue(issue: &Issue) -> String {
    let place = match (issue.file.as_str(), issue.at.as_str()) {
        ("", _) => String::new(),
        (file, "") => format!("{file}: "),
        (file, at) => format!("{file}, {at}: "),
    };
    let more_of_the_same =
        issue.at.is_empty() && issue.message.starts_with(&issue.count.to_string());
    let times = match issue.count {
        1 => String::new(),
        _ if more_of_the_same => String::new(),
        times => format!(" ({} times)", count(times)),
    };
    format!("{place}{}{times}", issue.message)
}

fn traffic(report: &Report) -> String {
    let records = &report.coverage.records;
    if records.total == 0 {
        return match report
            .risk_type(RiskType::EgressAccess)
            .and_then(|of| of.evidence)
        {
            Some(EvidenceKind::Static) => {
                "no flow records, judged from the policies alone".to_owned()
            }
            _ => "no flow records".to_owned(),
        };
    }
    let unknown: u64 = records.unknown.values().sum();
    let mut parts = vec![format!(
        "{} of {} of known state",
        count(records.known()),
        counted(records.known() + unknown, "flow record")
    )];
    parts.extend(report.window.map(window));
    if let Some(age @ 3600..) = report.coverage.newest_record_age {
        parts.push(format!("the newest {} old", duration(age)));
    }
    for (reason, records) in &records.unknown {
        parts.push(format!("{} {}", count(*records), unknown_because(*reason)));
    }
    if records.direction_unknown > 0 {
        parts.push(format!(
            "{} of unknown direction",
            count(records.direction_unknown)
        ));
    }
    if records.awaiting_reconnect > 0 {
        parts.push(format!(
            "{} awaiting reconnect",
            count(records.awaiting_reconnect)
        ));
    }
    if records.secured_if_staged_enforced > 0 {
        parts.push(format!(
            "{} would be secured by staged policies",
            count(records.secured_if_staged_enforced)
        ));
    }
    parts.join(", ")
}

/// What is unknown of records: goes on after their number.
pub(super) const fn unknown_because(reason: UnknownReason) -> &'static str {
    match reason {
        UnknownReason::OnlyStaged => "with staged verdicts only",
        UnknownReason::UnreadableTrace => "with an unreadable trace",
        UnknownReason::EndsInPass => "whose trace ends in a pass",
        UnknownReason::UnknownRule => "decided by an unknown rule",
        UnknownReason::NoPolicies => "without trace or policies",
        UnknownReason::UnreadPolicy => "that a policy of another kind may govern",
        UnknownReason::LabelsUnknown => "of ends with unknown labels",
        UnknownReason::PeerUnknown => "with an unknown peer or address",
        UnknownReason::PortUnknown => "with an unknown protocol or port",
        UnknownReason::ServiceUnknown => "to a Service with unknown endpoints",
        UnknownReason::AboveLayerFour => "that depend on domain names or HTTP",
        UnknownReason::NotPoliced => "within a pod or from its own node",
    }
}

fn is_complete(report: &Report) -> bool {
    report
        .types
        .iter()
        .all(|of| of.status != TypeStatus::NotAssessed)
}

pub(super) fn is_assessed(report: &Report, risk_type: RiskType) -> bool {
    report
        .risk_type(risk_type)
        .is_some_and(|of| of.status != TypeStatus::NotAssessed)
}

fn verb(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}
