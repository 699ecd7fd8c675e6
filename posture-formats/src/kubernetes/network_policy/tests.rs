use std::sync::Arc;

use ipnet::IpNet;
use posture_core::issue::IssueKind;
use posture_core::model::{EndMatch, PortMatch, Protocol, StagedAction, TrafficMatch};

use super::*;
use crate::read_text;

const HEAD: &str =
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: a}\n";
const STAGED: &str = "apiVersion: projectcalico.org/v3\nkind: StagedKubernetesNetworkPolicy\nmetadata: {name: p, namespace: a}\n";

fn read(text: &str) -> Policy {
    let (mut fragment, issues) = read_text(text);
    assert!(issues.is_empty(), "{text}: {issues:?}");
    assert!(fragment.sources.policies);
    fragment.policies.pop().expect("a policy")
}

fn policy(spec: &str) -> Policy {
    read(&format!("{HEAD}spec: {spec}\n"))
}

/// The only ingress rule of a policy.
fn rule(rule: &str) -> Rule {
    let rules = policy(&format!("{{podSelector: {{}}, ingress: [{rule}]}}")).ingress;
    rules.expect("ingress rules").pop().expect("a rule")
}

fn ports(ports: &str) -> Arc<[TrafficMatch]> {
    rule(&format!("{{ports: [{ports}]}}")).traffic
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

fn text(text: &str) -> String {
    text.to_owned()
}

fn pods() -> Selector {
    Selector::Equals(text("projectcalico.org/orchestrator"), text("k8s"))
}

fn in_a() -> Selector {
    Selector::Equals(text("projectcalico.org/namespace"), text("a"))
}

fn in_any_namespace() -> Selector {
    Selector::Has(text("projectcalico.org/namespace"))
}

#[test]
fn its_place_among_policies_of_all_kinds() {
    let policy = policy("{podSelector: {}}");
    assert_eq!(policy.kind, PolicyKind::KubernetesNetworkPolicy);
    assert_eq!((&*policy.namespace, &*policy.name), ("a", "p"));
    assert_eq!((&*policy.tier, policy.staged), ("default", None));
    assert_eq!(policy.order, Some(Order::whole(1000)));
    assert_eq!(policy.origin.file.as_ref(), "file");
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
fn peers_by_labels() {
    let web = || Selector::Equals(text("app"), text("web"));
    let shop = || Selector::Equals(text("pcns.team"), text("shop"));
    for (peer, parts) in [
        ("{podSelector: {}}", vec![pods(), in_a()]),
        (
            "{podSelector: {matchLabels: {app: web}}}",
            vec![pods(), in_a(), web()],
        ),
        ("{namespaceSelector: {}}", vec![pods(), in_any_namespace()]),
        (
            "{namespaceSelector: {}, podSelector: null}",
            vec![pods(), in_any_namespace()],
        ),
        (
            "{namespaceSelector: {matchLabels: {team: shop}}}",
            vec![pods(), shop()],
        ),
        (
            "{namespaceSelector: {matchLabels: {team: shop}}, podSelector: {matchLabels: {app: web}}}",
            vec![pods(), shop(), web()],
        ),
    ] {
        let expected = EndMatch {
            selector: Some(Selector::And(parts)),
            ..EndMatch::default()
        };
        let read = rule(&format!("{{from: [{peer}]}}"));
        assert_eq!(read.source, [expected].into(), "{peer}");
        assert!(read.destination.is_empty());
    }
    let two = rule("{from: [{podSelector: {}}, {namespaceSelector: {}}]}");
    assert_eq!(two.source.len(), 2);
}

#[test]
fn the_direction_tells_which_end_peers_are() {
    let policy = policy(
        "{ingress: [{from: [{podSelector: {}}], to: []}], egress: [{to: [{podSelector: {}}]}]}",
    );
    let (ingress, egress) = (
        policy.ingress.expect("rules"),
        policy.egress.expect("rules"),
    );
    let ends = |rule: &Rule| (rule.source.len(), rule.destination.len());
    assert_eq!((ends(&ingress[0]), ends(&egress[0])), ((1, 0), (0, 1)));
    assert_eq!(ingress[0].action, RuleAction::Allow);
}

#[test]
fn blocks() {
    let block = |text: &str| {
        let rule = rule(&format!("{{from: [{{ipBlock: {text}}}]}}"));
        let [end] = &rule.source[..] else {
            panic!("expected an end, not {}", rule.source.len());
        };
        let texts = |nets: &[IpNet]| nets.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(end.selector, None);
        (
            texts(end.nets.as_deref().expect("nets")),
            texts(&end.not_nets),
        )
    };
    for (text, net, except) in [
        (
            "{cidr: 10.1.2.3/8, except: [10.9.9.9/16]}",
            "10.0.0.0/8",
            vec!["10.9.0.0/16"],
        ),
        (
            "{cidr: '::ffff:10.0.0.0/104', except: null}",
            "10.0.0.0/8",
            vec![],
        ),
        (
            "{cidr: '::/0', except: ['fd00::1/8', 10.0.0.0/8]}",
            "::/0",
            vec!["fd00::/8"],
        ),
    ] {
        let (nets, not_nets) = block(text);
        assert_eq!(
            (nets, not_nets),
            (
                vec![net.to_owned()],
                except.iter().map(ToString::to_string).collect()
            ),
            "{text}"
        );
    }
}

#[test]
fn ports_of_every_form() {
    let port = |protocol, ports| {
        vec![TrafficMatch {
            protocol: Some(protocol),
            ports,
            icmp: None,
        }]
    };
    assert_eq!(ports("{}"), port(Protocol::Tcp, vec![]).into());
    assert_eq!(ports("{protocol: UDP}"), port(Protocol::Udp, vec![]).into());
    assert_eq!(
        ports("{protocol: null, port: 80}"),
        port(Protocol::Tcp, vec![PortMatch::Range(80, 80)]).into()
    );
    assert_eq!(
        ports("{protocol: SCTP, port: 80, endPort: 90}"),
        port(Protocol::Sctp, vec![PortMatch::Range(80, 90)]).into()
    );
    assert_eq!(
        ports("{port: http}"),
        port(Protocol::Tcp, vec![PortMatch::Named("http".to_owned())]).into()
    );
    assert_eq!(ports("{port: 80}, {protocol: UDP}").len(), 2);
}

#[test]
fn the_subject() {
    let selects = policy("{podSelector: {matchLabels: {app: web}}}").subject;
    let web = Selector::Equals(text("app"), text("web"));
    assert_eq!(selects, Selector::And(vec![pods(), in_a(), web]));
    assert_eq!(policy("{}").subject, Selector::And(vec![pods(), in_a()]));
}

#[test]
fn staged_ones() {
    for (spec, action, ingress) in [
        ("{stagedAction: Set, ingress: [{}]}", StagedAction::Set, 1),
        ("{podSelector: {}}", StagedAction::Set, 0),
        ("{stagedAction: ''}", StagedAction::Set, 0),
        ("{stagedAction: Delete}", StagedAction::Delete, 0),
        ("{stagedAction: Learn}", StagedAction::Learn, 0),
        ("{stagedAction: Ignore}", StagedAction::Ignore, 0),
        ("null", StagedAction::Set, 0),
    ] {
        let policy = read(&format!("{STAGED}spec: {spec}\n"));
        assert_eq!(policy.kind, PolicyKind::StagedKubernetesNetworkPolicy);
        assert_eq!(policy.staged, Some(action), "{spec}");
        assert_eq!(policy.ingress.map(|rules| rules.len()), Some(ingress));
        assert_eq!(policy.order, Some(Order::whole(1000)));
    }
    let (fragment, issues) = read_text(&format!("{STAGED}spec: {{stagedAction: Replace}}\n"));
    assert!(fragment.unread_policies[0].staged);
    assert_eq!(
        issues[0].message,
        "StagedKubernetesNetworkPolicy is not valid: stagedAction: staged action `Replace` is not known, expected Set, Delete, Learn or Ignore"
    );
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
        assert!(
            message.contains("ingress[0].from[0]: a peer is empty"),
            "{message}"
        );
    }
    for (text, message) in [
        ("null", ": invalid type: null, expected an object"),
        ("[null, null]", ": invalid type: array, expected an object"),
        (
            "{from: [null]}",
            ".from[0]: invalid type: null, expected an object",
        ),
        (
            "{from: [[null, null, {cidr: 0.0.0.0/0}]]}",
            ".from[0]: invalid type: array, expected an object",
        ),
        (
            "{from: [{podSelector: [null, null]}]}",
            ".from[0].podSelector: invalid type: array, expected an object",
        ),
        (
            "{from: [{podSelector: {app: web}}]}",
            ".from[0].podSelector.app: unknown field `app`, expected `matchLabels` or `matchExpressions`",
        ),
        (
            "{ports: [[null, null, null]]}",
            ".ports[0]: invalid type: array, expected an object",
        ),
        (
            "{from: [{ipBlock: {cidr: 10.0.0.0}}]}",
            ".from[0].ipBlock.cidr: `10.0.0.0` is no network, expected a CIDR",
        ),
        (
            "{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}",
            ".from[0]: a peer has both an ipBlock and a selector",
        ),
        (
            "{ports: [{port: 0}]}",
            ".ports[0]: port `0` is not between 1 and 65535",
        ),
        (
            "{ports: [{port: 80}, {port: 65536}]}",
            ".ports[1]: port `65536` is not between 1 and 65535",
        ),
        (
            "{ports: [{port: 80, endPort: 79}]}",
            ".ports[0]: endPort `79` is below port `80`",
        ),
        (
            "{ports: [{port: http, endPort: 80}]}",
            ".ports[0]: an endPort needs a port number",
        ),
        (
            "{ports: [{endPort: 80}]}",
            ".ports[0]: an endPort needs a port number",
        ),
        (
            "{ports: [{port: '80'}]}",
            ".ports[0]: `80` is no port, expected a number or a name",
        ),
        (
            "{ports: [{port: [80]}]}",
            ".ports[0].port: invalid type: array, expected a whole number or a text",
        ),
        (
            "{ports: [{protocol: ICMP}]}",
            ".ports[0].protocol: protocol `ICMP` is not known, expected TCP, UDP or SCTP",
        ),
    ] {
        assert_eq!(
            ingress(text),
            format!("NetworkPolicy is not valid: ingress[0]{message}")
        );
    }
    assert_eq!(
        refusal("{policyTypes: [Both]}"),
        "NetworkPolicy is not valid: policyTypes[0]: policy type `Both` is not known, expected Ingress or Egress"
    );
    assert_eq!(
        refusal("[]"),
        "NetworkPolicy is not valid: spec: invalid type: array, expected an object"
    );
}
