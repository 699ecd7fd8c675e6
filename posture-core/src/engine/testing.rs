//! Small clusters, and policies and traffic at random, for tests.

use std::net::IpAddr;

use proptest::prelude::*;

use crate::issue::Issues;
use crate::model::{
    Beyond, Cluster, Container, ContainerRole, EndMatch, Entity, Family, Fragment, Icmp, Labels,
    NamedPort, Namespace, NetworkSet, Order, Origin, Phase, Pod, Policy, PolicyKind, PortMatch,
    Protocol, Rule, RuleAction, Sources, StagedAction, Tier, TierAction, TrafficMatch,
};
use crate::selector::Selector;

pub(crate) fn labels(pairs: &[(&str, &str)]) -> Labels {
    let owned = pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    owned.collect()
}

pub(crate) fn equals(key: &str, value: &str) -> Selector {
    Selector::Equals(key.to_owned(), value.to_owned())
}

/// A running pod with a port `http`, tcp 8080.
pub(crate) fn pod(namespace: &str, name: &str, own: &[(&str, &str)], address: &str) -> Pod {
    Pod {
        version: 0,
        phase: Phase::Running,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        generate_name: None,
        labels: labels(own),
        owner: None,
        service_account: "default".to_owned(),
        node: Some("node".to_owned()),
        host_network: false,
        addresses: vec![address.parse().unwrap()],
        containers: vec![Container {
            name: "main".to_owned(),
            role: ContainerRole::Main,
            image: crate::model::ImageIdentity::default(),
            ports: vec![NamedPort {
                name: "http".to_owned(),
                protocol: Protocol::Tcp,
                number: 8080,
            }],
        }],
        origin: Origin::default(),
    }
}

/// A policy without rules of a cluster-wide kind, in a tier.
pub(crate) fn policy(tier: &str, order: i64, name: &str) -> Policy {
    Policy {
        version: 0,
        kind: PolicyKind::GlobalNetworkPolicy,
        namespace: String::new(),
        name: name.to_owned(),
        part: None,
        tier: tier.to_owned(),
        order: Some(Order::whole(order)),
        staged: None,
        subject: Selector::All,
        ingress: None,
        egress: None,
        origin: Origin::default(),
    }
}

pub(crate) fn tier(name: &str, order: i64, default_action: TierAction) -> Tier {
    Tier {
        version: 0,
        name: name.to_owned(),
        order: Some(Order::whole(order)),
        default_action,
        origin: Origin::default(),
    }
}

pub(crate) fn tcp(ports: &[u16]) -> TrafficMatch {
    TrafficMatch {
        protocol: Some(Protocol::Tcp),
        ports: ports
            .iter()
            .map(|port| PortMatch::Range(*port, *port))
            .collect(),
        icmp: None,
    }
}

pub(crate) fn from(selector: Selector) -> EndMatch {
    EndMatch {
        selector: Some(selector),
        ..EndMatch::default()
    }
}

pub(crate) fn net(net: &str) -> EndMatch {
    EndMatch {
        nets: Some(vec![net.parse().unwrap()]),
        ..EndMatch::default()
    }
}

/// `shop/web` (10.0.0.1), `shop/db` (10.0.0.2) and `pay/api` (10.0.1.1), and a network set
/// `partners` of 192.0.2.0/24.
pub(crate) fn fragment(policies: Vec<Policy>, tiers: Vec<Tier>) -> Fragment {
    let namespace = |name: &str, env: &str| Namespace {
        version: 0,
        name: name.to_owned(),
        labels: labels(&[("env", env)]),
        origin: Origin::default(),
    };
    Fragment {
        namespaces: vec![namespace("shop", "prod"), namespace("pay", "test")],
        pods: vec![
            pod("shop", "web", &[("app", "web")], "10.0.0.1"),
            pod("shop", "db", &[("app", "db")], "10.0.0.2"),
            pod("pay", "api", &[("app", "api")], "10.0.1.1"),
        ],
        network_sets: vec![NetworkSet {
            version: 0,
            namespace: String::new(),
            name: "partners".to_owned(),
            labels: labels(&[("role", "partner")]),
            nets: vec!["192.0.2.0/24".parse().unwrap()],
            domains: Vec::new(),
            origin: Origin::default(),
        }],
        policies,
        tiers,
        sources: Sources {
            pods: true,
            policies: true,
            scans: false,
        },
        ..Fragment::default()
    }
}

pub(crate) fn cluster(policies: Vec<Policy>, tiers: Vec<Tier>) -> Cluster {
    build(fragment(policies, tiers))
}

pub(crate) fn build(fragment: Fragment) -> Cluster {
    Cluster::build(fragment, &[], false, &mut Issues::default()).unwrap()
}

/// An address at random: one of the pods or of the network set, or another one.
pub(crate) fn address() -> impl Strategy<Value = IpAddr> {
    let known = vec!["10.0.0.1", "10.0.0.2", "10.0.1.1", "192.0.2.7", "8.8.8.8"];
    prop::sample::select(known).prop_map(|text| text.parse().unwrap())
}

pub(crate) fn any_selector() -> impl Strategy<Value = Selector> {
    let key = || prop::sample::select(vec!["app", "role", "pcns.env"]).prop_map(str::to_owned);
    let value =
        || prop::sample::select(vec!["web", "db", "prod", "partner"]).prop_map(str::to_owned);
    let set = || prop::collection::btree_set(value(), 1..3);
    let leaf = prop_oneof![
        Just(Selector::All),
        key().prop_map(Selector::Has),
        (key(), value()).prop_map(|(k, v)| Selector::Equals(k, v)),
        (key(), value()).prop_map(|(k, v)| Selector::NotEquals(k, v)),
        (key(), set()).prop_map(|(k, v)| Selector::In(k, v)),
        (key(), set()).prop_map(|(k, v)| Selector::NotIn(k, v)),
        (key(), prop::sample::select(vec!["w", "p", "we"]))
            .prop_map(|(k, v)| Selector::StartsWith(k, v.to_owned())),
        (key(), prop::sample::select(vec!["b", "r", "eb"]))
            .prop_map(|(k, v)| Selector::Contains(k, v.to_owned())),
        (key(), prop::sample::select(vec!["b", "er"]))
            .prop_map(|(k, v)| Selector::EndsWith(k, v.to_owned())),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(Selector::negated),
            prop::collection::vec(inner.clone(), 2).prop_map(Selector::And),
            prop::collection::vec(inner, 2).prop_map(Selector::Or),
        ]
    })
}

fn any_nets() -> impl Strategy<Value = Vec<ipnet::IpNet>> {
    let net = prop::sample::select(vec![
        "10.0.0.0/8",
        "10.0.0.0/24",
        "10.0.0.1/32",
        "0.0.0.0/0",
        "192.0.2.0/25",
        "fd00::/8",
    ]);
    prop::collection::vec(net.prop_map(|text| text.parse().unwrap()), 1..3)
}

fn any_end() -> impl Strategy<Value = EndMatch> {
    (
        prop::option::weighted(0.5, any_selector()),
        prop::option::weighted(0.3, any_selector()),
        prop::option::weighted(0.4, any_nets()),
        prop::option::weighted(0.3, any_nets()),
        prop::option::weighted(
            0.2,
            prop::sample::select(vec![Entity::World, Entity::Cluster, Entity::RemoteNode]),
        ),
    )
        .prop_map(
            |(selector, not_selector, nets, not_nets, entity)| EndMatch {
                selector,
                not_selector,
                entity,
                nets,
                not_nets: not_nets.unwrap_or_default(),
                ..EndMatch::default()
            },
        )
}

fn any_ports() -> impl Strategy<Value = Vec<PortMatch>> {
    let port = prop_oneof![
        Just(PortMatch::Range(80, 80)),
        Just(PortMatch::Range(80, 443)),
        Just(PortMatch::Range(81, 8080)),
        Just(PortMatch::Named("http".to_owned())),
    ];
    prop::collection::vec(port, 0..3)
}

fn any_traffic() -> impl Strategy<Value = TrafficMatch> {
    prop_oneof![
        4 => (prop::option::weighted(0.8, prop::sample::select(vec![Protocol::Tcp, Protocol::Udp])), any_ports())
            .prop_map(|(protocol, ports)| TrafficMatch { protocol, ports, icmp: None }),
        1 => prop::option::of(prop::option::of(0..2_u8)).prop_map(|code| TrafficMatch {
            protocol: Some(Protocol::Icmp),
            ports: Vec::new(),
            icmp: code.map(|code| Icmp { kind: 8, code }),
        }),
    ]
}

pub(crate) fn any_rule() -> impl Strategy<Value = Rule> {
    let few = |most| prop::collection::vec(any_traffic(), 0..most);
    (
        prop::sample::select(vec![
            RuleAction::Allow,
            RuleAction::Deny,
            RuleAction::Pass,
            RuleAction::Log,
        ]),
        prop::option::weighted(0.1, prop::sample::select(vec![Family::V4, Family::V6])),
        few(3),
        few(2),
        (prop::bool::weighted(0.2), any_ports(), any_ports()),
        prop::collection::vec(any_end(), 0..3),
        prop::collection::vec(any_end(), 0..2),
        prop::option::weighted(
            0.05,
            prop::sample::select(vec![Beyond::Http, Beyond::NotUnderstood]),
        ),
    )
        .prop_map(
            |(action, family, traffic, except, ports, source, destination, beyond)| {
                let (has_source_ports, wanted, not) = ports;
                let (source_ports, not_source_ports) = match has_source_ports {
                    true => (wanted, not),
                    false => Default::default(),
                };
                Rule {
                    action,
                    name: String::new(),
                    family,
                    traffic: traffic.into(),
                    except,
                    source_ports,
                    not_source_ports,
                    source: source.into(),
                    destination: destination.into(),
                    beyond,
                }
            },
        )
}

/// A policy of `kind` in one of the tiers `first` and `default`.
pub(crate) fn any_policy() -> impl Strategy<Value = Policy> {
    let rules = || prop::option::weighted(0.7, prop::collection::vec(any_rule(), 0..3));
    let kind = prop_oneof![
        3 => Just((PolicyKind::GlobalNetworkPolicy, None)),
        1 => Just((PolicyKind::StagedGlobalNetworkPolicy, Some(StagedAction::Set))),
        1 => Just((PolicyKind::StagedGlobalNetworkPolicy, Some(StagedAction::Delete))),
    ];
    (
        kind,
        prop::sample::select(vec!["first", "default"]),
        0..3_i64,
        prop::sample::select(vec!["a", "b", "c", "d"]),
        any_selector(),
        rules(),
        rules(),
    )
        .prop_map(
            |((kind, staged), tier, order, name, subject, ingress, egress)| Policy {
                kind,
                staged,
                subject,
                ingress,
                egress,
                ..policy(tier, order, name)
            },
        )
}

pub(crate) fn any_cluster() -> impl Strategy<Value = Cluster> {
    let action = prop::sample::select(vec![TierAction::Deny, TierAction::Pass]);
    (prop::collection::vec(any_policy(), 0..5), action)
        .prop_map(|(policies, action)| cluster(policies, vec![tier("first", 10, action)]))
}
