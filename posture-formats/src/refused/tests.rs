use posture_core::issue::IssueKind;

use crate::detect::{Content, detect};
use crate::read_text;

const AWS: &str =
    "2 123456789012 eni-0a1b 10.0.0.1 10.0.0.2 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK";

/// How often the beginning of a message is told about a text, and that nothing else is.
fn told(text: &str, beginning: &str) -> u64 {
    assert_eq!(detect(text.as_bytes()), Content::Documents, "{text}");
    let (_, issues) = read_text(text);
    let [issue] = issues.as_slice() else {
        panic!("{text}: {issues:?}");
    };
    assert_eq!(issue.kind, IssueKind::UnknownFormat, "{text}");
    assert!(issue.message.starts_with(beginning), "{text}: {issue:?}");
    issue.count
}

#[test]
fn logs_of_aws() {
    let heading = "version account-id interface-id srcaddr dstaddr srcport dstport protocol";
    let message = format!("{{\"timestamp\": 1, \"message\": \"{AWS}\"}}");
    for text in [
        format!("{heading}\n{AWS}\n"),
        format!("\n{AWS}\r\n"),
        format!("2026-11-20T10:00:00Z {AWS}"),
        AWS.replace("ACCEPT OK", "- NODATA"),
        "srcaddr dstaddr action\n10.0.0.1 10.0.0.2 ACCEPT\n".to_owned(),
        "\"srcaddr\",\"dstaddr\"\n".to_owned(),
        format!("{{\"events\": [{message}], \"searchedLogStreams\": []}}"),
        format!("{{\"messageType\": \"DATA_MESSAGE\", \"logEvents\": [{message}]}}"),
        message.clone(),
        format!("[{{\"@timestamp\": \"x\", \"@message\": \"{AWS}\"}}]"),
        r#"{"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2"}"#.to_owned(),
    ] {
        assert_eq!(told(&text, "an AWS VPC flow log "), 1, "{text}");
    }
    let lines = format!("{message}\n{message}\n{message}\n");
    assert_eq!(
        told(&lines, "an AWS VPC flow log "),
        3,
        "once for all lines"
    );
}

#[test]
fn logs_of_google_and_azure() {
    let payload = r#"{"connection": {"src_ip": "10.0.0.1", "dest_port": 443}, "reporter": "SRC", "start_time": "2026-11-20T10:00:00Z", "src_gke_details": {"pod": {"pod_name": "web"}}}"#;
    let entry = format!("{{\"insertId\": \"1\", \"jsonPayload\": {payload}}}");
    for (text, count) in [
        (payload.to_owned(), 1),
        (entry.clone(), 1),
        (format!("{entry}\n{entry}\n"), 2),
        (format!("[{entry}, {entry}]"), 2),
        (format!("{{\"entries\": [{entry}]}}"), 1),
    ] {
        assert_eq!(told(&text, "a Google Cloud VPC flow log "), count, "{text}");
    }
    for text in [
        r#"{"records": [{"category": "NetworkSecurityGroupFlowEvent", "properties": {"flows": [{"flows": [{"flowTuples": ["1,10.0.0.1"]}]}]}}]}"#,
        r#"{"records": [{"category": "FlowLogFlowEvent", "flowRecords": {"flows": []}}]}"#,
        r#"{"category": "NetworkSecurityGroupFlowEvent"}"#,
    ] {
        assert_eq!(told(text, "an Azure flow log "), 1, "{text}");
    }
}

#[test]
fn parts_of_whisker() {
    for text in [
        r#"{"enforced": [{"kind": "Profile", "name": "kns.a"}], "pending": []}"#,
        r#"{"enforcedPolicies": []}"#,
    ] {
        assert_eq!(told(text, "a policy trace without its flow "), 1, "{text}");
    }
    for text in [
        r#"{"source_names": [{"value": "a", "type": "Exact"}], "actions": ["Deny"]}"#,
        r#"{"actions": ["Deny", "Pass"]}"#,
    ] {
        assert_eq!(told(text, "a filter of flows "), 1, "{text}");
    }
}

#[test]
fn answers_without_flows_are_told_about() {
    for text in [
        r#"{"meta": {"totalPages": 0}, "items": []}"#,
        r#"{"meta": {"totalPages": 0}, "items": null}"#,
        r#"{"meta": {}, "items": [{"value": "shop"}]}"#,
        r#"{"meta": {"totalPages": "0"}}"#,
    ] {
        let (_, issues) = read_text(text);
        assert_eq!(issues.len(), 1, "{text}: {issues:?}");
    }
}

#[test]
fn what_is_none_of_these_is_not_called_so() {
    for text in [
        r#"{"enforced": [], "mode": 1}"#,
        r#"{"policies": []}"#,
        r#"{"message": "eni-1 is gone"}"#,
        r#"{"connection": {}}"#,
        r#"{"category": "AuditEvent"}"#,
        r#"{"records": []}"#,
    ] {
        assert_eq!(told(text, "the content is of no known format"), 1, "{text}");
    }
    let (_, issues) = read_text("the interface eni-1 is OK, mostly");
    assert_eq!(issues[0].kind, IssueKind::UnusedFile);
}
