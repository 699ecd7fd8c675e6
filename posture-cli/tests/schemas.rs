//! Every request and result of the conformance corpus fits its published JSON Schema.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{posture, stdout};
use jsonschema::Validator;
use serde_json::{Value, json};

const WORKLOAD: &str = "storefront/Deployment/adservice";

fn schema(of: &str) -> Validator {
    let schema: Value = serde_json::from_str(&stdout(&["schema", of], 0)).unwrap();
    jsonschema::validator_for(&schema).expect("a valid schema")
}

/// The files of that name in the folders of the corpus.
fn corpus(name: &str) -> Vec<(PathBuf, Value)> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
    fs::read_dir(cases)
        .unwrap()
        .map(|folder| folder.unwrap().path().join(name))
        .filter(|path| path.is_file())
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

#[test]
fn results_fit_their_schema() {
    let schema = schema("result");
    let results = corpus("expected.json");
    assert!(results.len() > 50);
    for (path, mut result) in results {
        if let Err(error) = schema.validate(&result) {
            panic!("{}: {error} at {}", path.display(), error.instance_path());
        }
        result["score"] = json!("high");
        assert!(!schema.is_valid(&result));
    }
}

#[test]
fn verdicts_and_reviews_fit_theirs() {
    let input = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/input");
    let traffic = ["--from", "shop/web", "--to", "pay/api", "--port", "icmp/8"];
    for (of, more) in [("verdict", traffic.as_slice()), ("policies", &[])] {
        let arguments = [&[of], more, &["--format", "json", input]].concat();
        let mut value: Value = serde_json::from_str(&stdout(&arguments, 0)).unwrap();
        let schema = schema(of);
        if let Err(error) = schema.validate(&value) {
            panic!("{of}: {error} at {}", error.instance_path());
        }
        value["issues"] = json!("none");
        assert!(!schema.is_valid(&value));
    }
}

#[test]
fn histories_and_deltas_fit_theirs() {
    let folder = common::folder_of("schemas").join("data");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    let history = folder.join("history.db");
    let place = ["--history", history.to_str().unwrap()];
    for (at, input) in [
        ("2026-11-13T11:00:00Z", "no-scans"),
        ("2026-11-20T11:00:00Z", "boutique"),
    ] {
        let fixed = ["score", "--record", "--now", at, input];
        let output = common::posture(&[&fixed, place.as_slice()].concat())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    for (of, key, verb) in [("history", "points", "history"), ("delta", "parts", "why")] {
        let arguments = [&[verb, "--format", "json"], place.as_slice()].concat();
        let mut value: Value = serde_json::from_str(&stdout(&arguments, 0)).unwrap();
        let schema = schema(of);
        if let Err(error) = schema.validate(&value) {
            panic!("{of}: {error} at {}", error.instance_path());
        }
        value[key] = json!("none");
        assert!(!schema.is_valid(&value));
    }
}

#[test]
fn recommendations_fit_theirs() {
    let output = posture(&["recommend", "--format", "json", "boutique"])
        .output()
        .unwrap();
    let mut value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let schema = schema("recommendations");
    if let Err(error) = schema.validate(&value) {
        panic!("{error} at {}", error.instance_path());
    }
    value["recommendations"][0]["proof"]["covered"] = json!("all");
    assert!(!schema.is_valid(&value));
}

#[test]
fn decisions_and_explanations_fit_theirs() {
    for (of, more, key) in [
        ("plan", ["plan"].as_slice(), "steps"),
        (
            "what-if",
            &["what-if", "--weight", "egress_access=50"],
            "then",
        ),
        ("explanation", &["explain"], "types"),
        ("explanation", &["explain", "--item", WORKLOAD], "owed"),
        ("dismissals", &["dismissals"], "active"),
    ] {
        let arguments = [more, &["--format", "json", "boutique"]].concat();
        let mut value: Value = serde_json::from_str(&stdout(&arguments, 0)).unwrap();
        let schema = schema(of);
        if let Err(error) = schema.validate(&value) {
            panic!("{more:?}: {error} at {}", error.instance_path());
        }
        assert!(!value[key].is_null(), "{value}");
        value[key] = json!("none");
        assert!(!schema.is_valid(&value), "{more:?}");
    }
}

#[test]
fn requests_fit_their_schema() {
    let schema = schema("request");
    let requests = corpus("request.json");
    assert!(requests.len() > 10);
    for (path, mut request) in requests {
        if let Err(error) = schema.validate(&request) {
            panic!("{}: {error} at {}", path.display(), error.instance_path());
        }
        request["nwo"] = json!(1);
        assert!(!schema.is_valid(&request));
    }
}
