//! The policy engine: compiling, changing, and asking, on the shapes that other evaluators were
//! measured on.
//!
//! `cargo bench --package posture-benches --bench engine`

mod clusters;

use std::hint::black_box;
use std::net::IpAddr;
use std::time::Duration;

use clusters::{EVEN, MANY_POLICIES, MANY_RULES, Shape, cluster, policy_of};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use posture::core::engine::{Cached, Encoded, End, Engine, Question, Scope, Traffic, reference};
use posture::core::model::{Cluster, Direction, PodOf, PolicyModes, Protocol};
use posture::core::selector::Selector;
use posture_benches::generate::Random;

/// How many questions are asked in turn: more ends than there are rows in any cache of the machine.
const QUESTIONS: usize = 1 << 16;

/// What is asked: who with whom, on which port, which way.
type Asked<'c> = (End<'c>, End<'c>, Traffic<'c>);

/// Pods with pods of anywhere or with addresses of anywhere.
fn questions(cluster: &Cluster, both_ways: bool) -> Vec<Asked<'_>> {
    let namespaces = cluster.namespaces.values();
    let pods: Vec<&PodOf> = namespaces
        .flat_map(|objects| objects.pods.values())
        .collect();
    let mut random = Random::new(2, 0);
    let mut question = || {
        let subject = End::pod(pods[random.below(pods.len())], None);
        let peer = match random.below(2) {
            0 => End::pod(pods[random.below(pods.len())], None),
            _ => End::at(address(&mut random)),
        };
        let direction = match both_ways && random.below(2) == 0 {
            true => Direction::Ingress,
            false => Direction::Egress,
        };
        let port = 1024 + u16::try_from(random.below(2000)).expect("a port");
        (
            subject,
            peer,
            Traffic::new(direction, Protocol::Tcp, Some(port)),
        )
    };
    (0..QUESTIONS).map(|_| question()).collect()
}

fn address(random: &mut Random) -> IpAddr {
    let mut byte = |first: usize, count| u8::try_from(first + random.below(count)).expect("a byte");
    IpAddr::from([byte(20, 80), byte(0, 256), byte(0, 256), byte(0, 256)])
}

fn verdicts(criterion: &mut Criterion, name: &str, shape: Shape) {
    let cluster = cluster(shape);
    let engine = Engine::new(&cluster, PolicyModes::default());
    let asked = questions(&cluster, shape.policies > 0);
    let mut group = criterion.benchmark_group("verdict");
    group.throughput(Throughput::Elements(1));

    let mut next = (0..QUESTIONS).cycle();
    group.bench_function(BenchmarkId::new("cold", name), |bencher| {
        bencher.iter(|| {
            let (subject, peer, traffic) = asked[next.next().expect("no end")];
            engine.verdict(Scope::Enforced, subject, peer, traffic)
        });
    });

    let mut cached = Cached::new(&engine, 1 << 14);
    let some = &asked[..1 << 12];
    for (subject, peer, traffic) in some {
        cached.verdict(Scope::Enforced, *subject, *peer, *traffic);
    }
    let encode = |(subject, peer, traffic): &Asked<'_>| {
        engine.encode(Scope::Enforced, *subject, *peer, *traffic)
    };
    let encoded: Vec<Encoded> = some
        .iter()
        .filter_map(encode)
        .filter(|question| cached.known(*question).is_some())
        .collect();
    group.throughput(Throughput::Elements(encoded.len() as u64));
    group.bench_function(BenchmarkId::new("cached, encoded", name), |bencher| {
        bencher.iter(|| {
            for question in &encoded {
                black_box(cached.known(*question));
            }
        });
    });

    let sequence = engine.sequence(Scope::Enforced);
    let mut next = (0..QUESTIONS).cycle();
    group.throughput(Throughput::Elements(1));
    group.bench_function(BenchmarkId::new("one by one", name), |bencher| {
        bencher.iter(|| {
            let (subject, peer, traffic) = asked[next.next().expect("no end")];
            let around = engine.surroundings();
            let question = Question {
                around,
                subject,
                peer,
                traffic,
            };
            reference::evaluate(sequence, &question)
        });
    });
    group.finish();
}

fn compiling(criterion: &mut Criterion, name: &str, shape: Shape) {
    let cluster = cluster(shape);
    let mut group = criterion.benchmark_group("compile");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(20));
    group.bench_function(BenchmarkId::new("all", name), |bencher| {
        bencher.iter(|| Engine::new(&cluster, PolicyModes::default()));
    });
    let engine = Engine::new(&cluster, PolicyModes::default());
    // with a net and a port that no policy names yet, and a label key that none mentions
    let mut policy = policy_of("ns-1", 1_000, shape.rules, &mut Random::new(3, 0));
    policy.subject = policy.subject.and(Selector::Has("component".to_owned()));
    group.bench_function(BenchmarkId::new("one more policy", name), |bencher| {
        bencher.iter(|| engine.with_policy(&cluster, policy.clone()));
    });
    group.finish();
}

fn many_rules(criterion: &mut Criterion) {
    compiling(criterion, "20 000 rules", MANY_RULES);
    verdicts(criterion, "20 000 rules", MANY_RULES);
}

fn many_policies(criterion: &mut Criterion) {
    verdicts(criterion, "10 000 policies, 10 000 pods", EVEN);
    compiling(criterion, "10 000 policies, 100 000 pods", MANY_POLICIES);
    verdicts(criterion, "10 000 policies, 100 000 pods", MANY_POLICIES);
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = many_rules, many_policies
}
criterion_main!(benches);
