//! What people see of explanations. That sums add up is a law of the core; here it is about words and
//! layout, what is said of keys that are not there, and rows that are found by hand.

mod common;

use common::{example, piped, posture, stderr, stdout};
use posture_core::points::Points;
use serde_json::Value;

const EDGE: &str =
    "storefront/Deployment/adservice -> payments/Deployment/paymentservice tcp/50051";

fn explain<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let fixed = ["explain", "--now", "2026-11-20T11:00:00Z", "boutique"];
    [&fixed, arguments].concat()
}

fn json(arguments: &[&str]) -> Value {
    let arguments = [&explain(arguments), ["--format", "json"].as_slice()].concat();
    serde_json::from_str(&stdout(&arguments, 0)).unwrap()
}

#[test]
fn the_score() {
    insta::assert_snapshot!(stdout(&explain(&[]), 0));
}

#[test]
fn a_type() {
    insta::assert_snapshot!(stdout(&explain(&["--type", "high_risk_images"]), 0));
}

#[test]
fn a_namespace() {
    insta::assert_snapshot!(stdout(
        &explain(&["--namespace", "storefront", "--rows", "4"]),
        0
    ));
}

#[test]
fn a_namespace_that_loses_nothing() {
    let nothing = ["--type", "egress_access", "--namespace", "payments"];
    let text = stdout(&explain(&nothing), 0);
    assert!(
        text.starts_with("Egress access in payments  loses nothing\n"),
        "{text}"
    );
}

#[test]
fn nothing_at_all() {
    let list = example("tiny/scans/nginx.json");
    let text = piped(&["explain", "--now", "none", "-"], &list);
    assert_eq!(text, "no score: no namespace counts\n");
}

#[test]
fn an_image() {
    let image = ["--item", "registry.example.com/boutique/adservice:v0.10.6"];
    insta::assert_snapshot!(stdout(&explain(&image), 0));
}

#[test]
fn a_workload() {
    let workload = ["--item", "storefront/Deployment/adservice", "--rows", "3"];
    insta::assert_snapshot!(stdout(&explain(&workload), 0));
}

#[test]
fn an_edge() {
    let edge = ["--item", EDGE, "--rows", "3"];
    insta::assert_snapshot!(stdout(&explain(&edge), 0));
}

#[test]
fn a_direction_that_no_policy_governs() {
    let direction = [
        "explain",
        "no-scans",
        "--now",
        "none",
        "--item",
        "wiki/Deployment/search egress",
    ];
    insta::assert_snapshot!(stdout(&direction, 0));
}

#[test]
fn what_one_bad_image_costs_where_one_is_enough() {
    let any = ["--preset", "calico-preview", "--type", "high_risk_images"];
    insta::assert_snapshot!(stdout(&explain(&any), 0));
}

#[test]
fn every_sum_is_that_of_the_lines_above() {
    let kinds: [&[&str]; 6] = [
        &[],
        &["--rows", "1"],
        &["--type", "egress_access"],
        &["--namespace", "storefront", "--rows", "2"],
        &["--type", "namespace_isolation", "--namespace", "storefront"],
        &["--namespace", "traffic", "--preset", "calico-preview"],
    ];
    for arguments in kinds {
        let text = stdout(&explain(arguments), 0);
        let (mut sum, mut sums) = (Points::ZERO, 0);
        for line in text.lines() {
            let Some((sign, line)) = line.split_at_checked(1) else {
                continue;
            };
            let first = line.split_whitespace().next().unwrap_or_default();
            let is_exact = first.split_once('.').is_some_and(|(_, of)| of.len() == 9);
            match first.parse::<Points>() {
                Ok(points) if is_exact && sign == "=" => {
                    assert_eq!(points, sum, "{text}");
                    (sum, sums) = (Points::ZERO, sums + 1);
                }
                Ok(points) if is_exact && sign == "-" => sum -= points,
                Ok(points) if is_exact => sum += points,
                _ => {}
            }
        }
        assert!(sums > 0 && sum == Points::ZERO, "{text}");
    }
}

/// Which lines are behind the edge, told by the log's text alone.
#[test]
fn rows_are_those_of_the_log() {
    let log = String::from_utf8(example("boutique/flows.jsonl")).unwrap();
    let expected: Vec<String> = (1..)
        .zip(log.lines())
        .filter(|(_, line)| {
            let row: Value = serde_json::from_str(line).unwrap_or_default();
            let starts =
                |key: &str, with: &str| row[key].as_str().is_some_and(|of| of.starts_with(with));
            starts("source_name_aggr", "adservice-")
                && starts("dest_name_aggr", "paymentservice-")
                && row["reporter"] == "src"
        })
        .map(|(number, _)| format!("line {number}"))
        .collect();
    assert_eq!(expected.len(), 2);
    let item = json(&["--item", EDGE]);
    let rows = item["rows"]["newest"].as_array().unwrap();
    let places: Vec<&str> = rows.iter().map(|row| row["at"].as_str().unwrap()).collect();
    assert_eq!(places, expected);
    assert_eq!(rows[0]["why"]["from"], "trace");
    assert_eq!(item["rows"]["counts"]["unsecured"], 2);
}

#[test]
fn todays_policies_where_no_trace_was_recorded() {
    let log = String::from_utf8(example("boutique/flows.jsonl")).unwrap();
    let without: Vec<String> = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|mut row| {
            row["policies"] = Value::Null;
            row.to_string()
        })
        .collect();
    let log = common::file("explanations", "flows.jsonl", without.join("\n").as_bytes());
    let arguments = [
        "boutique/objects.json",
        "boutique/networkpolicies.json",
        &log,
    ];
    let item = [
        "explain", "--format", "json", "--now", "none", "--item", EDGE,
    ];
    let item: Value = serde_json::from_str(&stdout(&[&item, &arguments[..]].concat(), 0)).unwrap();
    let why = &item["rows"]["newest"][0]["why"];
    assert_eq!(why["from"], "policies");
    assert_eq!(
        why["words"],
        "no policy governs egress, so the default allows it"
    );
}

#[test]
fn rows_of_columns_are_those_of_lines() {
    let objects = ["boutique/objects.json", "boutique/networkpolicies.json"];
    let folder = common::folder_of("explanations");
    let explained = |log: &str| -> Value {
        let item = [
            "explain", "--format", "json", "--now", "none", "--item", EDGE, log,
        ];
        serde_json::from_str(&stdout(&[&item, &objects[..]].concat(), 0)).unwrap()
    };
    let lines = explained("boutique/flows.jsonl");
    for name in ["flows.parquet", "flows.arrow"] {
        let columns = folder.join(name);
        let columns = columns.to_str().unwrap();
        let convert = ["convert", "boutique/flows.jsonl", "--force", "-o", columns];
        assert!(posture(&convert).output().unwrap().status.success());
        let mut rows = explained(columns)["rows"].clone();
        for (row, of_lines) in rows["newest"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .zip(lines["rows"]["newest"].as_array().unwrap())
        {
            // blank lines and lines that are no rows are no rows of columns
            assert!(row["at"].as_str().unwrap().starts_with("row "));
            row["at"] = of_lines["at"].clone();
            row["file"] = of_lines["file"].clone();
        }
        assert_eq!(rows, lines["rows"], "{name}");
    }
}

#[test]
fn a_log_out_of_a_pipe_is_read_once() {
    let log = example("boutique/flows.jsonl");
    let arguments = [
        "explain",
        "boutique/objects.json",
        "boutique/networkpolicies.json",
        "-",
    ];
    let text = piped(&[&arguments[..], &["--item", EDGE]].concat(), &log);
    let told = "\nRows of stdin are not shown: what comes out of a pipe is not read twice\n";
    assert!(text.contains(told), "{text}");
}

#[test]
fn what_there_is() {
    for (arguments, expected) in [
        (
            ["--namespace", "storefornt"].as_slice(),
            "`storefornt` is no namespace that counts, did you mean `storefront`?",
        ),
        (
            &["--namespace", "x"],
            "`x` is no namespace that counts, there are `kube-system`, `payments`, `storefront` and `traffic`",
        ),
        (
            &["--item", "storefront/CronJob/catalog-exprot"],
            "`storefront/CronJob/catalog-exprot` is no item at risk, did you mean \
             `storefront/CronJob/catalog-export`?",
        ),
        (
            &[
                "--item",
                "x",
                "--namespace",
                "traffic",
                "--type",
                "unscanned_images",
            ],
            "`x` is no item at risk in `traffic` of type `unscanned_images`",
        ),
    ] {
        let message = stderr(&explain(arguments), 2);
        let message = message.strip_prefix("error: ").unwrap().trim_end();
        assert!(message.starts_with(expected), "{message}");
    }
    let message = stderr(&explain(&["--type", "egress"]), 2);
    let expected = "expected one of `high_risk_images`, `unscanned_images`, `egress_access`, `namespace_isolation`";
    assert!(message.contains(expected), "{message}");
}
