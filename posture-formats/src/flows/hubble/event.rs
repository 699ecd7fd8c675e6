//! Lines that are no flows.

use posture_core::issue::IssueKind;

use super::super::Failed;
use super::flow::{Flow, Lost, NodeStatus, known};

/// What a line without a flow is, if it is another event of Hubble.
pub(super) fn no_flow(line: &Flow<'_>) -> Option<Failed> {
    if let Some(lost) = &line.lost_events {
        return Some(lost_events(lost));
    }
    if let Some(status) = &line.node_status {
        return Some(node_status(status));
    }
    let events = [
        ("agent_event", "an agent event", &line.agent_event),
        ("debug_event", "a debug event", &line.debug_event),
    ];
    let (key, what, _) = events.into_iter().find(|(_, _, event)| event.is_some())?;
    Some(Failed {
        kind: IssueKind::UnusedKind,
        message: format!("`{key}`: {what} is no flow"),
        count: 1,
    })
}

fn lost_events(lost: &Lost<'_>) -> Failed {
    let place = match known(lost.source.as_ref()) {
        Some("PERF_EVENT_RING_BUFFER") => "the agent could not keep up with the kernel",
        Some("OBSERVER_EVENTS_QUEUE") => "the observer's queue was full",
        Some("HUBBLE_RING_BUFFER") => "the ring buffer had written over them before they were read",
        _ => "the log does not tell where",
    };
    let count = lost.num_events_lost.0.max(1);
    let message = match lost.num_events_lost.0 {
        0 => format!("flows were lost: {place}"),
        1 => format!("1 flow was lost: {place}"),
        many => format!("{many} flows were lost: {place}"),
    };
    Failed {
        kind: IssueKind::LostRecords,
        message,
        count,
    }
}

fn node_status(status: &NodeStatus<'_>) -> Failed {
    let nodes: Vec<String> = status
        .node_names
        .iter()
        .flatten()
        .filter_map(|name| known(Some(name)))
        .map(|name| format!("`{name}`"))
        .collect();
    let nodes = nodes.join(", ");
    let missing = match known(status.state_change.as_ref()) {
        Some("NODE_UNAVAILABLE") => Some("could not be reached"),
        Some("NODE_GONE") => Some("went away"),
        Some("NODE_ERROR") => Some("answered with an error"),
        _ => None,
    };
    match missing {
        Some(missing) => Failed {
            kind: IssueKind::LostRecords,
            message: format!("flows are missing: nodes {missing}: {nodes}"),
            count: 1,
        },
        None => Failed {
            kind: IssueKind::UnusedKind,
            message: format!("`node_status`: the status of nodes is no flow: {nodes}"),
            count: 1,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Option<(IssueKind, String, u64)> {
        let line = serde_json::from_str(line).unwrap();
        no_flow(&line).map(|failed| (failed.kind, failed.message, failed.count))
    }

    #[test]
    fn events_are_told_as_what_they_are() {
        use IssueKind::{LostRecords, UnusedKind};
        for (line, kind, message, count) in [
            (
                r#"{"lost_events": {"source": "HUBBLE_RING_BUFFER", "num_events_lost": "17"}, "node_name": "n"}"#,
                LostRecords,
                "17 flows were lost: the ring buffer had written over them before they were read",
                17,
            ),
            (
                r#"{"lost_events": {"source": "PERF_EVENT_RING_BUFFER", "num_events_lost": 1, "cpu": 3}}"#,
                LostRecords,
                "1 flow was lost: the agent could not keep up with the kernel",
                1,
            ),
            (
                r#"{"lost_events": {}}"#,
                LostRecords,
                "flows were lost: the log does not tell where",
                1,
            ),
            (
                r#"{"node_status": {"state_change": "NODE_CONNECTED", "node_names": ["a", "b"]}}"#,
                UnusedKind,
                "`node_status`: the status of nodes is no flow: `a`, `b`",
                1,
            ),
            (
                r#"{"node_status": {"state_change": "NODE_UNAVAILABLE", "node_names": ["a"]}}"#,
                LostRecords,
                "flows are missing: nodes could not be reached: `a`",
                1,
            ),
            (
                r#"{"agent_event": {"type": "AGENT_STARTED"}}"#,
                UnusedKind,
                "`agent_event`: an agent event is no flow",
                1,
            ),
            (
                r#"{"debug_event": {"type": "DBG_CT_VERDICT"}}"#,
                UnusedKind,
                "`debug_event`: a debug event is no flow",
                1,
            ),
        ] {
            assert_eq!(
                told(line),
                Some((kind, message.to_owned(), count)),
                "{line}"
            );
        }
        assert_eq!(told(r#"{"verdict": "FORWARDED"}"#), None);
    }
}
