//! The command line gives the bytes of every case of the conformance corpus.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

#[test]
fn every_case_gives_the_expected_bytes() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
    let cases = entries(&corpus);
    let cases: Vec<&PathBuf> = cases.iter().filter(|path| path.is_dir()).collect();
    assert!(!cases.is_empty());
    let failed: Vec<&&PathBuf> = cases
        .iter()
        .filter(|case| {
            let expected = fs::read_to_string(case.join("expected.json")).unwrap();
            result(case) != expected
        })
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
}

fn result(case: &Path) -> String {
    let input = case.join("input");
    let mut paths = Vec::new();
    files(&input, &mut paths);
    let names = paths.iter().map(|path| path.strip_prefix(&input).unwrap());
    let output = common::posture(&["score", "--format", "json"])
        .args(options(case))
        .args(names)
        .current_dir(&input)
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}: {output:?}",
        case.display()
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The options that ask for what the case's request asks for.
fn options(case: &Path) -> Vec<String> {
    let name = case.file_name().unwrap().to_str().unwrap();
    let request: Value = match fs::read(case.join("request.json")) {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap(),
        Err(_) => json!({}),
    };
    let mut options = Vec::new();
    let mut add = |option: &str, value: &str| options.push(format!("--{option}={value}"));
    add("now", request["now"].as_str().unwrap_or("none"));
    for (key, value) in request.as_object().unwrap() {
        match (key.as_str(), value) {
            ("now" | "policies_complete", _) => {}
            ("preset", preset) => add("preset", preset.as_str().unwrap()),
            ("max_items", items) => add("items", items.to_string().trim_matches('"')),
            ("cluster_cidrs", Value::Array(cidrs)) => {
                for cidr in cidrs {
                    add("cluster-cidr", cidr.as_str().unwrap());
                }
            }
            ("method" | "previous", value) => {
                let mut value = value.clone();
                if key == "previous" {
                    // Of an earlier result the cases keep only what a delta needs.
                    value["scoring_version"] = json!(1);
                }
                let file = format!("{name}-{key}.json");
                add(
                    key,
                    &common::file("cases", &file, value.to_string().as_bytes()),
                );
            }
            ("dismissals", dismissals) => {
                let kept = json!({"dismissals": dismissals}).to_string();
                let file = format!("{name}-dismissals.yaml");
                add(key, &common::file("cases", &file, kept.as_bytes()));
            }
            _ => panic!("`{key}` has no option"),
        }
    }
    if request["policies_complete"] == json!(true) {
        options.push("--policies-complete".to_owned());
    }
    options
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in entries(folder) {
        if entry.is_dir() {
            files(&entry, found);
        } else {
            found.push(entry);
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}
