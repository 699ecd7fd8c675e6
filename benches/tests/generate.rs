//! What users of the generator rely on: the same bytes, valid lines, files that agree.

use std::collections::{BTreeMap, BTreeSet};

use posture_benches::generate::{self, Cluster, Shape};
use serde_json::Value;

/// Objects, policies and flows of a cluster.
fn files(cluster: &Cluster) -> [Vec<u8>; 3] {
    let [mut objects, mut policies, mut flows] = [Vec::new(), Vec::new(), Vec::new()];
    generate::write_objects(cluster, &mut objects).expect("writing to memory");
    generate::write_policies(cluster, &mut policies).expect("writing to memory");
    generate::write_flows(cluster, &mut flows).expect("writing to memory");
    [objects, policies, flows]
}

fn rows(flows: &[u8]) -> Vec<Value> {
    let lines = flows
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).expect("each line is JSON"))
        .collect()
}

fn items(list: &[u8]) -> Vec<Value> {
    let list: Value = serde_json::from_slice(list).expect("a list is JSON");
    list["items"].as_array().expect("a list has items").clone()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let shape = Shape::default();
    let [first, second] = [generate::cluster(&shape), generate::cluster(&shape)];
    assert_eq!(files(&first), files(&second));
    assert_eq!(generate::scans(&first), generate::scans(&second));
}

#[test]
fn another_seed_gives_other_bytes() {
    let other = Shape {
        seed: 2,
        ..Shape::default()
    };
    assert_ne!(
        files(&generate::cluster(&Shape::default())),
        files(&generate::cluster(&other))
    );
}

#[test]
fn a_seed_means_the_same_in_every_release() {
    let cluster = generate::cluster(&Shape::default());
    assert_eq!(
        cluster.workloads[0].pods[0].name,
        "accounts-000-669775c67-mvqbr"
    );
}

#[test]
fn there_are_as_many_rows_as_asked_for() {
    for flow_rows in [0, 1, 7, 1000] {
        let [_, _, flows] = files(&generate::cluster(&Shape {
            flow_rows,
            ..Shape::default()
        }));
        assert_eq!(rows(&flows).len(), flow_rows);
    }
}

#[test]
fn the_smallest_shape_is_a_cluster() {
    let shape = Shape {
        namespaces: 0,
        workloads: 0,
        pods_per_workload: 0,
        images: 0,
        edges: 0,
        flow_rows: 0,
        ..Shape::default()
    };
    let [objects, policies, flows] = files(&generate::cluster(&shape));
    assert!(items(&objects).iter().any(|object| object["kind"] == "Pod"));
    assert!(items(&policies).len() <= 2);
    assert!(flows.is_empty());
}

#[test]
fn rows_speak_of_pods_and_policies_that_exist() {
    let [objects, policies, flows] = files(&generate::cluster(&Shape::default()));
    let pods: BTreeMap<String, String> = items(&objects)
        .iter()
        .filter(|object| object["kind"] == "Pod")
        .map(|pod| {
            (
                text(&pod["metadata"]["name"]).to_owned(),
                text(&pod["status"]["podIP"]).to_owned(),
            )
        })
        .collect();
    let policies: BTreeSet<String> = items(&policies)
        .iter()
        .map(|policy| &policy["metadata"])
        .map(|meta| {
            format!(
                "{}/knp.default.{}",
                text(&meta["namespace"]),
                text(&meta["name"])
            )
        })
        .collect();
    for row in rows(&flows) {
        for end in ["source", "dest"] {
            if row[format!("{end}_type")] == "wep" {
                let address = &pods[text(&row[format!("{end}_name")])];
                assert_eq!(address, text(&row[format!("{end}_ip")]));
            }
        }
        let hit: Vec<&str> = text(&row["policies"]["enforced_policies"][0])
            .split('|')
            .collect();
        assert_eq!(text(&row["action"]), hit[3]);
        assert!(
            hit[1] == "__PROFILE__" || policies.contains(hit[2]),
            "no policy `{}`",
            hit[2]
        );
    }
}

#[test]
fn scans_are_of_images_that_run() {
    let cluster = generate::cluster(&Shape::default());
    let images: BTreeSet<String> = cluster.images.iter().map(generate::Image::pinned).collect();
    let scans = generate::scans(&cluster);
    assert!(!scans.is_empty() && scans.len() < images.len());
    for (_, report) in scans {
        assert!(images.contains(text(&report["Metadata"]["RepoDigests"][0])));
    }
}
