use posture_core::model::{Action, Protocol, Reporter, Trace};

use crate::flows::testing::{self, Seen};

/// One flow, with something put into it.
fn flow(more: &str) -> String {
    let mut fields = vec![
        r#""start_time": "2026-11-20T10:00:00Z""#,
        r#""end_time": "2026-11-20T10:00:15Z""#,
        r#""action": "Allow""#,
        r#""source_name": "web-755cdc7957-*""#,
        r#""source_namespace": "shop""#,
        r#""source_labels": "app=web | tier=front""#,
        r#""dest_name": "PUBLIC NETWORK""#,
        r#""dest_namespace": "-""#,
        r#""dest_labels": """#,
        r#""protocol": "tcp""#,
        r#""dest_port": 443"#,
        r#""reporter": "Src""#,
        r#""policies": {"enforced": [{"kind": "Profile", "name": "kns.shop", "namespace": "", "tier": "", "action": "Allow", "policy_index": 0, "rule_index": 0, "trigger": null}], "pending": []}"#,
        r#""packets_in": 3"#,
        r#""packets_out": 2"#,
        r#""bytes_in": 100"#,
        r#""bytes_out": 20"#,
    ];
    let key = more.split(':').next().unwrap_or_default();
    fields.retain(|field| more.is_empty() || !field.starts_with(&format!("{key}:")));
    if !more.is_empty() {
        fields.push(more);
    }
    format!("{{{}}}", fields.join(", "))
}

fn one(text: &str) -> Seen {
    let (seen, told) = testing::read(text);
    assert_eq!(told, [], "{text}");
    let [seen] = seen.as_slice() else {
        panic!("{text}: {seen:?}");
    };
    seen.clone()
}

#[test]
fn a_flow_in_every_wrapper() {
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
        connections: 0,
        bytes: 120,
    };
    let flow = flow("");
    for text in [
        flow.clone(),
        flow.replace(", ", ",\n  "),
        format!("{{\"meta\": {{\"totalPages\": 1, \"totalResults\": 1}}, \"items\": [{flow}]}}"),
        format!("{{\n  \"total\": 1,\n  \"items\": [\n    {flow}\n  ]\n}}\n"),
        format!("[{flow}]"),
        format!("event: flow\ndata: {flow}\n\n: keep-alive\n"),
    ] {
        assert_eq!(one(&text), expected, "{text}");
    }
    let (seen, told) = testing::read(&format!("data: {flow}\n\ndata: {flow}\n\n"));
    assert_eq!((seen.len(), told.len()), (2, 0));
}

#[test]
fn ends_by_name() {
    for (field, source) in [
        (r#""source_name": "PRIVATE NETWORK""#, "Workload shop/pvt"),
        (r#""source_namespace": "-""#, "Unknown web-755cdc7957-*"),
        (
            r#""source_namespace": "Global""#,
            "Unknown web-755cdc7957-*",
        ),
        (r#""source_namespace": """#, "Unknown web-755cdc7957-*"),
        (r#""source_name": "-""#, "Workload shop/"),
    ] {
        let seen = one(&flow(field));
        assert_eq!(
            seen.source,
            format!("{source} [app=web tier=front]"),
            "{field}"
        );
    }
    for (field, destination) in [
        (r#""dest_name": "PRIVATE NETWORK""#, "Network pvt :443"),
        (r#""dest_name": "pub""#, "Network pub :443"),
        (r#""dest_name": "pvt""#, "Network pvt :443"),
        (r#""dest_name": "node-1""#, "Unknown node-1 :443"),
        (r#""dest_name": "-""#, "Unknown :443"),
        (r#""dest_port": 0"#, "Network pub"),
        (r#""dest_port": "8443""#, "Network pub :8443"),
    ] {
        assert_eq!(one(&flow(field)).destination, destination, "{field}");
    }
}

#[test]
fn newer_fields() {
    for (field, destination) in [
        (r#""dest_type": "NetworkSet""#, "NetworkSet pub :443"),
        (r#""dest_type": """#, "Network pub :443"),
        (r#""dest_type": "HostEndpoint""#, "Host pub :443"),
        (
            r#""dest_ips": ["169.254.169.254"]"#,
            "Network pub 169.254.169.254 :443",
        ),
        (r#""dest_ips": null"#, "Network pub :443"),
        (r#""dest_ips": ["1.1.1.1", "8.8.8.8"]"#, "Network pub :443"),
    ] {
        assert_eq!(one(&flow(field)).destination, destination, "{field}");
    }
    let service = |text: &str| one(&flow(&format!("\"service\": {text}"))).service;
    assert_eq!(
        service(r#"{"name": "api", "namespace": "shop", "port": 80}"#).as_deref(),
        Some("shop/api")
    );
    for none in ["null", r#"{"name": "api", "namespace": "-"}"#, "{}"] {
        assert_eq!(service(none), None, "{none}");
    }
}

#[test]
fn reporters_actions_times_and_protocols() {
    for (reporter, expected) in [
        ("Dst", Reporter::Destination),
        ("ReporterUnspecified", Reporter::Unknown),
        ("", Reporter::Unknown),
    ] {
        let seen = one(&flow(&format!("\"reporter\": \"{reporter}\"")));
        assert_eq!(seen.reporter, expected, "{reporter}");
    }
    for (action, expected) in [
        ("Deny", Action::Deny),
        ("ActionUnspecified", Action::Allow),
        ("Pass", Action::Allow),
    ] {
        let seen = one(&flow(&format!("\"action\": \"{action}\"")));
        assert_eq!(seen.action, expected, "{action}");
    }
    let seen = one(&flow(r#""end_time": "2026-11-20T11:00:15.5+01:00""#));
    assert_eq!(seen.times.1, 1_795_168_815);
    assert_eq!(one(&flow(r#""protocol": "icmp""#)).protocol, Protocol::Icmp);
    assert_eq!(one(&flow(r#""protocol": "-""#)).protocol, Protocol::Unknown);
}

#[test]
fn what_is_wrong_is_said_in_words_of_the_log() {
    for (field, message) in [
        (r#""end_time": """#, "`end_time` is missing"),
        (
            r#""end_time": "yesterday""#,
            "`end_time`: `yesterday` is not a time: expected RFC 3339, such as `2026-11-20T10:00:00Z`",
        ),
        (
            r#""reporter": "Fwd""#,
            "`reporter` is `Fwd`, expected `Src` or `Dst`",
        ),
        (
            r#""action": "Log""#,
            "`action` is `Log`, expected `Allow` or `Deny`",
        ),
        (
            r#""dest_port": -1"#,
            "`dest_port` is `-1`, expected a port, 0 to 65535",
        ),
        (
            r#""bytes_out": -5"#,
            "`bytes_out` is `-5`, expected a whole number of 0 or more",
        ),
    ] {
        let (seen, told) = testing::read(&format!("{}\n{}\n", flow(""), flow(field)));
        assert_eq!(seen.len(), 1, "{field}");
        assert_eq!(
            (told[0].at.as_str(), told[0].message.as_str()),
            ("line 2", message)
        );
    }
    let unread = one(&flow(r#""policies": []"#));
    assert_eq!(
        (unread.enforced.as_str(), unread.pending),
        ("Unparsable", Trace::Unparsable)
    );
    let absent = one(&flow(r#""policies": null"#));
    assert_eq!(absent.enforced, "Absent");
}
