//! The same log in lines and in columns: the same records, and the same tally.

mod lines;

use std::io::Cursor;

use arrow_ipc::reader::FileReader;
use bytes::Bytes;
use posture_columnar::{ArrowLog, Columns, Form, ParquetFile, TallyReader, Target, Writer};
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

/// The tally of what is read into it.
fn tally(evidence: Evidence, read: impl FnOnce(&mut Target<'_, '_>, &mut Issues)) -> Vec<u8> {
    let cluster = cluster();
    let engine = Engine::new(&cluster, PolicyModes::default());
    let (mut judge, mut tally) = (Judge::new(&cluster, &engine, evidence), Tally::default());
    let mut into = Target {
        judge: &mut judge,
        sorts: &Sorts::new(&cluster, &engine),
        tally: &mut tally,
    };
    read(&mut into, &mut Issues::default());
    tally.to_bytes()
}

/// The tallies of a log by each way: record by record, from Parquet, from Arrow.
fn tallies(log: &str, evidence: Evidence) -> [Vec<u8>; 3] {
    let one_by_one = tally(evidence, |into, issues| {
        read_lines(log, issues, |record| {
            into.tally.add(record, into.judge.judge(record));
        });
    });
    let from_parquet = tally(evidence, |into, issues| {
        let file = parquet(convert(log, Form::Parquet));
        file.tally(0..file.groups(), into, issues);
    });
    let from_arrow = tally(evidence, |into, issues| {
        let log = ArrowLog::file("log", Cursor::new(convert(log, Form::Arrow))).unwrap();
        log.tally(into, issues);
    });
    [one_by_one, from_parquet, from_arrow]
}

/// The tally of a log in batches of some sizes, again and again.
fn in_batches(log: &str, evidence: Evidence, sizes: &[usize]) -> Vec<u8> {
    tally(evidence, |into, issues| {
        let file = Cursor::new(convert(log, Form::Arrow));
        let file = FileReader::try_new(file, None).unwrap();
        let mut reader = TallyReader::new("log", Columns::new(&file.schema()).unwrap());
        let mut sizes = sizes.iter().cycle();
        for batch in file.map(Result::unwrap) {
            let mut start = 0;
            while start < batch.num_rows() {
                let rows = (*sizes.next().unwrap()).min(batch.num_rows() - start);
                reader.read(&batch.slice(start, rows), into, issues);
                start += rows;
            }
        }
        reader.finish(into);
    })
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

/// A log of some lines in any order: logs repeat their rows, and rows that differ in little.
fn any_log() -> impl Strategy<Value = String> {
    let lines = prop::collection::vec(lines::line(), 1..12);
    let order = (any::<prop::sample::Index>(), any::<bool>(), 0..OTHERS.len());
    let order = prop::collection::vec(order, 0..60);
    (lines, order).prop_map(|(lines, order)| {
        let lines = order.into_iter().map(|(index, is_changed, other)| {
            let line: &String = index.get(&lines);
            let (from, to) = OTHERS[other];
            match is_changed {
                true => line.replace(from, to),
                false => line.clone(),
            }
        });
        lines.collect()
    })
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    prop_oneof![Just(Evidence::Recorded), Just(Evidence::Current)]
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
    fn the_same_tally(log in any_log(), evidence in any_evidence()) {
        let [one_by_one, from_parquet, from_arrow] = tallies(&log, evidence);
        prop_assert_eq!(String::from_utf8(from_parquet), String::from_utf8(one_by_one.clone()));
        prop_assert_eq!(String::from_utf8(from_arrow), String::from_utf8(one_by_one));
    }

    #[test]
    fn the_same_tally_in_any_batches(
        log in any_log(),
        evidence in any_evidence(),
        sizes in prop::collection::vec(1..9_usize, 1..9),
    ) {
        let whole = in_batches(&log, evidence, &[usize::MAX]);
        let pieces = in_batches(&log, evidence, &sizes);
        prop_assert_eq!(String::from_utf8(pieces), String::from_utf8(whole));
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
