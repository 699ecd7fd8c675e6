//! A record as a row of a flow log in Calico's columns (formats, section 2).

use std::io::{self, Write};
use std::net::IpAddr;

use posture_core::model::{Action, End, EndKind, Labels, Protocol, Record, Reporter, Trace};
use posture_formats::flows::calico::{UNKNOWN, hit_text};
use serde_json::{Map, Value, json};

/// Writes a record as a line of JSON that is read as the same record. Columns that the score does not
/// use are none of it.
///
/// # Errors
/// Those of what it is written to.
pub fn write_row(record: &Record<'_>, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut out, &row(record))?;
    out.write_all(b"\n")
}

fn row(record: &Record<'_>) -> Map<String, Value> {
    let mut row = Map::new();
    let mut put = |key: &str, value: Value| {
        row.insert(key.to_owned(), value);
    };
    put("start_time", record.start.into());
    put("end_time", record.end.into());
    put("num_flows", record.connections.into());
    put("bytes_in", record.bytes.into());
    put(
        "action",
        match record.action {
            Action::Allow => "allow",
            Action::Deny => "deny",
        }
        .into(),
    );
    put(
        "reporter",
        match record.reporter {
            Reporter::Source => "src",
            Reporter::Destination => "dst",
            Reporter::Forward => "fwd",
            Reporter::Unknown => UNKNOWN,
        }
        .into(),
    );
    if record.protocol != Protocol::Unknown {
        put("proto", record.protocol.to_string().into());
    }
    if let Some(service) = record.service {
        put("dest_service_namespace", service.namespace.into());
        put("dest_service_name", service.name.into());
    }
    if !record.domains.is_empty() {
        put("dest_domains", json!(record.domains));
    }
    let policies = [
        ("enforced_policies", &record.traces.enforced),
        ("pending_policies", &record.traces.pending),
    ];
    let policies = policies.map(|(key, trace)| Some((key.to_owned(), hits(trace)?)));
    let policies: Map<String, Value> = policies.into_iter().flatten().collect();
    if !policies.is_empty() {
        put("policies", Value::Object(policies));
    }
    for (side, end) in [("source", &record.source), ("dest", &record.destination)] {
        put_end(side, end, &mut put);
    }
    row
}

fn put_end(side: &str, end: &End<'_>, put: &mut dyn FnMut(&str, Value)) {
    let kind = match end.kind {
        EndKind::Workload => "wep",
        EndKind::Host => "hep",
        EndKind::NetworkSet => "ns",
        EndKind::Network => "net",
        EndKind::Unknown => UNKNOWN,
    };
    let labels = end.labels.as_ref().map(|labels| pairs(labels));
    for (column, value) in [
        ("type", Some(Value::from(kind))),
        ("namespace", end.namespace.map(Value::from)),
        ("name", end.name.map(Value::from)),
        ("name_aggr", end.aggregate.map(Value::from)),
        ("ip", end.address.as_ref().map(text)),
        ("port", end.port.map(Value::from)),
        ("labels", labels),
    ] {
        if let Some(value) = value {
            put(&format!("{side}_{column}"), value);
        }
    }
}

fn text(address: &IpAddr) -> Value {
    address.to_string().into()
}

fn pairs(labels: &Labels) -> Value {
    let pairs = labels.iter().map(|(key, value)| format!("{key}={value}"));
    json!({ "labels": pairs.collect::<Vec<String>>() })
}

/// The hits of a trace; one that cannot be read stays one that cannot be read.
fn hits(trace: &Trace) -> Option<Value> {
    match trace {
        Trace::Absent => None,
        Trace::Unparsable => Some(json!(["?"])),
        Trace::Hits(hits) => Some(hits.iter().map(hit_text).collect()),
    }
}
