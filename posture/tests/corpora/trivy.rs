//! Trivy's own golden reports, counted twice: by the reader and by a walk over the bare JSON. The
//! reports of other tools, and `CycloneDX` by Trivy, are compared in `scans.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::HighRiskFrom;
use serde_json::Value;

fn goldens(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root.join("images/trivy")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "golden")
    });
    files.sort_unstable();
    assert!(!files.is_empty(), "no golden reports");
    files
}

/// The High and Critical pairs of vulnerability and package.
fn high_or_critical(report: &Value) -> usize {
    let mut found = BTreeSet::new();
    for result in report["Results"].as_array().into_iter().flatten() {
        for vulnerability in result["Vulnerabilities"].as_array().into_iter().flatten() {
            if matches!(
                vulnerability["Severity"].as_str(),
                Some("HIGH" | "CRITICAL")
            ) {
                found.insert((
                    vulnerability["VulnerabilityID"].as_str().unwrap(),
                    vulnerability["PkgName"].as_str().unwrap(),
                ));
            }
        }
    }
    found.len()
}

pub(crate) fn high_and_critical_counts_are_those_of_the_reports(root: &Path) {
    for path in goldens(root) {
        let file = path.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&path).unwrap();
        let report: Value = serde_json::from_slice(&bytes).unwrap();
        if report["SchemaVersion"] != 2 {
            continue;
        }
        let mut issues = Issues::default();
        let fragment = posture_formats::read(file, &bytes, &mut issues);
        let issues = issues.into_list();
        if report["ArtifactType"] == "container_image" {
            assert_eq!(issues, [], "{file}");
            assert_eq!(fragment.scans.len(), 1, "{file}");
            let scan = &fragment.scans[0];
            assert!(
                scan.complete && scan.config.is_some() && !scan.names.is_empty(),
                "{file}"
            );
            let high = scan
                .findings
                .iter()
                .filter(|f| f.is_high_risk(HighRiskFrom::High))
                .count();
            assert_eq!(high, high_or_critical(&report), "{file}");
        } else {
            assert_eq!(issues.len(), 1, "{file}: {issues:?}");
            assert_eq!(issues[0].kind, IssueKind::NotAnImage, "{file}: {issues:?}");
            assert!(
                fragment.scans.is_empty() && !fragment.sources.scans,
                "{file}"
            );
        }
    }
}
