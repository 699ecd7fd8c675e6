//! What a flow log is, by its first records.

use std::collections::BTreeMap;

use super::layout::{FlowFormat, FlowLog, Layout};
use super::{lines, values::Scanner};
use crate::envelope::{self, Envelope};

/// How many records may be broken, or be of another kind, before the first that tells.
const RECORDS: usize = 10;

/// What a text is, by its first bytes; none where it is no flow log.
pub(crate) fn recognise(head: &[u8]) -> Option<FlowLog> {
    let is_values = head.trim_ascii_start().starts_with(b"[") || goes_on(head);
    let by = |layout, format| FlowLog { format, layout };
    let lines = match is_values {
        true => None,
        false => by_line(head).map(|format| by(Layout::Lines, format)),
    };
    lines.or_else(|| by_value(head).map(|format| by(Layout::Values, format)))
}

/// Whether the first line begins a value that goes on in the next, whatever lines inside it look like.
fn goes_on(head: &[u8]) -> bool {
    let first = lines::of(head.trim_ascii_start()).next();
    first.is_some_and(|line| {
        line.starts_with(b"{") && matches!(line.trim_ascii_end().last(), Some(b'{' | b'[' | b','))
    })
}

/// By the first lines, or by most of all: a log may follow on what a program wrote before it, but prose
/// with a record in it is no log.
fn by_line(head: &[u8]) -> Option<FlowFormat> {
    let records = lines::of(head)
        .map(lines::record)
        .filter(|line| !line.is_empty());
    let mut formats: BTreeMap<FlowFormat, usize> = BTreeMap::new();
    let mut lines = 0_usize;
    for line in records {
        let format = format_of(line);
        if lines < RECORDS && format.is_some() {
            return format;
        }
        lines = lines.saturating_add(1);
        if let Some(format) = format {
            *formats.entry(format).or_default() += 1;
        }
    }
    let (format, most) = formats.into_iter().max_by_key(|(_, count)| *count)?;
    (most >= lines / 2).then_some(format)
}

fn by_value(head: &[u8]) -> Option<FlowFormat> {
    if !head.trim_ascii_start().starts_with(b"{") && !head.trim_ascii_start().starts_with(b"[") {
        return None;
    }
    let mut records = Scanner::default().scan(head).into_iter().take(RECORDS);
    records.find_map(|range| format_of(head.get(range)?))
}

/// Who wrote a record, by its keys.
fn format_of(record: &[u8]) -> Option<FlowFormat> {
    if !record.starts_with(b"{") {
        return None;
    }
    object(std::str::from_utf8(record).ok()?).and_then(|record| format(&record))
}

fn format(record: &Envelope<'_>) -> Option<FlowFormat> {
    let has_all = |keys: &[&str]| keys.iter().all(|key| record.field(key).is_some());
    // "of the three only Whisker calls it `protocol`" (formats, section 3).
    if has_all(&["reporter", "source_name", "dest_name", "protocol"]) {
        return Some(FlowFormat::Whisker);
    }
    let ends = [
        "source_name_aggr",
        "dest_name_aggr",
        "source_type",
        "dest_type",
    ];
    if (has_all(&["reporter"]) && has_any(record, &ends))
        || has_all(&["reporter", "source_namespace", "start_time"])
    {
        return Some(FlowFormat::Calico);
    }
    if is_hubble(record) || is_event_of_hubble(record) {
        return Some(FlowFormat::Hubble);
    }
    if let Some(flow) = inner(record, "flow") {
        let of_hubble = has_any(record, &["node_name", "time"]) || is_hubble(&flow);
        return match is_goldmane(&flow) {
            true => Some(FlowFormat::Goldmane),
            false => of_hubble.then_some(FlowFormat::Hubble),
        };
    }
    if is_goldmane(record) {
        return Some(FlowFormat::Goldmane);
    }
    // "Elasticsearch exports wrap the row in `_source`" (formats, section 2).
    match format(&inner(record, "_source")?)? {
        FlowFormat::Calico => Some(FlowFormat::Calico),
        _ => None,
    }
}

fn is_hubble(flow: &Envelope<'_>) -> bool {
    let beside = ["IP", "l4", "source", "traffic_direction", "node_name"];
    has_any(flow, &["verdict"]) && has_any(flow, &beside)
}

/// What a log of Hubble has beside flows.
fn is_event_of_hubble(line: &Envelope<'_>) -> bool {
    let events = ["lost_events", "node_status", "agent_event", "debug_event"];
    has_any(line, &events) && has_any(line, &["node_name", "time"])
}

fn is_goldmane(flow: &Envelope<'_>) -> bool {
    ["Key", "key"].iter().any(|key| {
        inner(flow, key).is_some_and(|key| {
            has_any(&key, &["sourceName", "destName", "sourceType", "destType"])
                || has_any(
                    &key,
                    &["source_name", "dest_name", "source_type", "dest_type"],
                )
        })
    })
}

fn has_any(object: &Envelope<'_>, keys: &[&str]) -> bool {
    keys.iter().any(|key| object.field(key).is_some())
}

fn inner<'a>(record: &Envelope<'a>, key: &str) -> Option<Envelope<'a>> {
    object(record.field(key)?.get())
}

fn object(json: &str) -> Option<Envelope<'_>> {
    match envelope::open(json) {
        (object, None) => Some(object),
        (_, Some(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(text: &str) -> Option<(FlowFormat, Layout)> {
        recognise(text.as_bytes()).map(|log| (log.format, log.layout))
    }

    const CALICO: &str = r#"{"start_time": 1, "reporter": "src", "source_namespace": "a"}"#;

    #[test]
    fn calico_in_every_layout() {
        use FlowFormat::Calico;
        use Layout::{Lines, Values};
        for (text, layout) in [
            (CALICO.to_owned(), Lines),
            (format!("\r\n{CALICO}\r\n{{\"cut"), Lines),
            (format!("{{\"broken\n{CALICO}\n"), Lines),
            (format!("starting with [\n{CALICO}\n"), Lines),
            (format!("{{\"_source\": {CALICO}}}"), Lines),
            (format!("[{CALICO},\n{CALICO}]"), Values),
            (format!("[\n{CALICO},\n{CALICO}\n]"), Values),
            (
                format!("{{\"hits\": {{\"hits\": [{{\"_source\": {CALICO}}}]}}}}"),
                Values,
            ),
            (CALICO.replace(',', ",\n"), Values),
            (
                format!("{{\n\"items\": [\n{CALICO},\n{CALICO}\n]}}"),
                Values,
            ),
            (format!("{{\"items\": [\n{CALICO},\n{CALICO}]}}"), Values),
            (format!("{{\"items\": [{CALICO},\n{CALICO}]}}"), Values),
        ] {
            assert_eq!(recognised(&text), Some((Calico, layout)), "{text}");
        }
        for text in [
            r#"{"reporter": "src"}"#,
            r#"{"start_time": 1}"#,
            "",
            "[]",
            "kind: Pod",
        ] {
            assert_eq!(recognised(text), None, "{text}");
        }
    }

    #[test]
    fn a_log_may_begin_otherwise() {
        let prose = |lines: usize| "I0101 starting up\n".repeat(lines);
        let rows = format!("{CALICO}\n").repeat(40);
        let log = format!("{}{rows}", prose(30));
        assert_eq!(recognised(&log), Some((FlowFormat::Calico, Layout::Lines)));
        let readme = format!("{}{CALICO}\n{}", prose(15), prose(15));
        assert_eq!(recognised(&readme), None);
        let lost = r#"{"lost_events": {"num_events_lost": 3}, "node_name": "n"}"#;
        let events = format!("{lost}\n").repeat(20);
        assert_eq!(
            recognised(&events),
            Some((FlowFormat::Hubble, Layout::Lines))
        );
    }

    #[test]
    fn formats() {
        for (record, format) in [
            (
                r#"{"source_name": "a", "dest_name": "b", "protocol": "tcp", "reporter": "Src"}"#,
                FlowFormat::Whisker,
            ),
            (
                r#"{"id": "1", "flow": {"Key": {"sourceName": "a"}}}"#,
                FlowFormat::Goldmane,
            ),
            (r#"{"Key": {"destType": "Network"}}"#, FlowFormat::Goldmane),
            (
                r#"{"flow": {"verdict": "DROPPED", "IP": {}}, "node_name": "n"}"#,
                FlowFormat::Hubble,
            ),
            (r#"{"verdict": "FORWARDED", "l4": {}}"#, FlowFormat::Hubble),
        ] {
            assert_eq!(
                recognised(record),
                Some((format, Layout::Lines)),
                "{record}"
            );
            let logged = format!("2021-10-04T11:22:26.5Z stdout F {record}");
            assert_eq!(
                recognised(&logged),
                Some((format, Layout::Lines)),
                "{logged}"
            );
        }
    }
}
