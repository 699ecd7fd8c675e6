//! What people see of the example clusters. Their numbers are derived by hand in `cases/`; here it
//! is about layout, and about sums.

mod common;

use common::{posture, said, score, stdout};
use posture_core::points::Points;

const TINY: [&str; 3] = ["tiny/objects.yaml", "tiny/flows.jsonl", "tiny/scans"];
const NO_SCANS: [&str; 2] = ["no-scans/objects.json", "no-scans/networkpolicies.json"];

#[test]
fn a_cluster_with_everything() {
    insta::assert_snapshot!(stdout(&["demo"], 0));
}

#[test]
fn a_cluster_with_everything_on_a_narrow_terminal() {
    let output = posture(&["demo"]).env("COLUMNS", "60").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (report, _closing) = text.split_once("\nThis was an example").unwrap();
    for line in report.lines() {
        assert!(line.chars().count() <= 60, "{line}");
    }
    insta::assert_snapshot!(report);
}

#[test]
fn any_width_is_enough() {
    for columns in ["0", "39", "40", "41", "50", "55", "119", "100000", "wide"] {
        let output = posture(&["demo", "--explain"])
            .env("COLUMNS", columns)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{columns}: {output:?}");
    }
}

#[test]
fn the_smallest_cluster() {
    insta::assert_snapshot!(stdout(&score(&TINY), 0));
}

#[test]
fn a_plain_dump() {
    insta::assert_snapshot!(stdout(&score(&NO_SCANS), 0));
}

#[test]
fn markdown() {
    let arguments = [&["--format", "markdown", "--explain"], TINY.as_slice()].concat();
    insta::assert_snapshot!(stdout(&score(&arguments), 0));
}

#[test]
fn json_is_the_same_as_that_of_the_library() {
    let bytes = |path| common::example(path);
    let contents = [
        bytes("tiny/objects.yaml"),
        bytes("tiny/flows.jsonl"),
        bytes("tiny/scans/nginx.json"),
    ];
    let names = [
        "tiny/objects.yaml",
        "tiny/flows.jsonl",
        "tiny/scans/nginx.json",
    ];
    let files: Vec<posture::File<'_>> = names
        .iter()
        .zip(&contents)
        .map(|(name, bytes)| posture::File { name, bytes })
        .collect();
    let expected = posture::score_json(&files, r#"{"now": "2026-11-20T11:00:00Z"}"#).unwrap();
    let arguments = [&["--format", "json"], TINY.as_slice()].concat();
    assert_eq!(stdout(&score(&arguments), 0), expected);
}

#[test]
fn every_sum_of_an_explanation_is_that_of_its_parts() {
    let boutique = ["--explain", "boutique"];
    let limited = ["--explain", "--items", "2", "boutique"];
    let all_bad = ["--explain", "--preset", "calico-preview", "boutique"];
    for arguments in [boutique.as_slice(), &limited, &all_bad] {
        let text = stdout(&score(arguments), 0);
        let lines = explained(&text);
        let (root, lost) = lines.first().unwrap();
        let exact = text
            .split_once("which leaves ")
            .unwrap()
            .1
            .split(',')
            .next()
            .unwrap();
        assert_eq!(
            (*root, *lost + exact.parse().unwrap()),
            (0, Points::HUNDRED)
        );
        assert!(lines.len() > 12);
        for (position, (depth, points)) in lines.iter().enumerate() {
            let below = || lines[position + 1..].iter().take_while(|(d, _)| d > depth);
            let parts = below()
                .filter(|(d, _)| *d == depth + 1)
                .map(|(_, points)| *points);
            if below().next().is_some() {
                assert_eq!(*points, parts.sum(), "{text}");
            }
        }
    }
}

/// Depth and points of every line of an explanation.
fn explained(text: &str) -> Vec<(usize, Points)> {
    let (_, explanation) = text
        .split_once("Lost points, each sum above its parts\n")
        .unwrap();
    let lines = explanation.lines().take_while(|line| !line.is_empty());
    lines
        .filter_map(|line| {
            let (number, text) = line.split_at(15);
            let indent = text.len() - text.trim_start().len();
            Some((indent / 2, number.trim().parse().ok()?))
        })
        .collect()
}

#[test]
fn top_limits_what_is_shown_and_says_what_is_left() {
    let text = stdout(&["demo", "--top", "1"], 0);
    assert!(text.contains("\n3 more namespaces: --top 4\n"), "{text}");
    assert!(text.contains("\n5 more actions: --top 6\n"), "{text}");
}

#[test]
fn an_earlier_result_makes_a_trend() {
    let arguments = [&["--format", "json"], NO_SCANS.as_slice()].concat();
    let earlier = stdout(&score(&arguments), 0);
    let earlier = common::file("trend", "earlier.json", earlier.as_bytes());
    let text = stdout(&["demo", "--previous", &earlier], 0);
    let trend = text.lines().nth(1).unwrap();
    // 73.209064327 - 64.0625
    assert_eq!(trend, "+9.1 since 2026-11-20 11:00 UTC (64)");
    let again = [&["--previous", earlier.as_str()], NO_SCANS.as_slice()].concat();
    let text = stdout(&score(&again), 0);
    assert_eq!(
        text.lines().nth(1),
        Some("unchanged since 2026-11-20 11:00 UTC")
    );
}

#[test]
fn colours_are_for_terminals() {
    let coloured = |variable: &str| {
        let output = posture(&["demo"]).env(variable, "1").output().unwrap();
        output.stdout.contains(&0x1B)
    };
    assert!(coloured("CLICOLOR_FORCE"));
    assert!(!coloured("NO_COLOR"));
    assert!(!coloured("UNRELATED"));
}

#[test]
fn several_clusters() {
    let clusters = [
        "--cluster",
        "shop=boutique",
        "--cluster",
        "small=tiny",
        "--cluster",
        "plain=no-scans",
    ];
    let short = [&clusters, ["--top", "1"].as_slice()].concat();
    insta::assert_snapshot!(stdout(&score(&short), 0));
    let markdown = [&short, ["--format", "markdown"].as_slice()].concat();
    insta::assert_snapshot!(stdout(&score(&markdown), 0));

    // each result is that of the cluster alone
    let json = [&clusters, ["--format", "json"].as_slice()].concat();
    let fleet: serde_json::Value = serde_json::from_str(&stdout(&score(&json), 0)).unwrap();
    for (name, folder) in [
        ("shop", "boutique"),
        ("small", "tiny"),
        ("plain", "no-scans"),
    ] {
        let alone = stdout(&score(&[folder, "--format", "json"]), 0);
        let alone: serde_json::Value = serde_json::from_str(&alone).unwrap();
        assert_eq!(fleet["clusters"][name], alone, "{name}");
    }
}

/// Of an action the three most useful staged policies are told, and how many more there are.
#[test]
fn staged_policies() {
    let case = "../../cases/staged-policies/input";
    let line = |text: &str, of: &str| text.lines().any(|line| line.trim_end() == of);
    let table = stdout(&score(&[case]), 0);
    assert!(
        table.contains("If staged policies were enforced"),
        "{table}"
    );
    assert!(line(&table, "1  1 more"), "{table}");
    let markdown = stdout(&["demo", "--format", "markdown"], 0);
    let row = "| 2 | StagedNetworkPolicy storefront/default.isolation | +6.3 | 4 of 4 |";
    assert!(line(&markdown, row), "{markdown}");
}

#[test]
fn several_clusters_compared_with_an_earlier_fleet() {
    let one = ["--cluster", "small=tiny", "--format", "json"];
    let earlier = stdout(&score(&one), 0);
    let path = common::file("fleet", "earlier.json", earlier.as_bytes());
    let again = [one.as_slice(), &["--previous", &path]].concat();
    let fleet: serde_json::Value = serde_json::from_str(&stdout(&score(&again), 0)).unwrap();
    assert_eq!(fleet["clusters"]["small"]["delta"], 0);
    // one cluster below the threshold is enough
    let fleet = ["--cluster", "a=boutique", "--cluster", "b=tiny"];
    let under = |points| score(&[&fleet, ["--fail-under", points].as_slice()].concat());
    assert_eq!(
        said(&under("50"), 3),
        "b: `--fail-under 50`: the score is 25\n"
    );
    assert_eq!(said(&under("20"), 0), "");
}
