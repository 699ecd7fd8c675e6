//! Formats for build servers and code hosts.

mod common;

use common::{posture, score, stdout};
use serde_json::Value;

/// A namespace whose name would break a careless writer.
const HOSTILE: &str = r#"{"apiVersion": "v1", "kind": "Pod",
    "metadata": {"namespace": "a<b & \"c\" | *d*", "name": "web"},
    "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]}, "status": {"phase": "Running"}}"#;

fn hostile() -> String {
    common::file("hostile", "objects.json", HOSTILE.as_bytes())
}

#[test]
fn sarif() {
    insta::assert_snapshot!(stdout(&score(&["--format", "sarif", "tiny"]), 0));
}

/// What section 3 of the SARIF 2.1.0 standard requires of what is written here.
#[test]
fn sarif_has_what_its_standard_requires() {
    let fleet = [
        "--format",
        "sarif",
        "--cluster",
        "shop=boutique",
        "--cluster",
        "small=tiny",
    ];
    for arguments in [&["--format", "sarif", "boutique"], fleet.as_slice()] {
        let log: Value = serde_json::from_str(&stdout(&score(arguments), 0)).unwrap();
        assert_eq!(log["version"], "2.1.0");
        for run in log["runs"].as_array().unwrap() {
            let driver = &run["tool"]["driver"];
            assert!(driver["name"].is_string());
            let rules = driver["rules"].as_array().unwrap();
            for rule in rules {
                assert!(rule["id"].is_string());
                assert!(rule["shortDescription"]["text"].is_string());
            }
            let results = run["results"].as_array().unwrap();
            assert!(results.len() > 1);
            for result in results {
                let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
                assert_eq!(rules[index]["id"], result["ruleId"]);
                let level = result["level"].as_str().unwrap();
                assert!(["none", "note", "warning", "error"].contains(&level));
                assert!(result["message"]["text"].is_string());
                let place = &result["locations"][0]["logicalLocations"][0];
                assert_eq!(place["kind"], "namespace");
                assert!(place["name"].is_string());
                let file = &result["locations"][0]["physicalLocation"];
                let expected = format!("namespaces/{}", place["name"].as_str().unwrap());
                assert_eq!(file["artifactLocation"]["uri"], expected);
                assert_eq!(file["region"]["startLine"], 1);
                assert!(result["partialFingerprints"]["action/v1"].is_string());
                assert!(result["properties"]["gain"].is_number());
            }
        }
    }
    let ids = |log: &Value| -> Vec<Value> {
        let runs = log["runs"].as_array().unwrap().iter();
        runs.map(|run| run["automationDetails"]["id"].clone())
            .collect()
    };
    let log: Value = serde_json::from_str(&stdout(&score(&fleet), 0)).unwrap();
    assert_eq!(ids(&log), ["posture/shop", "posture/small"]);
}

#[test]
fn junit() {
    insta::assert_snapshot!(stdout(&score(&["--format", "junit", "tiny"]), 0));
}

/// One test for each type and namespace; those that lose points fail.
#[test]
fn junit_without_a_score_is_not_all_green() {
    let text = stdout(&score(&["--format", "junit", "boutique/objects.json"]), 0);
    assert_eq!(
        text.matches("<testcase classname=\"score\"").count(),
        1,
        "{text}"
    );
    assert!(text.contains("<skipped message=\"no score: "), "{text}");
    let with = stdout(&score(&["--format", "junit", "tiny"]), 0);
    assert!(!with.contains("classname=\"score\""), "{with}");
}

#[test]
fn junit_counts_what_it_has() {
    let report: Value =
        serde_json::from_str(&stdout(&score(&["--format", "json", "boutique"]), 0)).unwrap();
    let namespaces = report["namespaces"].as_array().unwrap();
    let lost = namespaces
        .iter()
        .flat_map(|of| of["types"].as_object().unwrap().values());
    let failures = lost
        .filter(|cell| cell["contribution"].as_f64().unwrap() > 0.0)
        .count();
    let text = stdout(&score(&["--format", "junit", "boutique"]), 0);
    assert_eq!(text.matches("<testcase ").count(), 4 * namespaces.len());
    assert_eq!(text.matches("<failure ").count(), failures);
    assert!(failures > 5);
    let fleet = stdout(&score(&["--format", "junit", "--cluster", "a&b=tiny"]), 0);
    assert!(
        fleet.contains("<testsuite name=\"a&amp;b: High-risk images\""),
        "{fleet}"
    );
}

#[test]
fn names_do_not_break_formats() {
    let hostile = hostile();
    let policies = ["--policies-complete", hostile.as_str()];
    let of = |format: &str| {
        stdout(
            &score(&[&["--format", format], policies.as_slice()].concat()),
            0,
        )
    };
    let xml = of("junit");
    assert!(
        xml.contains("name=\"a&lt;b &amp; &quot;c&quot; | *d*\""),
        "{xml}"
    );
    assert!(well_formed(&xml), "{xml}");
    assert!(well_formed(&stdout(
        &score(&["--format", "junit", "boutique"]),
        0
    )));
    let log: Value = serde_json::from_str(&of("sarif")).unwrap();
    let place = &log["runs"][0]["results"][0]["locations"][0]["logicalLocations"][0];
    assert_eq!(place["name"], "a<b & \"c\" | *d*");
    let file = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    let uri = "namespaces/a%3Cb%20%26%20%22c%22%20%7C%20%2Ad%2A";
    assert_eq!(file["artifactLocation"]["uri"], uri);
    assert!(of("markdown").contains("| a&lt;b & \"c\" \\| \\*d\\* |"));
}

/// Whether all elements are closed in their order, and no sign stands where it may not.
fn well_formed(xml: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    let (declaration, body) = xml.split_once("?>").unwrap();
    assert!(declaration.starts_with("<?xml version=\"1.0\""));
    for piece in body.split('<').skip(1) {
        let Some((tag, text)) = piece.split_once('>') else {
            return false;
        };
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()
            .unwrap();
        let references = |text: &str| {
            text.split('&').skip(1).all(|rest| {
                ["amp;", "lt;", "gt;", "quot;"]
                    .iter()
                    .any(|name| rest.starts_with(name))
            })
        };
        if !references(tag) || !references(text) || tag.matches('"').count() % 2 != 0 {
            return false;
        }
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) if open.pop() != Some(name) => return false,
            (false, false) => open.push(name),
            _ => {}
        }
    }
    open.is_empty()
}

/// A comment has no room for more.
#[test]
fn markdown_is_never_too_long() {
    let pods: Vec<String> = (0..500)
        .map(|n| {
            format!(
                r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"namespace": "namespace-{n:0>40}", "name": "web"}},
                "spec": {{"containers": [{{"name": "web", "image": "nginx:1.29"}}]}}, "status": {{"phase": "Running"}}}}"#
            )
        })
        .collect();
    let list = format!(
        r#"{{"apiVersion": "v1", "kind": "List", "items": [{}]}}"#,
        pods.join(",")
    );
    let path = common::file("many", "objects.json", list.as_bytes());
    for more in [&["--top", "500"], ["--explain", "--items=all"].as_slice()] {
        let arguments = [
            &["--format", "markdown", "--policies-complete", &path],
            more,
        ]
        .concat();
        let output = posture(&score(&arguments)).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.chars().count() < 65_536, "{}", text.chars().count());
        assert!(text.starts_with("## Cluster Security Score: 50\n"));
        assert_eq!(
            text.matches("<details>").count(),
            text.matches("</details>").count()
        );
    }
}
