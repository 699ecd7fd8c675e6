//! Network policies.

use std::collections::BTreeSet;

use posture_core::model::{
    Direction, EndMatch, Labels, Order, Origin, Policy, PolicyKind, PortMatch, Protocol, Rule,
    RuleAction, Tier, TrafficMatch, UnreadPolicy,
};
use posture_core::selector::Selector;
use proptest::prelude::*;

use super::names::NAMESPACES;

/// Labels of pods and namespaces.
pub(crate) fn labels() -> impl Strategy<Value = Labels> {
    let pair = |key: &'static str, values: Vec<&'static str>| {
        prop::option::weighted(0.7, prop::sample::select(values))
            .prop_map(move |value| value.map(|value| (key.to_owned(), value.to_owned())))
    };
    (
        pair("app", vec!["web", "db", ""]),
        pair("tier", vec!["front", "back"]),
    )
        .prop_map(|(app, tier)| app.into_iter().chain(tier).collect())
}

/// A selector of labels, as Kubernetes' own.
fn selector() -> impl Strategy<Value = Selector> {
    let values = prop::collection::btree_set(prop::sample::select(vec!["web", "db", ""]), 1..3)
        .prop_map(|values| {
            values
                .into_iter()
                .map(str::to_owned)
                .collect::<BTreeSet<_>>()
        });
    let app = || "app".to_owned();
    let expression = prop_oneof![
        values
            .clone()
            .prop_map(move |values| Selector::In(app(), values)),
        values.prop_map(move |values| Selector::NotIn(app(), values)),
        Just(Selector::Has(app())),
        Just(Selector::Has(app()).negated()),
    ];
    let equals = labels().prop_map(|labels| {
        let each = labels
            .into_iter()
            .map(|(key, value)| Selector::Equals(key, value));
        each.fold(Selector::All, Selector::and)
    });
    prop_oneof![
        2 => Just(Selector::All),
        1 => equals,
        1 => prop::collection::vec(expression, 1..3)
            .prop_map(|all| all.into_iter().fold(Selector::All, Selector::and)),
    ]
}

fn peer(namespace: &'static str) -> impl Strategy<Value = EndMatch> {
    let block = prop_oneof![
        Just(("0.0.0.0/0", vec!["8.8.8.0/24".parse().unwrap()])),
        Just(("10.0.0.0/8", vec![])),
    ];
    let block = block.prop_map(|(cidr, not_nets)| EndMatch {
        nets: Some(vec![cidr.parse().unwrap()]),
        not_nets,
        ..EndMatch::default()
    });
    let pods = (prop::option::of(selector()), selector()).prop_map(move |(namespaces, pods)| {
        let namespaces = match namespaces {
            Some(namespaces) => namespaces.of_namespaces(),
            None => Selector::in_namespace(namespace),
        };
        EndMatch {
            selector: Some(Selector::pods().and(namespaces).and(pods)),
            ..EndMatch::default()
        }
    });
    prop_oneof![block, pods]
}

fn port() -> impl Strategy<Value = TrafficMatch> {
    let protocol = prop::sample::select(vec![Protocol::Tcp, Protocol::Udp]);
    let ports = prop_oneof![
        Just(vec![]),
        Just(vec![PortMatch::Range(80, 443)]),
        Just(vec![PortMatch::Named("http".to_owned())]),
    ];
    (protocol, ports).prop_map(|(protocol, ports)| TrafficMatch {
        protocol: Some(protocol),
        ports,
        icmp: None,
    })
}

fn rules(
    namespace: &'static str,
    direction: Direction,
) -> impl Strategy<Value = Option<Vec<Rule>>> {
    let rule = (
        prop::collection::vec(peer(namespace), 0..2),
        prop::collection::vec(port(), 0..2),
    );
    let rule = rule.prop_map(move |(peers, traffic)| {
        let (source, destination) = match direction {
            Direction::Ingress => (peers, Vec::new()),
            Direction::Egress => (Vec::new(), peers),
        };
        Rule {
            traffic: traffic.into(),
            source: source.into(),
            destination: destination.into(),
            ..Rule::new(RuleAction::Allow)
        }
    });
    prop::option::weighted(0.6, prop::collection::vec(rule, 0..3))
}

/// A Kubernetes policy that selects some pods of a namespace.
pub(crate) fn kubernetes_policy(
    namespace: &str,
    name: &str,
    pods: Selector,
    ingress: Option<Vec<Rule>>,
    egress: Option<Vec<Rule>>,
) -> Policy {
    Policy {
        version: 0,
        kind: PolicyKind::KubernetesNetworkPolicy,
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        part: None,
        tier: Tier::DEFAULT.to_owned(),
        order: Some(Order::whole(1000)),
        staged: None,
        subject: Selector::pods()
            .and(Selector::in_namespace(namespace))
            .and(pods),
        ingress,
        egress,
        origin: Origin::default(),
    }
}

/// A Kubernetes policy of a namespace.
pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    let name = prop::sample::select(vec!["p", "q"]);
    (prop::sample::select(NAMESPACES.to_vec()), name).prop_flat_map(|(namespace, name)| {
        (
            selector(),
            rules(namespace, Direction::Ingress),
            rules(namespace, Direction::Egress),
        )
            .prop_map(move |(pods, ingress, egress)| {
                kubernetes_policy(namespace, name, pods, ingress, egress)
            })
    })
}

/// A policy of a kind that is not evaluated: of a namespace or of the cluster, staged or not.
pub(crate) fn unread() -> impl Strategy<Value = UnreadPolicy> {
    let namespace = prop::option::of(prop::sample::select(NAMESPACES.to_vec()));
    (namespace, any::<bool>()).prop_map(|(namespace, staged)| UnreadPolicy {
        kind: if staged { "StagedPolicy" } else { "Policy" }.to_owned(),
        namespace: namespace.unwrap_or_default().to_owned(),
        name: "p".to_owned(),
        staged,
        origin: Origin::default(),
    })
}
