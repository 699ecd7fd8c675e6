use ipnet::IpNet;
use posture_core::model::{EndMatch, PortMatch, ServiceName};
use posture_core::selector::Selector;

use super::*;
use crate::read_text;

/// Reads the only ingress rule of a policy of this kind, or says why it is not valid.
fn read(kind: &str, rule: &str) -> Result<Rule, String> {
    let (mut fragment, mut issues) = read_text(&format!(
        "apiVersion: projectcalico.org/v3
kind: {kind}
metadata: {{name: p, namespace: a}}
spec:
  ingress:
  - {rule}
"
    ));
    if let Some(issue) = issues.pop() {
        let head = format!("{kind} is not valid: ingress[0]");
        let message = issue.message.strip_prefix(&head).unwrap_or(&issue.message);
        return Err(message.to_owned());
    }
    let policy = fragment.policies.pop().expect("a policy");
    Ok(policy.ingress.expect("rules").pop().expect("a rule"))
}

/// A rule of a policy in the namespace `a`.
fn local(rule: &str) -> Rule {
    read("NetworkPolicy", rule).expect("a valid rule")
}

/// A rule of a cluster-wide policy.
fn global(rule: &str) -> Rule {
    read("GlobalNetworkPolicy", rule).expect("a valid rule")
}

fn equals(key: &str, value: &str) -> Selector {
    Selector::Equals(key.to_owned(), value.to_owned())
}

fn has(key: &str) -> Selector {
    Selector::Has(key.to_owned())
}

fn not(selector: Selector) -> Selector {
    Selector::Not(Box::new(selector))
}

fn own() -> Selector {
    equals(NAMESPACE, "a")
}

const NAMESPACE: &str = "projectcalico.org/namespace";

#[test]
fn actions() {
    for (word, action) in [
        ("Allow", RuleAction::Allow),
        ("deny", RuleAction::Deny),
        ("Pass", RuleAction::Pass),
        ("next-tier", RuleAction::Pass),
        ("LOG", RuleAction::Log),
    ] {
        let rule = local(&format!("action: {word}"));
        assert_eq!(rule.action, action, "{word}");
        assert!(rule.is_broad());
    }
}

#[test]
fn what_makes_a_rule_broad() {
    for text in [
        "{action: Allow, source: {}, destination: null, http: null}",
        "{action: Allow, source: {nets: [], notNets: null, ports: [], selector: ''}}",
        "{action: Allow, metadata: {annotations: {why: because}}}",
    ] {
        assert!(local(text).is_broad(), "{text}");
    }
    for text in [
        "{action: Allow, protocol: TCP}",
        "{action: Allow, notProtocol: TCP}",
        "{action: Allow, ipVersion: 4}",
        "{action: Allow, http: {methods: [GET]}}",
        "{action: Allow, source: {selector: all()}}",
        "{action: Allow, destination: {notNets: [10.0.0.0/8]}}",
    ] {
        assert!(!local(text).is_broad(), "{text}");
    }
}

#[test]
fn selectors_of_a_policy_in_a_namespace() {
    let and = Selector::And;
    for (end, selector, not_selector) in [
        ("{selector: has(x)}", Some(and(vec![own(), has("x")])), None),
        ("{selector: all()}", Some(own()), None),
        (
            "{notSelector: has(x)}",
            Some(and(vec![own(), not(has("x"))])),
            None,
        ),
        (
            "{selector: has(x), notSelector: has(y)}",
            Some(and(vec![own(), has("x"), not(has("y"))])),
            None,
        ),
        ("{namespaceSelector: all()}", Some(has(NAMESPACE)), None),
        (
            "{namespaceSelector: global()}",
            Some(not(has(NAMESPACE))),
            None,
        ),
        (
            "{namespaceSelector: global(), selector: has(x)}",
            Some(and(vec![not(has(NAMESPACE)), has("x")])),
            None,
        ),
        (
            "{namespaceSelector: has(team), selector: has(x)}",
            Some(and(vec![has("pcns.team"), has("x")])),
            None,
        ),
        (
            "{serviceAccounts: {selector: has(role)}}",
            Some(and(vec![own(), has("pcsa.role")])),
            None,
        ),
        (
            "{serviceAccounts: {names: [], selector: ''}, nets: [10.0.0.0/8]}",
            None,
            None,
        ),
        ("{nets: [10.0.0.0/8]}", None, None),
    ] {
        let rule = local(&format!("{{action: Allow, source: {end}}}"));
        let read = &rule.source[0];
        assert_eq!(read.selector, selector, "{end}");
        assert_eq!(read.not_selector, not_selector, "{end}");
        assert!(rule.destination.is_empty());
    }
}

#[test]
fn selectors_of_a_cluster_wide_policy() {
    let and = Selector::And;
    for (end, selector, not_selector) in [
        ("{selector: has(x)}", Some(has("x")), None),
        ("{selector: all()}", Some(Selector::All), None),
        ("{notSelector: has(x)}", None, Some(has("x"))),
        (
            "{selector: has(x), notSelector: has(y)}",
            Some(and(vec![has("x"), not(has("y"))])),
            None,
        ),
        (
            "{namespaceSelector: has(team), notSelector: has(y)}",
            Some(and(vec![has("pcns.team"), not(has("y"))])),
            None,
        ),
    ] {
        let rule = global(&format!("{{action: Allow, destination: {end}}}"));
        let read = &rule.destination[0];
        assert_eq!(read.selector, selector, "{end}");
        assert_eq!(read.not_selector, not_selector, "{end}");
    }
}

#[test]
fn service_accounts() {
    let names = Selector::In(
        "projectcalico.org/serviceaccount".to_owned(),
        ["r", "s"].map(str::to_owned).into(),
    );
    let rule = global("{action: Allow, source: {serviceAccounts: {names: [s, r]}}}");
    assert_eq!(rule.source[0].selector, Some(names.clone()));
    let rule = global(
        "{action: Allow, source: {selector: has(x), serviceAccounts: {names: [r, s], selector: has(role)}}}",
    );
    let expected = Selector::And(vec![has("pcsa.role"), names, has("x")]);
    assert_eq!(rule.source[0].selector, Some(expected));
}

#[test]
fn nets() {
    let rule = local(
        "{action: Allow, source: {nets: [10.1.2.3/8, 1.2.3.4, 'fd00::/8'], notNets: ['::ffff:10.0.0.1']}}",
    );
    let net = |text: &str| text.parse::<IpNet>().expect("a net");
    let expected = EndMatch {
        nets: Some(vec![net("10.0.0.0/8"), net("1.2.3.4/32"), net("fd00::/8")]),
        not_nets: vec![net("10.0.0.1/32")],
        ..EndMatch::default()
    };
    assert_eq!(rule.source, [expected].into());
}

#[test]
fn services() {
    let name = |namespace: &str| ServiceName {
        namespace: namespace.to_owned(),
        name: "web".to_owned(),
    };
    let rule = local("{action: Allow, source: {services: {name: web}}}");
    assert_eq!(rule.source[0].service, Some(name("a")));
    let rule = global("{action: Allow, destination: {services: {name: web, namespace: b}}}");
    assert_eq!(rule.destination[0].service, Some(name("b")));
}

#[test]
fn domains() {
    let rule = global("{action: Allow, destination: {domains: ['*.example.com']}}");
    let expected = vec!["*.example.com".to_owned()];
    assert_eq!(rule.destination[0].domains, Some(expected));
    assert!(global("{action: Allow, source: {domains: []}}").is_broad());
}

#[test]
fn protocols_and_ports() {
    let rule = local(
        "{action: Allow, protocol: tcp, source: {ports: ['1:2'], notPorts: [3]}, destination: {ports: [80, http], notPorts: ['90:99']}}",
    );
    let (tcp, range) = (Some(Protocol::Tcp), PortMatch::Range);
    let traffic = TrafficMatch {
        protocol: tcp,
        ports: vec![range(80, 80), PortMatch::Named("http".to_owned())],
        icmp: None,
    };
    assert_eq!(rule.traffic, [traffic].into());
    let except = TrafficMatch {
        protocol: tcp,
        ports: vec![range(90, 99)],
        icmp: None,
    };
    assert_eq!(rule.except, [except]);
    assert_eq!(rule.source_ports, [range(1, 2)]);
    assert_eq!(rule.not_source_ports, [range(3, 3)]);
    assert!(rule.source.is_empty() && rule.destination.is_empty());

    let rule = local("{action: Allow, notProtocol: UDPLite}");
    let except = TrafficMatch {
        protocol: Some(Protocol::Number(136)),
        ..TrafficMatch::default()
    };
    assert_eq!((rule.traffic, rule.except), ([].into(), vec![except]));
}

#[test]
fn types_of_icmp() {
    let of = |protocol, icmp| TrafficMatch {
        protocol: Some(protocol),
        ports: Vec::new(),
        icmp,
    };
    let (icmp, icmp6) = (Protocol::Icmp, Protocol::Icmp6);
    let echo = Some(Icmp {
        kind: 8,
        code: None,
    });
    let coded = Some(Icmp {
        kind: 3,
        code: Some(4),
    });
    for (text, traffic, except) in [
        (
            "protocol: ICMP, icmp: {type: 8}",
            vec![of(icmp, echo)],
            vec![],
        ),
        (
            "protocol: ICMPv6, icmp: {type: 3, code: 4}",
            vec![of(icmp6, coded)],
            vec![],
        ),
        ("protocol: 1, icmp: {}", vec![of(icmp, None)], vec![]),
        (
            "protocol: ICMP, notICMP: {type: 8}",
            vec![of(icmp, None)],
            vec![of(icmp, echo)],
        ),
        (
            "protocol: TCP, notICMP: {type: 8}",
            vec![of(Protocol::Tcp, None)],
            vec![],
        ),
        (
            "notICMP: {type: 8}",
            vec![],
            vec![of(icmp, echo), of(icmp6, echo)],
        ),
        ("notICMP: {}", vec![], vec![]),
    ] {
        let rule = local(&format!("{{action: Allow, {text}}}"));
        assert_eq!(
            (rule.traffic, rule.except),
            (traffic.into(), except),
            "{text}"
        );
    }
}

#[test]
fn families_and_http() {
    assert_eq!(
        local("{action: Allow, ipVersion: 4}").family,
        Some(Family::V4)
    );
    assert_eq!(
        local("{action: Allow, ipVersion: 6}").family,
        Some(Family::V6)
    );
    let http = local("{action: Allow, http: {paths: [{exact: /}]}}");
    assert_eq!(http.beyond, Some(Beyond::Http));
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (text, message) in [
        ("{}", ": missing field `action`"),
        ("[Allow]", ": invalid type: array, expected an object"),
        (
            "{action: Allow, ipVersion: 5}",
            ".ipVersion: IP version `5` is not known, expected 4 or 6",
        ),
        (
            "{action: Allow, protocol: QUIC}",
            ".protocol: protocol `QUIC` is not known, expected TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite or a number from 1 to 255",
        ),
        (
            "{action: Allow, destination: {ports: [80]}}",
            ".protocol: the rule names ports, expected the protocol TCP, UDP or SCTP",
        ),
        (
            "{action: Allow, protocol: ICMP, source: {notPorts: [80]}}",
            ".protocol: the rule names ports, expected the protocol TCP, UDP or SCTP",
        ),
        (
            "{action: Allow, icmp: {type: 8}}",
            ".protocol: the rule names an ICMP type, expected the protocol ICMP or ICMPv6",
        ),
        (
            "{action: Allow, protocol: ICMP, icmp: {type: 255}}",
            ".icmp: ICMP type `255` is not between 0 and 254",
        ),
        (
            "{action: Allow, protocol: ICMP, icmp: {type: 8, code: 256}}",
            ".icmp: ICMP code `256` is not between 0 and 255",
        ),
        (
            "{action: Allow, protocol: ICMP, notICMP: {code: 1}}",
            ".notICMP: an ICMP code needs a type",
        ),
        (
            "{action: Allow, source: [10.0.0.0/8]}",
            ".source: invalid type: array, expected an object",
        ),
        (
            "{action: Allow, source: {nets: [10.0.0.0/8, everywhere]}}",
            ".source.nets[1]: `everywhere` is no network, expected a CIDR or an address",
        ),
        (
            "{action: Allow, source: {domains: [example.com]}}",
            ".source.domains: domains are not known of a source, expected a destination",
        ),
        (
            "{action: Allow, destination: {services: {name: web}}}",
            ".destination.services: expected the `namespace` of the Service",
        ),
        (
            "{action: Allow, destination: {services: {namespace: a}}}",
            ".destination.services: expected the `name` of a Service",
        ),
    ] {
        assert_eq!(
            read("GlobalNetworkPolicy", text),
            Err(message.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn a_selector_that_is_none() {
    let text = "{action: Allow, destination: {selector: \"app = 'web'\"}}";
    let message = read("GlobalNetworkPolicy", text).expect_err("no selector");
    assert!(message.starts_with(".destination.selector: "), "{message}");
    assert!(message.contains(" at character 5"), "{message}");
}

#[test]
fn a_misspelt_criterion_is_not_left_out() {
    for (rule, field) in [
        ("{action: Allow, source: {selectr: x == 'y'}}", "selectr"),
        ("{action: Allow, sorce: {nets: [10.0.0.0/8]}}", "sorce"),
        ("{action: Allow, destination: {services: {nam: s}}}", "nam"),
    ] {
        let message = read("NetworkPolicy", rule).expect_err("no valid rule");
        assert!(
            message.contains(&format!("unknown field `{field}`")),
            "{message}"
        );
    }
    let annotated = local("{action: Allow, metadata: {annotations: {note: why}}}");
    assert_eq!(annotated.action, RuleAction::Allow);
}
