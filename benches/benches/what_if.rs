//! What-if on a large cluster: opening an assessment after the tally, and single changes.

use std::hint::black_box;
use std::net::IpAddr;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use posture::core::engine::Engine;
use posture::core::judge::Judge;
use posture::core::model::{Action, Cluster, End, EndKind, Protocol, Record, Reporter, Traces};
use posture::core::risk;
use posture::core::tally::Tally;
use posture::core::what_if::{Scenario, WhatIf};
use posture::{Intake, Request};
use posture_benches::generate::{self, Shape};

/// 10 000 namespaces, 100 000 workloads, and pairs of ends that make about 1 000 000 edges.
fn shape() -> Shape {
    Shape {
        namespaces: 10_000,
        workloads: 100_000,
        pods_per_workload: 1,
        images: 5_000,
        edges: 550_000,
        flow_rows: 0,
        ..Shape::default()
    }
}

fn cluster(made: &generate::Cluster) -> Cluster {
    let (mut objects, mut policies) = (Vec::new(), Vec::new());
    generate::write_objects(made, &mut objects).expect("memory does not fail");
    generate::write_policies(made, &mut policies).expect("memory does not fail");
    let mut intake = Intake::default();
    intake.add_bytes("objects.json", &objects);
    intake.add_bytes("networkpolicies.json", &policies);
    let (cluster, _) = intake
        .cluster(&Request::default())
        .expect("the generator names its objects");
    cluster
}

/// Each pair of ends as both of them report it.
fn tally(made: &generate::Cluster, cluster: &Cluster, engine: &Engine) -> Tally {
    let mut judge = Judge::new(cluster, engine, Request::default().method.evidence);
    let mut tally = Tally::default();
    for edge in &made.edges {
        for reporter in [Reporter::Source, Reporter::Destination] {
            let record = Record {
                start: 0,
                end: 300,
                action: Action::Allow,
                reporter,
                protocol: Protocol::Tcp,
                source: end(made, edge.source, None),
                destination: end(made, edge.destination, Some(edge.port)),
                service: None,
                domains: Vec::new(),
                traces: Arc::new(Traces::default()),
                connections: 1,
                bytes: 1_000,
            };
            tally.add(&record, judge.judge(&record));
        }
    }
    tally
}

fn end(made: &generate::Cluster, end: generate::End, port: Option<u16>) -> End<'_> {
    let outside = |address: IpAddr| End {
        kind: EndKind::Network,
        namespace: None,
        name: None,
        aggregate: Some("pub"),
        address: Some(address),
        port,
        labels: None,
    };
    match end {
        generate::End::Workload(index) => {
            let workload = &made.workloads[index];
            let pod = &workload.pods[0];
            End {
                kind: EndKind::Workload,
                namespace: Some(&made.namespace_of(workload).name),
                name: Some(&pod.name),
                address: Some(pod.address.into()),
                ..outside(pod.address.into())
            }
        }
        generate::End::Server(address) => outside(address.into()),
        generate::End::Clients => outside([198, 19, 0, 1].into()),
    }
}

fn what_if(criterion: &mut Criterion) {
    let made = generate::cluster(&shape());
    let cluster = cluster(&made);
    let request = Request::default();
    let engine = Engine::new(&cluster, request.method.policy_modes);
    let tally = tally(&made, &cluster, &engine);
    let images = risk::images(&cluster, &request.method, None);
    println!("{} edges", tally.edge_count());

    let mut group = criterion.benchmark_group("what_if");
    group.sample_size(10);
    group.bench_function("open", |bencher| {
        bencher.iter(|| {
            let images = risk::images(&cluster, &request.method, None);
            WhatIf::new(&cluster, &engine, &images, &tally, &request).outcome()
        });
    });
    group.bench_function("open/traffic", |bencher| {
        bencher.iter(|| WhatIf::new(&cluster, &engine, &images, &tally, &request).outcome());
    });

    let mut open = WhatIf::new(&cluster, &engine, &images, &tally, &request);
    let now = open.scenario().clone();
    let namespace: Arc<str> = made.namespaces[5_000].name.as_str().into();
    let done = format!("isolate-namespace/{namespace}");
    let mut weights = now.weights;
    weights.egress_access = 50;
    let scenarios = [
        (
            "action",
            Scenario {
                done: [done.parse().expect("the id of an action")].into(),
                ..now.clone()
            },
        ),
        (
            "weights",
            Scenario {
                weights,
                ..now.clone()
            },
        ),
        (
            "namespace",
            Scenario {
                left_out: [namespace].into(),
                ..now.clone()
            },
        ),
    ];
    for (name, scenario) in scenarios {
        group.bench_function(format!("toggle/{name}"), |bencher| {
            let mut is_there = false;
            bencher.iter(|| {
                is_there = !is_there;
                let to = if is_there { &scenario } else { &now };
                black_box(open.try_out(to.clone()))
            });
        });
    }
}

criterion_group!(benches, what_if);
criterion_main!(benches);
