//! What tests see of the records of a log.

use posture_core::issue::{Issue, Issues};
use posture_core::model::{Action, End, Protocol, Record, Reporter, Trace};

use super::{Chunks, FlowReader};
use crate::detect::{Content, detect};

/// A record, as its readers must say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) times: (i64, i64),
    pub(super) action: Action,
    pub(super) reporter: Reporter,
    pub(super) protocol: Protocol,
    /// The kind, the namespace and name, the address, the port and the labels.
    pub(super) source: String,
    pub(super) destination: String,
    pub(super) service: Option<String>,
    /// The last enforced hit, as Calico's newer hit strings write it.
    pub(super) enforced: String,
    pub(super) pending: Trace,
    pub(super) connections: u64,
    pub(super) bytes: u64,
}

/// The records of a text and what is told about it: recognised, cut and read as a file is.
pub(super) fn read(text: &str) -> (Vec<Seen>, Vec<Issue>) {
    let Content::FlowLog(what) = detect(text.as_bytes()) else {
        panic!("no flow log: {text}");
    };
    let (mut seen, mut issues) = (Vec::new(), Issues::default());
    let mut chunks = Chunks::of_size(7, text.as_bytes(), what);
    let mut reader = FlowReader::new("flows", what);
    while let Some(chunk) = chunks.next(Vec::new()).unwrap() {
        reader.read(&chunk, &mut issues, &mut |record| {
            seen.push(record.into());
        });
    }
    (seen, issues.into_list())
}

impl From<&Record<'_>> for Seen {
    fn from(record: &Record<'_>) -> Self {
        let service = record.service.as_ref();
        Self {
            times: (record.start, record.end),
            action: record.action,
            reporter: record.reporter,
            protocol: record.protocol,
            source: end(&record.source),
            destination: end(&record.destination),
            service: service.map(|service| format!("{}/{}", service.namespace, service.name)),
            enforced: match &record.traces.enforced {
                Trace::Hits(hits) => hits.last().map_or_else(String::new, |hit| {
                    let (index, tier, policy) = (hit.index, &hit.tier, &hit.policy);
                    let (action, rule) = (hit.action, hit.rule.unwrap_or(-9));
                    format!("{index}|{tier}|{policy}|{action:?}|{rule}")
                }),
                none => format!("{none:?}"),
            },
            pending: record.traces.pending.clone(),
            connections: record.connections,
            bytes: record.bytes,
        }
    }
}

fn end(end: &End<'_>) -> String {
    let name = end.name.or(end.aggregate).unwrap_or_default();
    let named = match end.namespace {
        Some(namespace) => format!("{namespace}/{name}"),
        None => name.to_owned(),
    };
    let labels = end.labels.as_ref().map(|labels| {
        let pairs: Vec<String> = labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        format!("[{}]", pairs.join(" "))
    });
    [
        Some(format!("{:?}", end.kind)),
        Some(named).filter(|named| !named.is_empty()),
        end.address.map(|address| address.to_string()),
        end.port.map(|port| format!(":{port}")),
        labels,
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" ")
}
