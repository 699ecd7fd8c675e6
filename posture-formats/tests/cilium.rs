//! What Cilium's policies decide, by tables that were derived by hand from its documentation.

use std::collections::BTreeMap;

use posture_core::ask::{Question, ask};
use posture_core::engine::{End, Engine, Governance, Scope, Who};
use posture_core::issue::Issues;
use posture_core::model::{Cluster, Direction, PolicyModes};

/// `a/web` (frontend) and `b/api` (frontend) run on node `n1`, `a/db` (backend) on `n2`.
const CLUSTER: &str = "
{apiVersion: v1, kind: Namespace, metadata: {name: a}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: b, labels: {team: red}}}
---
{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {podCIDR: 10.0.1.0/24}, status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: n2, labels: {pool: x}}, spec: {podCIDR: 10.0.2.0/24}, status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}}
---
{apiVersion: v1, kind: Pod, metadata: {namespace: a, name: web, labels: {app: web, role: frontend}}, spec: {nodeName: n1, serviceAccountName: robot, containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 10.0.1.1}}
---
{apiVersion: v1, kind: Pod, metadata: {namespace: a, name: db, labels: {app: db, role: backend}}, spec: {nodeName: n2, containers: [{name: c, image: i, ports: [{name: pg, containerPort: 5432}]}]}, status: {phase: Running, podIP: 10.0.2.1}}
---
{apiVersion: v1, kind: Pod, metadata: {namespace: b, name: api, labels: {app: api, role: frontend}}, spec: {nodeName: n1, containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 10.0.1.2}}
---
{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {namespace: default, name: kubernetes, labels: {kubernetes.io/service-name: kubernetes}}, endpoints: [{addresses: [192.168.0.2]}], ports: [{port: 6443}]}
---
";

/// A policy of namespace `a`, or one of the cluster.
fn of_a(name: &str, spec: &str) -> String {
    format!(
        "{{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {{namespace: a, name: {name}}}, spec: {spec}}}\n"
    )
}

fn of_cluster(name: &str, spec: &str) -> String {
    format!(
        "{{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {{name: {name}}}, spec: {spec}}}\n"
    )
}

fn cluster(policies: &[String]) -> Cluster {
    let text = format!("{CLUSTER}{}", policies.join("---\n"));
    let mut issues = Issues::default();
    let fragment = posture_formats::read("cluster.yaml", text.as_bytes(), &mut issues);
    assert!(fragment.unread_policies.is_empty(), "{issues:?}");
    Cluster::build(fragment, &[], true, &mut issues).expect("every object has a name")
}

/// Asks about each line of a table: from, to, what is sent, and the answer with the outcome of the
/// end that the policies are of.
#[track_caller]
fn table(policies: &[String], side: Direction, rows: &[(&str, &str, &str, &str)]) {
    let cluster = cluster(policies);
    let engine = Engine::new(&cluster, PolicyModes::default());
    for (from, to, sent, expected) in rows {
        let (sent, domain) = sent.split_once('@').unwrap_or((sent, ""));
        let domain = Some(domain.to_owned()).filter(|domain| !domain.is_empty());
        let question = Question {
            from: from.parse().expect("a place"),
            to: to.parse().expect("a place"),
            sent: sent.parse().expect("a port"),
            domains: domain.into_iter().collect(),
            scope: Scope::Enforced,
        };
        let asked = ask(&cluster, &engine, &question, Issues::default()).expect("both are there");
        let side = match side {
            Direction::Ingress => asked.ingress,
            Direction::Egress => asked.egress,
        };
        let side = side.expect("a workload");
        let outcome = side.explanation.decision.outcome;
        let found = format!("{} ({outcome})", side.answer.name());
        assert_eq!(found, *expected, "{from} -> {to} {sent}: {}", side.why);
    }
}

const WEB: &str = "endpointSelector: {matchLabels: {app: web}}";
const DB: &str = "endpointSelector: {matchLabels: {role: backend}}";

#[test]
fn examples_of_layer_3_ingress() {
    // "allow communication from endpoints with the label role=frontend to endpoints with the label
    // role=backend"
    let simple = of_a(
        "l3",
        &format!("{{{DB}, ingress: [{{fromEndpoints: [{{matchLabels: {{role: frontend}}}}]}}]}}"),
    );
    table(
        &[simple],
        Direction::Ingress,
        &[
            ("a/web", "a/db", "80/tcp", "allowed (allowed)"),
            ("a/web", "a/db", "icmp", "allowed (allowed)"),
            ("b/api", "a/db", "80/tcp", "denied (denied_by_tier)"),
            ("8.8.8.8", "a/db", "80/tcp", "denied (denied_by_tier)"),
            ("192.168.0.1", "a/db", "80/tcp", "denied (denied_by_tier)"),
            // the pod's own node is never policed
            ("192.168.0.2", "a/db", "80/tcp", "allowed (own_node)"),
            // "any rule selects an endpoint": db is not isolated for others
            ("a/db", "a/web", "80/tcp", "allowed (not_selected)"),
        ],
    );
    // an empty selector is all endpoints, of a CiliumNetworkPolicy those of its namespace
    let all = of_a(
        "all",
        &format!("{{{DB}, ingress: [{{fromEndpoints: [{{}}]}}]}}"),
    );
    let everywhere = of_cluster(
        "all",
        &format!("{{{DB}, ingress: [{{fromEndpoints: [{{}}]}}]}}"),
    );
    table(
        &[all],
        Direction::Ingress,
        &[
            ("a/web", "a/db", "80/tcp", "allowed (allowed)"),
            ("b/api", "a/db", "80/tcp", "denied (denied_by_tier)"),
        ],
    );
    table(
        &[everywhere],
        Direction::Ingress,
        &[
            ("b/api", "a/db", "80/tcp", "allowed (allowed)"),
            ("8.8.8.8", "a/db", "80/tcp", "denied (denied_by_tier)"),
            ("192.168.0.1", "a/db", "80/tcp", "denied (denied_by_tier)"),
        ],
    );
    // "exposes all pods with the label name=leia in the namespace ns1 to all pods with the label
    // name=luke in the namespace ns2"
    for key in [
        "'k8s:io.kubernetes.pod.namespace': b",
        "'io.cilium.k8s.namespace.labels.team': red",
    ] {
        let across = of_a(
            "across",
            &format!(
                "{{{DB}, ingress: [{{fromEndpoints: [{{matchLabels: {{{key}, app: api}}}}]}}]}}"
            ),
        );
        table(
            &[across],
            Direction::Ingress,
            &[
                ("b/api", "a/db", "80/tcp", "allowed (allowed)"),
                ("a/web", "a/db", "80/tcp", "denied (denied_by_tier)"),
            ],
        );
    }
}

#[test]
fn examples_of_entities() {
    let from = |words: &str| {
        of_a(
            "p",
            &format!("{{{DB}, ingress: [{{fromEntities: [{words}]}}]}}"),
        )
    };
    let peers = ["a/web", "192.168.0.1", "8.8.8.8", "10.0.2.77"];
    for (words, answers) in [
        // 10.0.2.77 is in the range of n2's pods, and no pod that is known
        ("all", ["allowed (allowed)"; 4]),
        (
            "world",
            [
                "denied (denied_by_tier)",
                "denied (denied_by_tier)",
                "allowed (allowed)",
                "unknown (unknown)",
            ],
        ),
        (
            "cluster",
            [
                "allowed (allowed)",
                "allowed (allowed)",
                "denied (denied_by_tier)",
                "unknown (unknown)",
            ],
        ),
        (
            "remote-node",
            [
                "denied (denied_by_tier)",
                "allowed (allowed)",
                "denied (denied_by_tier)",
                "unknown (unknown)",
            ],
        ),
        (
            "host",
            [
                "denied (denied_by_tier)",
                "denied (denied_by_tier)",
                "denied (denied_by_tier)",
                "unknown (unknown)",
            ],
        ),
        (
            "health",
            [
                "denied (denied_by_tier)",
                "denied (denied_by_tier)",
                "denied (denied_by_tier)",
                "unknown (unknown)",
            ],
        ),
        ("none", ["denied (denied_by_tier)"; 4]),
    ] {
        let rows: Vec<_> = peers
            .into_iter()
            .zip(answers)
            .map(|(peer, answer)| (peer, "a/db", "80/tcp", answer))
            .collect();
        table(&[from(words)], Direction::Ingress, &rows);
    }
    let to = |words: &str| {
        of_a(
            "p",
            &format!("{{{WEB}, egress: [{{toEntities: [{words}]}}]}}"),
        )
    };
    let (yes, no) = ("allowed (allowed)", "denied (denied_by_tier)");
    for (words, own, other, world) in [
        ("host", yes, no, no),
        ("remote-node", no, yes, no),
        ("kube-apiserver", no, yes, no),
        ("cluster", yes, yes, no),
        ("world", no, no, yes),
        ("'host', 'world'", yes, no, yes),
    ] {
        table(
            &[to(words)],
            Direction::Egress,
            &[
                ("a/web", "192.168.0.1", "443/tcp", own),
                ("a/web", "192.168.0.2", "443/tcp", other),
                ("a/web", "8.8.8.8", "443/tcp", world),
            ],
        );
    }
}

#[test]
fn examples_of_networks() {
    // "allow all endpoints with the label app=myService to talk to the external IP 20.1.1.1, as well as
    // the CIDR prefix 10.0.0.0/8, but not CIDR prefix 10.96.0.0/12"
    let cidr = of_a(
        "cidr",
        &format!(
            "{{{WEB}, egress: [{{toCIDR: [20.1.1.1/32]}}, {{toCIDRSet: [{{cidr: 10.0.0.0/8, except: [10.96.0.0/12]}}]}}]}}"
        ),
    );
    table(
        &[cidr],
        Direction::Egress,
        &[
            ("a/web", "20.1.1.1", "80/tcp", "allowed (allowed)"),
            ("a/web", "20.1.1.2", "80/tcp", "denied (denied_by_tier)"),
            ("a/web", "10.200.0.1", "80/tcp", "allowed (allowed)"),
            ("a/web", "10.97.0.1", "80/tcp", "denied (denied_by_tier)"),
            // "CIDR rules do not apply to traffic where both sides of the connection are either managed
            // by Cilium or use an IP belonging to a node"
            ("a/web", "a/db", "80/tcp", "denied (denied_by_tier)"),
        ],
    );
    let nodes = of_a(
        "n",
        &format!("{{{WEB}, egress: [{{toCIDR: [192.168.0.0/16]}}]}}"),
    );
    table(
        &[nodes],
        Direction::Egress,
        &[
            ("a/web", "192.168.0.2", "80/tcp", "denied (denied_by_tier)"),
            ("a/web", "192.168.0.3", "80/tcp", "allowed (allowed)"),
        ],
    );
    let named = of_a(
        "fqdn",
        &format!(
            "{{{WEB}, egress: [{{toFQDNs: [{{matchName: a.io}}, {{matchPattern: '*.b.io'}}]}}]}}"
        ),
    );
    table(
        &[named],
        Direction::Egress,
        &[
            ("a/web", "9.9.9.9", "443/tcp@a.io", "allowed (allowed)"),
            ("a/web", "9.9.9.9", "443/tcp@x.b.io", "allowed (allowed)"),
            (
                "a/web",
                "9.9.9.9",
                "443/tcp@x.y.b.io",
                "denied (denied_by_tier)",
            ),
            ("a/web", "9.9.9.9", "443/tcp", "unknown (unknown)"),
            ("a/web", "a/db", "443/tcp@a.io", "denied (denied_by_tier)"),
        ],
    );
    let labelled = of_a(
        "nodes",
        &format!("{{{DB}, ingress: [{{fromNodes: [{{matchLabels: {{pool: x}}}}]}}]}}"),
    );
    table(
        &[labelled],
        Direction::Ingress,
        &[
            ("192.168.0.1", "a/db", "80/tcp", "denied (denied_by_tier)"),
            ("8.8.8.8", "a/db", "80/tcp", "denied (denied_by_tier)"),
        ],
    );
}

#[test]
fn examples_of_layer_4() {
    let range = of_a(
        "range",
        &format!(
            "{{{WEB}, egress: [{{toPorts: [{{ports: [{{port: '80', endPort: 444, protocol: TCP}}]}}]}}]}}"
        ),
    );
    table(
        &[range],
        Direction::Egress,
        &[
            ("a/web", "a/db", "80/tcp", "allowed (allowed)"),
            ("a/web", "8.8.8.8", "444/tcp", "allowed (allowed)"),
            ("a/web", "8.8.8.8", "445/tcp", "denied (denied_by_tier)"),
            ("a/web", "8.8.8.8", "80/udp", "denied (denied_by_tier)"),
            // "If any layer 4 policy is specified, then ICMP will be blocked"
            ("a/web", "8.8.8.8", "icmp", "denied (denied_by_tier)"),
        ],
    );
    let any = of_a(
        "any",
        &format!(
            "{{{DB}, ingress: [{{toPorts: [{{ports: [{{port: '53'}}, {{port: pg, protocol: TCP}}]}}]}}]}}"
        ),
    );
    table(
        &[any],
        Direction::Ingress,
        &[
            ("a/web", "a/db", "53/udp", "allowed (allowed)"),
            ("8.8.8.8", "a/db", "53/tcp", "allowed (allowed)"),
            ("a/web", "a/db", "5432/tcp", "allowed (allowed)"),
            ("a/web", "a/db", "5432/udp", "denied (denied_by_tier)"),
        ],
    );
    let icmp = of_a(
        "icmp",
        &format!("{{{WEB}, egress: [{{icmps: [{{fields: [{{type: EchoRequest}}]}}]}}]}}"),
    );
    table(
        &[icmp],
        Direction::Egress,
        &[
            ("a/web", "8.8.8.8", "icmp/8", "allowed (allowed)"),
            ("a/web", "8.8.8.8", "icmp/0", "denied (denied_by_tier)"),
            ("a/web", "8.8.8.8", "80/tcp", "denied (denied_by_tier)"),
        ],
    );
}

/// The table of "Deny Policies": the same allow policies, with one set of deny policies in each
/// column; the last column has no allow policies.
#[test]
fn deny_policies_win() {
    let port = |number: &str, rest: &str| {
        format!("toPorts: [{{ports: [{{port: '{number}', protocol: TCP}}]{rest}}}]")
    };
    let client = "fromEndpoints: [{matchLabels: {app: web}}]";
    let policy = |name: &str, section: &str, rule: &str| {
        of_a(name, &format!("{{{DB}, {section}: [{{{rule}}}]}}"))
    };
    let allow = [
        policy("l7", "ingress", &port("80", ", rules: {http: [{path: /}]}")),
        policy("l4-80", "ingress", &port("80", "")),
        policy("l4-81", "ingress", &port("81", "")),
        policy("l3", "ingress", client),
    ];
    let deny_80 = policy("deny-80", "ingressDeny", &port("80", ""));
    let deny_client = policy("deny-client", "ingressDeny", client);
    let (allowed, denied) = ("allowed (allowed)", "denied (denied)");
    let columns: [(bool, Vec<&String>, [&str; 3]); 5] = [
        (true, vec![], [allowed; 3]),
        (true, vec![&deny_80], [allowed, denied, allowed]),
        (true, vec![&deny_client], [denied; 3]),
        (true, vec![&deny_80, &deny_client], [denied; 3]),
        (
            false,
            vec![&deny_80],
            ["denied (denied_by_tier)", denied, "denied (denied_by_tier)"],
        ),
    ];
    for (with_allow, deny, [to_81, to_80, ping]) in columns {
        let mut policies: Vec<String> = deny.into_iter().cloned().collect();
        if with_allow {
            policies.extend(allow.clone());
        }
        table(
            &policies,
            Direction::Ingress,
            &[
                ("a/web", "a/db", "81/tcp", to_81),
                ("a/web", "a/db", "80/tcp", to_80),
                ("a/web", "a/db", "icmp", ping),
            ],
        );
    }
    // "or even a Kubernetes Network Policy"
    let kubernetes = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: a, name: k}, spec: {podSelector: {}, ingress: [{}]}}\n";
    table(
        &[kubernetes.to_owned(), deny_80],
        Direction::Ingress,
        &[
            ("a/web", "a/db", "80/tcp", denied),
            ("a/web", "a/db", "81/tcp", allowed),
            ("a/db", "a/web", "80/tcp", allowed),
        ],
    );
    // "deny ingress from world on all namespaces on all Pods": the policy allows the rest itself
    let world = of_cluster(
        "world",
        "{endpointSelector: {}, ingressDeny: [{fromEntities: [world]}], ingress: [{fromEntities: [all]}]}",
    );
    table(
        &[world],
        Direction::Ingress,
        &[
            ("8.8.8.8", "b/api", "80/tcp", denied),
            ("a/web", "b/api", "80/tcp", allowed),
            ("192.168.0.2", "b/api", "80/tcp", allowed),
            ("8.8.8.8", "a/db", "80/tcp", denied),
        ],
    );
}

/// "Endpoint default policy": what isolates, and what does not.
#[test]
fn default_deny() {
    let dns = "{toEndpoints: [{matchLabels: {app: db}}], toPorts: [{ports: [{port: '53', protocol: UDP}], rules: {dns: [{matchPattern: '*'}]}}]}";
    let web = |rest: &str| of_a("p", &format!("{{{WEB}, {rest}}}"));
    let (yes, no) = ("allowed (allowed)", "denied (denied_by_tier)");
    for (policy, dns, other, ingress) in [
        (web("egress: [{}]"), no, no, "allowed (not_selected)"),
        (
            web("egress: []"),
            "allowed (not_selected)",
            "allowed (not_selected)",
            "allowed (not_selected)",
        ),
        (
            web("enableDefaultDeny: {egress: true, ingress: true}"),
            "allowed (not_selected)",
            "allowed (not_selected)",
            "allowed (not_selected)",
        ),
        (
            web(&format!("egress: [{dns}]")),
            yes,
            no,
            "allowed (not_selected)",
        ),
        // "this policy causes all DNS traffic to be intercepted, but does not block any traffic"
        (
            web(&format!(
                "egress: [{dns}], enableDefaultDeny: {{egress: false, ingress: false}}"
            )),
            yes,
            "allowed (passed)",
            "allowed (not_selected)",
        ),
        (
            web(&format!(
                "egress: [{dns}], ingress: [{{}}], enableDefaultDeny: {{egress: false}}"
            )),
            yes,
            "allowed (passed)",
            no,
        ),
        (
            web("egressDeny: [{toEntities: [world]}], enableDefaultDeny: {egress: false}"),
            "allowed (passed)",
            "denied (denied)",
            "allowed (not_selected)",
        ),
    ] {
        let policies = [policy];
        table(
            &policies,
            Direction::Egress,
            &[
                ("a/web", "a/db", "53/udp", dns),
                ("a/web", "8.8.8.8", "443/tcp", other),
            ],
        );
        table(
            &policies,
            Direction::Ingress,
            &[("a/db", "a/web", "80/tcp", ingress)],
        );
    }
    // one policy that isolates is enough, and what others allow stays allowed
    let open = of_a(
        "open",
        &format!("{{{WEB}, egress: [{dns}], enableDefaultDeny: {{egress: false}}}}"),
    );
    let closed = of_a("closed", &format!("{{{WEB}, egress: [{{}}]}}"));
    table(
        &[open, closed],
        Direction::Egress,
        &[
            ("a/web", "a/db", "53/udp", yes),
            ("a/web", "8.8.8.8", "443/tcp", no),
        ],
    );
}

#[test]
fn what_is_not_understood_is_neither_allowed_nor_denied() {
    let services = "egress: [{toServices: [{k8sService: {serviceName: x}}], toPorts: [{ports: [{port: '443', protocol: TCP}]}]}]";
    let isolating = of_a("p", &format!("{{{WEB}, {services}}}"));
    table(
        &[isolating],
        Direction::Egress,
        &[
            ("a/web", "8.8.8.8", "443/tcp", "unknown (unknown)"),
            // what is understood settles it
            ("a/web", "8.8.8.8", "80/tcp", "denied (denied_by_tier)"),
        ],
    );
    let open = of_a(
        "p",
        &format!("{{{WEB}, {services}, enableDefaultDeny: {{egress: false}}}}"),
    );
    table(
        &[open],
        Direction::Egress,
        // either the rule allows it, or nothing denies it
        &[("a/web", "8.8.8.8", "443/tcp", "allowed (unknown)")],
    );
    let requires = of_a(
        "p",
        &format!(
            "{{{DB}, ingress: [{{fromRequires: [{{matchLabels: {{x: y}}}}], fromEndpoints: [{{}}]}}]}}"
        ),
    );
    table(
        &[requires],
        Direction::Ingress,
        &[
            ("a/web", "a/db", "80/tcp", "unknown (unknown)"),
            ("8.8.8.8", "a/db", "80/tcp", "denied (denied_by_tier)"),
        ],
    );
}

/// Static evidence: which directions of `a/web` some policy decides in every case.
#[test]
fn governance() {
    let web = |rest: &str| of_a("p", &format!("{{{WEB}, {rest}}}"));
    for (policy, ingress, egress) in [
        (web("ingress: [{}]"), true, false),
        (web("egressDeny: [{toEntities: [world]}]"), false, true),
        (
            web("egressDeny: [{toEntities: [world]}], enableDefaultDeny: {egress: false}"),
            false,
            false,
        ),
        (
            web("egress: [{toEntities: [cluster]}], enableDefaultDeny: {egress: false}"),
            false,
            false,
        ),
        // a catch-all rule
        (
            web("egress: [{toEntities: [all]}], enableDefaultDeny: {egress: false}"),
            false,
            true,
        ),
        (web("egress: [{toGroups: [{}]}]"), false, true),
    ] {
        let cluster = cluster(std::slice::from_ref(&policy));
        let engine = Engine::new(&cluster, PolicyModes::default());
        let pods: BTreeMap<_, _> = cluster.namespaces["a"].pods.iter().collect();
        let end = End::pod(pods[&"web".to_owned()], None);
        assert!(matches!(end.who, Who::Pod(_)));
        for (direction, expected) in [(Direction::Ingress, ingress), (Direction::Egress, egress)] {
            let found = engine.governance(Scope::Enforced, end, direction);
            let found = matches!(found, Governance::By(_));
            assert_eq!(found, expected, "{direction}: {policy}");
        }
    }
}

#[test]
fn the_newest_reading_of_an_object_counts_as_a_whole() {
    let object = |version: &str, rest: &str| {
        format!(
            "{{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {{namespace: a, name: p, resourceVersion: '{version}'}}, spec: {{{WEB}, {rest}}}}}\n"
        )
    };
    let old = object("1", "egressDeny: [{toEntities: [world]}], egress: [{}]");
    let new = object("2", "egress: [{toEntities: [all]}]");
    for policies in [[old.clone(), new.clone()], [new, old]] {
        let cluster = cluster(&policies);
        assert_eq!(cluster.policies.len(), 1);
        assert_eq!(cluster.policies[0].version, 2);
    }
    // parts of two readings do not become one object
    let spec = "egressDeny: [{toEntities: [world]}], egress: [{}]";
    let several = format!(
        "{{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {{namespace: a, name: p, resourceVersion: '2'}}, specs: [{{{WEB}, {spec}}}, {{{WEB}, egress: [{{}}]}}]}}\n"
    );
    let old = object("1", spec);
    for policies in [[old.clone(), several.clone()], [several, old]] {
        assert_eq!(cluster(&policies).policies.len(), 3);
    }
    let both = object("3", "egressDeny: [{toEntities: [world]}], egress: [{}]");
    assert_eq!(cluster(&[both.clone(), both]).policies.len(), 2);
}
