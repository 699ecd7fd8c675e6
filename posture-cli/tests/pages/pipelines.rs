//! The pipelines of `examples/ci`: what they run works, in its order, as it stands.

use std::fs;

use serde_json::Value;

use crate::session::Session;
use crate::{NEEDS, root};

/// Scripts of a pipeline that need more than `posture`: to install it, to ask a cluster, to fetch the earlier result, and
/// to comment.
const NEED_MORE: usize = 4;

#[test]
fn the_workflow_of_github_runs() {
    let workflow = pipeline("github.yml");
    let steps = workflow["jobs"]["posture"]["steps"].as_array().unwrap();
    run(
        "github.yml",
        steps.iter().filter_map(|step| step["run"].as_str()),
    );
}

#[test]
fn the_pipeline_of_gitlab_runs() {
    let pipeline = pipeline("gitlab.yml");
    let job = &pipeline["posture"];
    let scripts = ["before_script", "script"].map(|key| job[key].as_array().unwrap().iter());
    run(
        "gitlab.yml",
        scripts.into_iter().flatten().filter_map(Value::as_str),
    );
}

fn pipeline(name: &str) -> Value {
    let text = fs::read_to_string(root().join("examples/ci").join(name)).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

/// Runs scripts twice: first without an earlier result, then with that of the first time.
fn run<'s>(name: &str, scripts: impl Iterator<Item = &'s str>) {
    let (needing, running): (Vec<&str>, Vec<&str>) =
        scripts.partition(|script| script.starts_with(NEEDS));
    assert_eq!(needing.len(), NEED_MORE, "{needing:?}");
    let session = Session::new(&format!("ci-{name}"));
    let done = |script: &str| {
        session
            .run(script)
            .unwrap_or_else(|fault| panic!("{name}: {fault}"))
    };
    done("ln -sfn examples/clusters/boutique dump");
    for _ in 0..2 {
        for script in &running {
            done(script);
        }
        done("mkdir -p earlier; cp result.json earlier");
    }
    assert!(done("cat comment.md").starts_with("## Cluster Security Score: 73\n"));
    assert!(done("cat comment.md").contains("unchanged"));
    assert!(done("cat posture.sarif").contains("\"2.1.0\""));
    assert!(done("cat posture.xml").contains("<testsuites"));
    // A bad result stops the pipeline, at its gate.
    done("ln -sfn examples/clusters/tiny dump");
    let gate = running.last().unwrap();
    let fault = session.run(gate).unwrap_err();
    assert!(
        fault.contains("`--fail-under 60`: the score is 25"),
        "{fault}"
    );
}
