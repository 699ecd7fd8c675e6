//! What was read and what was made of it, without a score: for whoever a number surprises.

use std::collections::BTreeMap;

use posture_core::engine::Engine;
use posture_core::issue::{Issue, Issues};
use posture_core::json;
use posture_core::model::{Cluster, Scan};
use posture_core::report::{Coverage, Report, Window};
use posture_core::request::Request;
use posture_core::risk::{self, Join, Verdict};
use posture_core::tally::Tally;
use posture_formats::detect::Content;
use serde::Serialize;

use crate::{Found, LogRead};

/// What was found in some files, file by file, and how it was joined.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inspection {
    /// Every file, those in archives too, in the order of reading.
    pub files: Vec<InspectedFile>,
    /// How many facts of each kind were read, of all files together; an object that was read twice
    /// counts twice.
    pub facts: BTreeMap<&'static str, usize>,
    /// What a score would rest on.
    pub coverage: Coverage,
    /// The time that the records cover.
    pub window: Option<Window>,
    /// The cluster's own address ranges.
    pub ranges: Vec<InspectedRange>,
    /// Every running image, once per namespace, and the scan that belongs to it.
    pub images: Vec<InspectedImage>,
    /// Scans that belong to no running image.
    pub unmatched_scans: Vec<InspectedScan>,
    /// What a person must be told about the input.
    pub issues: Vec<Issue>,
}

/// A file, and what was read of it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InspectedFile {
    /// Its name; of a file in an archive that of the archive, `/` and its path there.
    pub file: String,
    /// What it is: `text`, `Calico flow log`, `binary`.
    pub format: &'static str,
    /// How many facts of each kind were read: `pods`, `policies`, `scans`, `records`.
    pub facts: BTreeMap<&'static str, u64>,
    /// How many issues are about it.
    pub issues: u64,
}

/// An address range of the cluster.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InspectedRange {
    /// The range.
    pub range: String,
    /// What tells it.
    pub source: String,
    /// The file that it was read from; empty for what the caller says.
    pub file: String,
}

/// A running image and its scan.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InspectedImage {
    /// The namespace that it runs in.
    pub namespace: String,
    /// What tells it from others: its digest, or its name where no digest is known.
    pub image: String,
    /// The names it runs under.
    pub names: Vec<String>,
    /// Whether it is high-risk, clean or unscanned.
    pub verdict: Verdict,
    /// By what its scan was found to belong to it.
    pub join: Option<Join>,
    /// The file that the scan was read from.
    pub scan: Option<String>,
}

/// A scan that belongs to no running image.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InspectedScan {
    /// The names, digests and containers that it says it is of.
    pub of: Vec<String>,
    /// The file that it was read from.
    pub file: String,
    /// Where in the file.
    pub at: String,
}

impl Inspection {
    /// Its JSON.
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }
}

/// All that an inspection is made of.
pub struct Inspected<'a> {
    /// The cluster of what was read.
    pub cluster: &'a Cluster,
    /// The engine of its policies.
    pub engine: &'a Engine,
    /// The tally of its flow logs.
    pub tally: &'a Tally,
    /// Every file.
    pub found: Vec<Found>,
    /// What was read of every flow log.
    pub logs: &'a [LogRead],
    /// What was asked for.
    pub request: &'a Request,
    /// What must be told about the input.
    pub issues: Issues,
}

/// Says what was found, and how it was joined.
pub fn inspect(inspected: Inspected<'_>) -> Inspection {
    let Inspected {
        cluster,
        engine,
        tally,
        found,
        logs,
        request,
        issues,
    } = inspected;
    let told = issues.by_file();
    let Report {
        coverage,
        window,
        issues,
        ..
    } = posture_core::conclude(cluster, engine, tally, request, issues);
    let mut facts = BTreeMap::new();
    for (kind, count) in found.iter().flat_map(|file| &file.facts) {
        let sum: &mut usize = facts.entry(*kind).or_default();
        *sum = sum.saturating_add(*count);
    }
    let (images, unmatched_scans) = images(cluster, request);
    Inspection {
        files: files(found, logs, &told),
        facts,
        coverage,
        window,
        ranges: ranges(cluster),
        images,
        unmatched_scans,
        issues,
    }
}

fn files(found: Vec<Found>, logs: &[LogRead], told: &BTreeMap<String, u64>) -> Vec<InspectedFile> {
    let mut records: BTreeMap<&str, u64> = BTreeMap::new();
    for log in logs {
        let sum = records.entry(&log.name).or_default();
        *sum = sum.saturating_add(log.records);
    }
    let file = |file: Found| {
        let counts = file.facts.iter();
        let mut facts: BTreeMap<&str, u64> =
            counts.map(|(kind, count)| (*kind, *count as u64)).collect();
        if let Content::FlowLog(_) | Content::Columnar(_) = file.content {
            let read = records.get(file.name.as_str()).copied();
            facts.insert("records", read.unwrap_or_default());
        }
        InspectedFile {
            format: format(file.content),
            facts,
            issues: told.get(&file.name).copied().unwrap_or_default(),
            file: file.name,
        }
    };
    found.into_iter().map(file).collect()
}

const fn format(content: Content) -> &'static str {
    match content {
        Content::FlowLog(log) => log.format.name(),
        Content::Columnar(kind) => kind.name(),
        Content::Archive(_) | Content::Packed(_) => "archive",
        Content::Documents => "text",
        Content::Empty => "empty",
        Content::Binary => "binary",
    }
}

fn ranges(cluster: &Cluster) -> Vec<InspectedRange> {
    let range = |range: &posture_core::model::AddressRange| InspectedRange {
        range: range.net.to_string(),
        source: range.source.to_string(),
        file: range.origin.file.to_string(),
    };
    cluster.network.ranges.iter().map(range).collect()
}

fn images(cluster: &Cluster, request: &Request) -> (Vec<InspectedImage>, Vec<InspectedScan>) {
    let images = risk::images(cluster, &request.method, request.now);
    let mut inspected = Vec::new();
    for (namespace, image) in images.iter() {
        inspected.push(InspectedImage {
            namespace: namespace.to_string(),
            image: image.key.clone(),
            names: image.names().iter().map(ToString::to_string).collect(),
            verdict: image.verdict,
            join: image.scan.map(|(_, join)| join),
            scan: image.scan.map(|(scan, _)| scan.origin.to_string()),
        });
    }
    let unmatched = images.unmatched.iter();
    (
        inspected,
        unmatched.map(|scan| unmatched_scan(scan)).collect(),
    )
}

fn unmatched_scan(scan: &Scan) -> InspectedScan {
    let names = scan.names.iter().map(ToString::to_string);
    let digests = scan.manifests.iter().chain(&scan.config);
    let container = scan.operator.iter().map(|of| {
        format!(
            "container {} of {}/{}/{}",
            of.container, of.namespace, of.kind, of.name
        )
    });
    let digests = digests.map(|digest| digest.as_str().to_owned());
    InspectedScan {
        of: names.chain(container).chain(digests).collect(),
        file: scan.origin.file.to_string(),
        at: scan.origin.at.clone(),
    }
}
