//! Whole flows, derived by hand from the JSON.

use posture_core::issue::IssueKind;
use posture_core::model::{
    Action, EndKind, Hit, HitAction, HitKind, Protocol, Reporter, Trace, Traces,
};

use super::*;

/// A record with nothing borrowed.
#[derive(Debug)]
struct Owned {
    record: String,
    start: i64,
    end: i64,
    action: Action,
    reporter: Reporter,
    source: Side,
    destination: Side,
    service: Option<String>,
    domains: Vec<String>,
    traces: Traces,
    connections: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct Side {
    kind: EndKind,
    name: String,
    address: String,
    port: Option<u16>,
    labels: Vec<String>,
}

impl Owned {
    fn of(record: &Record<'_>) -> Self {
        let text = |name: Option<&str>| name.unwrap_or("-").to_owned();
        let side = |end: &End<'_>| Side {
            kind: end.kind,
            name: [end.namespace, end.name, end.aggregate].map(text).join(" "),
            address: end
                .address
                .map_or_else(|| "-".to_owned(), |address| address.to_string()),
            port: end.port,
            labels: end
                .labels
                .iter()
                .flat_map(|labels| labels.iter())
                .map(|(key, value)| format!("{key}={value}"))
                .collect(),
        };
        Self {
            record: record.protocol.to_string(),
            start: record.start,
            end: record.end,
            action: record.action,
            reporter: record.reporter,
            source: side(&record.source),
            destination: side(&record.destination),
            service: record
                .service
                .map(|service| format!("{}/{}", service.namespace, service.name)),
            domains: record.domains.iter().map(ToString::to_string).collect(),
            traces: Traces::clone(&record.traces),
            connections: record.connections,
        }
    }
}

fn read(line: &str) -> Result<Owned, (IssueKind, String)> {
    let mut found = Vec::new();
    let read = Hubble::default().read(line, &mut |record| found.push(Owned::of(record)));
    read.map_err(|failed| (failed.kind, failed.message))?;
    assert_eq!(found.len(), 1, "{line}");
    Ok(found.remove(0))
}

/// `web` of shop asks `api` of bank, which is on the node that tells of it.
const REQUEST: &str = r#"{"flow": {"time": "2026-01-01T00:00:30.25Z", "verdict": "FORWARDED",
    "IP": {"source": "10.0.1.5", "destination": "::ffff:10.0.2.7", "ipVersion": "IPv4"},
    "l4": {"TCP": {"source_port": 40112, "destination_port": 8080, "flags": {"SYN": true}}},
    "source": {"identity": 2001, "namespace": "shop", "pod_name": "web-755cdc7957-x7k2p",
        "labels": ["k8s:app=web", "k8s:io.kubernetes.pod.namespace=shop"]},
    "destination": {"ID": 12, "identity": 2002, "namespace": "bank", "pod_name": "api-0",
        "labels": ["k8s:app=api", "k8s:io.kubernetes.pod.namespace=bank"],
        "workloads": [{"name": "api", "kind": "StatefulSet"}]},
    "Type": "L3_L4", "node_name": "kind/node-1", "is_reply": false,
    "destination_names": ["api.bank.example."],
    "destination_service": {"name": "api", "namespace": "bank"},
    "event_type": {"type": 4}, "traffic_direction": "INGRESS",
    "trace_observation_point": "TO_ENDPOINT", "Summary": "TCP Flags: SYN"},
    "node_name": "kind/node-1", "time": "2026-01-01T00:00:31Z"}"#;

/// What `api` answers, as its node tells.
const ANSWER: &str = r#"{"time": "2026-01-01T00:00:31Z", "verdict": "FORWARDED",
    "IP": {"source": "10.0.2.7", "destination": "10.0.1.5"},
    "l4": {"TCP": {"source_port": 8080, "destination_port": 40112, "flags": {"SYN": true, "ACK": true}}},
    "source": {"ID": 12, "namespace": "bank", "pod_name": "api-0",
        "workloads": [{"name": "api", "kind": "StatefulSet"}]},
    "destination": {"namespace": "shop", "pod_name": "web-755cdc7957-x7k2p"},
    "source_names": ["api.bank.example"], "destination_names": ["web.shop.example"],
    "reply": true, "is_reply": true, "traffic_direction": "INGRESS"}"#;

#[test]
fn a_request() {
    let request = read(REQUEST).unwrap();
    // 2026-01-01T00:00:00Z is 1767225600; the time of the flow goes before that of its wrapper.
    assert_eq!((request.start, request.end), (1_767_225_630, 1_767_225_630));
    assert_eq!(request.action, Action::Allow);
    assert_eq!(request.reporter, Reporter::Destination);
    assert_eq!(request.record, Protocol::Tcp.to_string());
    assert_eq!(
        request.source,
        Side {
            kind: EndKind::Workload,
            name: "shop web-755cdc7957-x7k2p web-755cdc7957-*".to_owned(),
            address: "10.0.1.5".to_owned(),
            port: Some(40112),
            labels: vec!["app=web".to_owned()],
        }
    );
    assert_eq!(
        request.destination,
        Side {
            kind: EndKind::Workload,
            name: "bank api-0 api".to_owned(),
            address: "10.0.2.7".to_owned(),
            port: Some(8080),
            labels: vec!["app=api".to_owned()],
        }
    );
    assert_eq!(request.service.as_deref(), Some("bank/api"));
    assert_eq!(request.domains, ["api.bank.example"]);
    assert_eq!(request.traces, Traces::default());
    assert_eq!(request.connections, 1);
}

#[test]
fn an_answer_is_turned_round() {
    let answer = read(ANSWER).unwrap();
    assert_eq!(answer.reporter, Reporter::Destination);
    assert_eq!(
        answer.source.name,
        "shop web-755cdc7957-x7k2p web-755cdc7957-*"
    );
    assert_eq!(answer.source.port, Some(40112));
    assert_eq!(answer.source.address, "10.0.1.5");
    assert_eq!(answer.destination.name, "bank api-0 api");
    assert_eq!(answer.destination.port, Some(8080));
    assert_eq!(answer.domains, ["api.bank.example"]);
    assert_eq!(answer.connections, 0);
}

#[test]
fn both_styles_of_names_are_read() {
    let camel = ANSWER
        .replace("source_port", "sourcePort")
        .replace("destination_port", "destinationPort")
        .replace("pod_name", "podName")
        .replace("source_names", "sourceNames")
        .replace("destination_names", "destinationNames")
        .replace("is_reply", "isReply")
        .replace("traffic_direction", "trafficDirection");
    assert_ne!(camel, ANSWER);
    assert_eq!(
        format!("{:?}", read(&camel).unwrap()),
        format!("{:?}", read(ANSWER).unwrap())
    );
}

#[test]
fn an_api_server_outside_the_cluster_is_its_service() {
    let line = r#"{"time": "2026-01-01T00:00:31Z", "verdict": "FORWARDED",
        "IP": {"source": "10.0.1.5", "destination": "203.0.113.9"},
        "l4": {"TCP": {"source_port": 40112, "destination_port": 443}},
        "source": {"ID": 1, "namespace": "shop", "pod_name": "web-755cdc7957-x7k2p"},
        "destination": {"labels": ["reserved:kube-apiserver", "reserved:world"]},
        "is_reply": false, "traffic_direction": "EGRESS"}"#;
    let record = read(line).unwrap();
    assert_eq!(record.destination.kind, EndKind::Network);
    assert_eq!(record.service.as_deref(), Some("default/kubernetes"));
    let world = read(&line.replace("reserved:kube-apiserver", "reserved:other")).unwrap();
    assert_eq!(
        (world.destination.kind, world.service),
        (EndKind::Network, None)
    );
}

#[test]
fn protocols() {
    for (l4, protocol) in [
        (r#"{"UDP": {"source_port": 53}}"#, Protocol::Udp),
        (r#"{"SCTP": {}}"#, Protocol::Sctp),
        (r#"{"ICMPv4": {"type": 8}}"#, Protocol::Icmp),
        (r#"{"ICMPv6": {"type": 128}}"#, Protocol::Icmp6),
        (r#"{"VRRP": {}}"#, Protocol::Number(112)),
        (r#"{"IGMP": {}}"#, Protocol::Number(2)),
        ("{}", Protocol::Unknown),
        ("null", Protocol::Unknown),
    ] {
        let l4: Option<Layer4> = serde_json::from_str(l4).unwrap();
        assert_eq!(super::protocol(l4.as_ref()).0, protocol, "{l4:?}");
    }
}

#[test]
fn what_cannot_be_read_is_said_in_words_of_the_log() {
    for (line, message) in [
        (ANSWER.replace("\"time\"", "\"at\""), "`time` is missing"),
        (
            ANSWER.replace("2026-01-01T00:00:31Z", "today"),
            "`time`: `today` is not a time: expected RFC 3339, such as `2026-11-20T10:00:00Z`",
        ),
        (
            ANSWER.replace("10.0.1.5", "localhost"),
            "`IP.destination` is no IP address: `localhost`",
        ),
        (
            ANSWER.replace("FORWARDED", "MAYBE"),
            "`verdict` is `MAYBE`, expected one such as `FORWARDED` or `DROPPED`",
        ),
        (
            r#"{"time": "2026-01-01T00:00:31Z", "verdict": "DROPPED", "source": {"labels": 7}}"#
                .to_owned(),
            "`source.labels`: expected a list of `source:key=value`",
        ),
        (
            r#"{"time": "2026-01-01T00:00:31Z", "verdict": "DROPPED", "IP": {"source": "<nil>"}}"#
                .to_owned(),
            "nothing tells the ends: expected `IP`, or `source` and `destination`",
        ),
        (
            r#"{"time": 7}"#.to_owned(),
            "invalid type: integer `7`, expected a string at column 10",
        ),
        (
            r#"{"l4": {"TCP": {"source_port": 70000}}}"#.to_owned(),
            "invalid value: integer `70000`, expected a port, 0 to 65535 at column 37",
        ),
    ] {
        let failed = read(&line).unwrap_err();
        assert_eq!(
            failed,
            (IssueKind::InvalidRecord, message.to_owned()),
            "{line}"
        );
    }
}

/// The last enforced hit of a flow by its fields, or what the trace is.
fn evidence(fields: &str) -> String {
    let line = format!(
        r#"{{"time": "2026-01-01T00:00:31Z", "is_reply": false, {fields},
            "IP": {{"source": "10.0.1.5", "destination": "10.0.2.7"}}}}"#
    );
    match read(&line).unwrap().traces.enforced {
        Trace::Absent => "absent".to_owned(),
        Trace::Unparsable => "unparsable".to_owned(),
        Trace::Hits(hits) => {
            assert!(
                (0..).zip(&hits).all(|(index, hit)| hit.index == index),
                "{hits:?}"
            );
            let Hit {
                tier,
                policy,
                kind,
                action,
                ..
            } = hits.last().unwrap();
            let kind = match kind {
                HitKind::Policy => "policy",
                HitKind::Profile => "default",
                HitKind::Unstated => "unstated",
            };
            let action = match action {
                HitAction::Allow => "allow",
                HitAction::Deny => "deny",
                HitAction::Pass => "pass",
            };
            format!("{action} by {kind} {tier} {policy}")
                .trim_end()
                .to_owned()
        }
    }
}

#[test]
fn what_a_rule_matched_tells_of_policies() {
    const HOST: &str = r#""source": {"labels": ["reserved:host"]}"#;
    const POD: &str = r#""source": {"labels": ["k8s:app=web"]}"#;
    // Match type, then forwarded and redirected, from a pod and from a node.
    for (kind, expected) in [
        ("0", [false, false, false, false]),
        ("1", [true, true, false, false]),
        ("2", [true, true, true, false]),
        ("3", [true, false, true, false]),
        ("4", [false, false, false, false]),
        ("5", [true, true, true, true]),
        ("6", [true, true, true, true]),
        ("7", [false, false, false, false]),
        ("null", [false, false, false, false]),
    ] {
        let found = [
            ("FORWARDED", POD),
            ("REDIRECTED", POD),
            ("FORWARDED", HOST),
            ("REDIRECTED", HOST),
        ]
        .map(|(verdict, source)| {
            evidence(&format!(
                r#""verdict": "{verdict}", "traffic_direction": "INGRESS", "policy_match_type": {kind}, {source}"#
            ))
        });
        let expected = expected.map(|decided| match decided {
            true => "allow by policy",
            false => "absent",
        });
        assert_eq!(found, expected, "{kind}");
        // Egress to a node is let through by no rule of Cilium's own.
        let egress = evidence(&format!(
            r#""verdict": "FORWARDED", "traffic_direction": "EGRESS", "policy_match_type": {kind},
               "destination": {{"labels": ["reserved:host"]}}"#
        ));
        assert_eq!(egress, found[0], "{kind}");
    }
}

#[test]
fn lists_of_policies_go_before_what_matched() {
    const DEFAULT: &str = r#"{"labels": ["reserved:io.cilium.policy.derived-from=allow-any-ingress"], "revision": "1"}"#;
    const NODES: &str =
        r#"{"labels": ["reserved:io.cilium.policy.derived-from=allow-localhost-ingress"]}"#;
    const SEEN: &str =
        r#"{"labels": ["reserved:io.cilium.policy.derived-from=visibility-annotation"]}"#;
    const POLICY: &str = r#"{"name": "from-web", "namespace": "bank", "kind": "CiliumNetworkPolicy",
        "labels": ["k8s:io.cilium.k8s.policy.derived-from=CiliumNetworkPolicy"], "revision": "2"}"#;
    const GLOBAL: &str = r#"{"name": "all", "kind": "CiliumClusterwideNetworkPolicy"}"#;
    let by_policy = "allow by policy CiliumNetworkPolicy bank/from-web";
    let by_default = "allow by default  allow-any-ingress";
    for (list, matched, expected) in [
        (POLICY.to_owned(), 4, by_policy),
        (
            GLOBAL.to_owned(),
            4,
            "allow by policy CiliumClusterwideNetworkPolicy all",
        ),
        (DEFAULT.to_owned(), 4, by_default),
        (DEFAULT.to_owned(), 2, by_default),
        (format!("{POLICY}, {DEFAULT}"), 4, by_policy),
        (format!("{DEFAULT}, {NODES}, {POLICY}"), 4, by_policy),
        (NODES.to_owned(), 4, "absent"),
        (SEEN.to_owned(), 4, "absent"),
        (SEEN.to_owned(), 2, "allow by policy"),
        (String::new(), 4, "absent"),
        (String::new(), 2, "allow by policy"),
        (
            r#"{"labels": ["unspec:a=b"]}"#.to_owned(),
            4,
            "allow by policy",
        ),
        ("7".to_owned(), 2, "unparsable"),
    ] {
        let found = evidence(&format!(
            r#""verdict": "FORWARDED", "traffic_direction": "INGRESS",
               "policy_match_type": {matched}, "ingress_allowed_by": [{list}]"#
        ));
        assert_eq!(found, expected, "{list} {matched}");
        // A list of the other direction says nothing.
        let other = evidence(&format!(
            r#""verdict": "FORWARDED", "traffic_direction": "EGRESS",
               "policy_match_type": 4, "ingress_allowed_by": [{list}]"#
        ));
        assert_eq!(other, "absent", "{list}");
    }
    for (direction, key, expected) in [
        (
            "EGRESS",
            "egress_denied_by",
            "deny by policy CiliumNetworkPolicy bank/from-web",
        ),
        (
            "INGRESS",
            "ingress_denied_by",
            "deny by policy CiliumNetworkPolicy bank/from-web",
        ),
        ("INGRESS", "egress_denied_by", "absent"),
        ("EGRESS", "egress_allowed_by", "absent"),
    ] {
        let found = evidence(&format!(
            r#""verdict": "DROPPED", "traffic_direction": "{direction}", "{key}": [{POLICY}]"#
        ));
        assert_eq!(found, expected, "{direction} {key}");
    }
}

#[test]
fn why_a_packet_was_dropped_tells_of_policies() {
    for (fields, expected) in [
        (r#""drop_reason_desc": "POLICY_DENIED""#, "deny by policy"),
        (r#""drop_reason_desc": "POLICY_DENY""#, "deny by policy"),
        (r#""drop_reason_desc": "AUTH_REQUIRED""#, "deny by policy"),
        (r#""drop_reason": 133"#, "deny by policy"),
        (r#""drop_reason": 181"#, "deny by policy"),
        (r#""drop_reason": 189"#, "deny by policy"),
        (r#""drop_reason": 151"#, "absent"),
        (
            r#""drop_reason": 133, "drop_reason_desc": "STALE_OR_UNROUTABLE_IP""#,
            "absent",
        ),
        (
            r#""drop_reason_desc": "DENIED_BY_LB_SRC_RANGE_CHECK""#,
            "absent",
        ),
        (r#""Type": "L7""#, "deny by policy"),
        (r#""Type": "L3_L4""#, "absent"),
    ] {
        let found = evidence(&format!(
            r#""verdict": "DROPPED", "traffic_direction": "EGRESS", {fields}"#
        ));
        assert_eq!(found, expected, "{fields}");
    }
}

#[test]
fn what_audit_and_errors_tell() {
    let of = |verdict: &str| {
        let line = format!(
            r#"{{"time": "2026-01-01T00:00:31Z", "is_reply": false, "verdict": "{verdict}",
                "traffic_direction": "EGRESS", "IP": {{"source": "10.0.1.5"}}}}"#
        );
        read(&line).unwrap()
    };
    let audit = of("AUDIT");
    assert_eq!(audit.action, Action::Allow);
    let (Trace::Hits(enforced), Trace::Hits(pending)) =
        (&audit.traces.enforced, &audit.traces.pending)
    else {
        panic!("{audit:?}");
    };
    let brief = |hits: &[Hit]| {
        let hit = hits.last().unwrap();
        (hit.kind, hit.action, hit.staged)
    };
    assert_eq!(
        (brief(enforced), brief(pending)),
        (
            (HitKind::Profile, HitAction::Allow, false),
            (HitKind::Policy, HitAction::Deny, true)
        )
    );
    assert_eq!(of("ERROR").traces.enforced, Trace::Unparsable);
    let traced = of("TRACED");
    assert_eq!(
        (traced.reporter, traced.traces),
        (Reporter::Forward, Traces::default())
    );
}
