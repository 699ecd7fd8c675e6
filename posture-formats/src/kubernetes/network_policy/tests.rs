use posture_core::issue::IssueKind;

use super::*;
use crate::read_text;

const HEAD: &str =
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: a}\n";

fn policy(spec: &str) -> NetworkPolicy {
    let (mut fragment, issues) = read_text(&format!("{HEAD}spec: {spec}\n"));
    assert!(issues.is_empty(), "{spec}: {issues:?}");
    assert!(fragment.sources.policies);
    fragment.policies.pop().expect("a policy")
}

/// The only ingress rule of a policy.
fn rule(rule: &str) -> Rule {
    let rules = policy(&format!("{{podSelector: {{}}, ingress: [{rule}]}}")).ingress;
    rules.expect("ingress rules").pop().expect("a rule")
}

fn ports(ports: &str) -> Vec<PolicyPort> {
    rule(&format!("{{ports: [{ports}]}}")).ports
}

/// What is said of a policy that is not valid, and that it may still govern its namespace.
fn refusal(spec: &str) -> String {
    let (fragment, issues) = read_text(&format!("{HEAD}spec: {spec}\n"));
    assert!(fragment.policies.is_empty(), "{spec}");
    assert!(fragment.sources.policies);
    let unread = &fragment.unread_policies[0];
    assert_eq!(
        (unread.namespace.as_str(), unread.name.as_str()),
        ("a", "p")
    );
    assert!(!unread.staged);
    assert_eq!(
        (issues.len(), issues[0].kind),
        (1, IssueKind::InvalidObject)
    );
    issues[0].message.clone()
}

#[test]
fn types_are_defaulted() {
    let governs = |spec: &str| {
        let policy = policy(spec);
        (
            policy.ingress.map(|rules| rules.len()),
            policy.egress.map(|rules| rules.len()),
        )
    };
    assert_eq!(governs("{podSelector: {}}"), (Some(0), None));
    assert_eq!(governs("{policyTypes: []}"), (Some(0), None));
    assert_eq!(
        governs("{policyTypes: null, egress: [{}]}"),
        (Some(0), Some(1))
    );
    assert_eq!(governs("{egress: []}"), (Some(0), None));
    assert_eq!(governs("{policyTypes: [Egress]}"), (None, Some(0)));
    assert_eq!(
        governs("{policyTypes: [Ingress], egress: [{}]}"),
        (Some(0), None)
    );
    assert_eq!(
        governs("{policyTypes: [Egress], ingress: [{}], egress: []}"),
        (None, Some(0))
    );
    assert_eq!(
        governs("{policyTypes: [Ingress, Egress], ingress: [{}]}"),
        (Some(1), Some(0))
    );
}

#[test]
fn no_peers_are_all_peers() {
    for text in [
        "{}",
        "{from: []}",
        "{from: null}",
        "{from: [], ports: null}",
    ] {
        assert!(rule(text).is_broad(), "{text}");
    }
}

#[test]
fn peers() {
    let peer = |text: &str| {
        rule(&format!("{{from: [{text}]}}"))
            .peers
            .pop()
            .expect("a peer")
    };
    let all = posture_core::selector::LabelSelector::default;
    let pods = |namespaces, pods| Peer::Pods { namespaces, pods };
    assert_eq!(peer("{podSelector: {}}"), pods(None, Some(all())));
    assert_eq!(peer("{namespaceSelector: {}}"), pods(Some(all()), None));
    assert_eq!(
        peer("{namespaceSelector: {}, podSelector: {}}"),
        pods(Some(all()), Some(all()))
    );
    assert_eq!(
        peer("{namespaceSelector: {}, podSelector: null}"),
        pods(Some(all()), None)
    );
    let two = rule("{from: [{podSelector: {}}, {namespaceSelector: {}}]}");
    assert_eq!(two.peers.len(), 2);
    let Peer::Block(block) = peer("{ipBlock: {cidr: 10.1.2.3/8, except: [10.9.9.9/16]}}") else {
        panic!("expected a block");
    };
    assert_eq!(block.cidr.to_string(), "10.0.0.0/8");
    assert_eq!(block.except[0].to_string(), "10.9.0.0/16");
    let Peer::Block(mapped) = peer("{ipBlock: {cidr: '::ffff:10.0.0.0/104'}}") else {
        panic!("expected a block");
    };
    assert_eq!(mapped.cidr.to_string(), "10.0.0.0/8");
}

#[test]
fn ports_of_every_form() {
    let port = |protocol, ports| vec![PolicyPort { protocol, ports }];
    assert_eq!(ports("{}"), port(Protocol::Tcp, PortMatch::Any));
    assert_eq!(
        ports("{protocol: UDP}"),
        port(Protocol::Udp, PortMatch::Any)
    );
    assert_eq!(
        ports("{protocol: null, port: 80}"),
        port(Protocol::Tcp, PortMatch::Range(80, 80))
    );
    assert_eq!(
        ports("{protocol: SCTP, port: 80, endPort: 90}"),
        port(Protocol::Sctp, PortMatch::Range(80, 90))
    );
    assert_eq!(
        ports("{port: http}"),
        port(Protocol::Tcp, PortMatch::Named("http".to_owned()))
    );
}

#[test]
fn the_selector_of_pods() {
    let selects = policy("{podSelector: {matchLabels: {app: web}}}").selector;
    assert_eq!(selects.labels["app"], "web");
    assert!(policy("{}").selector.selects_all());
}

#[test]
fn a_mistake_never_allows_anything() {
    let ingress = |rule: &str| refusal(&format!("{{ingress: [{rule}]}}"));
    for peer in [
        "{}",
        "{podSelector: null, namespaceSelector: null, ipBlock: null}",
        "{pods: {}}",
    ] {
        let message = ingress(&format!("{{from: [{peer}]}}"));
        assert!(message.contains("a peer is empty"), "{message}");
    }
    for (text, message) in [
        ("null", "invalid type: null, expected an object"),
        ("[null, null]", "invalid type: array, expected an object"),
        ("{from: [null]}", "invalid type: null, expected an object"),
        (
            "{from: [[null, null, {cidr: 0.0.0.0/0}]]}",
            "invalid type: array, expected an object",
        ),
        (
            "{from: [{podSelector: [null, null]}]}",
            "invalid type: array, expected an object",
        ),
        (
            "{ports: [[null, null, null]]}",
            "invalid type: array, expected an object",
        ),
        (
            "{from: [{ipBlock: {cidr: 10.0.0.0}}]}",
            "`10.0.0.0` is no network, expected a CIDR",
        ),
        (
            "{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}",
            "a peer has both an ipBlock and a selector",
        ),
        (
            "{ports: [{port: 0}]}",
            "port `0` is not between 1 and 65535",
        ),
        (
            "{ports: [{port: 65536}]}",
            "port `65536` is not between 1 and 65535",
        ),
        (
            "{ports: [{port: 80, endPort: 79}]}",
            "endPort `79` is below port `80`",
        ),
        (
            "{ports: [{port: http, endPort: 80}]}",
            "an endPort needs a port number",
        ),
        ("{ports: [{endPort: 80}]}", "an endPort needs a port number"),
        (
            "{ports: [{port: '80'}]}",
            "`80` is no port, expected a number or a name",
        ),
        ("{ports: [{port: [80]}]}", "expected a port number or name"),
        (
            "{ports: [{protocol: ICMP}]}",
            "protocol `ICMP` is not known, expected TCP, UDP or SCTP",
        ),
    ] {
        assert_eq!(
            ingress(text),
            format!("NetworkPolicy is not valid: {message}")
        );
    }
    let message = refusal("{policyTypes: [Both]}");
    assert!(message.ends_with("policy type `Both` is not known, expected Ingress or Egress"));
}
