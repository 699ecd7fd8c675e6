//! The same log in lines and in columns: the same records, and the same tally.

mod lines;

use std::io::Cursor;

use bytes::Bytes;
use posture_columnar::{ArrowLog, Form, ParquetFile, Target, Writer};
use posture_core::engine::Engine;
use posture_core::issue::Issues;
use posture_core::judge::{Judge, Sorts};
use posture_core::model::{Cluster, Evidence, PolicyModes, Record};
use posture_core::tally::Tally;
use posture_formats::flows::{Chunks, FlowFormat, FlowLog, FlowReader, Layout};
use proptest::prelude::*;

const OBJECTS: &str = r"
apiVersion: v1
kind: Pod
metadata: {name: web-5d8f-x1, generateName: web-5d8f-, namespace: shop, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
status: {phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api-0, namespace: pay, labels: {app: api}}
spec: {containers: [{name: api, image: api}]}
status: {phase: Running, podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: some, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  egress: [{to: [{ipBlock: {cidr: 9.9.9.9/32}}]}]
  ingress: [{from: [{podSelector: {matchLabels: {app: api}}}]}]
";

fn cluster() -> Cluster {
    let mut issues = Issues::default();
    let fragment = posture_formats::read("objects", OBJECTS.as_bytes(), &mut issues);
    Cluster::build(fragment, &[], true, &mut issues).unwrap()
}

fn read_lines(log: &str, issues: &mut Issues, mut each: impl FnMut(&Record<'_>)) {
    let what = FlowLog {
        format: FlowFormat::Calico,
        layout: Layout::Lines,
    };
    let (mut chunks, mut reader) = (
        Chunks::new(log.as_bytes(), what),
        FlowReader::new("log", what),
    );
    while let Some(chunk) = chunks.next(Vec::new()).unwrap() {
        reader.read(&chunk, issues, &mut each);
    }
}

fn convert(log: &str, form: Form) -> Vec<u8> {
    let mut writer = Writer::new(form, Vec::new()).unwrap();
    read_lines(log, &mut Issues::default(), |record| {
        writer.write(record).unwrap();
    });
    writer.finish().unwrap().0
}

fn in_lines(log: &str) -> Vec<String> {
    let mut records = Vec::new();
    read_lines(log, &mut Issues::default(), |record| {
        records.push(format!("{record:?}"));
    });
    records
}

fn parquet(bytes: Vec<u8>) -> ParquetFile<Bytes> {
    ParquetFile::open("log", Bytes::from(bytes)).unwrap()
}

fn in_parquet(log: &str) -> Vec<String> {
    let file = parquet(convert(log, Form::Parquet));
    let (mut records, mut issues) = (Vec::new(), Issues::default());
    file.records(0..file.groups(), &mut issues, &mut |record| {
        records.push(format!("{record:?}"));
    });
    assert!(issues.into_list().is_empty());
    records
}

fn in_arrow(log: &str) -> Vec<String> {
    let bytes = convert(log, Form::Arrow);
    let (mut records, mut issues) = (Vec::new(), Issues::default());
    let log = ArrowLog::file("log", Cursor::new(bytes)).unwrap();
    log.records(&mut issues, &mut |record| {
        records.push(format!("{record:?}"));
    });
    assert!(issues.into_list().is_empty());
    records
}

/// The tallies of a log by each way: record by record, from Parquet, from Arrow.
fn tallies(log: &str, evidence: Evidence) -> [Vec<u8>; 3] {
    let cluster = cluster();
    let engine = Engine::new(&cluster, PolicyModes::default());
    let (mut judge, mut tally) = (Judge::new(&cluster, &engine, evidence), Tally::default());
    let mut issues = Issues::default();
    read_lines(log, &mut issues, |record| {
        tally.add(record, judge.judge(record));
    });

    let sorts = Sorts::new(&cluster, &engine);
    let new = || (Judge::new(&cluster, &engine, evidence), Tally::default());
    let (mut judge, mut from_parquet) = new();
    let file = parquet(convert(log, Form::Parquet));
    let mut into = Target {
        judge: &mut judge,
        sorts: &sorts,
        tally: &mut from_parquet,
    };
    file.tally(0..file.groups(), &mut into, &mut issues);

    let (mut judge, mut from_arrow) = new();
    let mut into = Target {
        judge: &mut judge,
        sorts: &sorts,
        tally: &mut from_arrow,
    };
    let arrow = ArrowLog::file("log", Cursor::new(convert(log, Form::Arrow))).unwrap();
    arrow.tally(&mut into, &mut issues);
    [tally, from_parquet, from_arrow].map(|tally| tally.to_bytes())
}

/// What a row may hold instead of something else.
const OTHERS: [(&str, &str); 8] = [
    ("10.0.0.1", "10.0.0.2"),
    ("9.9.9.9", "10.0.0.1"),
    ("9.9.9.9", "9.9.9.8"),
    ("1.1.1.1", "9.9.9.9"),
    ("1.1.1.1", "8.8.8.8"),
    ("443", "8080"),
    ("app=web", "app=api"),
    ("a.example", "b.example"),
];

fn changed(line: &str, (from, to): (&str, &str)) -> String {
    line.replace(from, to)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_records(lines in prop::collection::vec(lines::line(), 0..20)) {
        let log = lines.concat();
        let expected = in_lines(&log);
        prop_assert_eq!(&in_parquet(&log), &expected);
        prop_assert_eq!(&in_arrow(&log), &expected);
    }

    #[test]
    fn the_same_tally(
        lines in prop::collection::vec(lines::line(), 1..12),
        order in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), 0..OTHERS.len()), 0..60),
        recorded in any::<bool>(),
    ) {
        // Logs repeat their rows, and rows that differ in little.
        let log: String = order
            .iter()
            .map(|(index, is_changed, other)| {
                let line: &String = index.get(&lines);
                match is_changed {
                    true => changed(line, OTHERS[*other]),
                    false => line.clone(),
                }
            })
            .collect();
        let evidence = if recorded { Evidence::Recorded } else { Evidence::Current };
        let [one_by_one, from_parquet, from_arrow] = tallies(&log, evidence);
        prop_assert_eq!(String::from_utf8(from_parquet), String::from_utf8(one_by_one.clone()));
        prop_assert_eq!(String::from_utf8(from_arrow), String::from_utf8(one_by_one));
    }
}

/// Lines that are no records are few enough for the tests above to say something.
#[test]
fn most_lines_are_records() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut log = String::new();
    // More than are read at a time.
    for _ in 0..5000 {
        log += &lines::line().new_tree(&mut runner).unwrap().current();
    }
    assert!(in_lines(&log).len() > 200, "{}", in_lines(&log).len());
    let [one_by_one, from_parquet, from_arrow] = tallies(&log, Evidence::Recorded);
    assert_eq!(from_parquet, one_by_one);
    assert_eq!(from_arrow, one_by_one);
}
