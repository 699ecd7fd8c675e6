//! Recommended policies of small inputs, each derived by hand in its `why.md`, and what people see of
//! them.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{folder_of, posture, stderr};
use serde_json::Value;

const CASES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../posture/tests/recommendations"
);

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(CASES).unwrap();
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 4);
    cases
}

/// What is recommended for a case: standard output and standard error.
fn recommended(case: &Path, more: &[&str]) -> (String, String) {
    let given = fs::read_to_string(case.join("arguments")).unwrap_or_default();
    let arguments: Vec<&str> = ["recommend"]
        .into_iter()
        .chain(given.split_whitespace())
        .collect();
    let mut command = posture(&arguments);
    let output = command.args(more).arg(case.join("input")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

/// The lines in the fences of a derivation, fence by fence.
fn derived(why: &str) -> Vec<Vec<&str>> {
    let fences = why.split("```text\n").skip(1);
    let derived = fences.map(|rest| rest.split("```").next().unwrap().lines().collect());
    derived.collect()
}

/// Every line of a fence is in the text, in this order. With `POSTURE_BLESS=1` in the environment
/// `expected.yaml` is written anew; derivations never are.
#[test]
fn every_case_gives_what_was_derived() {
    for case in cases() {
        let (yaml, _) = recommended(&case, &[]);
        let why = fs::read_to_string(case.join("why.md")).unwrap();
        let fences = derived(&why);
        assert!(!fences.is_empty(), "{}", case.display());
        for fence in fences {
            let mut lines = yaml.lines();
            for wanted in fence {
                let found = lines.any(|line| {
                    line.trim_start_matches([' ', '-'])
                        .contains(wanted.trim_start_matches([' ', '-']))
                });
                assert!(
                    found,
                    "{}: `{wanted}` is not in its place in\n{yaml}",
                    case.display()
                );
            }
        }
        let expected = case.join("expected.yaml");
        if std::env::var_os("POSTURE_BLESS").is_some_and(|bless| bless == "1") {
            fs::write(&expected, &yaml).unwrap();
        }
        assert_eq!(
            yaml,
            fs::read_to_string(expected).unwrap(),
            "{}",
            case.display()
        );
    }
}

/// What is written is valid input, and nothing is said of it.
#[test]
fn recommendations_are_read_again() {
    for case in cases() {
        let (yaml, _) = recommended(&case, &[]);
        let file = common::file("recommend", "again.yaml", yaml.as_bytes());
        let output = posture(&["policies", "--format", "json", &file])
            .output()
            .unwrap();
        let review: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(review["issues"], serde_json::json!([]), "{yaml}");
    }
}

#[test]
fn what_is_proved() {
    let case = Path::new(CASES).join("dns-and-denied");
    let (json, summary) = recommended(&case, &["--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let proof = &json["recommendations"][0]["proof"];
    for (key, expected) in [
        ("targets", 2),
        ("covered", 2),
        ("allowed", 2),
        ("unknown", 0),
        ("gain", 25),
    ] {
        assert_eq!(proof[key], expected, "{key}: {proof}");
    }
    assert_eq!(json["score_with_all"], 100);
    insta::assert_snapshot!(summary);
}

#[test]
fn the_example() {
    let output = posture(&["recommend", "boutique"]).output().unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn kubernetes_withholds_domains() {
    let arguments = [
        "recommend",
        "boutique",
        "--namespace",
        "storefront",
        "--form",
        "kubernetes",
    ];
    let said = stderr(&arguments, 0);
    assert!(said.contains("Kubernetes' policies name no"), "{said}");
}

#[test]
fn a_file_for_each_namespace() {
    let folder = folder_of("recommend-files");
    let out = folder.to_str().unwrap();
    let output = posture(&["recommend", "boutique", "-o", out])
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
    for namespace in ["kube-system", "storefront"] {
        let text = fs::read_to_string(folder.join(format!("{namespace}.yaml"))).unwrap();
        assert!(
            text.contains(&format!("name: posture-{namespace}")),
            "{text}"
        );
    }
}

#[test]
fn what_cannot_be_asked_for() {
    for (more, expected) in [
        (&["--namespace", "nowhere"][..], "nothing was read of it"),
        (
            &["--form", "kubernetes", "--tier", "x"],
            "policies of Kubernetes have none",
        ),
        (
            &["--format", "json", "-o", "x"],
            "expected no `--format json`",
        ),
    ] {
        let said = stderr(&[&["recommend", "boutique"], more].concat(), 2);
        assert!(said.contains(expected), "{said}");
    }
}

/// What is recommended for a case as policies of Kubernetes; empty where it is withheld.
fn for_kubernetes(case: &Path) -> String {
    let mut command = posture(&["recommend", "--form", "kubernetes"]);
    let output = command.arg(case.join("input")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Other tools find the policies of Kubernetes valid, and read them as they are meant: the published
/// schemas, and network-config-analyzer's map of connections, which must have the lines of the case's
/// `connections`. `POSTURE_NCA` is its command, beside which stands `kubernetes-validate`; where it is
/// not given nothing is asked.
#[test]
fn other_tools_agree() {
    let Some(nca) = std::env::var_os("POSTURE_NCA").map(PathBuf::from) else {
        eprintln!("skipped: POSTURE_NCA is not given");
        return;
    };
    let validate = nca.with_file_name("kubernetes-validate");
    let (mut valid, mut lines) = (0, 0);
    for case in cases() {
        let yaml = for_kubernetes(&case);
        if yaml.is_empty() {
            continue;
        }
        let objects = fs::read_to_string(case.join("input/objects.yaml")).unwrap();
        let policies = common::file("recommend-tools", "policies.yaml", yaml.as_bytes());
        let output = Command::new(&validate)
            .args(["--strict", &policies])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}: {output:?}", case.display());
        valid += 1;
        let Ok(connections) = fs::read_to_string(case.join("connections")) else {
            continue;
        };
        let all = format!("{objects}{yaml}");
        let all = common::file("recommend-tools", "all.yaml", all.as_bytes());
        let namespaces = common::file("recommend-tools", "namespaces.yaml", NAMESPACES.as_bytes());
        let mut command = Command::new(&nca);
        let arguments = ["--connectivity", &all, "-n", &namespaces, "-p", &all];
        let output = command.args(arguments).output().unwrap();
        let map = String::from_utf8(output.stdout).unwrap();
        for line in connections.lines() {
            assert!(
                map.lines().any(|of| of == line),
                "{}: `{line}` is not in\n{map}",
                case.display()
            );
            lines += 1;
        }
    }
    assert!(valid >= 4 && lines >= 4, "{valid} policies, {lines} lines");
}

/// The namespaces of all cases.
const NAMESPACES: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {kubernetes.io/metadata.name: shop}}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-system, labels: {kubernetes.io/metadata.name: kube-system}}
---
apiVersion: v1
kind: Namespace
metadata: {name: bank, labels: {kubernetes.io/metadata.name: bank}}
";

#[test]
fn what_a_folder_had_before_is_told() {
    let folder = folder_of("recommend").join("stale");
    fs::create_dir_all(&folder).unwrap();
    let stale = folder.join("gone.yaml");
    fs::write(&stale, "").unwrap();
    let to = folder.to_str().unwrap();
    let output = posture(&["recommend", "boutique", "-o", to])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    let notes: Vec<&str> = told.lines().filter(|l| l.starts_with("note: ")).collect();
    let expected = format!(
        "note: `{}` was there before and is not of these recommendations",
        stale.display()
    );
    assert_eq!(notes, [expected]);
    assert!(stale.exists());
}

#[test]
fn an_order_is_a_whole_number() {
    let message = stderr(&["recommend", "--order", "1.5", "boutique"], 2);
    assert!(
        message.contains("expected a whole number, such as 100"),
        "{message}"
    );
}

#[test]
fn a_tier_has_a_name() {
    for bad in ["", "Platform", "a b", "a-", "a.", "a\nb"] {
        let message = stderr(&["recommend", "--tier", bad, "boutique"], 2);
        let expected = format!(
            "error: `--tier`: `{bad}` is no name of a tier: expected lower-case letters, digits, `-` and `.`, a letter or digit first and last\n"
        );
        assert_eq!(message, expected);
    }
}
