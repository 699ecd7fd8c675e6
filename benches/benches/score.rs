//! The main path, stage by stage: lines to records, records to a tally, a tally to a result.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use posture::core::conclude;
use posture::core::engine::Engine;
use posture::core::issue::Issues;
use posture::core::judge::Judge;
use posture::core::model::{Cluster, Record};
use posture::core::tally::Tally;
use posture::formats::flows::{Chunks, FlowFormat, FlowLog, FlowReader, Layout};
use posture::{Intake, Request};
use posture_benches::generate::{self, Shape};

/// A cluster of 200 workloads and the log of an hour.
struct Input {
    cluster: Cluster,
    engine: Engine,
    flows: Vec<u8>,
    rows: u64,
}

fn input() -> Input {
    let shape = Shape {
        flow_rows: 50_000,
        ..Shape::default()
    };
    let made = generate::cluster(&shape);
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
        flows,
        rows: 50_000,
    }
}

fn read(flows: &[u8], mut each: impl FnMut(&Record<'_>)) {
    let log = FlowLog {
        format: FlowFormat::Calico,
        layout: Layout::Lines,
    };
    let (mut reader, mut issues) = (FlowReader::new("flows.jsonl", log), Issues::default());
    let (mut chunks, mut buffer) = (Chunks::new(flows, log), Vec::new());
    while let Some(chunk) = chunks.next(buffer).expect("memory does not fail") {
        reader.read(&chunk, &mut issues, &mut each);
        buffer = chunk.into_buffer();
    }
}

fn tally(input: &Input) -> Tally {
    let request = Request::default();
    let mut judge = Judge::new(&input.cluster, &input.engine, request.method.evidence);
    let mut tally = Tally::default();
    read(&input.flows, |record| {
        tally.add(record, judge.judge(record));
    });
    tally
}

fn stages(criterion: &mut Criterion) {
    let input = input();
    let mut group = criterion.benchmark_group("flows");
    group.throughput(Throughput::Bytes(input.flows.len() as u64));
    group.bench_function("read", |bencher| {
        bencher.iter(|| {
            let mut records = 0;
            read(&input.flows, |_| records += 1);
            records
        });
    });
    group.throughput(Throughput::Elements(input.rows));
    group.bench_function("read, judge and tally", |bencher| {
        bencher.iter(|| tally(&input));
    });
    group.finish();

    let tally = tally(&input);
    let request = Request::default();
    criterion.bench_function("conclude", |bencher| {
        bencher.iter_batched(
            Issues::default,
            |issues| conclude(&input.cluster, &input.engine, &tally, &request, issues),
            BatchSize::SmallInput,
        );
    });
    let report = conclude(
        &input.cluster,
        &input.engine,
        &tally,
        &request,
        Issues::default(),
    );
    criterion.bench_function("report to JSON", |bencher| {
        bencher.iter(|| report.to_json());
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = stages
}
criterion_main!(benches);
