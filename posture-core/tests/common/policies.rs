//! Network policies.

use std::collections::BTreeSet;

use posture_core::model::{
    IpBlock, Labels, NetworkPolicy, Origin, Peer, PolicyPort, PortMatch, Protocol, Rule,
    UnreadPolicy,
};
use posture_core::selector::{Expression, LabelSelector, Operator};
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

fn selector() -> impl Strategy<Value = LabelSelector> {
    let values = prop::collection::btree_set(prop::sample::select(vec!["web", "db", ""]), 1..3)
        .prop_map(|values| {
            values
                .into_iter()
                .map(str::to_owned)
                .collect::<BTreeSet<_>>()
        });
    let operator = prop_oneof![
        values.clone().prop_map(Operator::In),
        values.prop_map(Operator::NotIn),
        Just(Operator::Exists),
        Just(Operator::DoesNotExist),
    ];
    let expression = operator.prop_map(|operator| Expression {
        key: "app".to_owned(),
        operator,
    });
    prop_oneof![
        2 => Just(LabelSelector::default()),
        1 => labels().prop_map(|labels| LabelSelector { labels, expressions: vec![] }),
        1 => prop::collection::vec(expression, 1..3)
            .prop_map(|expressions| LabelSelector { labels: Labels::new(), expressions }),
    ]
}

fn peer() -> impl Strategy<Value = Peer> {
    let block = prop_oneof![
        Just(IpBlock {
            cidr: "0.0.0.0/0".parse().unwrap(),
            except: vec!["8.8.8.0/24".parse().unwrap()]
        }),
        Just(IpBlock {
            cidr: "10.0.0.0/8".parse().unwrap(),
            except: vec![]
        }),
    ];
    prop_oneof![
        block.prop_map(Peer::Block),
        (prop::option::of(selector()), prop::option::of(selector()))
            .prop_map(|(namespaces, pods)| Peer::Pods { namespaces, pods }),
    ]
}

fn port() -> impl Strategy<Value = PolicyPort> {
    let protocol = prop::sample::select(vec![Protocol::Tcp, Protocol::Udp]);
    let ports = prop_oneof![
        Just(PortMatch::Any),
        Just(PortMatch::Range(80, 443)),
        Just(PortMatch::Named("http".to_owned())),
    ];
    (protocol, ports).prop_map(|(protocol, ports)| PolicyPort { protocol, ports })
}

fn rules() -> impl Strategy<Value = Option<Vec<Rule>>> {
    let rule = (
        prop::collection::vec(peer(), 0..2),
        prop::collection::vec(port(), 0..2),
    )
        .prop_map(|(peers, ports)| Rule { peers, ports });
    prop::option::weighted(0.6, prop::collection::vec(rule, 0..3))
}

/// A policy of a namespace.
pub(crate) fn policy() -> impl Strategy<Value = NetworkPolicy> {
    let name = prop::sample::select(vec!["p", "q"]);
    (0..NAMESPACES.len(), name, selector(), rules(), rules()).prop_map(
        |(namespace, name, selector, ingress, egress)| NetworkPolicy {
            version: 0,
            namespace: NAMESPACES[namespace].to_owned(),
            name: name.to_owned(),
            selector,
            ingress,
            egress,
            origin: Origin::default(),
        },
    )
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
