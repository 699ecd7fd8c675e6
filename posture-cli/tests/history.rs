//! What is recorded, shown and explained.

mod common;

use std::fs;
use std::path::PathBuf;

use common::{folder_of, posture, said, stdout, times};
use posture_core::points::Points;
use rusqlite::Connection;
use serde_json::Value;

const NOVEMBER_13: &str = "2026-11-13T11:00:00Z";
const NOVEMBER_20: &str = "2026-11-20T11:00:00Z";

/// A path where there is no history yet.
fn fresh(test: &str) -> String {
    let path = folder_of(test).join("data").join("history.db");
    if let Some(folder) = path.parent().filter(|folder| folder.exists()) {
        fs::remove_dir_all(folder).unwrap();
    }
    path.to_str().unwrap().to_owned()
}

/// Records a folder of the examples as of a time, and says what standard error has.
fn record(history: &str, at: &str, arguments: &[&str]) -> String {
    let fixed = ["score", "--record", "--history", history, "--now", at];
    let output = posture(&[&fixed, arguments].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// What is said on standard error by a run that exits with `code`; the result may be written.
fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&stdout(&[arguments, &["--format", "json"]].concat(), 0)).unwrap()
}

/// A history of two points: policies alone, then with flows and scans.
fn two_points(test: &str) -> String {
    let history = fresh(test);
    record(&history, NOVEMBER_13, &["no-scans"]);
    record(&history, NOVEMBER_20, &["boutique"]);
    history
}

/// Two states of a cluster: in the second a workload is isolated, another is new, and an image is
/// scanned.
fn changing(test: &str) -> String {
    let history = fresh(test);
    let input = |name: &str| format!("{}/tests/changes/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    record(&history, NOVEMBER_13, &[&input("before")]);
    record(&history, NOVEMBER_20, &[&input("after")]);
    history
}

#[test]
fn points_are_recorded_and_shown() {
    let history = fresh("shown");
    let acknowledged = record(&history, NOVEMBER_13, &["no-scans"]);
    let expected = format!("recorded: {NOVEMBER_13} in series `default` of `{history}`\n");
    assert_eq!(acknowledged, expected);
    record(&history, NOVEMBER_20, &["boutique"]);
    let place = ["--history", history.as_str()];
    insta::assert_snapshot!(stdout(&[&["history"], place.as_slice()].concat(), 0));
    insta::assert_snapshot!(stdout(
        &[&["history", "--format", "csv"], place.as_slice()].concat(),
        0
    ));
    let timeline = json(&[&["history"], place.as_slice()].concat());
    assert_eq!(timeline["points"].as_array().unwrap().len(), 2);
    // 73.209064327 - 64.0625
    assert_eq!(timeline["points"][1]["delta"].to_string(), "9.146564327");
    let since = [&["history", "--since", NOVEMBER_20], place.as_slice()].concat();
    let since = json(&since);
    assert_eq!(since["points"].as_array().unwrap().len(), 1);
    assert_eq!(since["points"][0]["delta"].to_string(), "9.146564327");
}

#[test]
fn a_recorded_result_is_compared_with_the_last_one() {
    let history = fresh("compared");
    record(&history, NOVEMBER_13, &["no-scans"]);
    let fixed = [
        "score",
        "--record",
        "--history",
        &history,
        "--now",
        NOVEMBER_20,
    ];
    let output = posture(&[&fixed, ["boutique"].as_slice()].concat())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text.lines().nth(1),
        Some("+9.1 since 2026-11-13 11:00 UTC (64)")
    );
}

#[test]
fn differences_are_explained() {
    let history = changing("explained");
    let place = ["--history", history.as_str()];
    let why = stdout(&[&["why"], place.as_slice()].concat(), 0);
    insta::assert_snapshot!(why);
    for ends in [["previous", "latest"], [NOVEMBER_13, NOVEMBER_20]] {
        assert_eq!(
            stdout(&[&["diff"], ends.as_slice(), &place].concat(), 0),
            why
        );
    }
    let top = stdout(&[&["why", "--top", "1"], place.as_slice()].concat(), 0);
    for text in [&why, &top] {
        let mut points: Vec<Points> = text.lines().filter_map(exact).collect();
        let sum = points.pop().unwrap();
        assert!(points.len() > 1);
        assert_eq!(points.into_iter().sum::<Points>(), sum, "{text}");
    }
    let delta = json(&[&["why"], place.as_slice()].concat());
    let parts = delta["parts"].as_array().unwrap();
    let sum: Points = parts
        .iter()
        .map(|part| part["points"].to_string().parse::<Points>().unwrap())
        .sum();
    assert_eq!(sum.to_string(), delta["delta"].to_string());
    insta::assert_snapshot!(stdout(
        &[&["diff", "latest", "latest"], place.as_slice()].concat(),
        0
    ));
}

#[test]
fn a_comment_tells_what_changed() {
    let history = changing("comment");
    let path = format!("{}/tests/changes/before.yaml", env!("CARGO_MANIFEST_DIR"));
    let fixed = [
        "score",
        "--history",
        &history,
        "--now",
        "2026-11-21T11:00:00Z",
        &path,
    ];
    let gate = ["--fail-on-drop", "1", "--format", "markdown"];
    insta::assert_snapshot!(stdout(&[fixed.as_slice(), &gate].concat(), 0));
}

/// The exact points that a line of a table begins with.
fn exact(line: &str) -> Option<Points> {
    let number = line.split_whitespace().next()?;
    number.strip_prefix('+').unwrap_or(number).parse().ok()
}

/// Of a day its last point is meant.
#[test]
fn days_are_compared() {
    let history = two_points("days");
    let days = ["2026-11-13", "2026-11-20"];
    let by_days = json(&[&["diff"], &days[..], &["--history", &history]].concat());
    let times = [NOVEMBER_13, NOVEMBER_20];
    let by_times = json(&[&["diff"], &times[..], &["--history", &history]].concat());
    assert_eq!(by_days, by_times);
    assert_ne!(by_days["delta"], 0);
}

#[test]
fn results_in_files_are_compared() {
    let folder = folder_of("files");
    let result = |name: &str| {
        let fixed = [
            "score",
            "--now",
            NOVEMBER_20,
            "--format",
            "json",
            "--items",
            "all",
        ];
        let path = folder.join(format!("{name}.json"));
        fs::write(&path, stdout(&[&fixed, [name].as_slice()].concat(), 0)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (before, after) = (result("no-scans"), result("boutique"));
    let delta = json(&["diff", &before, &after]);
    assert_eq!(delta["delta"].to_string(), "9.146564327");
    let message = said(&["diff", &before, "nowhere.json"], 2);
    assert_eq!(
        message,
        "error: `nowhere.json` does not exist, expected a result in a file, a day, a time, `latest` or `previous`\n"
    );
    let message = said(&["diff", &before, "boutique/flows.jsonl"], 2);
    assert!(
        message.contains("expected a result of `posture score --format json`"),
        "{message}"
    );
}

#[test]
fn one_point_is_a_history() {
    let history = fresh("one");
    record(&history, NOVEMBER_20, &["tiny"]);
    let place = ["--history", history.as_str()];
    let shown = stdout(&[&["history"], place.as_slice()].concat(), 0);
    assert!(shown.starts_with("default  1 point  ▄\n"), "{shown}");
    let why = [&["why"], place.as_slice()].concat();
    assert_eq!(
        stdout(&why, 0),
        "there is one point: nothing to compare it with yet\n"
    );
    stdout(&[&["why", "--since", "1d"], place.as_slice()].concat(), 0);
    stdout(
        &[&["diff", "latest", "latest"], place.as_slice()].concat(),
        0,
    );
    let message = said(
        &[&["diff", "previous", "latest"], place.as_slice()].concat(),
        2,
    );
    assert!(
        message.contains("no such point, expected two of them"),
        "{message}"
    );
}

#[test]
fn an_instant_has_one_content() {
    let history = fresh("instant");
    record(&history, NOVEMBER_20, &["tiny"]);
    let again = record(&history, NOVEMBER_20, &["tiny"]);
    assert!(again.starts_with("recorded before: "), "{again}");
    let fixed = [
        "score",
        "--record",
        "--history",
        &history,
        "--now",
        NOVEMBER_20,
        "boutique",
    ];
    let message = said(&fixed, 1);
    let expected = "error: the history has another result of `2026-11-20T11:00:00Z`, expected one of another time";
    assert!(message.starts_with(expected), "{message}");
    // what could not be recorded is told all the same
    let told = common::posture(&fixed).output().expect("it runs");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.starts_with("Cluster Security Score  73"), "{told}");
    // another series is another history
    record(&history, NOVEMBER_20, &["boutique", "--series", "shop"]);
    let message = said(&["history", "--history", &history, "--series", "x"], 2);
    assert!(
        message.ends_with("expected `--series` with one of `default`, `shop`\n"),
        "{message}"
    );
}

#[test]
fn each_cluster_has_its_series() {
    let history = fresh("clusters");
    record(
        &history,
        NOVEMBER_20,
        &["--cluster", "shop=boutique", "--cluster", "small=tiny"],
    );
    for series in ["shop", "small"] {
        let timeline = json(&["history", "--history", &history, "--series", series]);
        assert_eq!(timeline["points"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn points_are_appended_and_never_changed() {
    let history = two_points("append-only");
    let connection = Connection::open(&history).unwrap();
    for sql in [
        "UPDATE point SET body = ''",
        "UPDATE point SET at = 0",
        "DELETE FROM point",
        "INSERT OR REPLACE INTO point SELECT series, at, '' FROM point",
    ] {
        let error = connection.execute(sql, []).unwrap_err().to_string();
        assert!(error.contains("points are "), "{sql}: {error}");
    }
    assert_eq!(times(&history).len(), 2);
}

#[test]
fn pruning_is_asked_for() {
    let history = fresh("prune");
    record(&history, "2001-01-01T00:00:00Z", &["tiny"]);
    record(
        &history,
        "2001-01-01T00:00:00Z",
        &["tiny", "--series", "other"],
    );
    record(&history, "2999-01-01T00:00:00Z", &["tiny"]);
    let prune = ["history", "prune", "--history", &history];
    let text = stdout(&[&prune, ["--series", "default"].as_slice()].concat(), 0);
    let told = "1 point of series `default` from before ";
    assert!(text.starts_with(told), "{text}");
    let text = stdout(&prune, 0);
    assert!(text.starts_with("0 points of series `default`"), "{text}");
    assert_eq!(times(&history).len(), 2);
    let text = stdout(&[&prune, ["--all-series"].as_slice()].concat(), 0);
    assert!(text.starts_with("1 point of all series"), "{text}");
    assert_eq!(times(&history), ["2999-01-01T00:00:00Z"]);
    // what was allowed for a moment is not allowed any more
    let connection = Connection::open(&history).unwrap();
    assert!(connection.execute("DELETE FROM point", []).is_err());
}

#[test]
fn other_databases_are_left_alone() {
    let history = two_points("newer");
    let connection = Connection::open(&history).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    let message = said(&["history", "--history", &history], 1);
    assert!(
        message.contains("was made by a newer version of the program"),
        "{message}"
    );

    let foreign = fresh("foreign");
    fs::create_dir_all(PathBuf::from(&foreign).parent().unwrap()).unwrap();
    Connection::open(&foreign)
        .unwrap()
        .execute("CREATE TABLE t (x)", [])
        .unwrap();
    let before = fs::read(&foreign).unwrap();
    let record = [
        "score",
        "--record",
        "--history",
        &foreign,
        "--now",
        NOVEMBER_20,
        "tiny",
    ];
    let message = said(&record, 1);
    assert!(
        message.contains("is a database of something else"),
        "{message}"
    );
    assert_eq!(fs::read(&foreign).unwrap(), before);
    let text = common::file(
        "no-database",
        "history.db",
        b"not a database, but long enough to be looked at",
    );
    said(&["history", "--history", &text], 1);
    let message = said(&["history", "--history", "nowhere.db"], 2);
    assert!(
        message.contains("expected one that `posture score --record` made"),
        "{message}"
    );
}

/// What is said of a drop that is not one of the cluster alone.
const OTHER_EVIDENCE: &str = "note: beside the result from 2026-11-20 11:00:00 UTC, the method differs: \
    evidence of high-risk images, evidence of unscanned images, evidence of egress access, \
    evidence of namespace isolation\n";

#[test]
fn drops_fail() {
    let history = two_points("drops");
    // 73.209064327 before, 64.0625 now: 9.146564327 less
    let later = [
        "score",
        "--history",
        &history,
        "--now",
        "2026-11-21T11:00:00Z",
        "no-scans",
    ];
    let on_drop = |by: &str| {
        [&later, ["--fail-on-drop", by].as_slice()]
            .concat()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    for (by, code) in [("9.146564326", 3), ("9.146564327", 0), ("0", 3)] {
        let arguments = on_drop(by);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let told = match code {
            0 => String::new(),
            _ => format!(
                "`--fail-on-drop {by}`: the score is 64.0625, 9.146564327 less than before\n"
            ),
        };
        assert_eq!(said(&arguments, code), format!("{OTHER_EVIDENCE}{told}"));
    }
    // nothing to compare with
    let empty = fresh("drops-empty");
    let first = ["score", "--history", &empty, "--fail-on-drop", "0", "tiny"];
    assert_eq!(
        said(&first, 0),
        "`--fail-on-drop`: there is no earlier score to compare with\n"
    );
    // an earlier result in a file
    let earlier = stdout(&["demo", "--format", "json"], 0);
    let earlier = common::file("drops-file", "earlier.json", earlier.as_bytes());
    let drop = [
        "score",
        "--now",
        NOVEMBER_20,
        "no-scans",
        "--fail-on-drop",
        "9",
        "--previous",
        &earlier,
    ];
    let said_of_drop = said(&drop, 3);
    assert!(
        said_of_drop.contains("\n`--fail-on-drop 9`: "),
        "{said_of_drop}"
    );
    // no score at all
    let none = [
        "score",
        "--history",
        &history,
        "--fail-on-drop",
        "100",
        "boutique/objects.json",
    ];
    assert_eq!(
        said(&none, 3),
        format!("{OTHER_EVIDENCE}`--fail-on-drop 100`: there is no score\n")
    );
}
