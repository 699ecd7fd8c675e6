use posture_core::engine::words;
use posture_core::issue::IssueKind;
use posture_core::model::{Order, Policy, Role, Rule, Tier};

use super::*;
use crate::read_text;

fn object(kind: &str, rest: &str) -> String {
    format!(
        "apiVersion: cilium.io/v2\nkind: {kind}\nmetadata: {{name: p, namespace: a, resourceVersion: '9'}}\n{rest}\n"
    )
}

fn read_kind(kind: &str, spec: &str) -> (Vec<Policy>, Vec<String>) {
    let (fragment, issues) = read_text(&object(kind, &format!("spec: {spec}")));
    assert!(fragment.sources.policies);
    assert!(fragment.unread_policies.is_empty(), "{spec}: {issues:?}");
    let told = issues.into_iter().map(|issue| issue.message);
    (fragment.policies, told.collect())
}

/// The policies of a `CiliumNetworkPolicy` of namespace `a`, for all of its pods.
fn all(rest: &str) -> Vec<Policy> {
    let spec = format!("{{endpointSelector: {{}}, {rest}}}");
    let (policies, told) = read_kind("CiliumNetworkPolicy", &spec);
    assert_eq!(told, [""; 0], "{rest}");
    policies
}

fn in_words(rules: Option<&[Rule]>) -> Vec<String> {
    let rules = rules.expect("a direction that is governed").iter();
    rules
        .map(|rule| format!("{} {}", rule.action, words::rule(rule)))
        .collect()
}

/// What the ingress rules of the only policy that is made of a rule name.
fn ingress(rule: &str) -> Vec<String> {
    let policies = all(&format!("ingress: [{rule}]"));
    assert_eq!(policies.len(), 1, "{rule}");
    in_words(policies[0].rules(Direction::Ingress))
}

fn egress(rule: &str) -> Vec<String> {
    let policies = all(&format!("egress: [{rule}]"));
    assert_eq!(policies.len(), 1, "{rule}");
    in_words(policies[0].rules(Direction::Egress))
}

/// What becomes of a rule that is not understood in full, and what is told of it.
fn unclear(direction: &str, rule: &str) -> (Vec<String>, Vec<String>) {
    let spec = format!("{{endpointSelector: {{}}, {direction}: [{rule}]}}");
    let (policies, told) = read_kind("CiliumNetworkPolicy", &spec);
    let rules = policies.iter().flat_map(|policy| {
        let both = policy.ingress.iter().chain(&policy.egress);
        both.flat_map(|rules| in_words(Some(rules)))
    });
    let what = told.into_iter().map(|message| {
        let (_, rest) = message.split_once("p`: ").expect("the policy's name");
        let (what, _) = rest.split_once(", which is").expect("what it has");
        what.to_owned()
    });
    (rules.collect(), what.collect())
}

fn invalid(spec: &str) -> String {
    let (fragment, issues) = read_text(&object("CiliumNetworkPolicy", &format!("spec: {spec}")));
    assert!(fragment.policies.is_empty(), "{spec}");
    assert_eq!(fragment.unread_policies.len(), 1, "{spec}");
    assert_eq!(issues[0].kind, IssueKind::InvalidObject);
    let message = &issues[0].message;
    let (_, why) = message.split_once("is not valid: ").expect("an object");
    why.to_owned()
}

fn subject(kind: &str, selector: &str) -> String {
    let spec = format!("{{endpointSelector: {selector}, ingress: [{{}}]}}");
    let (policies, told) = read_kind(kind, &spec);
    assert_eq!(told, [""; 0], "{selector}");
    policies[0].subject.to_string()
}

const POD: &str = r#"projectcalico.org/orchestrator == "k8s""#;
const IN_A: &str = r#"projectcalico.org/namespace == "a""#;

#[test]
fn kinds_and_where_they_lie() {
    for (kind, expected, namespace) in [
        ("CiliumNetworkPolicy", PolicyKind::CiliumNetworkPolicy, "a"),
        (
            "CiliumClusterwideNetworkPolicy",
            PolicyKind::CiliumClusterwideNetworkPolicy,
            "",
        ),
    ] {
        let (policies, _) = read_kind(kind, "{endpointSelector: {}, ingress: [{}]}");
        let [policy] = policies.as_slice() else {
            panic!("expected one policy");
        };
        assert_eq!((policy.kind, policy.version), (expected, 9));
        assert_eq!((&*policy.namespace, &*policy.name), (namespace, "p"));
        assert_eq!((policy.part, policy.staged), (None, None));
    }
}

/// As `EnableDefaultDeny` is explained in "Endpoint default policy", and by what `Sanitize` makes of
/// it where it is not given.
#[test]
fn what_isolates() {
    let rule = "{fromEntities: [all]}";
    for (spec, expected) in [
        (String::new(), vec![("default deny", None, None)]),
        ("ingress: []".to_owned(), vec![("default deny", None, None)]),
        (
            "enableDefaultDeny: {ingress: true}".to_owned(),
            vec![("default deny", None, None)],
        ),
        (
            "ingress: [{}]".to_owned(),
            vec![("default deny", Some(0), None)],
        ),
        (
            format!("ingress: [{rule}]"),
            vec![("default deny", Some(1), None)],
        ),
        (
            "egress: [{}, {toEntities: [all]}]".to_owned(),
            vec![("default deny", None, Some(1))],
        ),
        (
            format!("ingressDeny: [{rule}]"),
            vec![("deny", Some(1), None), ("default deny", Some(0), None)],
        ),
        (
            "ingressDeny: [{}]".to_owned(),
            vec![("default deny", Some(0), None)],
        ),
        (
            format!("ingress: [{rule}], enableDefaultDeny: {{ingress: false}}"),
            vec![("allow", Some(1), None)],
        ),
        (
            format!("ingress: [{rule}], enableDefaultDeny: {{egress: false}}"),
            vec![("default deny", Some(1), None)],
        ),
        (
            format!(
                "ingress: [{rule}], egress: [{{}}], enableDefaultDeny: {{ingress: false, egress: true}}"
            ),
            vec![("allow", Some(1), None), ("default deny", None, Some(0))],
        ),
        (
            format!(
                "ingress: [{rule}, {rule}], ingressDeny: [{rule}], enableDefaultDeny: {{ingress: false}}"
            ),
            vec![("deny", Some(1), None), ("allow", Some(2), None)],
        ),
        (
            "egress: [{}], enableDefaultDeny: {egress: false}".to_owned(),
            vec![("default deny", None, None)],
        ),
    ] {
        let policies = all(&spec);
        let alone = policies.len() == 1;
        let count = |rules: &Option<Vec<Rule>>| rules.as_ref().map(Vec::len);
        let found: Vec<_> = policies
            .iter()
            .map(|policy| {
                assert_eq!(policy.part.is_none(), alone, "{spec}");
                let expected = match (policy.tier.as_str(), policy.order) {
                    (Tier::CILIUM, order) if order == Some(Order::whole(0)) => Role::Deny,
                    (Tier::CILIUM, order) if order == Some(Order::whole(1)) => Role::Allow,
                    (Tier::DEFAULT, order) if order == Some(Order::whole(1000)) => {
                        Role::DefaultDeny
                    }
                    other => panic!("{other:?}"),
                };
                assert!(policy.part.is_none_or(|part| part.role == expected));
                (
                    expected.name(),
                    count(&policy.ingress),
                    count(&policy.egress),
                )
            })
            .collect();
        assert_eq!(found, expected, "{spec}");
    }
}

/// As `TestL3Wildcarding` of Cilium has it.
#[test]
fn whom_a_rule_without_peers_names() {
    let tcp80 = "toPorts: [{ports: [{port: '80', protocol: TCP}]}]";
    let all_tcp = "toPorts: [{ports: [{port: '0', protocol: TCP}]}]";
    for (peers, ports, expected) in [
        // A: the wildcard, which here is limited to the policy's namespace
        (
            "fromEndpoints: [{}]",
            tcp80,
            "Allow tcp 80 from pods in namespace a",
        ),
        (
            "fromEndpoints: [{}]",
            all_tcp,
            "Allow tcp from pods in namespace a",
        ),
        (
            "fromEndpoints: [{}]",
            "",
            "Allow all traffic from pods in namespace a",
        ),
        // B: "an empty non-nil FromEndpoints never selects anything"
        ("fromEndpoints: []", tcp80, ""),
        ("fromEndpoints: []", all_tcp, ""),
        ("fromEndpoints: []", "", ""),
        ("fromEntities: []", tcp80, ""),
        ("fromCIDR: []", tcp80, ""),
        ("fromCIDRSet: []", tcp80, ""),
        ("fromNodes: []", tcp80, ""),
        // C: "a wildcard selector is implicitly added when ports are specified"
        ("", tcp80, "Allow tcp 80"),
        ("", all_tcp, "Allow tcp"),
        ("fromEndpoints: null", tcp80, "Allow tcp 80"),
        ("fromGroups: []", tcp80, "Allow tcp 80"),
        ("", "", ""),
        ("", "toPorts: []", ""),
    ] {
        let rule = [peers, ports].map(str::to_owned);
        let fields: Vec<String> = rule.into_iter().filter(|text| !text.is_empty()).collect();
        let found = ingress(&format!("{{{}}}", fields.join(", ")));
        assert_eq!(found.join("; "), expected, "{fields:?}");
    }
}

#[test]
fn subjects() {
    let (own, cluster) = ("CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy");
    for (kind, selector, expected) in [
        (own, "{}", format!("({POD} && {IN_A})")),
        (cluster, "{}", POD.to_owned()),
        (
            own,
            "{matchLabels: {'k8s:app': web, 'any:tier': front}}",
            format!(r#"({POD} && {IN_A} && tier == "front" && app == "web")"#),
        ),
        (
            own,
            "{matchLabels: {'k8s:io.kubernetes.pod.namespace': b}}",
            format!("({POD} && {IN_A})"),
        ),
        (
            own,
            "{matchLabels: {io.kubernetes.pod.namespace: b}}",
            format!(r#"({POD} && {IN_A} && projectcalico.org/namespace == "b")"#),
        ),
        (
            cluster,
            "{matchExpressions: [{key: io.kubernetes.pod.namespace, operator: NotIn, values: [kube-system]}, {key: 'reserved:init', operator: DoesNotExist}]}",
            format!(r#"({POD} && projectcalico.org/namespace not in {{"kube-system"}})"#),
        ),
        (
            cluster,
            "{matchLabels: {io.cilium.k8s.namespace.labels.team: red, io.cilium.k8s.policy.serviceaccount: robot}}",
            format!(
                r#"({POD} && pcns.team == "red" && projectcalico.org/serviceaccount == "robot")"#
            ),
        ),
    ] {
        assert_eq!(subject(kind, selector), expected, "{selector}");
    }
}

#[test]
fn what_governs_no_workload() {
    let kind = "CiliumClusterwideNetworkPolicy";
    for (selector, told) in [
        ("nodeSelector: {matchLabels: {role: x}}", "nodeSelector"),
        (
            "endpointSelector: {matchLabels: {'reserved:ingress': ''}}",
            "endpointSelector",
        ),
    ] {
        let text = object(kind, &format!("spec: {{{selector}, ingress: [{{}}]}}"));
        let (fragment, issues) = read_text(&text);
        assert!(fragment.policies.is_empty() && fragment.unread_policies.is_empty());
        assert_eq!(issues[0].kind, IssueKind::UnusedKind);
        let expected = format!("{kind} `p` ({told}) governs no workload");
        assert_eq!(issues[0].message, expected);
    }
}

#[test]
fn endpoints() {
    for (selector, expected) in [
        ("{}", "pods in namespace a"),
        (
            "{matchLabels: {role: x}}",
            r#"pods with role == "x" in namespace a"#,
        ),
        (
            "{matchLabels: {'k8s:io.kubernetes.pod.namespace': b, role: x}}",
            r#"pods with role == "x" in namespace b"#,
        ),
        (
            "{matchLabels: {'k8s:io.cilium.k8s.namespace.labels.team': red}}",
            r#"pods in namespaces with team == "red""#,
        ),
        (
            "{matchLabels: {'reserved:remote-node': ''}}",
            "another node",
        ),
        (
            "{matchExpressions: [{key: 'reserved:world', operator: Exists}]}",
            "anyone outside of the cluster",
        ),
    ] {
        let found = ingress(&format!("{{fromEndpoints: [{selector}]}}"));
        assert_eq!(found, [format!("Allow all traffic from {expected}")]);
    }
    let found = ingress("{fromEndpoints: [{matchLabels: {'reserved:all': ''}}]}");
    assert_eq!(found, ["Allow all traffic"]);
}

/// "For a clusterwide policy if a namespace is not specified in the labels we add a selector to only
/// match endpoints that contains a namespace label"; with a key of the namespace alone nothing is
/// added, and what has no namespace is in none of some.
#[test]
fn endpoints_of_all_namespaces() {
    let end = |selector: &str| {
        let spec =
            format!("{{endpointSelector: {{}}, ingress: [{{fromEndpoints: [{selector}]}}]}}");
        let (policies, told) = read_kind("CiliumClusterwideNetworkPolicy", &spec);
        assert_eq!(told, [""; 0]);
        policies[0].ingress.as_ref().unwrap()[0].source[0].clone()
    };
    let not_in = "{key: io.kubernetes.pod.namespace, operator: NotIn, values: [b]}";
    let all = end("{}");
    assert_eq!(all.selector.unwrap().to_string(), POD);
    let some = end(&format!(
        "{{matchLabels: {{app: web}}, matchExpressions: [{not_in}]}}"
    ));
    assert_eq!(
        some.selector.unwrap().to_string(),
        format!(r#"({POD} && app == "web" && projectcalico.org/namespace not in {{"b"}})"#)
    );
    let others = end(&format!("{{matchExpressions: [{not_in}]}}"));
    assert_eq!(others.selector, None);
    assert_eq!(
        others.not_selector.unwrap().to_string(),
        format!(r#"({POD} && !projectcalico.org/namespace not in {{"b"}})"#)
    );
}

#[test]
fn entities() {
    for (word, expected) in [
        ("all", "Allow all traffic"),
        (
            "world",
            "Allow all traffic from anyone outside of the cluster",
        ),
        (
            "world-ipv4",
            "Allow all traffic from 0.0.0.0/0 outside of the cluster",
        ),
        (
            "world-ipv6",
            "Allow all traffic from ::/0 outside of the cluster",
        ),
        ("cluster", "Allow all traffic from anyone in the cluster"),
        ("host", "Allow all traffic from the pod's own node"),
        ("remote-node", "Allow all traffic from another node"),
        ("kube-apiserver", "Allow all traffic from the API server"),
        ("health", "Allow all traffic from what only Cilium knows of"),
        (
            "ingress",
            "Allow all traffic from what only Cilium knows of",
        ),
        (
            "unmanaged",
            "Allow all traffic from what only Cilium knows of",
        ),
        ("init", "Allow all traffic from nobody"),
        ("none", "Allow all traffic from nobody"),
    ] {
        assert_eq!(ingress(&format!("{{fromEntities: [{word}]}}")), [expected]);
    }
    assert_eq!(
        ingress("{fromEntities: [host, remote-node]}"),
        ["Allow all traffic from the pod's own node or another node"]
    );
    assert_eq!(
        egress("{toEntities: [world, all]}"),
        ["Allow all traffic"],
        "the broadest counts"
    );
}

#[test]
fn networks() {
    assert_eq!(
        ingress("{fromCIDR: [10.0.0.0/8, 9.9.9.9]}"),
        ["Allow all traffic from 10.0.0.0/8 or 9.9.9.9/32 outside of the cluster"]
    );
    assert_eq!(
        egress("{toCIDRSet: [{cidr: 10.0.0.0/8, except: [10.96.0.0/12]}, {cidr: 'fd00::/8'}]}"),
        [
            "Allow all traffic to 10.0.0.0/8 but 10.96.0.0/12 outside of the cluster or \
             fd00::/8 outside of the cluster"
        ]
    );
}

#[test]
fn nodes_and_names() {
    assert_eq!(
        ingress("{fromNodes: [{matchLabels: {'k8s:role': x}}]}"),
        [r#"Allow all traffic from nodes with role == "x", another node"#]
    );
    assert_eq!(
        egress("{toFQDNs: [{matchName: a.io}, {matchPattern: '*.b.io'}]}"),
        ["Allow all traffic to anyone outside of the cluster, a.io or *.b.io"]
    );
    assert_eq!(egress("{toFQDNs: []}"), [""; 0]);
}

#[test]
fn ports() {
    for (ports, expected) in [
        ("{port: '80'}", "tcp 80, udp 80 or sctp 80"),
        ("{port: '80', protocol: ANY}", "tcp 80, udp 80 or sctp 80"),
        ("{port: '80', protocol: tcp}", "tcp 80"),
        ("{port: 80, protocol: UDP}", "udp 80"),
        ("{port: '80', endPort: 444, protocol: TCP}", "tcp 80-444"),
        ("{port: '80', endPort: 0, protocol: TCP}", "tcp 80"),
        ("{port: 'Http', endPort: 9, protocol: TCP}", "tcp `http`"),
        ("{port: '0', protocol: SCTP}", "sctp"),
        ("{port: '0'}", "tcp, udp or sctp"),
        ("{port: '0', protocol: VRRP}", "protocol 112"),
    ] {
        let found = ingress(&format!("{{toPorts: [{{ports: [{ports}]}}]}}"));
        assert_eq!(found, [format!("Allow {expected}")], "{ports}");
    }
    assert_eq!(
        ingress(
            "{toPorts: [{ports: [{port: '1', protocol: TCP}]}, {ports: [{port: '2', protocol: UDP}], rules: {http: [{}]}, serverNames: [a], terminatingTLS: {}, listener: {}}]}"
        ),
        ["Allow tcp 1 or udp 2"]
    );
    assert_eq!(
        egress("{toEndpoints: [{}], toPorts: [{ports: [{port: web, protocol: TCP}]}]}"),
        ["Allow tcp `web` to pods in namespace a"]
    );
}

#[test]
fn icmp_types() {
    for (field, expected) in [
        ("{type: 8}", "icmp type 8"),
        ("{type: '8', family: IPv4}", "icmp type 8"),
        ("{type: EchoReply}", "icmp type 0"),
        ("{type: EchoRequest, family: IPv6}", "icmp6 type 128"),
    ] {
        let found = ingress(&format!("{{icmps: [{{fields: [{field}]}}]}}"));
        assert_eq!(found, [format!("Allow {expected}")], "{field}");
    }
}

#[test]
fn peers_that_are_not_understood_are_told_and_unknown() {
    let vague = "with something that is not understood";
    let ports = "toPorts: [{ports: [{port: '80', protocol: TCP}]}]";
    for (direction, rule, rules, told) in [
        (
            "egress",
            "{toServices: [{k8sService: {serviceName: x}}]}".to_owned(),
            vec![format!("Allow all traffic {vague}")],
            "egress[0] has `toServices`",
        ),
        (
            "egress",
            format!("{{toGroups: [{{}}], {ports}}}"),
            vec![format!("Allow tcp 80 {vague}")],
            "egress[0] has `toGroups`",
        ),
        (
            "egressDeny",
            "{toFQDNs: [{matchName: a.io}]}".to_owned(),
            vec![format!("Deny all traffic {vague}")],
            "egressDeny[0] has `toFQDNs`",
        ),
        (
            "ingress",
            "{fromCIDRSet: [{cidr: 10.0.0.0/8}, {cidrGroupRef: x}]}".to_owned(),
            vec![
                "Allow all traffic from 10.0.0.0/8 outside of the cluster".to_owned(),
                format!("Allow all traffic from anyone outside of the cluster {vague}"),
            ],
            "ingress[0] has a group of networks",
        ),
        (
            "ingress",
            "{fromEntities: [host, moon]}".to_owned(),
            vec![
                "Allow all traffic from the pod's own node".to_owned(),
                format!("Allow all traffic {vague}"),
            ],
            "ingress[0] has entity `moon`",
        ),
        (
            "ingress",
            "{fromEntities: [all, moon]}".to_owned(),
            vec!["Allow all traffic".to_owned()],
            "ingress[0] has entity `moon`",
        ),
        (
            "ingress",
            "{fromEndpoints: [{matchLabels: {'k8s:io.cilium.k8s.policy.cluster': x}}]}".to_owned(),
            vec![format!("Allow all traffic {vague}")],
            "ingress[0] has label `k8s:io.cilium.k8s.policy.cluster`",
        ),
        (
            "ingress",
            "{fromEndpoints: [{matchExpressions: [{key: 'reserved:host', operator: DoesNotExist}]}]}"
                .to_owned(),
            vec![format!("Allow all traffic {vague}")],
            "ingress[0] has label `reserved:host`",
        ),
    ] {
        let found = unclear(direction, &rule);
        assert_eq!(found, (rules, vec![told.to_owned()]), "{rule}");
    }
}

#[test]
fn demands_that_are_not_understood_are_told_and_unknown() {
    let vague = "with something that is not understood";
    let ports = "toPorts: [{ports: [{port: '80', protocol: TCP}]}]";
    for (direction, rule, rules, told) in [
        (
            "ingress",
            format!("{{fromEntities: [cluster], {ports}, authentication: {{mode: required}}}}"),
            vec![format!("Allow tcp 80 from anyone in the cluster {vague}")],
            "ingress[0] has `authentication`",
        ),
        (
            "ingress",
            "{fromMoon: [x]}".to_owned(),
            vec![format!("Allow all traffic {vague}")],
            "ingress[0] has `fromMoon`",
        ),
        (
            "ingress",
            "{tide: high}".to_owned(),
            vec![format!("Allow all traffic {vague}")],
            "ingress[0] has `tide`",
        ),
        (
            "ingress",
            "{fromEntities: [cluster], toPorts: [{}]}".to_owned(),
            vec![format!(
                "Allow all traffic from anyone in the cluster {vague}"
            )],
            "ingress[0] has `toPorts` without ports",
        ),
        (
            "ingress",
            "{fromRequires: [{matchLabels: {a: b}}]}".to_owned(),
            vec![format!("Deny all traffic {vague}")],
            "ingress[0] has `fromRequires`",
        ),
        (
            "ingress",
            "{fromRequires: [{matchLabels: {a: b}}], fromEndpoints: [{}]}".to_owned(),
            vec![
                format!("Deny all traffic {vague}"),
                "Allow all traffic from pods in namespace a".to_owned(),
            ],
            "ingress[0] has `fromRequires`",
        ),
    ] {
        let found = unclear(direction, &rule);
        assert_eq!(found, (rules, vec![told.to_owned()]), "{rule}");
    }
    // names of ports are those of all pods there, whoever the peer is
    let named = "toPorts: [{ports: [{port: web, protocol: TCP}, {port: '1', protocol: TCP}]}]";
    let found = unclear("egress", &format!("{{toEntities: [world], {named}}}"));
    let rules = vec![
        "Allow tcp 1 to anyone outside of the cluster".to_owned(),
        format!("Allow tcp to anyone outside of the cluster {vague}"),
    ];
    let told = "egress[0] has a port's name for what is no pod".to_owned();
    assert_eq!(found, (rules, vec![told]));
}

#[test]
fn authentication_that_is_switched_off_demands_nothing() {
    assert_eq!(
        ingress("{fromEntities: [cluster], authentication: {mode: disabled}}"),
        ["Allow all traffic from anyone in the cluster"]
    );
}

#[test]
fn several_specs() {
    let text = object(
        "CiliumNetworkPolicy",
        "spec: {endpointSelector: {}, ingress: [{}]}\n\
         specs:\n\
         - {endpointSelector: {matchLabels: {app: web}}, egressDeny: [{toEntities: [world]}]}\n\
         - {endpointSelector: {}, egress: [{toEntities: [all]}], enableDefaultDeny: {egress: false}}",
    );
    let (fragment, issues) = read_text(&text);
    assert!(issues.is_empty(), "{issues:?}");
    let parts: Vec<String> = fragment
        .policies
        .iter()
        .map(|policy| policy.part.expect("a part").to_string())
        .collect();
    assert_eq!(
        parts,
        [
            "default deny",
            "spec 0, deny",
            "spec 0, default deny",
            "spec 1, allow"
        ]
    );
    let rule = &fragment.policies[1].egress.as_ref().unwrap()[0];
    assert_eq!(rule.name, "egressDeny[0]");
}

#[test]
fn what_is_not_valid() {
    for (spec, why) in [
        ("null", "expected a `spec` or `specs`"),
        (
            "{ingress: [{}]}",
            "expected an endpointSelector or a nodeSelector",
        ),
        (
            "{nodeSelector: {}}",
            "a nodeSelector is for cluster-wide policies, expected an endpointSelector",
        ),
        (
            "{endpointSelector: {}, nodeSelector: {}}",
            "there are both an endpointSelector and a nodeSelector, expected one of them",
        ),
        (
            "{endpointSelector: {matchLabels: {'io.cilium.k8s.policy.cluster': x}}}",
            "endpointSelector: label `io.cilium.k8s.policy.cluster` is not understood, expected one \
             of pods, of their namespace or service account",
        ),
        (
            "{endpointSelector: {app: web}}",
            "endpointSelector.app: unknown field `app`, expected `matchLabels` or `matchExpressions`",
        ),
        (
            "{endpointSelector: {}, ingress: [{fromEndpoints: [{}], fromCIDR: [10.0.0.0/8]}]}",
            "ingress[0]: there are both fromCIDR and fromEndpoints, expected one of them",
        ),
        (
            "{endpointSelector: {}, ingress: [{}, {fromCIDR: [10.0.0.0/8, moon]}]}",
            "ingress[1].fromCIDR[1]: `moon` is no network, expected a CIDR or an address",
        ),
        (
            "{endpointSelector: {}, egress: [{toCIDRSet: [{cidr: 10.0.0.0/8, except: [11.0.0.0/8]}]}]}",
            "egress[0].toCIDRSet[0]: `11.0.0.0/8` is no part of `10.0.0.0/8`, from which it is \
             excepted",
        ),
        (
            "{endpointSelector: {}, ingressDeny: [{toPorts: [{ports: [{port: '70000'}]}]}]}",
            "ingressDeny[0].toPorts[0].ports[0]: port `70000` is not between 1 and 65535",
        ),
        (
            "{endpointSelector: {}, ingress: [{toPorts: [{ports: [{port: '80', protocol: HTTP}]}]}]}",
            "ingress[0].toPorts[0].ports[0]: protocol `HTTP` is not known, expected TCP, UDP, SCTP, \
             IGMP, VRRP or ANY",
        ),
        (
            "{endpointSelector: {}, ingress: [{toPorts: [{ports: [{port: '80', endPort: 79}]}]}]}",
            "ingress[0].toPorts[0].ports[0]: endPort `79` is below port `80`",
        ),
        (
            "{endpointSelector: {}, ingress: [{icmps: [{fields: [{type: Moon}]}]}]}",
            "ingress[0].icmps[0].fields[0]: `Moon` is no ICMP type, expected a name or a number from \
             0 to 255",
        ),
        (
            "{endpointSelector: {}, ingress: [{icmps: [{fields: [{type: 8}]}], toPorts: [{ports: [{port: '1'}]}]}]}",
            "ingress[0]: there are both toPorts and icmps, expected one of them",
        ),
        (
            "{endpointSelector: {}, ingress: [{toPorts: [{ports: [{port: '80', protocl: TCP}]}]}]}",
            "ingress[0].toPorts[0].ports[0].protocl: unknown field `protocl`, expected one of `port`, \
             `endPort`, `protocol`",
        ),
        (
            "{endpointSelector: {}, ingress: [null]}",
            "ingress[0]: invalid type: null, expected an object",
        ),
    ] {
        assert_eq!(invalid(spec), why, "{spec}");
    }
}
