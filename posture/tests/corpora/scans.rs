//! Scans and VEX of every tool: each file is read or told about, and what is High or Critical in it is
//! counted twice, by the reader and by a walk over the bare JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::Path;

use posture_core::issue::{Issue, IssueKind, Issues};
use posture_core::model::{CveSeverity, Finding, Fragment};
use posture_formats::archive::{self, Member};
use serde_json::Value;

use crate::world::files;

/// What a file of scans may be told for.
const KINDS: [IssueKind; 7] = [
    IssueKind::Empty,
    IssueKind::NotAnImage,
    IssueKind::PartialScan,
    IssueKind::Syntax,
    IssueKind::UnknownFormat,
    IssueKind::UnusedFile,
    IssueKind::UnusedKind,
];

/// What was read of the files of a folder.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    files: usize,
    scans: usize,
    findings: usize,
    high: usize,
    statements: usize,
    issues: BTreeMap<&'static str, u64>,
}

pub(crate) fn scans_of_every_tool(root: &Path) {
    let images = root.join("images");
    let mut folders: BTreeMap<String, Counts> = BTreeMap::new();
    for path in files(&images) {
        let name = path.strip_prefix(&images).unwrap_or(&path);
        let folder = match name.iter().count() {
            0..=2 => name.iter().next(),
            _ => name.iter().nth(1),
        };
        let outer = name.iter().next().unwrap_or_default().to_string_lossy();
        let inner = folder.unwrap_or_default().to_string_lossy();
        let folder = match outer == inner || outer != "defectdojo" {
            true => outer.into_owned(),
            false => format!("{outer}/{inner}"),
        };
        let name = name.to_string_lossy();
        let bytes = fs::read(&path).expect("a readable file");
        let counts = folders.entry(folder).or_default();
        count(&name, &bytes, counts);
    }
    for (folder, counts) in &folders {
        println!("{folder}: {counts:?}");
    }
    assert!(folders.len() >= 8, "{:?}", folders.keys());
}

fn count(name: &str, bytes: &[u8], counts: &mut Counts) {
    let mut issues = Issues::default();
    let mut fragments = Vec::new();
    archive::walk(
        name,
        Cursor::new(bytes),
        &mut issues,
        &mut |file: Member<'_>, _: &mut Issues| {
            let mut issues = Issues::default();
            let member = &file.name().to_owned();
            let content = file.bytes().expect("a whole file");
            let fragment = posture_formats::read(member, &content, &mut issues);
            let issues = issues.into_list();
            let told = fragment.scans.len() + fragment.vex.len() + issues.len();
            assert!(
                told + objects(&fragment) > 0,
                "{member} is passed over in silence"
            );
            if let Ok(json) = serde_json::from_slice::<Value>(&content) {
                compare(member, &json, &fragment);
            }
            fragments.push((fragment, issues));
        },
    );
    let outer = (Fragment::default(), issues.into_list());
    counts.files += 1;
    for (fragment, issues) in fragments.into_iter().chain([outer]) {
        add(name, &fragment, &issues, counts);
    }
}

fn add(name: &str, fragment: &Fragment, issues: &[Issue], counts: &mut Counts) {
    counts.scans += fragment.scans.len();
    counts.statements += fragment.vex.len();
    for scan in &fragment.scans {
        counts.findings += scan.findings.len();
        counts.high += scan.findings.iter().filter(|f| is_high(f)).count();
    }
    for issue in issues {
        assert!(KINDS.contains(&issue.kind), "{name}: {issue:?}");
        *counts.issues.entry(issue.kind.name()).or_default() += issue.count;
    }
}

fn objects(fragment: &Fragment) -> usize {
    fragment.pods.len() + fragment.controllers.len() + fragment.namespaces.len()
}

fn is_high(finding: &Finding) -> bool {
    finding
        .severity
        .is_some_and(|severity| severity >= CveSeverity::High)
}

/// An id and a package.
type Pair<'a> = (&'a str, &'a str);

/// The pairs of vulnerability and package with a label High or Critical, of scans that were read of
/// a document: the same as in the document.
fn compare(name: &str, json: &Value, fragment: &Fragment) {
    let read: BTreeSet<Pair<'_>> = fragment
        .scans
        .iter()
        .flat_map(|scan| &scan.findings)
        .filter(|finding| is_high(finding))
        .map(|finding| (finding.id.as_str(), finding.package.as_str()))
        .collect();
    let mut bare = BTreeSet::new();
    walk(json, &mut bare);
    if !fragment.scans.is_empty() {
        assert_eq!(read, bare, "{name}");
    }
    if let Some(expected) = is_scan(json) {
        assert_eq!(!fragment.scans.is_empty(), expected, "{name}");
    }
}

/// Whether a document is a scan of an image, by what its tool writes; none where that is not clear.
fn is_scan(json: &Value) -> Option<bool> {
    let some = |list: &Value| list.as_array().is_some_and(|list| !list.is_empty());
    if json["bomFormat"] == "CycloneDX" {
        let of_image = json["metadata"]["component"]["type"] == "container";
        Some(of_image && some(&json["vulnerabilities"]) && some(&json["components"]))
    } else if json["matches"].is_array() {
        Some(json["source"]["type"] == "image")
    } else if json["ArtifactType"].is_string() {
        Some(json["ArtifactType"] == "container_image")
    } else {
        None
    }
}

/// Vulnerabilities of any tool, wherever they stand, by what each calls its fields.
fn walk<'a>(json: &'a Value, found: &mut BTreeSet<Pair<'a>>) {
    let text = |json: &'a Value| json.as_str().unwrap_or_default();
    let high = |severity: &str| {
        severity.eq_ignore_ascii_case("high") || severity.eq_ignore_ascii_case("critical")
    };
    if json["bomFormat"] == "CycloneDX" {
        found.extend(of_cyclonedx(json));
        return;
    }
    let pair = if json["VulnerabilityID"].is_string() {
        (
            &json["Severity"],
            (text(&json["VulnerabilityID"]), text(&json["PkgName"])),
        )
    } else if json["vulnerabilityID"].is_string() {
        (
            &json["severity"],
            (text(&json["vulnerabilityID"]), text(&json["resource"])),
        )
    } else {
        let of = &json["vulnerability"];
        let package = text(&json["artifact"]["name"]);
        (&of["severity"], (text(&of["id"]), package))
    };
    if high(text(pair.0)) {
        found.insert(pair.1);
    }
    match json {
        Value::Array(list) => list.iter().for_each(|json| walk(json, found)),
        Value::Object(fields) => fields.values().for_each(|json| walk(json, found)),
        _ => {}
    }
}

/// The first rating with a severity counts: of the finding's own source or of no source, then of
/// NVD (by version 3 first), then any.
fn of_cyclonedx(json: &Value) -> Vec<Pair<'_>> {
    let list = |json: &'_ Value| json.as_array().cloned().unwrap_or_default();
    let name_of = |reference: &Value| -> Option<&str> {
        let components = json["components"].as_array()?;
        let component = components.iter().find(|c| &c["bom-ref"] == reference)?;
        component["name"].as_str()
    };
    let mut pairs = Vec::new();
    for vulnerability in json["vulnerabilities"].as_array().into_iter().flatten() {
        let own = &vulnerability["source"]["name"];
        let ratings = list(&vulnerability["ratings"]);
        let labelled: Vec<&Value> = ratings
            .iter()
            .filter(|rating| {
                rating["severity"]
                    .as_str()
                    .is_some_and(|of| of != "unknown")
            })
            .collect();
        let of_source = |source: &Value, method: &str| {
            labelled.iter().find(|rating| {
                (&rating["source"]["name"] == source || source.is_null())
                    && (rating["source"]["name"].is_null() == source.is_null())
                    && rating["method"]
                        .as_str()
                        .unwrap_or_default()
                        .contains(method)
            })
        };
        let nvd = Value::from("nvd");
        let counts = of_source(own, "CVSSv3")
            .or_else(|| of_source(own, ""))
            .or_else(|| of_source(&Value::Null, ""))
            .or_else(|| of_source(&nvd, "CVSSv3"))
            .or_else(|| of_source(&nvd, ""))
            .or_else(|| labelled.first());
        let severity = counts.and_then(|rating| rating["severity"].as_str());
        if matches!(severity, Some("high" | "critical")) {
            for affected in vulnerability["affects"].as_array().into_iter().flatten() {
                let package = name_of(&affected["ref"]).unwrap_or_default();
                pairs.push((vulnerability["id"].as_str().unwrap_or_default(), package));
            }
        }
    }
    pairs
}
