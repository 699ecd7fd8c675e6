//! Names are replaced, and the score stays.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use posture::core::report::Report;
use posture::formats::detect::{Content, detect};
use posture::{File, Request};
use posture_benches::generate::{self, Shape};
use posture_collect::{Key, List, Pseudonyms, Typed, write_row};
use proptest::test_runner::{Config as ProptestConfig, TestCaseError, TestRunner};
use serde_json::{Value, json};

use crate::{clusters, documents, names};

/// Each folder that holds files is a cluster.
pub(crate) fn names_are_replaced_and_the_score_stays(folder: &Path) {
    let mut clusters = BTreeMap::new();
    for (name, bytes) in documents::files(folder) {
        let of = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let files: &mut Vec<_> = clusters.entry(of.to_owned()).or_default();
        files.push(bytes);
    }
    check(clusters.into_iter());
}

/// Clusters that are made up, each of another seed.
pub(crate) fn of_made_up_clusters() {
    check((0..8).map(|seed| (format!("seed {seed}"), made_up(seed))));
}

/// Clusters at random.
pub(crate) fn of_any_cluster() {
    let config = ProptestConfig {
        failure_persistence: None,
        source_file: Some(file!()),
        ..ProptestConfig::default()
    };
    let law = TestRunner::new(config).run(&clusters::cluster(), |files| {
        let files: Vec<Vec<u8>> = files.into_iter().map(String::into_bytes).collect();
        stays(&files).map(|_| ()).map_err(TestCaseError::fail)
    });
    if let Err(broken) = law {
        panic!("{broken}");
    }
}

fn made_up(seed: u64) -> Vec<Vec<u8>> {
    let shape = Shape {
        seed,
        namespaces: 4,
        workloads: 20,
        edges: 60,
        flow_rows: 300,
        ..Shape::default()
    };
    let cluster = generate::cluster(&shape);
    let mut files = [Vec::new(), Vec::new(), Vec::new()];
    let [objects, policies, flows] = &mut files;
    generate::write_objects(&cluster, objects).unwrap();
    generate::write_policies(&cluster, policies).unwrap();
    generate::write_flows(&cluster, flows).unwrap();
    files.to_vec()
}

fn check(clusters: impl Iterator<Item = (String, Vec<Vec<u8>>)>) {
    let (mut scored, mut faults) = (0, Vec::new());
    for (name, files) in clusters {
        match stays(&files) {
            Ok(has_score) => scored += u64::from(has_score),
            Err(fault) => faults.push(format!("{name}: {fault}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(scored > 0, "nothing has a score");
}

/// Whether a cluster has a score, which must stay; what does not stay is a fault.
fn stays(files: &[Vec<u8>]) -> Result<bool, String> {
    let plain = Cluster::of(files);
    let pseudonyms = Pseudonyms::new(Key::new(b"a key of sixteen").unwrap(), &plain.lists);
    let put = plain.put(&pseudonyms);
    let (before, after) = (plain.score(), put.score());
    let (told_before, told_after) = (told(&before), told(&after));
    for (key, value) in told_before.as_object().unwrap() {
        if told_after[key] != *value {
            return Err(format!("{key} was {value} and is {}", told_after[key]));
        }
    }
    if let Some(name) = plain.names().intersection(&put.names()).next() {
        return Err(format!("`{name}` is still a name"));
    }
    let text = put.text();
    let objects = plain.lists.iter().flat_map(|list| &list.items);
    let mut names = names::of_objects(objects).into_iter();
    match names.find(|name| contains(&text, name)) {
        Some(name) => Err(format!("`{name}` is in it")),
        None => Ok(before.score.is_some()),
    }
}

/// What was collected of a cluster: lists of objects, and rows of flows.
struct Cluster {
    lists: Vec<List>,
    rows: Vec<u8>,
}

impl Cluster {
    fn of(files: &[Vec<u8>]) -> Self {
        let mut lists: Vec<List> = Vec::new();
        let mut rows = Vec::new();
        for bytes in files {
            if let Content::FlowLog(_) = detect(bytes) {
                documents::records(bytes, &mut |record| write_row(record, &mut rows).unwrap());
            }
            for value in documents::values(bytes) {
                objects(value, &mut lists);
            }
        }
        Self { lists, rows }
    }

    fn put(&self, pseudonyms: &Pseudonyms) -> Self {
        let lists = self.lists.iter().map(|list| {
            let typed = Typed {
                kind: Some(&list.kind),
                api_version: Some(&list.api_version),
            };
            let items = list.items.iter();
            List {
                items: items
                    .map(|item| pseudonyms.object(item.clone(), typed))
                    .collect(),
                ..list.clone()
            }
        });
        let mut rows = Vec::new();
        documents::records(&self.rows, &mut |record| {
            pseudonyms.record(record, |put| write_row(put, &mut rows).unwrap());
        });
        Self {
            lists: lists.collect(),
            rows,
        }
    }

    fn score(&self) -> Report {
        let mut contents = vec![self.rows.clone()];
        for list in &self.lists {
            let mut text = Vec::new();
            list.write(&mut text).unwrap();
            contents.push(text);
        }
        let files: Vec<File<'_>> = contents
            .iter()
            .map(|bytes| File {
                name: "file",
                bytes,
            })
            .collect();
        posture::score(&files, &Request::default()).expect("objects have names")
    }

    fn text(&self) -> String {
        let mut text = String::from_utf8(self.rows.clone()).unwrap();
        for list in &self.lists {
            let mut bytes = Vec::new();
            list.write(&mut bytes).unwrap();
            text.push_str(&String::from_utf8(bytes).unwrap());
        }
        text
    }

    /// Every name in it.
    fn names(&self) -> BTreeSet<String> {
        let items = self.lists.iter().flat_map(|list| list.items.clone());
        let rows = serde_json::Deserializer::from_slice(&self.rows).into_iter();
        names::of(items.chain(rows.map(|row: Result<Value, _>| row.expect("a row"))))
    }
}

/// Whether a text holds a name, and not as a part of another word.
fn contains(text: &str, name: &str) -> bool {
    let is_part =
        |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b));
    let mut found = text.match_indices(name);
    found.any(|(at, _)| {
        let bytes = text.as_bytes();
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        !is_part(before) && !is_part(bytes.get(at + name.len()))
    })
}

fn objects(value: Value, lists: &mut Vec<List>) {
    match value {
        Value::Array(elements) => elements.into_iter().for_each(|one| objects(one, lists)),
        Value::Object(mut fields) if fields.get("items").is_some_and(Value::is_array) => {
            let kind = fields
                .get("kind")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let kind = kind.strip_suffix("List").unwrap_or_default().to_owned();
            let version = fields.get("apiVersion").cloned();
            let Some(Value::Array(items)) = fields.remove("items") else {
                return;
            };
            for mut item in items {
                if !kind.is_empty() && item.get("kind").is_none() {
                    item["kind"] = json!(kind);
                    item["apiVersion"] = version.clone().unwrap_or_default();
                }
                objects(item, lists);
            }
        }
        object => {
            let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
            let (Some(kind), Some(api_version)) = (text("kind"), text("apiVersion")) else {
                return;
            };
            let list = lists
                .iter_mut()
                .find(|list| list.kind == kind && list.api_version == api_version);
            let object = posture_collect::used_object(object, Typed::default());
            match list {
                Some(list) => list.items.push(object),
                None => lists.push(List {
                    kind,
                    api_version,
                    items: vec![object],
                }),
            }
        }
    }
}

/// A number without its last digits: of namespaces and items that lost as much, their names decide which
/// has the last unit.
fn nearly(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| (key.clone(), nearly(value)));
            Value::Object(fields.collect())
        }
        Value::Array(elements) => elements.iter().map(nearly).collect(),
        Value::Number(number) => json!(format!("{:.7}", number.as_f64().unwrap_or_default())),
        other => other.clone(),
    }
}

/// What must be the same of a report, whatever things are called.
fn told(report: &Report) -> Value {
    let report: Value = serde_json::from_str(&report.to_json()).unwrap();
    let without_names = |list: &str, keys: &[&str]| {
        let list = report[list].as_array().cloned().unwrap_or_default();
        let mut texts: Vec<String> = list
            .iter()
            .map(|one| {
                keys.iter()
                    .map(|key| nearly(&one[*key]).to_string())
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        texts.sort();
        texts
    };
    let mut coverage = report["coverage"].clone();
    coverage
        .as_object_mut()
        .map(|coverage| coverage.remove("access"));
    json!({
        "score": nearly(&report["score"]),
        "status": report["status"],
        "types": nearly(&report["types"]),
        "namespaces": without_names("namespaces", &["score", "risk", "types"]),
        "actions": without_names("actions", &["type", "gain", "gain_max", "part", "whole", "item_count", "severity"]),
        "coverage": coverage,
    })
}
