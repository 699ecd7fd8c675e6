//! What a score lacks, and what to pass for it.

use posture_core::model::Scope;
use posture_core::report::Report;
use posture_core::risk::RiskType;
use posture_core::score::Status;

use super::numbers::counted;
use super::words::is_assessed;

/// What is missing, and what to pass for it.
pub(super) fn missing(report: &Report) -> Vec<String> {
    if report.status == Status::NoData {
        return vec![format!("no score: {}", no_data(report))];
    }
    let mut lines = Vec::new();
    if !is_assessed(report, RiskType::HighRiskImages) {
        lines.push(format!("images are not assessed: {}", no_images(report)));
    }
    if !is_assessed(report, RiskType::EgressAccess) {
        lines.push(format!("traffic is not assessed: {}", no_network(report)));
    }
    if let (Some(assessed), false) = (report.assessed_score, lines.is_empty()) {
        lines.push(format!(
            "the assessed types alone score {}",
            assessed.shown()
        ));
    }
    lines
}

/// Why there is no score, in a few words.
pub(super) const fn no_score(status: Status) -> &'static str {
    match status {
        Status::NoData => "no namespace counts",
        Status::NotAssessed | Status::Ok => {
            "a type that the score cannot do without is not assessed"
        }
    }
}

fn no_data(report: &Report) -> String {
    let pods = &report.coverage.pods;
    if report.method.scope != Scope::default() && pods.running > 0 {
        "no running workload is in the method's scope".to_owned()
    } else if pods.total > 0 && pods.running == 0 {
        format!("none of {} is running", counted(pods.total as u64, "pod"))
    } else {
        "no namespace was found, pass the cluster's pods (`kubectl get pods -A -o json`)".to_owned()
    }
}

fn no_images(report: &Report) -> String {
    if report.coverage.pods.total == 0 {
        "pass the cluster's pods (`kubectl get pods -A -o json`)".to_owned()
    } else {
        "pass image scans (`trivy image --format json IMAGE`, or the trivy-operator's reports)"
            .to_owned()
    }
}

fn no_network(report: &Report) -> String {
    if report.coverage.records.total == 0 && report.coverage.pods.total == 0 {
        "pass the cluster's pods and network policies (`kubectl get pods,networkpolicies -A -o json`)"
            .to_owned()
    } else if report.coverage.policies_known {
        "nothing that was passed has a known state, pass flow logs".to_owned()
    } else {
        "pass the network policies (`kubectl get networkpolicies -A -o json`), or say that there \
         are no others (`--policies-complete`)"
            .to_owned()
    }
}
