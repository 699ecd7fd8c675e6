//! What a score rests on: "`coverage` stands beside every score" (scoring, section 4).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{Cluster, Phase, UnreadPolicy, WorkloadId};
use crate::request::Request;
use crate::risk::{Images, Join, Verdict};
use crate::tally::{RecordCounts, Tally};

/// What a score rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coverage {
    /// Flow records, by what they said.
    pub records: RecordCounts,
    /// Seconds from the end of the newest record to the present, where both are known.
    pub newest_record_age: Option<i64>,
    /// How many edges the records make.
    pub edges: usize,
    /// Pods.
    pub pods: PodCoverage,
    /// Workloads that share their node's network: not policed as workloads, not scored in the
    /// network types.
    pub uncovered_workloads: usize,
    /// Running images, once per namespace.
    pub images: ImageCoverage,
    /// Policies that were evaluated.
    pub policies: usize,
    /// Policies of kinds that are not evaluated and may govern ends.
    pub unread_policies: usize,
    /// Staged policies: they govern nothing yet.
    pub staged_policies: usize,
    /// Whether the input says which policies there are.
    pub policies_known: bool,
}

/// Pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PodCoverage {
    /// That were read.
    pub total: usize,
    /// That run, declared ones included.
    pub running: usize,
    /// That would run, as manifests without status declare.
    pub declared: usize,
}

/// Running images and their scans.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageCoverage {
    /// That run, once per namespace.
    pub running: usize,
    /// With a usable scan.
    pub scanned: usize,
    /// Containers of workloads whose images are not known, which count as unscanned images.
    pub unknown: usize,
    /// How scans were found to belong to images, and how often.
    pub joins: BTreeMap<Join, usize>,
    /// Scan reports that were read.
    pub scans: usize,
    /// Scan reports that belong to no running image; not those that another takes the place of.
    pub unmatched_scans: usize,
    /// Unsuppressed findings of running images with neither severity nor CVSS score: "unknown, not
    /// high" (scoring, section 5).
    pub findings_without_severity: usize,
    /// Findings of running images that a scanner or VEX suppresses.
    pub suppressed_findings: usize,
    /// Statements of VEX that were read.
    pub vex_statements: usize,
    /// Statements of VEX that fit no finding of any scan.
    pub unmatched_vex_statements: usize,
}

pub(super) fn coverage(
    cluster: &Cluster,
    tally: &Tally,
    images: &Images<'_>,
    request: &Request,
) -> Coverage {
    let is_staged = |policy: &&UnreadPolicy| policy.staged;
    let unread_staged = cluster.unread_policies.iter().filter(is_staged).count();
    // parts of one object stand side by side
    let objects = cluster
        .policies
        .chunk_by(|one, next| one.object() == next.object());
    let policies = objects.clone().count();
    let enforced = objects
        .filter(|parts| parts.iter().all(|policy| policy.staged.is_none()))
        .count();
    let newest = tally.window.map(|window| window.end);
    Coverage {
        records: tally.records.clone(),
        newest_record_age: request
            .now
            .zip(newest)
            .map(|(now, end)| now.0.saturating_sub(end)),
        edges: tally.edge_count(),
        pods: PodCoverage {
            total: cluster
                .namespaces
                .values()
                .map(|objects| objects.pods.len())
                .sum(),
            running: cluster.running_pods().count(),
            declared: cluster
                .running_pods()
                .filter(|known| known.pod.phase == Phase::Declared)
                .count(),
        },
        uncovered_workloads: uncovered(cluster),
        images: image_coverage(cluster, images),
        policies: enforced,
        unread_policies: cluster.unread_policies.len().saturating_sub(unread_staged),
        staged_policies: unread_staged.saturating_add(policies.saturating_sub(enforced)),
        policies_known: cluster.sources.policies,
    }
}

fn uncovered(cluster: &Cluster) -> usize {
    let on_host: BTreeSet<&Arc<WorkloadId>> = cluster
        .running_pods()
        .filter(|known| known.pod.host_network)
        .map(|known| &known.workload)
        .collect();
    on_host.len()
}

fn image_coverage(cluster: &Cluster, images: &Images<'_>) -> ImageCoverage {
    let mut coverage = ImageCoverage {
        running: 0,
        scanned: 0,
        unknown: 0,
        joins: BTreeMap::new(),
        scans: cluster.scans.len(),
        unmatched_scans: 0,
        findings_without_severity: 0,
        suppressed_findings: 0,
        vex_statements: cluster.vex.statements,
        unmatched_vex_statements: cluster.vex.unmatched,
    };
    for (_, image) in images.iter() {
        coverage.running += 1;
        coverage.unknown += usize::from(image.is_unknown());
        coverage.scanned += usize::from(image.verdict != Verdict::Unscanned);
        if let Some((scan, join)) = image.scan {
            *coverage.joins.entry(join).or_default() += 1;
            coverage.findings_without_severity += scan
                .findings
                .iter()
                .filter(|finding| !finding.suppressed && finding.effective_severity().is_none())
                .count();
            let suppressed = scan.findings.iter().filter(|finding| finding.suppressed);
            coverage.suppressed_findings += suppressed.count();
        }
    }
    coverage.unmatched_scans = images.unmatched.len();
    coverage
}
