//! Record batches in memory to a tally: flow logs that a program holds as Arrow tables.

use std::io::Cursor;

use arrow_array::RecordBatch;
use arrow_ipc::reader::FileReader;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use posture::columns::{Columns, Form, TallyReader, Target, Writer};
use posture::core::engine::Engine;
use posture::core::issue::Issues;
use posture::core::judge::{Judge, Sorts};
use posture::core::model::{Cluster, Evidence};
use posture::core::tally::Tally;
use posture::formats::flows::{Chunks, FlowFormat, FlowLog, FlowReader, Layout};
use posture::{Intake, Request};
use posture_benches::generate::{self, Shape};

/// Rows in memory: far more than the caches of a machine hold.
const ROWS: usize = 500_000;

/// How often they are read into one tally.
const PASSES: u64 = 10;

/// A cluster of 200 workloads, and its log in batches of plain texts.
struct Input {
    cluster: Cluster,
    engine: Engine,
    batches: Vec<RecordBatch>,
}

fn input() -> Input {
    let made = generate::cluster(&Shape {
        namespaces: 20,
        workloads: 200,
        flow_rows: ROWS,
        ..Shape::default()
    });
    let (mut objects, mut policies, mut flows) = (Vec::new(), Vec::new(), Vec::new());
    generate::write_objects(&made, &mut objects).expect("memory does not fail");
    generate::write_policies(&made, &mut policies).expect("memory does not fail");
    generate::write_flows(&made, &mut flows).expect("memory does not fail");
    let mut intake = Intake::default();
    intake.add_bytes("objects.json", &objects);
    intake.add_bytes("networkpolicies.json", &policies);
    let (cluster, _) = intake
        .cluster(&Request::default())
        .expect("the generator names its objects");
    let engine = Engine::new(&cluster, Request::default().method.policy_modes);
    Input {
        cluster,
        engine,
        batches: batches(&flows),
    }
}

fn batches(flows: &[u8]) -> Vec<RecordBatch> {
    let log = FlowLog {
        format: FlowFormat::Calico,
        layout: Layout::Lines,
    };
    let (mut reader, mut issues) = (FlowReader::new("flows.jsonl", log), Issues::default());
    let mut writer = Writer::new(Form::Arrow, Vec::new()).expect("memory does not fail");
    let mut chunks = Chunks::new(flows, log);
    while let Some(chunk) = chunks.next(Vec::new()).expect("memory does not fail") {
        reader.read(&chunk, &mut issues, &mut |record| {
            writer.write(record).expect("memory does not fail");
        });
    }
    let (file, _) = writer.finish().expect("memory does not fail");
    let reader = FileReader::try_new(Cursor::new(file), None).expect("it is an Arrow file");
    reader
        .collect::<Result<_, _>>()
        .expect("it is an Arrow file")
}

fn tally(input: &Input) -> Tally {
    let mut judge = Judge::new(&input.cluster, &input.engine, Evidence::Recorded);
    let mut tally = Tally::default();
    let mut into = Target {
        judge: &mut judge,
        sorts: &Sorts::new(&input.cluster, &input.engine),
        tally: &mut tally,
    };
    let mut issues = Issues::default();
    let schema = input.batches[0].schema();
    let columns = Columns::new(&schema).expect("the columns are those of a flow log");
    let mut reader = TallyReader::new("flows", columns);
    for _ in 0..PASSES {
        for batch in &input.batches {
            reader.read(batch, &mut into, &mut issues);
        }
    }
    reader.finish(&mut into);
    tally
}

fn columns(criterion: &mut Criterion) {
    let input = input();
    let rows = PASSES * ROWS as u64;
    assert_eq!(tally(&input).records.total, rows);
    let mut group = criterion.benchmark_group("columns");
    group.throughput(Throughput::Elements(rows));
    group.bench_function("record batches to a tally", |bencher| {
        bencher.iter(|| tally(&input));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = columns
}
criterion_main!(benches);
