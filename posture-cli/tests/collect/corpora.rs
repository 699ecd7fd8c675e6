//! Real objects and real policy traces.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cluster::{Cluster, ok, score};
use crate::whisker::{flow, whisker};

/// The Online Boutique of netpol-analyzer with reports of trivy-operator.
pub(crate) fn real_objects_have_the_same_score(root: &Path) {
    let boutique = root.join("policy/netpol-analyzer/tests/onlineboutique");
    let reports = root.join("images/trivy-operator/tests/envtest/testdata/fixture");
    let files = [
        boutique.join("ns.yaml"),
        boutique.join("pods.yaml"),
        boutique.join("netpols.yaml"),
        reports.join("vulnerability-ttl.yaml"),
    ];
    let documents: Vec<Value> = files.iter().map(|path| list(path)).collect();
    let cluster = Cluster::of("corpora", &documents);
    ok(&cluster.collect("cluster.tar.gz", &[]));
    let paths = files.each_ref().map(|path| path.to_str().unwrap());
    let (archive, expected) = (cluster.path("cluster.tar.gz"), score(&paths));
    assert_eq!(expected["coverage"]["images"]["scans"], 1);
    assert_eq!(score(&[&archive]), expected);
}

/// Traces that others recorded, on flows of the example cluster.
pub(crate) fn real_traces_of_whisker_are_kept(root: &Path) {
    let folder = root.join("flows/whisker-traces/calico-policy-trace-examples");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let read = |path: &PathBuf| serde_json::from_slice(&fs::read(path).unwrap()).ok();
    // one of them is no JSON
    let traces: Vec<Value> = paths.iter().filter_map(read).collect();
    let flows: Vec<Value> = traces
        .iter()
        .zip(0..)
        .map(|(trace, port)| flow(port, trace))
        .collect();
    assert_eq!(flows.len(), 2);
    let (address, _) = whisker(vec![json!({ "total": flows.len(), "items": flows })]);
    let cluster = Cluster::boutique("traces");
    ok(&cluster.collect("cluster.tar.gz", &["--whisker", &address]));
    cluster.serve("flows.json", &json!({ "items": flows }).to_string());
    let given = cluster.path("flows.json");
    let files = [
        "boutique/objects.json",
        "boutique/networkpolicies.json",
        &given,
    ];
    assert_eq!(score(&[&cluster.path("cluster.tar.gz")]), score(&files));
}

/// The objects of a file of YAML as a list.
fn list(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap();
    let documents: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    let lists = documents
        .iter()
        .map(|document| document["items"].as_array());
    let objects = documents
        .iter()
        .zip(lists)
        .flat_map(|(document, items)| match items {
            Some(items) => items.clone(),
            None => vec![document.clone()],
        });
    json!({ "items": objects.collect::<Vec<Value>>() })
}
