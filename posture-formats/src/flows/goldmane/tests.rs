use posture_core::model::{Action, Protocol, Reporter, Trace};

use crate::flows::testing::{self, Seen};

/// One flow in the JSON of protobuf.
const FLOW: &str = r#"{
  "id": "7",
  "flow": {
    "Key": {
      "sourceName": "web-755cdc7957-*",
      "sourceNamespace": "shop",
      "sourceType": "WorkloadEndpoint",
      "destName": "pub",
      "destNamespace": "-",
      "destType": "Network",
      "destPort": "443",
      "destServiceName": "-",
      "destServiceNamespace": "-",
      "destServicePortName": "-",
      "proto": "tcp",
      "reporter": "Src",
      "action": "Allow",
      "policies": {
        "enforcedPolicies": [
          {"kind": "Profile", "name": "kns.shop", "action": "Allow"}
        ]
      }
    },
    "startTime": "1795168800",
    "endTime": "1795168815",
    "sourceLabels": ["app=web", "tier=front"],
    "packetsIn": "3",
    "bytesIn": "100",
    "bytesOut": "20",
    "numConnectionsStarted": "2",
    "numConnectionsLive": "5"
  }
}"#;

/// The same as Go writes its structures.
const GO: &str = r#"{"id":7,"flow":{"Key":{"source_name":"web-755cdc7957-*","source_namespace":"shop","source_type":1,"dest_name":"pub","dest_namespace":"-","dest_type":4,"dest_port":443,"dest_service_name":"-","dest_service_namespace":"-","proto":"tcp","reporter":1,"action":1,"policies":{"enforced_policies":[{"kind":9,"name":"kns.shop","action":1}]}},"start_time":1795168800,"end_time":1795168815,"source_labels":["app=web","tier=front"],"packets_in":3,"bytes_in":100,"bytes_out":20,"num_connections_started":2,"num_connections_live":5}}"#;

fn one(text: &str) -> Seen {
    let (seen, told) = testing::read(text);
    assert_eq!(told, [], "{text}");
    let [seen] = seen.as_slice() else {
        panic!("{text}: {seen:?}");
    };
    seen.clone()
}

fn refused(text: &str) -> String {
    let (seen, told) = testing::read(text);
    assert!(seen.is_empty(), "{text}");
    let [issue] = told.as_slice() else {
        panic!("{text}: {told:?}");
    };
    issue.message.clone()
}

#[test]
fn a_flow_of_either_json() {
    let expected = Seen {
        times: (1_795_168_800, 1_795_168_815),
        action: Action::Allow,
        reporter: Reporter::Source,
        protocol: Protocol::Tcp,
        source: "Workload shop/web-755cdc7957-* [app=web tier=front]".to_owned(),
        destination: "Network pub :443".to_owned(),
        service: None,
        enforced: "0|__PROFILE__|pro:kns.shop|Allow|0".to_owned(),
        pending: Trace::Absent,
        connections: 5,
        bytes: 120,
    };
    for text in [FLOW, GO] {
        assert_eq!(one(text), expected, "{text}");
    }
    // A line, a flow without its wrapper, an update without an id, and a list.
    let line = FLOW.replace('\n', " ");
    let bare = line.replacen("{   \"id\": \"7\",   \"flow\": ", "", 1);
    let bare = bare.trim_end().strip_suffix('}').unwrap();
    let update = line.replacen("\"id\": \"7\",", "", 1);
    let lower = line.replacen("\"Key\"", "\"key\"", 1);
    let list = format!("{{\"meta\": {{\"totalPages\": \"1\"}}, \"flows\": [{line}]}}");
    for text in [&line, bare, &update, &lower, &list] {
        assert_eq!(one(text), expected, "{text}");
    }
    for together in [
        format!("{FLOW}\n{FLOW}\n"),
        format!("[{FLOW}, {GO}]"),
        format!("{GO}\n{GO}"),
    ] {
        let (seen, told) = testing::read(&together);
        assert_eq!((seen.len(), told), (2, Vec::new()), "{together}");
    }
}

#[test]
fn types_of_ends_else_their_names() {
    let with = |side: &str, kind: &str, namespace: &str, name: &str| {
        let key = format!(
            r#"{{"Key": {{"sourceName": "x", "{side}Type": {kind}, "{side}Namespace": "{namespace}", "{side}Name": "{name}", "reporter": "Src", "action": "Allow"}}, "endTime": "60"}}"#
        );
        let seen = one(&key.replace("\"sourceName\": \"x\", \"sourceType\"", "\"sourceType\""));
        if side == "source" {
            seen.source
        } else {
            seen.destination
        }
    };
    for side in ["source", "dest"] {
        for (kind, namespace, name, expected) in [
            ("\"HostEndpoint\"", "-", "node-1", "Host node-1"),
            ("2", "", "node-1", "Host node-1"),
            ("\"NetworkSet\"", "-", "banks", "NetworkSet banks"),
            ("3", "shop", "banks", "NetworkSet shop/banks"),
            ("\"Network\"", "-", "pvt", "Network pvt"),
            ("\"EndpointTypeUnspecified\"", "", "pub", "Network pub"),
            ("0", "shop", "web-*", "Workload shop/web-*"),
            ("null", "-", "node-1", "Unknown node-1"),
            ("\"\"", "-", "-", "Unknown"),
        ] {
            assert_eq!(with(side, kind, namespace, name), expected, "{side} {kind}");
        }
    }
}

#[test]
fn what_is_omitted_is_the_default() {
    // No port, no reporter, no labels, no counts; the action by the last enforced hit.
    let seen = one(
        r#"{"key": {"sourceName": "node-1", "destName": "web-*", "destNamespace": "shop", "policies":
            {"enforcedPolicies": [{"kind": "NetworkPolicy", "name": "p", "namespace": "shop", "tier": "default", "action": "Deny"}]}}, "endTime": "60"}"#,
    );
    assert_eq!(seen.times, (60, 60));
    assert_eq!(
        (seen.action, seen.reporter),
        (Action::Deny, Reporter::Unknown)
    );
    assert_eq!(seen.protocol, Protocol::Unknown);
    assert_eq!(seen.destination, "Workload shop/web-*");
    assert_eq!((seen.connections, seen.bytes), (0, 0));
}

#[test]
fn services_connections_and_addresses() {
    let with = |key: &str, flow: &str| {
        one(&format!(
            r#"{{"Key": {{"sourceName": "a", "action": "Allow", "reporter": "Dst"{key}}}, "endTime": "60"{flow}}}"#
        ))
    };
    let service =
        r#", "destServiceName": "api", "destServiceNamespace": "shop", "destServicePort": "80""#;
    assert_eq!(with(service, "").service.as_deref(), Some("shop/api"));
    let half = r#", "destServiceName": "api", "destServiceNamespace": "-""#;
    assert_eq!(with(half, "").service, None);
    for (counts, expected) in [
        (r#", "numConnectionsLive": "4""#, 4),
        (
            r#", "numConnectionsStarted": "3", "numConnectionsLive": "1""#,
            3,
        ),
        (r#", "numConnectionsCompleted": 2"#, 2),
    ] {
        assert_eq!(with("", counts).connections, expected, "{counts}");
    }
    let only = with(
        "",
        r#", "sourceIps": ["::ffff:10.0.0.1"], "destIps": ["10.0.0.1", "10.0.0.2"]"#,
    );
    assert_eq!(only.source, "Unknown a 10.0.0.1");
    assert_eq!(
        only.destination, "Unknown",
        "of several addresses none is taken"
    );
    assert_eq!(
        with("", r#", "sourceLabels": []"#).source,
        "Unknown a",
        "tells nothing"
    );
    assert_eq!(only.reporter, Reporter::Destination);
}

#[test]
fn what_is_wrong_is_said_in_words_of_the_log() {
    let with =
        |key: &str, flow: &str| refused(&format!(r#"{{"Key": {{"sourceName": "a"{key}}}{flow}}}"#));
    for (key, flow, message) in [
        ("", "", "`endTime` is missing"),
        (
            r#", "action": "Allow""#,
            r#", "endTime": "x""#,
            "invalid value: string \"x\", expected a whole number at column 62",
        ),
        (
            r#", "action": "Allow""#,
            r#", "endTime": "253402300800""#,
            "`endTime` is `253402300800`, expected Unix seconds, a whole number before the year 10000",
        ),
        (
            "",
            r#", "endTime": 1"#,
            "`action` is missing, expected `Allow` or `Deny`",
        ),
        (
            r#", "action": "Allow", "reporter": "Fwd""#,
            r#", "endTime": 1"#,
            "`reporter` is `Fwd`, expected `Src` or `Dst`",
        ),
        (
            r#", "action": "Allow", "destPort": "65536""#,
            r#", "endTime": 1"#,
            "`destPort` is `65536`, expected a port, 0 to 65535",
        ),
        (
            r#", "action": "Allow""#,
            r#", "endTime": 1, "bytesIn": "-1""#,
            "`bytesIn` is `-1`, expected a whole number of 0 or more",
        ),
        (
            r#", "action": "Allow", "sourceType": "Cloud""#,
            r#", "endTime": 1"#,
            "the type of the source is `Cloud`, expected `WorkloadEndpoint`, `HostEndpoint`, `NetworkSet` or `Network`",
        ),
        (
            r#", "action": "Allow""#,
            r#", "endTime": 1, "sourceLabels": "a=b""#,
            "`sourceLabels`: expected a list of `key=value`",
        ),
        (
            r#", "action": "Allow""#,
            r#", "endTime": 1, "destIps": ["x"]"#,
            "the address of the destination is none: `x`",
        ),
        (
            r#", "action": "Allow", "proto": "quic""#,
            r#", "endTime": 1"#,
            "the protocol is `quic`, expected a protocol's name or its number, 0 to 255",
        ),
    ] {
        assert_eq!(with(key, flow), message, "{key} {flow}");
    }
    let (seen, told) = testing::read(&format!("{GO}\n{{\"id\": \"8\"}}\n{GO}\n"));
    assert_eq!((seen.len(), told[0].at.as_str()), (2, "line 2"));
    assert_eq!(told[0].message, "`Key` is missing, expected a flow");
}
