//! Who began the connection of a packet, and which end the flow speaks for.
//!
//! "`traffic_direction` is that of the connection, not that of the packet, as the end on the node
//! that tells of it sees it" (formats, section 4): egress where the packet comes from the local
//! endpoint and is no reply, or comes to it and is one. "Cilium tells a direction only where it
//! knows whether the packet is a reply, or takes for granted that it is none" (formats, section 4),
//! as it does of dropped packets. So a direction without `is_reply` is that of no reply.

use posture_core::model::Reporter;

use super::flow::{Flow, Ports, known};
use super::verdict::Verdict;

/// From this port on ports are given to those who begin connections.
const EPHEMERAL: u16 = 32_768;

/// Who sent a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// The end that began the connection.
    Began,
    /// The end that answers.
    Answers,
    /// One of both.
    Either,
}

/// Who began the connection of a packet, and which of both the flow speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) sender: Sender,
    pub(super) reporter: Reporter,
}

/// The way of a packet, by the table of (formats, section 4).
pub(super) fn way(flow: &Flow<'_>, verdict: Verdict) -> Way {
    let told = match known(flow.traffic_direction.as_ref()) {
        Some("EGRESS") => Some(Reporter::Source),
        Some("INGRESS") => Some(Reporter::Destination),
        _ => None,
    };
    let (sender, reporter) = match (reply(flow), told) {
        (Some(sender), Some(told)) => (sender, told),
        (Some(sender), None) => (sender, local(flow, sender)),
        // Policies were asked about the answer as if it began a connection.
        (None, Some(told)) => match (verdict, likely(flow)) {
            (Verdict::Dropped, Sender::Answers) => (Sender::Answers, Reporter::Unknown),
            _ => (Sender::Began, told),
        },
        (None, None) => {
            let sender = likely(flow);
            (sender, local(flow, sender))
        }
    };
    // "such a record speaks for neither end" (formats, section 4)
    let reporter = match verdict {
        Verdict::Seen => Reporter::Forward,
        _ => reporter,
    };
    Way { sender, reporter }
}

/// Who sent the packet, where the flow tells: `reply` is left out where it is false, and so says
/// nothing then.
fn reply(flow: &Flow<'_>) -> Option<Sender> {
    match (flow.is_reply, flow.reply) {
        (Some(true), _) | (None, Some(true)) => Some(Sender::Answers),
        (Some(false), _) => Some(Sender::Began),
        (None, Some(false) | None) => None,
    }
}

/// Who sent the packet, by what it carries: "It looks like a request with the TCP flag SYN alone, as
/// an echo request, or from a port of 32768 and up to one below" (formats, section 4).
fn likely(flow: &Flow<'_>) -> Sender {
    let Some(l4) = &flow.l4 else {
        return Sender::Either;
    };
    let icmp = |kind, request, answer| match kind {
        kind if kind == request => Sender::Began,
        kind if kind == answer => Sender::Answers,
        _ => Sender::Either,
    };
    match (&l4.tcp, &l4.udp, &l4.sctp, l4.icmp, l4.icmp6) {
        (Some(tcp), ..) => match tcp.flags.map(|flags| (flags.syn, flags.ack)) {
            Some((true, false)) => Sender::Began,
            Some((true, true)) => Sender::Answers,
            _ => by_ports(tcp),
        },
        (_, Some(ports), ..) | (_, _, Some(ports), ..) => by_ports(ports),
        (.., Some(v4), _) => icmp(v4.kind, 8, 0),
        (.., Some(v6)) => icmp(v6.kind, 128, 129),
        _ => Sender::Either,
    }
}

fn by_ports(ports: &Ports) -> Sender {
    match (ports.source_port.0, ports.destination_port.0) {
        (Some(EPHEMERAL..), Some(0..EPHEMERAL)) => Sender::Began,
        (Some(0..EPHEMERAL), Some(EPHEMERAL..)) => Sender::Answers,
        _ => Sender::Either,
    }
}

/// "The local end is the receiver at `TO_ENDPOINT`, the sender at `FROM_ENDPOINT`, else the only one
/// with an endpoint `ID`" (formats, section 4).
fn local(flow: &Flow<'_>, sender: Sender) -> Reporter {
    let has_number = |end: &Option<_>| end.as_ref().is_some_and(super::flow::Endpoint::is_local);
    let numbered = (has_number(&flow.source), has_number(&flow.destination));
    let is_sender = match (known(flow.trace_observation_point.as_ref()), numbered) {
        (Some("TO_ENDPOINT"), _) => false,
        (Some("FROM_ENDPOINT"), _) | (_, (true, false)) => true,
        (_, (false, true)) => false,
        _ => return Reporter::Unknown,
    };
    match (sender, is_sender) {
        (Sender::Began, true) | (Sender::Answers, false) => Reporter::Source,
        (Sender::Began, false) | (Sender::Answers, true) => Reporter::Destination,
        (Sender::Either, _) => Reporter::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO_SERVER: &str = r#""l4": {"TCP": {"source_port": 40000, "destination_port": 8080}}"#;
    const TO_CLIENT: &str = r#""l4": {"TCP": {"source_port": 8080, "destination_port": 40000}}"#;

    fn of(fields: &str) -> (Sender, Reporter) {
        let line = format!("{{{fields}}}");
        let flow = serde_json::from_str(&line).unwrap();
        let way = way(&flow, Verdict::of(&flow).unwrap());
        (way.sender, way.reporter)
    }

    #[test]
    fn what_is_told_is_taken() {
        use Reporter::{Destination, Source};
        use Sender::{Answers, Began};
        for (reply, direction, expected) in [
            (r#""is_reply": false"#, "EGRESS", (Began, Source)),
            (
                r#""is_reply": true, "reply": true"#,
                "EGRESS",
                (Answers, Source),
            ),
            (r#""is_reply": false"#, "INGRESS", (Began, Destination)),
            (r#""reply": true"#, "INGRESS", (Answers, Destination)),
            // A direction is told of what is known to be no reply.
            (r#""is_reply": null"#, "INGRESS", (Began, Destination)),
            (r#""uuid": """#, "EGRESS", (Began, Source)),
        ] {
            // Ports do not matter where there is a word.
            for ports in [TO_SERVER, TO_CLIENT] {
                let fields = format!(
                    r#""verdict": "FORWARDED", {reply}, "traffic_direction": "{direction}", {ports}"#
                );
                assert_eq!(of(&fields), expected, "{fields}");
            }
        }
    }

    #[test]
    fn dropped_answers_say_nothing_of_their_connection() {
        let of = |l4: &str| {
            of(&format!(
                r#""verdict": "DROPPED", "traffic_direction": "EGRESS", {l4}"#
            ))
        };
        assert_eq!(of(TO_SERVER), (Sender::Began, Reporter::Source));
        assert_eq!(of(TO_CLIENT), (Sender::Answers, Reporter::Unknown));
        let syn = r#""l4": {"TCP": {"source_port": 8080, "destination_port": 40000, "flags": {"SYN": true}}}"#;
        assert_eq!(of(syn), (Sender::Began, Reporter::Source));
        let syn_ack = r#""l4": {"TCP": {"source_port": 40000, "destination_port": 40001, "flags": {"SYN": true, "ACK": true}}}"#;
        assert_eq!(of(syn_ack), (Sender::Answers, Reporter::Unknown));
        let neither = r#""l4": {"UDP": {"source_port": 5353, "destination_port": 5353}}"#;
        assert_eq!(of(neither), (Sender::Began, Reporter::Source));
    }

    #[test]
    fn without_a_direction_the_local_end_is_spoken_for() {
        use Reporter::{Destination, Source, Unknown};
        use Sender::{Answers, Began, Either};
        let local = r#"{"ID": 7}"#;
        let remote = r#"{"ID": 0}"#;
        for (l4, point, source, destination, expected) in [
            (TO_SERVER, "TO_OVERLAY", local, remote, (Began, Source)),
            (TO_SERVER, "TO_OVERLAY", remote, local, (Began, Destination)),
            (
                TO_CLIENT,
                "TO_OVERLAY",
                local,
                remote,
                (Answers, Destination),
            ),
            (TO_CLIENT, "TO_OVERLAY", remote, local, (Answers, Source)),
            (TO_SERVER, "TO_OVERLAY", remote, remote, (Began, Unknown)),
            (TO_SERVER, "TO_PROXY", local, local, (Began, Unknown)),
            (TO_SERVER, "TO_ENDPOINT", local, local, (Began, Destination)),
            (TO_CLIENT, "TO_ENDPOINT", local, local, (Answers, Source)),
            (TO_SERVER, "FROM_ENDPOINT", local, local, (Began, Source)),
            (
                r#""l4": {"ICMPv4": {"type": 8}}"#,
                "TO_OVERLAY",
                local,
                remote,
                (Began, Source),
            ),
            (
                r#""l4": {"ICMPv4": {}}"#,
                "TO_OVERLAY",
                local,
                remote,
                (Answers, Destination),
            ),
            (
                r#""l4": {"ICMPv6": {"type": 129}}"#,
                "TO_OVERLAY",
                remote,
                local,
                (Answers, Source),
            ),
            (
                r#""l4": {"ICMPv4": {"type": 3}}"#,
                "TO_OVERLAY",
                local,
                remote,
                (Either, Unknown),
            ),
            (
                r#""l4": null"#,
                "TO_OVERLAY",
                local,
                remote,
                (Either, Unknown),
            ),
        ] {
            let fields = format!(
                r#""verdict": "FORWARDED", "trace_observation_point": "{point}", "source": {source}, "destination": {destination}, {l4}"#
            );
            assert_eq!(of(&fields), expected, "{fields}");
        }
    }

    #[test]
    fn what_is_only_seen_speaks_for_neither_end() {
        let fields = format!(r#""verdict": "TRACED", "traffic_direction": "EGRESS", {TO_CLIENT}"#);
        assert_eq!(of(&fields), (Sender::Began, Reporter::Forward));
    }
}
