//! What people see of verdicts and of the review of policies. What is decided and found is derived by
//! hand in the core; here it is about words and layout.

mod common;

use common::{posture, stderr, stdout};
use serde_json::Value;

/// A small cluster with policies of all kinds in five tiers.
const INPUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/input");

fn verdict<'a>(from: &'a str, to: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["verdict", "--from", from, "--to", to], more, &[INPUT]].concat()
}

fn of_width(columns: &str, arguments: &[&str]) -> String {
    let mut command = posture(arguments);
    let output = command.env("COLUMNS", columns).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let width: usize = columns.parse().unwrap();
    for line in text.lines() {
        assert!(line.chars().count() <= width, "{line}");
    }
    text
}

#[test]
fn allowed_at_both_ends() {
    let arguments = verdict("shop/web", "pay/api", &["--port", "8443/tcp"]);
    insta::assert_snapshot!(of_width("120", &arguments));
}

#[test]
fn denied_to_an_address_outside() {
    let arguments = verdict("shop/web", "198.51.100.7", &["--port", "22/tcp"]);
    insta::assert_snapshot!(of_width("80", &arguments));
}

#[test]
fn denied_with_everything_that_was_asked() {
    let arguments = verdict("10.0.0.31", "10.0.0.21", &["--port", "8443", "--all"]);
    insta::assert_snapshot!(of_width("80", &arguments));
}

#[test]
fn unknown_without_a_port() {
    insta::assert_snapshot!(of_width("80", &verdict("shop/web", "pay/api", &[])));
}

#[test]
fn staged_as_if_enforced() {
    let arguments = verdict("shop/web", "tools/shell", &["--port", "53/udp", "--staged"]);
    insta::assert_snapshot!(of_width("100", &arguments));
}

#[test]
fn from_the_own_node() {
    let arguments = verdict("tools/agent", "tools/shell", &["--port", "icmp/8"]);
    insta::assert_snapshot!(of_width("100", &arguments));
}

#[test]
fn policies_and_what_deserves_a_look() {
    insta::assert_snapshot!(of_width("100", &["policies", INPUT]));
}

#[test]
fn policies_of_a_namespace_on_a_narrow_terminal() {
    insta::assert_snapshot!(of_width("80", &["policies", "--namespace", "shop", INPUT]));
}

#[test]
fn any_width_is_enough() {
    for columns in ["0", "39", "40", "41", "119", "100000", "wide"] {
        for arguments in [
            verdict("shop/web", "pay/api", &["--all"]),
            vec!["policies", INPUT],
        ] {
            let output = posture(&arguments)
                .env("COLUMNS", columns)
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(0), "{columns}: {output:?}");
        }
    }
}

#[test]
fn colours_only_help_the_eye() {
    for arguments in [verdict("shop/web", "pay/api", &[]), vec!["policies", INPUT]] {
        let coloured = posture(&arguments)
            .env("CLICOLOR_FORCE", "1")
            .output()
            .unwrap();
        assert!(coloured.stdout.contains(&0x1B));
        let plain = anstream::adapter::strip_bytes(&coloured.stdout).into_vec();
        assert_eq!(String::from_utf8(plain).unwrap(), stdout(&arguments, 0));
    }
}

#[test]
fn json_tells_the_same() {
    let json = |arguments: &[&str]| -> Value {
        let arguments = [arguments, &["--format", "json"]].concat();
        serde_json::from_str(&stdout(&arguments, 0)).unwrap()
    };
    let answer = json(&verdict("shop/web", "pay/api", &["--port", "8443/tcp"]));
    assert_eq!(answer["answer"], "allowed");
    assert_eq!(answer["egress"]["explanation"]["tiers"][0]["order"], 100);
    assert_eq!(
        answer["egress"]["explanation"]["decision"]["by"]["name"],
        "web-egress"
    );
    assert_eq!(answer["staged"]["answer"], "allowed");
    let review = json(&["policies", INPUT]);
    let kinds: Vec<&str> = review["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "never_decides",
            "allows_all",
            "selects_nothing",
            "only_staged"
        ]
    );
    let api = &review["tiers"][2]["policies"][1];
    assert_eq!(api["ingress"][1]["criteria"], "tcp 8443");
}

#[test]
fn what_was_meant() {
    let message = |from, to| stderr(&verdict(from, to, &[]), 2);
    for (from, to, expected) in [
        (
            "shop/wbe",
            "pay/api",
            "`shop/wbe` is neither workload nor pod, did you mean `shop/web`?",
        ),
        (
            "shop/api",
            "pay/api",
            "`shop/api` is neither workload nor pod, did you mean `pay/api`?",
        ),
        (
            "stop/web",
            "pay/api",
            "`stop/web`: nothing was read of namespace `stop`, did you mean `shop`?",
        ),
        (
            "shop/web",
            "10.96.0.21",
            "`10.96.0.21` is the address of Service `pay/api`, and policies see the pods behind it, \
             expected one of them: `pay/api`",
        ),
        (
            "tools/agent",
            "8.8.8.8",
            "neither `tools/agent` nor `8.8.8.8` is a workload with policies of its own, expected at \
             least one that is",
        ),
    ] {
        assert_eq!(message(from, to), format!("error: {expected}\n"));
    }
    let usage = message("web", "pay/api");
    assert!(
        usage.contains("expected NAMESPACE/WORKLOAD, NAMESPACE/KIND/NAME or an address"),
        "{usage}"
    );
    let usage = stderr(&verdict("shop/web", "pay/api", &["--port", "http"]), 2);
    assert!(
        usage.contains("expected a port and a protocol, such as 443/tcp"),
        "{usage}"
    );
    assert_eq!(
        stderr(&["policies", "--namespace", "stop", INPUT], 2),
        "error: `--namespace stop`: nothing was read of it, expected a namespace of the input\n"
    );
}
