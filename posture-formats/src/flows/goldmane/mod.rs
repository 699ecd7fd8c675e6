//! Flows of Goldmane: the JSON of protobuf, or that of Go with numbers for cases.

mod end;
mod hit;
mod value;

use std::convert::Infallible;
use std::sync::Arc;

use posture_core::model::{Labels, Protocol, Record, ServiceRef, Traces};
use serde_json::value::RawValue;

use super::Failed;
use super::cache::Cache;
use super::calico::{Text, in_line, known};
use crate::json;

pub(super) use end::{FlowEnd, labels, reporter};
pub(super) use hit::{action, read as read_traces};
pub(super) use value::{Case, Whole};

/// What flows of Goldmane repeat.
#[derive(Debug, Default)]
pub(super) struct Goldmane {
    labels: Cache<Labels>,
    traces: Cache<Traces>,
}

/// One flow, or what wraps it: "`FlowResult` and `FlowUpdate` hold it as `flow`" (formats, section
/// 3).
#[derive(serde::Deserialize)]
#[serde(expecting = "a flow")]
struct Row<'a> {
    #[serde(borrow)]
    flow: Option<Box<Row<'a>>>,
    #[serde(borrow, alias = "Key")]
    key: Option<Key<'a>>,
    #[serde(alias = "startTime")]
    start_time: Option<Whole>,
    #[serde(alias = "endTime")]
    end_time: Option<Whole>,
    #[serde(borrow, alias = "sourceLabels")]
    source_labels: Option<&'a RawValue>,
    #[serde(borrow, alias = "destLabels")]
    dest_labels: Option<&'a RawValue>,
    #[serde(borrow, alias = "sourceIps")]
    source_ips: Option<Vec<Text<'a>>>,
    #[serde(borrow, alias = "destIps")]
    dest_ips: Option<Vec<Text<'a>>>,
    #[serde(alias = "bytesIn")]
    bytes_in: Option<Whole>,
    #[serde(alias = "bytesOut")]
    bytes_out: Option<Whole>,
    #[serde(alias = "numConnectionsStarted")]
    num_connections_started: Option<Whole>,
    #[serde(alias = "numConnectionsCompleted")]
    num_connections_completed: Option<Whole>,
    #[serde(alias = "numConnectionsLive")]
    num_connections_live: Option<Whole>,
}

/// What tells flows apart.
#[derive(serde::Deserialize)]
#[serde(expecting = "the key of a flow")]
struct Key<'a> {
    #[serde(borrow, alias = "sourceName")]
    source_name: Option<Text<'a>>,
    #[serde(borrow, alias = "sourceNamespace")]
    source_namespace: Option<Text<'a>>,
    #[serde(borrow, alias = "sourceType")]
    source_type: Option<Case<'a>>,
    #[serde(borrow, alias = "destName")]
    dest_name: Option<Text<'a>>,
    #[serde(borrow, alias = "destNamespace")]
    dest_namespace: Option<Text<'a>>,
    #[serde(borrow, alias = "destType")]
    dest_type: Option<Case<'a>>,
    #[serde(alias = "destPort")]
    dest_port: Option<Whole>,
    #[serde(borrow, alias = "destServiceName")]
    dest_service_name: Option<Text<'a>>,
    #[serde(borrow, alias = "destServiceNamespace")]
    dest_service_namespace: Option<Text<'a>>,
    #[serde(borrow)]
    proto: Option<Text<'a>>,
    #[serde(borrow)]
    reporter: Option<Case<'a>>,
    #[serde(borrow)]
    action: Option<Case<'a>>,
    #[serde(borrow)]
    policies: Option<&'a RawValue>,
}

impl Goldmane {
    /// Reads one flow and hands on its record.
    pub(super) fn read(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(&Record<'_>),
    ) -> Result<(), Failed> {
        let mut row: Row<'_> = json::from_str(text).map_err(|error| in_line(&error))?;
        if let Some(flow) = row.flow.take() {
            row = *flow;
        }
        let key = row
            .key
            .as_ref()
            .ok_or("`Key` is missing, expected a flow")?;
        let end_time = row.end_time.or(row.start_time);
        let end = end_time.ok_or("`endTime` is missing")?.seconds("endTime")?;
        let start = match row.start_time {
            Some(start) => start.seconds("startTime")?,
            None => end,
        };
        let traces = self.traces(key.policies);
        let record = Record {
            start,
            end,
            action: action(key.action.as_ref(), &traces)?,
            reporter: reporter(key.reporter.as_ref())?,
            protocol: protocol(key.proto.as_ref())?,
            source: FlowEnd {
                side: "source",
                kind: key.source_type.as_ref(),
                namespace: key.source_namespace.as_ref(),
                name: key.source_name.as_ref(),
                addresses: row.source_ips.as_deref(),
                labels: self.labels("sourceLabels", row.source_labels)?,
                port: None,
            }
            .read()?,
            destination: FlowEnd {
                side: "destination",
                kind: key.dest_type.as_ref(),
                namespace: key.dest_namespace.as_ref(),
                name: key.dest_name.as_ref(),
                addresses: row.dest_ips.as_deref(),
                labels: self.labels("destLabels", row.dest_labels)?,
                port: Whole::port(key.dest_port, "destPort")?,
            }
            .read()?,
            service: service(
                key.dest_service_namespace.as_ref(),
                key.dest_service_name.as_ref(),
            ),
            domains: Vec::new(),
            traces,
            connections: connections(&row)?,
            bytes: Whole::count(row.bytes_in, "bytesIn")?
                .saturating_add(Whole::count(row.bytes_out, "bytesOut")?),
        };
        each(&record);
        Ok(())
    }

    fn labels(
        &mut self,
        field: &str,
        list: Option<&RawValue>,
    ) -> Result<Option<Arc<Labels>>, String> {
        let Some(list) = list else {
            return Ok(None);
        };
        let labels = self.labels.get(list.get(), |text| {
            let pairs: Option<Vec<Text<'_>>> = json::from_str(text)
                .map_err(|_| format!("`{field}`: expected a list of `key=value`"))?;
            let pairs = pairs.unwrap_or_default();
            Ok::<_, String>(labels(pairs.iter().map(|pair| pair.0.as_ref())))
        })?;
        Ok(Some(labels).filter(|labels| !labels.is_empty()))
    }

    fn traces(&mut self, policies: Option<&RawValue>) -> Arc<Traces> {
        match policies.map(RawValue::get) {
            None | Some("null") => Arc::default(),
            Some(text) => {
                let read = |text: &str| Ok::<_, Infallible>(read_traces(text));
                self.traces.get(text, read).unwrap_or_default()
            }
        }
    }
}

/// "`numConnectionsLive` is `num_flows` of the nodes' flow logs: those active in the interval. They
/// are at least those that began or ended in it" (formats, section 3).
fn connections(row: &Row<'_>) -> Result<u64, String> {
    let live = Whole::count(row.num_connections_live, "numConnectionsLive")?;
    let started = Whole::count(row.num_connections_started, "numConnectionsStarted")?;
    let completed = Whole::count(row.num_connections_completed, "numConnectionsCompleted")?;
    Ok(live.max(started).max(completed))
}

/// The protocol of a flow.
pub(super) fn protocol(name: Option<&Text<'_>>) -> Result<Protocol, String> {
    match known(name) {
        None => Ok(Protocol::Unknown),
        Some(name) => Protocol::from_name(name).ok_or_else(|| {
            format!("the protocol is `{name}`, expected a protocol's name or its number, 0 to 255")
        }),
    }
}

/// A Service, "only where both of its names are known" (formats, section 3).
pub(super) fn service<'a>(
    namespace: Option<&'a Text<'_>>,
    name: Option<&'a Text<'_>>,
) -> Option<ServiceRef<'a>> {
    Some(ServiceRef {
        namespace: known(namespace)?,
        name: known(name)?,
    })
}

#[cfg(test)]
mod tests;
