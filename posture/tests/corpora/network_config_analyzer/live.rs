//! A comparison with network-config-analyzer itself, on clusters that nobody wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use posture_core::issue::Issues;
use posture_core::model::Cluster;
use serde_json::{Value, json};

use super::generate::{Dice, Made, cluster};
use super::map::{MapRule, compare, connection};
use super::queries;
use crate::divergences::Differences;
use crate::space::Space;

const CLUSTERS: usize = 220;
const SEED: u64 = 20_240_613;

/// `command` is the `nca` of network-config-analyzer.
pub(crate) fn made_up_clusters(command: &Path) {
    let mut dice = Dice(SEED);
    let made: Vec<Made> = (0..CLUSTERS).map(|_| cluster(&mut dice)).collect();
    let maps = ask(command, &made);
    let mut differences = Differences::from("network-config-analyzer, live");
    let (mut policies, mut pairs, mut verdicts, mut open) = (0, 0, 0, 0);
    for (number, (made, rules)) in made.iter().zip(&maps).enumerate() {
        let cluster = read(made);
        let name = format!("cluster {number}");
        policies += made.policies.len();
        let space = Space::of(&[&cluster]);
        let world = queries::world(&cluster);
        pairs += space.pairs().len();
        verdicts += space.pairs().len() * space.probes.len();
        open += compare(&space, &world, rules, &mut |ends, probe, through| {
            let what = format!("{} => {}", space.name(ends.0), space.name(ends.1));
            let all = || json!([made.topology, made.policies]);
            differences.meet(&name, &what, || format!("{probe:?}: {through} {}", all()));
        });
    }
    println!(
        "network-config-analyzer: {CLUSTERS} clusters with {policies} policies, {pairs} ordered \
         pairs of ends, {verdicts} verdicts, {open} of them open"
    );
    differences.settle();
}

fn read(made: &Made) -> Cluster {
    let items: Vec<&Value> = made.topology.iter().chain(&made.policies).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let mut issues = Issues::default();
    let bytes = list.to_string().into_bytes();
    let mut fragment = posture_formats::read("made-up.json", &bytes, &mut issues);
    for (pod, number) in fragment.pods.iter_mut().zip(1..) {
        pod.addresses = vec![[100, 127, 0, number].into()];
    }
    let cluster = Cluster::build(fragment, &[], true, &mut issues).expect("names");
    let issues = issues.into_list();
    assert!(issues.is_empty(), "{issues:#?}");
    cluster
}

/// What the other tool lets through.
fn ask(command: &Path, made: &[Made]) -> Vec<Vec<MapRule>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("network-config-analyzer");
    fs::create_dir_all(&folder).expect("a folder");
    let schemes: Vec<PathBuf> = made
        .iter()
        .enumerate()
        .map(|(number, made)| written(&folder, number, made))
        .collect();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let shares = schemes.chunks(schemes.len().div_ceil(workers));
        let running: Vec<_> = shares
            .map(|share| scope.spawn(|| ask_about(command, share)))
            .collect();
        let answers = running
            .into_iter()
            .flat_map(|worker| worker.join().expect("answers"));
        answers.collect()
    })
}

/// The file that asks about a cluster.
fn written(folder: &Path, number: usize, made: &Made) -> PathBuf {
    let write = |what: &str, content: &Value| {
        let file = folder.join(format!("{number}-{what}.json"));
        fs::write(&file, content.to_string()).expect("a file");
        file
    };
    let list = |items: &[Value]| json!({"apiVersion": "v1", "kind": "List", "items": items});
    let topology = write("topology", &list(&made.topology));
    let policies = write("policies", &list(&made.policies));
    let scheme = json!({
        "namespaceList": topology, "podList": topology,
        "networkConfigList": [{"name": "made-up", "networkPolicyList": [policies]}],
        "queries": [{"name": "map", "connectivityMap": ["made-up"], "outputConfiguration": {
            "outputFormat": "txt_no_fw_rules", "fwRulesRunInTestMode": false,
            "excludeIPv6Range": false}}]});
    write("scheme", &scheme)
}

/// `ask.py` says how; the Python that has the other tool stands beside its command.
fn ask_about(command: &Path, schemes: &[PathBuf]) -> Vec<Vec<MapRule>> {
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora/network_config_analyzer/ask.py");
    let status = Command::new(command.with_file_name("python3"))
        .arg(script)
        .args(schemes)
        .status();
    assert!(status.expect("Python runs").success());
    let answer = |scheme: &PathBuf| {
        let answer = scheme.with_added_extension("txt");
        let text = fs::read_to_string(&answer).expect("an answer");
        fs::remove_file(answer).expect("it goes");
        assert!(text.contains("Query map finished"), "{text}");
        text.lines().filter_map(connection).collect()
    };
    schemes.iter().map(answer).collect()
}
