//! Policies of every kind, with rules of every criterion.

use posture_core::model::{
    Beyond, EndMatch, Entity, Family, Icmp, Order, Origin, Part, Policy, PolicyKind, PortMatch,
    Protocol, Role, Rule, RuleAction, ServiceName, StagedAction, Tier, TrafficMatch, Wording,
};
use posture_core::selector::Selector;
use proptest::prelude::*;
use proptest::sample::select;

use crate::clusters::{NAMESPACES, net};

fn leaf() -> impl Strategy<Value = Selector> {
    let key = select(vec![
        "app",
        "tier",
        "pcns.team",
        "pcsa.role",
        "absent",
        "projectcalico.org/namespace",
        "projectcalico.org/orchestrator",
        "projectcalico.org/serviceaccount",
        "pcns.projectcalico.org/name",
        "pcns.kubernetes.io/metadata.name",
    ]);
    let value = select(vec![
        "web", "db", "", "front", "red", "a", "b", "k8s", "robot", "api", "nobody",
    ]);
    let set = prop::collection::btree_set(value.clone().prop_map(str::to_owned), 0..3);
    (key, value, set, 0..10).prop_map(|(key, value, set, operator)| {
        let (key, value) = (key.to_owned(), value.to_owned());
        match operator {
            0 | 1 => Selector::Equals(key, value),
            2 => Selector::NotEquals(key, value),
            3 => Selector::In(key, set),
            4 => Selector::NotIn(key, set),
            5 => Selector::Has(key),
            6 => Selector::Contains(key, value),
            7 => Selector::StartsWith(key, value),
            8 => Selector::EndsWith(key, value),
            _ => Selector::All,
        }
    })
}

fn selector() -> impl Strategy<Value = Selector> {
    leaf().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|inner| Selector::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Selector::And),
            prop::collection::vec(inner, 2..4).prop_map(Selector::Or),
        ]
    })
}

fn ports() -> impl Strategy<Value = Vec<PortMatch>> {
    let port = prop_oneof![
        3 => select(vec![(80, 80), (80, 443), (1, 79), (443, 65_535), (0, 65_535)])
            .prop_map(|(first, last)| PortMatch::Range(first, last)),
        1 => select(vec!["http", "dns"]).prop_map(|name| PortMatch::Named(name.to_owned())),
    ];
    prop::collection::vec(port, 1..3)
}

fn traffic() -> impl Strategy<Value = TrafficMatch> {
    let protocol = prop::option::weighted(
        0.9,
        select(vec![
            Protocol::Tcp,
            Protocol::Tcp,
            Protocol::Udp,
            Protocol::Sctp,
            Protocol::Icmp,
            Protocol::Icmp6,
            Protocol::Number(136),
        ]),
    );
    let icmp = select(vec![(8, None), (8, Some(0)), (3, None)]);
    let icmp = prop::option::of(icmp.prop_map(|(kind, code)| Icmp { kind, code }));
    (protocol, prop::option::of(ports()), icmp).prop_map(|(protocol, ports, icmp)| TrafficMatch {
        ports: match protocol {
            Some(protocol) if !protocol.has_ports() => Vec::new(),
            _ => ports.unwrap_or_default(),
        },
        icmp: icmp.filter(|_| matches!(protocol, Some(Protocol::Icmp | Protocol::Icmp6))),
        protocol,
    })
}

fn end() -> impl Strategy<Value = EndMatch> {
    let few = |weight| prop::option::weighted(weight, selector());
    let nets = prop::option::weighted(0.3, prop::collection::vec(net(), 0..3));
    let not_nets = prop_oneof![4 => Just(vec![]), 1 => prop::collection::vec(net(), 1..3)];
    let service = prop::option::weighted(0.05, select(NAMESPACES.to_vec()));
    let domains = prop::option::weighted(0.05, Just(vec!["*.example.com".to_owned()]));
    let entity = select(vec![
        Entity::World,
        Entity::World,
        Entity::Cluster,
        Entity::Host,
        Entity::RemoteNode,
        Entity::ApiServer,
        Entity::ApiServer,
        Entity::Hidden,
    ]);
    (
        few(0.6),
        few(0.15),
        few(0.05),
        prop::option::weighted(0.2, entity),
        nets,
        not_nets,
        service,
        domains,
    )
        .prop_map(
            |(selector, not_selector, nodes, entity, nets, not_nets, service, domains)| EndMatch {
                selector,
                not_selector,
                nodes,
                entity,
                nets,
                not_nets,
                service: service.map(|namespace| ServiceName {
                    namespace: namespace.to_owned(),
                    name: "svc".to_owned(),
                }),
                domains,
            },
        )
}

fn rule() -> impl Strategy<Value = Rule> {
    let action = select(vec![
        RuleAction::Allow,
        RuleAction::Allow,
        RuleAction::Deny,
        RuleAction::Pass,
        RuleAction::Log,
    ]);
    let ends = || prop_oneof![1 => Just(vec![]), 2 => prop::collection::vec(end(), 1..3)];
    let here = prop_oneof![4 => Just(vec![]), 1 => prop::collection::vec(end(), 1..2)];
    let sent = (
        prop_oneof![1 => Just(vec![]), 2 => prop::collection::vec(traffic(), 1..3)],
        prop_oneof![5 => Just(vec![]), 1 => prop::collection::vec(traffic(), 1..2)],
        prop_oneof![9 => Just(vec![]), 1 => ports()],
        prop_oneof![9 => Just(vec![]), 1 => ports()],
    );
    let family = prop::option::weighted(0.05, select(vec![Family::V4, Family::V6]));
    (
        action,
        ends(),
        here,
        sent,
        family,
        prop::option::weighted(0.03, select(vec![Beyond::Http, Beyond::NotUnderstood])),
        any::<bool>(),
    )
        .prop_map(|(action, peers, here, sent, family, beyond, egress)| {
            let (source, destination) = if egress { (here, peers) } else { (peers, here) };
            Rule {
                traffic: sent.0.into(),
                except: sent.1,
                source_ports: sent.2,
                not_source_ports: sent.3,
                family,
                source: source.into(),
                destination: destination.into(),
                beyond,
                ..Rule::new(action)
            }
        })
}

fn rules() -> impl Strategy<Value = Option<Vec<Rule>>> {
    prop::option::weighted(0.7, prop::collection::vec(rule(), 0..5))
}

/// A policy of any kind.
pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    let kind = select(vec![
        PolicyKind::KubernetesNetworkPolicy,
        PolicyKind::NetworkPolicy,
        PolicyKind::GlobalNetworkPolicy,
        PolicyKind::StagedNetworkPolicy,
        PolicyKind::StagedGlobalNetworkPolicy,
        PolicyKind::StagedKubernetesNetworkPolicy,
        PolicyKind::AdminNetworkPolicy,
        PolicyKind::BaselineAdminNetworkPolicy,
        PolicyKind::ClusterNetworkPolicy,
        PolicyKind::CiliumNetworkPolicy,
        PolicyKind::CiliumNetworkPolicy,
        PolicyKind::CiliumClusterwideNetworkPolicy,
    ]);
    let part = (
        prop::option::weighted(0.2, 0..2_u32),
        select(vec![Role::Deny, Role::Allow, Role::DefaultDeny]),
    )
        .prop_map(|(spec, role)| Part { spec, role });
    let place = (
        kind,
        select(NAMESPACES.to_vec()),
        select(vec!["p", "q", "t0.p"]),
        select(vec!["t0", "t1", "unheard", Tier::DEFAULT]),
        prop::option::of(select(vec![1, 1, 2, 1000])),
        select(vec![
            StagedAction::Set,
            StagedAction::Set,
            StagedAction::Delete,
            StagedAction::Learn,
            StagedAction::Ignore,
        ]),
    );
    let all = (place, part, selector(), rules(), rules());
    all.prop_map(|(place, part, subject, ingress, egress)| {
        let (kind, namespace, name, tier, order, staged) = place;
        let global = kind.is_network_policy_api()
            || matches!(
                kind,
                PolicyKind::GlobalNetworkPolicy
                    | PolicyKind::StagedGlobalNetworkPolicy
                    | PolicyKind::CiliumClusterwideNetworkPolicy
            );
        let tier = match kind {
            kind if kind.is_kubernetes() => Tier::DEFAULT,
            PolicyKind::AdminNetworkPolicy | PolicyKind::ClusterNetworkPolicy => Tier::KUBE_ADMIN,
            PolicyKind::BaselineAdminNetworkPolicy => Tier::KUBE_BASELINE,
            kind if kind.wording() == Wording::Cilium => match part.role {
                Role::Deny | Role::Allow => Tier::CILIUM,
                Role::DefaultDeny => Tier::DEFAULT,
            },
            _ => tier,
        };
        let within = match global {
            true => Selector::All,
            false => Selector::in_namespace(namespace),
        };
        Policy {
            version: 0,
            kind,
            namespace: if global { "" } else { namespace }.to_owned(),
            name: name.to_owned(),
            part: Some(part).filter(|_| kind.wording() == Wording::Cilium),
            tier: tier.to_owned(),
            order: order.map(Order::whole),
            staged: kind.enforced().map(|_| staged),
            subject: within.and(subject),
            ingress,
            egress,
            origin: Origin::default(),
        }
    })
}
