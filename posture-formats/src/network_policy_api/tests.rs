use posture_core::issue::IssueKind;
use posture_core::model::{EndMatch, PortMatch, Protocol, Rule, RuleAction, TrafficMatch};
use posture_core::selector::Selector;

use super::*;
use crate::read_text;

const ADMIN: &str = "AdminNetworkPolicy";
const BASELINE: &str = "BaselineAdminNetworkPolicy";
const CLUSTER: &str = "ClusterNetworkPolicy";

fn text(kind: &str, spec: &str) -> String {
    let version = match kind {
        CLUSTER => "v1alpha2",
        _ => "v1alpha1",
    };
    format!(
        "apiVersion: policy.networking.k8s.io/{version}\nkind: {kind}\nmetadata: {{name: p, namespace: ignored}}\nspec: {spec}\n"
    )
}

fn policy(kind: &str, spec: &str) -> Policy {
    let (mut fragment, issues) = read_text(&text(kind, spec));
    assert!(issues.is_empty(), "{spec}: {issues:?}");
    assert!(fragment.sources.policies);
    fragment.policies.pop().expect("a policy")
}

/// The start of a valid spec.
fn start(kind: &str) -> &'static str {
    match kind {
        CLUSTER => "tier: Admin, priority: 1, subject: {namespaces: {}}",
        _ => "priority: 1, subject: {namespaces: {}}",
    }
}

/// The only egress rule of a policy.
fn rule(kind: &str, rule: &str) -> Rule {
    let policy = policy(kind, &format!("{{{}, egress: [{rule}]}}", start(kind)));
    assert_eq!(policy.ingress, None);
    policy.egress.expect("rules").pop().expect("a rule")
}

fn equals(key: &str, value: &str) -> Selector {
    Selector::Equals(key.to_owned(), value.to_owned())
}

fn pods() -> Selector {
    equals("projectcalico.org/orchestrator", "k8s")
}

fn in_any_namespace() -> Selector {
    Selector::Has("projectcalico.org/namespace".to_owned())
}

#[test]
fn tiers_and_priorities() {
    for (kind, spec, tier, order) in [
        (ADMIN, "priority: 0", "kube-admin", 0),
        (ADMIN, "priority: 5000", "kube-admin", 5000),
        (BASELINE, "priority: null", "kube-baseline", 1000),
        (BASELINE, "priority: 3", "kube-baseline", 1000),
        (CLUSTER, "tier: Admin, priority: 7", "kube-admin", 7),
        (CLUSTER, "tier: Baseline, priority: 9", "kube-baseline", 9),
    ] {
        let policy = policy(kind, &format!("{{{spec}, subject: {{namespaces: {{}}}}}}"));
        assert_eq!(policy.kind.name(), kind);
        assert_eq!((&*policy.namespace, &*policy.name), ("", "p"));
        assert_eq!(
            (&*policy.tier, policy.order),
            (tier, Some(Order::whole(order))),
            "{spec}"
        );
        assert_eq!(
            (policy.staged, policy.ingress, policy.egress),
            (None, None, None)
        );
    }
}

#[test]
fn subjects() {
    let team = || equals("pcns.team", "shop");
    for (subject, expected) in [
        ("{namespaces: {}}", vec![pods(), in_any_namespace()]),
        (
            "{namespaces: {matchLabels: {team: shop}}}",
            vec![pods(), team()],
        ),
        (
            "{pods: {podSelector: {}}}",
            vec![pods(), in_any_namespace()],
        ),
        (
            "{pods: {namespaceSelector: {matchLabels: {team: shop}}, podSelector: {matchLabels: {app: web}}}}",
            vec![pods(), team(), equals("app", "web")],
        ),
    ] {
        let policy = policy(ADMIN, &format!("{{priority: 1, subject: {subject}}}"));
        assert_eq!(policy.subject, Selector::And(expected), "{subject}");
    }
}

#[test]
fn actions_and_names() {
    let peers = "to: [{namespaces: {}}]";
    for (kind, word, action) in [
        (ADMIN, "Allow", RuleAction::Allow),
        (ADMIN, "Deny", RuleAction::Deny),
        (ADMIN, "Pass", RuleAction::Pass),
        (BASELINE, "Allow", RuleAction::Allow),
        (BASELINE, "Deny", RuleAction::Deny),
        (CLUSTER, "Accept", RuleAction::Allow),
        (CLUSTER, "Deny", RuleAction::Deny),
        (CLUSTER, "Pass", RuleAction::Pass),
    ] {
        let rule = rule(kind, &format!("{{name: first, action: {word}, {peers}}}"));
        assert_eq!((rule.action, &*rule.name), (action, "first"));
    }
    for (kind, word, expected) in [
        (ADMIN, "Accept", "Allow, Deny or Pass"),
        (BASELINE, "Pass", "Allow or Deny"),
        (CLUSTER, "Allow", "Accept, Deny or Pass"),
    ] {
        let spec = format!("{{{}, egress: [{{action: {word}, {peers}}}]}}", start(kind));
        let (fragment, issues) = read_text(&text(kind, &spec));
        assert!(fragment.policies.is_empty());
        assert_eq!(fragment.unread_policies[0].namespace, "");
        assert_eq!(
            issues[0].message,
            format!(
                "{kind} is not valid: egress[0].action: action `{word}` is not known, expected {expected}"
            )
        );
    }
}

#[test]
fn egress_peers() {
    let selected = |parts| EndMatch {
        selector: Some(Selector::And(parts)),
        ..EndMatch::default()
    };
    let net = |text: &str| text.parse().expect("a net");
    for (peer, expected) in [
        (
            "{namespaces: {}}",
            selected(vec![pods(), in_any_namespace()]),
        ),
        (
            "{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}",
            selected(vec![pods(), in_any_namespace(), equals("app", "web")]),
        ),
        (
            "{nodes: {matchLabels: {zone: a}}}",
            EndMatch {
                nodes: Some(equals("zone", "a")),
                ..EndMatch::default()
            },
        ),
        (
            "{networks: [10.1.2.3/8, '::/0']}",
            EndMatch {
                nets: Some(vec![net("10.0.0.0/8"), net("::/0")]),
                ..EndMatch::default()
            },
        ),
        (
            "{domainNames: ['*.example.com']}",
            EndMatch {
                domains: Some(vec!["*.example.com".to_owned()]),
                ..EndMatch::default()
            },
        ),
    ] {
        let rule = rule(CLUSTER, &format!("{{action: Accept, to: [{peer}]}}"));
        assert_eq!(rule.destination, [expected].into(), "{peer}");
        assert!(rule.source.is_empty() && rule.traffic.is_empty());
    }
}

#[test]
fn peers_as_the_first_release_had_them() {
    let team = || equals("pcns.team", "shop");
    for (peer, expected) in [
        (
            "{namespaces: {namespaceSelector: {matchLabels: {team: shop}}}}",
            vec![pods(), team()],
        ),
        (
            "{pods: {namespaces: {namespaceSelector: {matchLabels: {team: shop}}}, podSelector: {matchLabels: {app: web}}}}",
            vec![pods(), team(), equals("app", "web")],
        ),
    ] {
        let rule = rule(ADMIN, &format!("{{action: Deny, to: [{peer}]}}"));
        let selector = rule.destination[0].selector.clone();
        assert_eq!(selector, Some(Selector::And(expected)), "{peer}");
    }
}

#[test]
fn ingress_peers_are_the_source() {
    let spec = format!(
        "{{{}, ingress: [{{action: Deny, from: [{{namespaces: {{}}}}, {{pods: {{podSelector: {{}}}}}}]}}]}}",
        start(ADMIN)
    );
    let policy = policy(ADMIN, &spec);
    let rules = policy.ingress.expect("rules");
    assert_eq!((rules[0].source.len(), rules[0].destination.len()), (2, 0));
    assert_eq!(policy.egress, None);
}

#[test]
fn what_is_sent() {
    let of = |protocol, ports| TrafficMatch {
        protocol,
        ports,
        icmp: None,
    };
    let (tcp, udp) = (Some(Protocol::Tcp), Some(Protocol::Udp));
    let range = |first, last| vec![PortMatch::Range(first, last)];
    let named = || vec![PortMatch::Named("http".to_owned())];
    for (kind, ports, expected) in [
        (
            ADMIN,
            "ports: [{portNumber: {protocol: UDP, port: 53}}]",
            of(udp, range(53, 53)),
        ),
        (
            ADMIN,
            "ports: [{portNumber: {port: 80}}]",
            of(tcp, range(80, 80)),
        ),
        (
            ADMIN,
            "ports: [{portRange: {start: 80, end: 90}}]",
            of(tcp, range(80, 90)),
        ),
        (ADMIN, "ports: [{namedPort: http}]", of(None, named())),
        (
            CLUSTER,
            "protocols: [{tcp: {destinationPort: {number: 80}}}]",
            of(tcp, range(80, 80)),
        ),
        (
            CLUSTER,
            "protocols: [{udp: {destinationPort: {range: {start: 1, end: 2}}}}]",
            of(udp, range(1, 2)),
        ),
        (
            CLUSTER,
            "protocols: [{sctp: {}}]",
            of(Some(Protocol::Sctp), vec![]),
        ),
        (
            CLUSTER,
            "protocols: [{destinationNamedPort: http}]",
            of(None, named()),
        ),
    ] {
        let rule = rule(
            kind,
            &format!("{{action: Deny, to: [{{namespaces: {{}}}}], {ports}}}"),
        );
        assert_eq!(rule.traffic, [expected].into(), "{ports}");
    }
    for (kind, ports) in [(ADMIN, "ports: []"), (CLUSTER, "protocols: null")] {
        let rule = rule(
            kind,
            &format!("{{action: Deny, to: [{{namespaces: {{}}}}], {ports}}}"),
        );
        assert!(rule.traffic.is_empty(), "{ports}");
    }
}

#[test]
fn what_is_not_known_fails_closed() {
    let known = "{namespaces: {}}";
    for (peers, at) in [
        ("to: [{}]", "egress[0].to[0]"),
        ("to: [{services: {}}]", "egress[0].to[0]"),
        ("to: [{networks: []}]", "egress[0].to[0]"),
        (
            "to: [{namespaces: {sameLabels: [team]}}]",
            "egress[0].to[0]",
        ),
        (
            "to: [{pods: {namespaces: {notSameLabels: [team]}, podSelector: {}}}]",
            "egress[0].to[0]",
        ),
        (
            &*format!("to: [{known}, {{namespaces: {{}}, nodes: {{}}}}]"),
            "egress[0].to[1]",
        ),
        ("to: []", "egress[0].to"),
        ("to: null", "egress[0].to"),
        ("from: [{namespaces: {}}]", "egress[0].to"),
    ] {
        let read = |action: &str| {
            let rule =
                format!("{{name: r, action: {action}, {peers}, protocols: [{{tcp: {{}}}}]}}");
            let spec = format!("{{{}, egress: [{rule}]}}", start(CLUSTER));
            let (mut fragment, issues) = read_text(&text(CLUSTER, &spec));
            assert_eq!(
                (issues.len(), issues[0].kind),
                (1, IssueKind::InvalidObject),
                "{peers}"
            );
            let policy = fragment.policies.pop().expect("a policy");
            let rule = policy.egress.expect("rules").pop().expect("a rule");
            (rule, issues[0].message.clone())
        };
        let (rule, message) = read("Accept");
        assert_eq!((rule.action, &*rule.name), (RuleAction::Allow, "r"));
        assert_eq!(rule.destination.len(), 1);
        assert_eq!(rule.destination[0].nets, Some(Vec::new()));
        assert_eq!(
            message,
            format!(
                "ClusterNetworkPolicy `p`: {at} names no peer that is known: the rule allows nothing"
            )
        );
        for action in ["Deny", "Pass"] {
            let (rule, message) = read(action);
            assert_eq!(rule.action, RuleAction::Deny);
            assert!(rule.is_broad());
            assert_eq!(
                message,
                format!(
                    "ClusterNetworkPolicy `p`: {at} names no peer that is known: the rule denies all"
                )
            );
        }
    }
    let spec = format!(
        "{{{}, ingress: [{{action: Accept, from: [{{networks: [10.0.0.0/8]}}]}}]}}",
        start(CLUSTER)
    );
    let (_, issues) = read_text(&text(CLUSTER, &spec));
    assert!(
        issues[0]
            .message
            .contains("ingress[0].from[0] names no peer")
    );
}

#[test]
fn what_is_not_valid() {
    let rule = |rest: &str| {
        format!(
            "subject: {{namespaces: {{}}}}, priority: 1, tier: Admin, egress: [{{action: Deny, to: [{{namespaces: {{}}}}], {rest}}}]"
        )
    };
    for (kind, spec, message) in [
        (
            ADMIN,
            "priority: 1".to_owned(),
            "spec: missing field `subject`",
        ),
        (
            ADMIN,
            "subject: {namespaces: {}}".to_owned(),
            "priority: expected a number",
        ),
        (
            ADMIN,
            "priority: 1, subject: {}".to_owned(),
            "subject: a subject is told by one of namespaces and pods",
        ),
        (
            ADMIN,
            "priority: 1, subject: {pods: {podSelector: {app: web}}}".to_owned(),
            "subject.pods.podSelector.app: unknown field `app`, expected `matchLabels` or `matchExpressions`",
        ),
        (
            CLUSTER,
            "priority: 1, subject: {namespaces: {}}".to_owned(),
            "tier: tier `` is not known, expected Admin or Baseline",
        ),
        (
            ADMIN,
            rule("ports: [{portNumber: {port: 0}}]"),
            "egress[0].ports[0]: port `0` is not between 1 and 65535",
        ),
        (
            ADMIN,
            rule("ports: [{}]"),
            "egress[0].ports[0]: a port is told by one of portNumber, portRange and namedPort",
        ),
        (
            ADMIN,
            rule("ports: [{portRange: {start: 9, end: 8}}]"),
            "egress[0].ports[0]: end `8` of a port range is below its start `9`",
        ),
        (
            CLUSTER,
            rule("protocols: [{icmp: {}}]"),
            "egress[0].protocols[0]: a protocol is told by one of tcp, udp, sctp and destinationNamedPort",
        ),
        (
            CLUSTER,
            rule("protocols: [{tcp: {destinationPort: {}}}]"),
            "egress[0].protocols[0].tcp.destinationPort: a port is told by one of number and range",
        ),
    ] {
        let (fragment, issues) = read_text(&text(kind, &format!("{{{spec}}}")));
        assert!(fragment.policies.is_empty(), "{spec}");
        let unread = &fragment.unread_policies[0];
        assert_eq!(
            (&*unread.kind, &*unread.namespace, unread.staged),
            (kind, "", false)
        );
        assert_eq!(issues.len(), 1);
        assert_eq!(issues[0].message, format!("{kind} is not valid: {message}"));
    }
}
