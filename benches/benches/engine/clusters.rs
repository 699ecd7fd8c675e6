//! Clusters of the shapes that other evaluators were measured on.

use std::net::IpAddr;

use posture::core::issue::Issues;
use posture::core::model::{
    Cluster, EndMatch, Fragment, Labels, Namespace, Order, Origin, Owner, Phase, Pod, Policy,
    PolicyKind, PortMatch, Protocol, Rule, RuleAction, Tier, TrafficMatch,
};
use posture::core::selector::Selector;
use posture_benches::generate::Random;

/// Keeps the choices made here apart from those of other generators.
const PURPOSE: u64 = 90;

/// How many kinds of workloads a namespace has.
const APPS: usize = 20;

/// What is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) namespaces: usize,
    /// In each namespace.
    pub(crate) workloads: usize,
    /// In each namespace.
    pub(crate) policies: usize,
    /// In all of the cluster.
    pub(crate) global_policies: usize,
    /// In each policy.
    pub(crate) rules: usize,
}

/// 294 policies with 20 000 rules in all, all of which govern every workload.
pub(crate) const MANY_RULES: Shape = Shape {
    namespaces: 10,
    workloads: 100,
    policies: 0,
    global_policies: 294,
    rules: 68,
};

/// As many policies as workloads: 10 000.
pub(crate) const EVEN: Shape = Shape {
    workloads: 20,
    ..MANY_POLICIES
};

/// 10 000 policies on 100 000 workloads.
pub(crate) const MANY_POLICIES: Shape = Shape {
    namespaces: 500,
    workloads: 200,
    policies: 19,
    global_policies: 500,
    rules: 4,
};

pub(crate) fn cluster(shape: Shape) -> Cluster {
    let mut random = Random::new(1, PURPOSE);
    let mut fragment = Fragment::default();
    for namespace in 0..shape.namespaces {
        let name = format!("ns-{namespace}");
        fragment.namespaces.push(Namespace {
            version: 0,
            name: name.clone(),
            labels: labels([("team", format!("team-{}", namespace % 25))]),
            origin: Origin::default(),
        });
        for workload in 0..shape.workloads {
            fragment.pods.push(pod(namespace, workload));
        }
        for policy in 0..shape.policies {
            fragment
                .policies
                .push(policy_of(&name, policy, shape.rules, &mut random));
        }
    }
    for number in 0..shape.global_policies {
        let policy = global_policy(number, shape, &mut random);
        fragment.policies.push(policy);
    }
    Cluster::build(fragment, &[], true, &mut Issues::default()).expect("every object has a name")
}

fn labels<const N: usize>(pairs: [(&str, String); N]) -> Labels {
    let pairs = pairs.into_iter();
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}

pub(crate) fn pod_address(namespace: usize, workload: usize) -> IpAddr {
    let number = u32::try_from(namespace * 256 + workload).expect("a small number");
    IpAddr::from((0x0a00_0000_u32 + number).to_be_bytes())
}

fn pod(namespace: usize, workload: usize) -> Pod {
    Pod {
        version: 0,
        phase: Phase::Running,
        namespace: format!("ns-{namespace}"),
        name: format!("w{workload}-0"),
        generate_name: None,
        labels: labels([
            ("app", format!("app-{}", workload % APPS)),
            (
                "component",
                ["front", "back", "store"][workload % 3].to_owned(),
            ),
            ("version", format!("v{}", workload % 7)),
            (
                "statefulset.kubernetes.io/pod-name",
                format!("w{workload}-0"),
            ),
        ]),
        owner: Some(Owner {
            kind: "StatefulSet".to_owned(),
            name: format!("w{workload}"),
        }),
        service_account: "default".to_owned(),
        node: Some(format!("node-{}", namespace % 50)),
        host_network: false,
        addresses: vec![pod_address(namespace, workload)],
        containers: vec![],
        origin: Origin::default(),
    }
}

fn app(number: usize) -> Selector {
    Selector::Equals("app".to_owned(), format!("app-{number}"))
}

fn port(random: &mut Random) -> TrafficMatch {
    let number = 1024 + u16::try_from(random.below(2000)).expect("a port");
    TrafficMatch {
        protocol: Some(Protocol::Tcp),
        ports: vec![PortMatch::Range(number, number)],
        icmp: None,
    }
}

fn end(selector: Selector) -> EndMatch {
    EndMatch {
        selector: Some(selector),
        ..EndMatch::default()
    }
}

fn block(text: &str) -> EndMatch {
    EndMatch {
        nets: Some(vec![text.parse().expect("a net")]),
        ..EndMatch::default()
    }
}

/// Some pods of a namespace may talk with some of their own, of another namespace, or of outside.
pub(crate) fn policy_of(
    namespace: &str,
    number: usize,
    rules: usize,
    random: &mut Random,
) -> Policy {
    let own = || Selector::pods().and(Selector::in_namespace(namespace));
    let rule = |random: &mut Random, egress: bool| {
        let peer = match random.below(4) {
            0 => end(own().and(app(random.below(APPS)))),
            1 => end(Selector::pods()
                .and(Selector::Equals(
                    "pcns.team".to_owned(),
                    format!("team-{}", random.below(25)),
                ))
                .and(app(random.below(APPS)))),
            2 => end(Selector::pods()
                .and(Selector::All.of_namespaces())
                .and(app(random.below(APPS)))),
            _ => block(&format!(
                "172.{}.{}.0/24",
                16 + random.below(16),
                random.below(256)
            )),
        };
        let (source, destination) = if egress {
            (vec![], vec![peer])
        } else {
            (vec![peer], vec![])
        };
        Rule {
            traffic: vec![port(random)].into(),
            source: source.into(),
            destination: destination.into(),
            ..Rule::new(RuleAction::Allow)
        }
    };
    let mut some = |egress| (0..rules / 2).map(|_| rule(random, egress)).collect();
    Policy {
        version: 0,
        kind: PolicyKind::KubernetesNetworkPolicy,
        namespace: namespace.to_owned(),
        name: format!("policy-{number}"),
        part: None,
        tier: Tier::DEFAULT.to_owned(),
        order: Some(Order::whole(1000)),
        staged: None,
        subject: own().and(app(number % APPS)),
        ingress: Some(some(false)),
        egress: Some(some(true)),
        origin: Origin::default(),
    }
}

/// Some of all pods must not talk with addresses, or may with others.
fn global_policy(number: usize, shape: Shape, random: &mut Random) -> Policy {
    let rule = |random: &mut Random| {
        let peer = match random.below(3) {
            0 => block(&format!(
                "{}.{}.{}.0/24",
                20 + random.below(80),
                random.below(256),
                random.below(256)
            )),
            1 => end(app(random.below(APPS)).and(Selector::Equals(
                "pcns.kubernetes.io/metadata.name".to_owned(),
                format!("ns-{}", random.below(shape.namespaces)),
            ))),
            _ => block(&format!(
                "{}.{}.{}.{}/32",
                20 + random.below(80),
                random.below(256),
                random.below(256),
                random.below(256)
            )),
        };
        Rule {
            traffic: vec![port(random)].into(),
            destination: vec![peer].into(),
            ..Rule::new(if random.below(2) == 0 {
                RuleAction::Allow
            } else {
                RuleAction::Deny
            })
        }
    };
    let all = shape.policies == 0;
    Policy {
        version: 0,
        kind: PolicyKind::GlobalNetworkPolicy,
        namespace: String::new(),
        name: format!("global-{number}"),
        part: None,
        tier: Tier::DEFAULT.to_owned(),
        order: Some(Order::whole(i64::try_from(number).expect("a small number"))),
        staged: None,
        subject: match all {
            true => Selector::All,
            false => Selector::Equals("version".to_owned(), format!("v{}", number % 7))
                .and(app(number % APPS)),
        },
        ingress: None,
        egress: Some((0..shape.rules).map(|_| rule(random)).collect()),
        origin: Origin::default(),
    }
}
