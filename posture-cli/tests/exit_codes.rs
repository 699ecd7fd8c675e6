//! Exit codes, and what is said on the way out.

mod common;

use common::{file, said, score, stderr, stdout};

#[test]
fn thresholds() {
    // The example scores 73.209064327.
    stdout(&["demo", "--fail-under", "73"], 0);
    stdout(&["demo", "--fail-under", "73.209064327"], 0);
    assert_eq!(
        said(&["demo", "--fail-under", "73.209064328"], 3),
        "`--fail-under 73.209064328`: the score is 73.209064327\n"
    );
    // Without a score there is nothing to reach a threshold.
    assert_eq!(
        said(&score(&["--fail-under", "0", "boutique/objects.json"]), 3),
        "`--fail-under 0`: there is no score\n"
    );
    // Of several clusters each that fails is told.
    let fleet = [
        "--fail-under",
        "80",
        "--cluster",
        "a=boutique",
        "--cluster",
        "b=boutique",
    ];
    assert_eq!(
        said(&score(&fleet), 3),
        "a: `--fail-under 80`: the score is 73.209064327\n\
         b: `--fail-under 80`: the score is 73.209064327\n"
    );
}

#[test]
fn strictness() {
    stdout(&score(&["--strict", "tiny/objects.yaml"]), 0);
    stdout(&score(&["--strict", "tiny"]), 0); // its README is no input, and nothing is lost by it
    let broken = file("strictness", "broken.json", b"{");
    stdout(&score(&["--strict", "tiny", &broken]), 4);
    let both = ["--strict", "--fail-under", "100", "tiny", &broken];
    assert!(said(&score(&both), 3).starts_with("`--fail-under 100`: "));
}

#[test]
fn missing_paths() {
    assert_eq!(
        stderr(&["score", "tiny", "nowhere.json"], 2),
        "error: `nowhere.json` does not exist, expected a file, a directory or `-` for standard input\n"
    );
    assert_eq!(
        stderr(&["score", "-", "-"], 2),
        "error: `-` is given twice, expected it once\n"
    );
    assert!(stderr(&["score"], 2).contains("<PATH>..."));
}

#[test]
fn methods() {
    let message = |name: &str, text: &str| {
        let path = file("methods", name, text.as_bytes());
        let message = stderr(&["score", "--method", &path, "tiny"], 2);
        message
            .strip_prefix(&format!("error: `--method {path}`: "))
            .unwrap()
            .trim_end()
            .to_owned()
    };
    assert_eq!(
        message("list.json", "[1]"),
        "invalid method: expected an object of switches"
    );
    assert_eq!(
        message("weight.yaml", "weights: {egress_access: 99999}"),
        "invalid method: the weight of `egress_access` is 99999, expected 0 to 10000"
    );
    assert!(
        message("unknown.yaml", "colour: blue")
            .starts_with("invalid method: unknown field `colour`, expected one of `weights`")
    );
    assert_eq!(
        message("preset.json", r#"{"preset": "strict"}"#),
        "unknown variant `strict`, expected `default` or `calico-preview`"
    );
    assert_eq!(
        message("truncated.json", r#"{"settle": 1"#),
        "expected an object of switches in JSON or YAML: line 1 column 1: unclosed bracket '{'"
    );
    let aged = file("methods", "aged.yaml", b"max_scan_age: 3600");
    assert_eq!(
        stderr(&["score", "--method", &aged, "--now", "none", "tiny"], 2),
        "error: invalid method: `max_scan_age` needs the current time, and `now` was not given\n"
    );
    assert_eq!(
        stderr(&["score", "--method", "nowhere.yaml", "tiny"], 2),
        "error: `--method nowhere.yaml`: the file does not exist\n"
    );
}

#[test]
fn a_method_may_name_its_preset_and_an_option_overrules_it() {
    let path = file(
        "preset",
        "method.yaml",
        b"preset: calico-preview\nsettle: 0\n",
    );
    let method = |arguments: &[&str]| {
        let all = [&["--format", "json", "--method", path.as_str()], arguments].concat();
        stdout(&score(&all), 0)
    };
    let named = method(&["tiny"]);
    assert!(named.contains("\"image_share\": \"any\"") && named.contains("\"settle\": 0"));
    assert!(method(&["--preset", "default", "tiny"]).contains("\"image_share\": \"proportional\""));
}

#[test]
fn options() {
    for (arguments, expected) in [
        (
            ["--fail-under", "101"],
            "expected a number of points from 0 to 100",
        ),
        (["--now", "yesterday"], "expected a day or a time"),
        (["--cluster-cidr", "10"], "expected an address range"),
        (["--top", "few"], "expected a number"),
        (["--items", "few"], "expected a number or `all`"),
        (
            ["--format", "xml"],
            "possible values: table, json, markdown",
        ),
        (
            ["--previous", "tiny/objects.yaml"],
            "expected a result of `posture score --format json`",
        ),
    ] {
        let message = stderr(&["score", arguments[0], arguments[1], "tiny"], 2);
        assert!(message.contains(expected), "{message}");
    }
}
