//! Plans, what-if and dismissals, as people meet them.

mod common;

use std::fs;
use std::path::Path;

use common::{posture, stderr, stdout};
use serde_json::Value;

const NOW: &str = "--now=2026-11-20T11:00:00Z";

#[test]
fn plans() {
    insta::assert_snapshot!("a plan", stdout(&["plan", "boutique", NOW], 0));
    let reached = stdout(&["plan", "boutique", NOW, "--target=80"], 0);
    assert!(reached.ends_with("\n2 steps reach 80.\n"), "{reached}");
    let already = stdout(&["plan", "boutique", NOW, "--target=50"], 0);
    assert!(already.ends_with("The score is 73 already.\n"), "{already}");
    // the plan can only be sure of 98 points: a scan may find the worst
    let open = stdout(&["plan", "boutique", NOW, "--target=100"], 0);
    assert!(
        open.contains("6 steps reach 100 if scans find nothing"),
        "{open}"
    );
}

#[test]
fn what_if() {
    let scenario = [
        "what-if",
        "boutique",
        NOW,
        "--done=secure-egress/storefront",
        "--done=scan-images/traffic",
        "--dismiss=isolate-namespace/storefront",
        "--weight=egress_access=50",
        "--without=payments",
    ];
    insta::assert_snapshot!("what if", stdout(&scenario, 0));
    let nothing = stdout(&["what-if", "boutique", NOW, "--format=json"], 0);
    let nothing: Value = serde_json::from_str(&nothing).unwrap();
    assert_eq!(nothing["now"], nothing["then"]);
}

/// What is recommended for a namespace and then tried out has the score that was promised.
#[test]
fn candidate_policies() {
    let folder = tempfile::tempdir().unwrap();
    let recommend = ["recommend", "boutique", NOW, "--namespace=storefront"];
    let run = |arguments: &[&str]| {
        let output = posture(&recommend).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let yaml = folder.path().join("recommended.yaml");
    fs::write(&yaml, run(&[])).unwrap();
    let promised: Value = serde_json::from_str(&run(&["--format=json"])).unwrap();
    let policy = format!("--policy={}", yaml.display());
    let tried = stdout(&["what-if", "boutique", NOW, &policy, "--format=json"], 0);
    let tried: Value = serde_json::from_str(&tried).unwrap();
    assert_eq!(tried["then"]["score"], promised["score_with_all"]);
    assert_ne!(tried["then"]["score"], tried["now"]["score"]);

    let nothing = stderr(&["what-if", "boutique", NOW, "--policy=boutique/scans"], 2);
    assert_eq!(
        nothing,
        "error: `--policy`: no policies were read, expected manifests of some\n"
    );
}

#[test]
fn what_is_not_there_cannot_be_different() {
    for (option, expected) in [
        (
            "--done=scan-images/storefront",
            "an action that has something to do, see `posture plan`",
        ),
        (
            "--dismiss=scan-images/shop",
            "an action that has something to do, see `posture plan`",
        ),
        (
            "--revert=scan-images/traffic",
            "an action of the file of `--dismissals`",
        ),
        ("--without=shop", "a namespace that counts"),
    ] {
        let message = stderr(&["what-if", "boutique", NOW, option], 2);
        let (option, value) = option.split_once('=').unwrap();
        assert_eq!(
            message,
            format!("error: `{option} {value}`: expected {expected}\n")
        );
    }
}

#[test]
fn a_type_has_one_weight() {
    let twice = ["--weight=egress_access=50", "--weight=egress_access=20"];
    let arguments = [["what-if", "boutique"], twice].concat();
    assert_eq!(
        stderr(&arguments, 2),
        "error: `--weight egress_access` is given twice, expected once\n"
    );
}

/// What `posture ARGUMENTS` says in a directory of its own.
fn within(directory: &Path, arguments: &[&str], code: i32) -> String {
    let boutique = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clusters/boutique");
    let output = posture(arguments)
        .current_dir(directory)
        .args(
            (arguments[0] != "revert")
                .then_some([boutique, NOW])
                .into_iter()
                .flatten(),
        )
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let said = if code == 0 {
        output.stdout
    } else {
        output.stderr
    };
    String::from_utf8(said).unwrap()
}

#[test]
fn dismissed_and_reverted() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], code| within(directory.path(), arguments, code);
    let id = "isolate-namespace/storefront";
    let before = run(&["score", "--format=json", "--items=all"], 0);

    insta::assert_snapshot!("nothing dismissed", run(&["dismissals"], 0));
    let by = ["--reason=the demo shop", "--by=ann", "--until=2027-01-01"];
    insta::assert_snapshot!("dismissed", run(&[&["dismiss", id], &by[..]].concat(), 0));
    insta::assert_snapshot!("the dismissals", run(&["dismissals"], 0));
    let again = run(&[&["dismiss", id], &by[..]].concat(), 2);
    assert!(
        again.contains("`isolate-namespace/storefront` is dismissed already, by ann: expected"),
        "{again}"
    );
    let file = fs::read_to_string(directory.path().join("posture-dismissals.yaml")).unwrap();
    insta::assert_snapshot!("the file of dismissals", file);

    let listed: Value = serde_json::from_str(&run(&["dismissals", "--format=json"], 0)).unwrap();
    let of = &listed["active"][0];
    assert_eq!(
        of["items"].as_array().unwrap().len() as u64,
        of["item_count"]
    );

    let boutique = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clusters/boutique");
    let mut without = posture(&["score", boutique, NOW]);
    let without = without.current_dir(directory.path()).output().unwrap();
    assert_eq!(
        String::from_utf8(without.stderr).unwrap(),
        "note: `posture-dismissals.yaml` is there and not used: \
         `--dismissals posture-dismissals.yaml` uses it\n"
    );

    let with = [
        "score",
        "--format=json",
        "--dismissals=posture-dismissals.yaml",
    ];
    let after: Value = serde_json::from_str(&run(&with, 0)).unwrap();
    let was: Value = serde_json::from_str(&before).unwrap();
    assert_eq!(after["score_without_dismissals"], was["score"]);
    let gain = was["actions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["id"] == id);
    assert_eq!(
        after["dismissals"]["active"][0]["points"],
        gain.unwrap()["gain_max"]
    );

    let explained = run(&["explain", "--dismissals=posture-dismissals.yaml"], 0);
    assert!(
        explained.contains(
            "Dismissed, so not lost\n  5.263157895  isolate-namespace/storefront  16 items\n"
        ),
        "{explained}"
    );

    let path = directory.path().join("posture-dismissals.yaml");
    fs::write(&path, file.replace("T00:00:00Z", "")).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&run(&with, 0)).unwrap(),
        after,
        "a day is its first second"
    );
    let (head, entry) = file.split_once("dismissals:\n").unwrap();
    fs::write(&path, format!("{head}dismissals:\n{entry}{entry}")).unwrap();
    assert_eq!(
        run(&["revert", id], 0),
        format!("Reverted 2 dismissals of {id} in posture-dismissals.yaml.\n")
    );
    run(&[&["dismiss", id], &by[..]].concat(), 0);
    assert_eq!(
        run(&["revert", id], 0),
        format!("Reverted the dismissal of {id} in posture-dismissals.yaml.\n")
    );
    let reverted = run(&[&with[..], &["--items=all"]].concat(), 0);
    assert_eq!(reverted, before);
    let again = run(&["revert", id], 2);
    assert!(
        again.contains("is not dismissed in `posture-dismissals.yaml`"),
        "{again}"
    );
}

#[test]
fn a_dismissal_needs_a_reason_and_an_end_to_come() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| within(directory.path(), arguments, 2);
    let id = "scan-images/traffic";
    let empty = run(&["dismiss", id, "--reason= ", "--by=ann"]);
    assert!(
        empty.contains("the dismissal of `scan-images/traffic` has no `reason`"),
        "{empty}"
    );
    let over = run(&[
        "dismiss",
        id,
        "--reason=x",
        "--by=ann",
        "--until=2026-11-20",
    ]);
    assert!(
        over.contains("`--until`: the time is over, expected one to come"),
        "{over}"
    );
    let unknown = run(&["dismiss", "scan-images/shop", "--reason=x", "--by=ann"]);
    assert!(
        unknown.contains("has nothing to dismiss: expected `"),
        "{unknown}"
    );
}

/// What could not be read is told, whatever is asked for.
#[test]
fn warnings_are_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("broken.json"), "{\"kind\": \"Pod\"").unwrap();
    let broken = folder.path().to_str().unwrap();
    for verb in ["plan", "what-if", "explain", "dismissals", "recommend"] {
        let output = posture(&[verb, "boutique", broken, NOW]).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with("1 warning\n"), "{verb}: {told}");
        assert!(told.contains("broken.json"), "{verb}: {told}");
    }
}

/// A policy of the same name would take the place of one that is in force.
#[test]
fn recommended_names_are_free() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.yaml");
    let named = |kind: &str| {
        let text = format!(
            "apiVersion: projectcalico.org/v3\nkind: {kind}\nmetadata: {{name: posture-storefront, \
             namespace: storefront}}\nspec: {{selector: app == 'none', types: [Egress]}}\n"
        );
        fs::write(&policy, text).unwrap();
        let arguments = ["recommend", "boutique", NOW, "--namespace=storefront"];
        let output = posture(&arguments).arg(&policy).output().unwrap();
        let yaml = String::from_utf8(output.stdout).unwrap();
        let name = yaml.lines().find(|line| line.starts_with("  name: "));
        name.expect("a policy is recommended").to_owned()
    };
    assert_eq!(named("StagedNetworkPolicy"), "  name: posture-storefront");
    assert_eq!(named("NetworkPolicy"), "  name: posture-storefront-2");
}
