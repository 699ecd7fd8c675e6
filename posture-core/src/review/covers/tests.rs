use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::engine::testing::{any_rule, cluster, equals, from, net, policy, tcp};
use crate::engine::{End, Engine, Outcome, Traffic};
use crate::model::{
    Beyond, Cluster, Direction, Family, Icmp, Policy, PolicyKind, PolicyModes, Protocol, RuleAction,
};

fn allow(change: impl FnOnce(&mut Rule)) -> Rule {
    let mut rule = Rule::new(RuleAction::Allow);
    change(&mut rule);
    rule
}

fn covers(broad: &Rule, narrow: &Rule) -> bool {
    let worded = |rule| Worded {
        rule,
        wording: Wording::Calico,
    };
    worded(broad).covers(worded(narrow))
}

fn to(ends: Vec<EndMatch>) -> Rule {
    allow(|rule| rule.destination = ends.into())
}

fn sent(traffic: Vec<TrafficMatch>) -> Rule {
    allow(|rule| rule.traffic = traffic.into())
}

/// For tcp on the ports of each list.
fn ports(lists: &[&[u16]]) -> Rule {
    sent(lists.iter().map(|ports| tcp(ports)).collect())
}

#[test]
fn what_is_sent() {
    let everything = || allow(|_| ());
    let icmp = |code| {
        sent(vec![TrafficMatch {
            protocol: Some(Protocol::Icmp),
            ports: vec![],
            icmp: Some(Icmp { kind: 8, code }),
        }])
    };
    let v4 = || allow(|rule| rule.family = Some(Family::V4));
    let http = || allow(|rule| rule.beyond = Some(Beyond::Http));
    for (name, broad, narrow, expected) in [
        ("all", everything(), ports(&[&[80]]), true),
        ("some of all", ports(&[&[80]]), everything(), false),
        ("ports", ports(&[&[80, 443]]), ports(&[&[80]]), true),
        ("more ports", ports(&[&[80]]), ports(&[&[80, 443]]), false),
        ("all ports", ports(&[&[]]), ports(&[&[80]]), true),
        ("no ports", ports(&[&[80]]), ports(&[&[]]), false),
        ("lists", ports(&[&[80], &[443]]), ports(&[&[443]]), true),
        ("icmp codes", icmp(None), icmp(Some(0)), true),
        ("more icmp codes", icmp(Some(0)), icmp(None), false),
        ("families", everything(), v4(), true),
        ("more families", v4(), everything(), false),
        ("unseen requests", http(), http(), false),
        ("requests of all", everything(), http(), true),
    ] {
        assert_eq!(covers(&broad, &narrow), expected, "{name}");
    }
}

#[test]
fn who_receives() {
    let everyone = || allow(|_| ());
    let web = || from(equals("app", "web"));
    let nets = |nets: &[&str]| to(nets.iter().map(|of| net(of)).collect());
    let but = |not: &[&str]| EndMatch {
        not_nets: not.iter().map(|net| net.parse().unwrap()).collect(),
        ..EndMatch::default()
    };
    let but_of = |not: &str| {
        to(vec![EndMatch {
            not_nets: but(&[not]).not_nets,
            ..net("10.0.0.0/8")
        }])
    };
    let not = |not: Selector| {
        to(vec![EndMatch {
            not_selector: Some(not),
            ..EndMatch::default()
        }])
    };
    let not_web = || not(equals("app", "web"));
    let not_app = || not(Selector::Has("app".to_owned()));
    let both = || to(vec![net("10.0.0.0/8"), web()]);
    let (v4, any) = (&["10.0.0.0/8"], &["10.0.0.0/8", "fd00::/8"]);
    for (name, broad, narrow, expected) in [
        ("all", everyone(), to(vec![web()]), true),
        ("some of all", to(vec![web()]), everyone(), false),
        ("nets", nets(&["10.0.0.0/8"]), nets(&["10.1.0.0/16"]), true),
        (
            "wider nets",
            nets(&["10.1.0.0/16"]),
            nets(&["10.0.0.0/8"]),
            false,
        ),
        (
            "excepts",
            but_of("10.1.0.0/24"),
            but_of("10.1.0.0/16"),
            true,
        ),
        (
            "more excepts",
            but_of("10.1.0.0/16"),
            but_of("10.1.0.0/24"),
            false,
        ),
        (
            "other excepts",
            but_of("10.1.0.0/16"),
            nets(&["10.0.0.0/8"]),
            false,
        ),
        ("one of", both(), to(vec![web()]), true),
        ("not all of", to(vec![web()]), both(), false),
        ("negations", not_web(), not_app(), true),
        ("wider negations", not_app(), not_web(), false),
        (
            "families left out",
            to(vec![but(any)]),
            to(vec![but(any)]),
            true,
        ),
        (
            "one family left out",
            to(vec![but(v4)]),
            to(vec![but(any)]),
            false,
        ),
    ] {
        assert_eq!(covers(&broad, &narrow), expected, "{name}");
    }
}

#[test]
fn nets_of_kubernetes_may_spare_pods() {
    let rule = allow(|rule| rule.destination = vec![net("10.0.0.0/8")].into());
    let worded = |wording| Worded {
        rule: &rule,
        wording,
    };
    let (kubernetes, calico) = (worded(Wording::Kubernetes), worded(Wording::Calico));
    assert!(kubernetes.covers(kubernetes));
    assert!(calico.covers(kubernetes));
    assert!(!kubernetes.covers(calico));
}

#[test]
fn names_of_ports_mean_the_same_only_where_they_are_read_the_same_way() {
    let http = TrafficMatch {
        ports: vec![PortMatch::Named("http".to_owned())],
        ..tcp(&[])
    };
    let rule = allow(|rule| rule.traffic = vec![http.clone()].into());
    let of_nets = Rule {
        destination: vec![net("10.0.0.0/8")].into(),
        ..rule.clone()
    };
    for (rule, broad, narrow, expected) in [
        (&rule, Wording::Calico, Wording::Calico, true),
        (&rule, Wording::Kubernetes, Wording::Kubernetes, true),
        (&rule, Wording::Kubernetes, Wording::Calico, false),
        (&rule, Wording::Cilium, Wording::Calico, false),
        (&of_nets, Wording::Calico, Wording::Calico, true),
        (&of_nets, Wording::Kubernetes, Wording::Kubernetes, false),
    ] {
        let worded = |wording| Worded { rule, wording };
        assert_eq!(worded(broad).covers(worded(narrow)), expected);
    }
}

/// What a policy of one rule decides of egress of `shop/web`.
fn names(
    rule: &Rule,
    kind: PolicyKind,
    cluster: &Cluster,
    peer: End<'_>,
    traffic: Traffic<'_>,
) -> bool {
    let rule = Rule {
        action: RuleAction::Allow,
        ..rule.clone()
    };
    let mut with_it = cluster.clone();
    let with_rule = Policy {
        kind,
        egress: Some(vec![rule]),
        ..policy("default", 1, "p")
    };
    with_it.policies = vec![with_rule.into()];
    let engine = Engine::new(&with_it, PolicyModes::default());
    let subject = End::pod(&cluster.objects("shop").unwrap().pods["web"], None);
    let verdict = engine.verdict(crate::engine::Scope::Enforced, subject, peer, traffic);
    matches!(verdict.outcome, Outcome::Allowed { .. })
}

proptest! {
    /// Whatever a covered rule names, the rule that covers it names, too.
    #[test]
    fn what_is_claimed_is_so(
        broad in any_rule(),
        narrow in any_rule(),
        same: bool,
        kinds in prop::sample::select(vec![
            (PolicyKind::GlobalNetworkPolicy, PolicyKind::GlobalNetworkPolicy),
            (PolicyKind::KubernetesNetworkPolicy, PolicyKind::GlobalNetworkPolicy),
            (PolicyKind::GlobalNetworkPolicy, PolicyKind::KubernetesNetworkPolicy),
            (PolicyKind::KubernetesNetworkPolicy, PolicyKind::KubernetesNetworkPolicy),
            (PolicyKind::CiliumNetworkPolicy, PolicyKind::CiliumNetworkPolicy),
            (PolicyKind::CiliumNetworkPolicy, PolicyKind::GlobalNetworkPolicy),
        ]),
        change in 0..16_usize,
    ) {
        // of two rules at random hardly one covers the other: mostly one is a broadened other
        let broad = match same {
            true => broadened(&narrow, &broad, change),
            false => broad,
        };
        let worded = |rule, kind: PolicyKind| Worded { rule, wording: kind.wording() };
        if !worded(&broad, kinds.0).covers(worded(&narrow, kinds.1)) {
            return Ok(());
        }
        let cluster = cluster(vec![], vec![]);
        let pods = ["db", "web"].map(|name| End::pod(&cluster.objects("shop").unwrap().pods[name], None));
        let others = ["192.0.2.7", "8.8.8.8", "fd00::1"].map(|text| End::at(text.parse().unwrap()));
        for peer in pods.into_iter().chain(others) {
            for (protocol, port) in [(Protocol::Tcp, Some(80)), (Protocol::Tcp, Some(8080)), (Protocol::Udp, Some(443)), (Protocol::Icmp, None)] {
                let traffic = Traffic {
                    source_port: Some(80),
                    icmp: (protocol == Protocol::Icmp).then_some(Icmp { kind: 8, code: Some(0) }),
                    ..Traffic::new(Direction::Egress, protocol, port)
                };
                if names(&narrow, kinds.1, &cluster, peer, traffic) {
                    prop_assert!(names(&broad, kinds.0, &cluster, peer, traffic), "{:?}", peer);
                }
            }
        }
    }
}

/// The rule with one of its parts that of another one.
fn broadened(rule: &Rule, other: &Rule, change: usize) -> Rule {
    let mut broad = rule.clone();
    let mut ends = broad.destination.to_vec();
    let mut change_ends = |part: fn(&mut EndMatch, EndMatch)| {
        let both = ends.iter_mut().zip(other.destination.iter());
        both.for_each(|(end, other)| part(end, other.clone()));
        broad.destination = ends.clone().into();
    };
    match change {
        0 => broad.source = [&broad.source[..], &other.source].concat().into(),
        1 => broad.destination = [&broad.destination[..], &other.destination].concat().into(),
        2 => broad.traffic = [&broad.traffic[..], &other.traffic].concat().into(),
        3 => broad.except.clone_from(&other.except),
        4 => broad.source = Arc::default(),
        5 => broad.destination = Arc::default(),
        6 => broad.traffic.clone_from(&other.traffic),
        7 => broad.destination.clone_from(&other.destination),
        8 => change_ends(|end, other| end.selector = other.selector),
        9 => change_ends(|end, other| end.not_selector = other.not_selector),
        10 => change_ends(|end, other| end.nets = other.nets),
        11 => change_ends(|end, other| end.not_nets = other.not_nets),
        12 => broad.source_ports.clone_from(&other.source_ports),
        13 => broad.not_source_ports.clone_from(&other.not_source_ports),
        14 => change_ends(|end, other| end.entity = other.entity),
        _ => {}
    }
    broad
}
