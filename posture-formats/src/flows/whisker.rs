//! Flows of Whisker: the items of its answers, or the events of its stream.

use std::convert::Infallible;
use std::sync::Arc;

use posture_core::model::{Labels, Record, Traces};
use posture_core::time::Time;
use serde_json::value::RawValue;

use super::Failed;
use super::cache::Cache;
use super::calico::{Text, in_line, known};
use super::goldmane::{
    Case, FlowEnd, Whole, action, labels, protocol, read_traces, reporter, service,
};
use crate::json;

/// What flows of Whisker repeat.
#[derive(Debug, Default)]
pub(super) struct Whisker {
    labels: Cache<Labels>,
    traces: Cache<Traces>,
}

/// One flow.
#[derive(serde::Deserialize)]
#[serde(expecting = "a flow")]
struct Row<'a> {
    #[serde(borrow)]
    start_time: Option<Text<'a>>,
    #[serde(borrow)]
    end_time: Option<Text<'a>>,
    #[serde(borrow)]
    action: Option<Case<'a>>,
    #[serde(borrow)]
    source_name: Option<Text<'a>>,
    #[serde(borrow)]
    source_namespace: Option<Text<'a>>,
    #[serde(borrow)]
    source_labels: Option<Text<'a>>,
    #[serde(borrow)]
    source_type: Option<Case<'a>>,
    #[serde(borrow)]
    source_ips: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    dest_name: Option<Text<'a>>,
    #[serde(borrow)]
    dest_namespace: Option<Text<'a>>,
    #[serde(borrow)]
    dest_labels: Option<Text<'a>>,
    #[serde(borrow)]
    dest_type: Option<Case<'a>>,
    #[serde(borrow)]
    dest_ips: Option<Vec<Text<'a>>>,
    dest_port: Option<Whole>,
    #[serde(borrow)]
    service: Option<Service<'a>>,
    #[serde(borrow)]
    protocol: Option<Text<'a>>,
    #[serde(borrow)]
    reporter: Option<Case<'a>>,
    #[serde(borrow)]
    policies: Option<&'a RawValue>,
    bytes_in: Option<Whole>,
    bytes_out: Option<Whole>,
}

#[derive(serde::Deserialize)]
#[serde(expecting = "a Service")]
struct Service<'a> {
    #[serde(borrow)]
    namespace: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

impl Whisker {
    /// Reads one flow and hands on its record. "Whisker tells no connections" (formats, section 3).
    pub(super) fn read(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(&Record<'_>),
    ) -> Result<(), Failed> {
        let row: Row<'_> = json::from_str(text).map_err(|error| in_line(&error))?;
        let end = time("end_time", row.end_time.as_ref())?.ok_or("`end_time` is missing")?;
        let traces = self.traces(row.policies);
        let to = row.service.as_ref();
        let record = Record {
            start: time("start_time", row.start_time.as_ref())?.unwrap_or(end),
            end,
            action: action(row.action.as_ref(), &traces)?,
            reporter: reporter(row.reporter.as_ref())?,
            protocol: protocol(row.protocol.as_ref())?,
            source: FlowEnd {
                side: "source",
                kind: row.source_type.as_ref(),
                namespace: row.source_namespace.as_ref(),
                name: row.source_name.as_ref(),
                addresses: row.source_ips.as_deref(),
                labels: self.labels(row.source_labels.as_ref()),
                port: None,
            }
            .read()?,
            destination: FlowEnd {
                side: "destination",
                kind: row.dest_type.as_ref(),
                namespace: row.dest_namespace.as_ref(),
                name: row.dest_name.as_ref(),
                addresses: row.dest_ips.as_deref(),
                labels: self.labels(row.dest_labels.as_ref()),
                port: Whole::port(row.dest_port, "dest_port")?,
            }
            .read()?,
            service: service(
                to.and_then(|service| service.namespace.as_ref()),
                to.and_then(|service| service.name.as_ref()),
            ),
            domains: Vec::new(),
            traces,
            connections: 0,
            bytes: Whole::count(row.bytes_in, "bytes_in")?
                .saturating_add(Whole::count(row.bytes_out, "bytes_out")?),
        };
        each(&record);
        Ok(())
    }

    fn labels(&mut self, text: Option<&Text<'_>>) -> Option<Arc<Labels>> {
        let read = |text: &str| Ok::<_, Infallible>(labels(text.split(" | ")));
        let labels = self.labels.get(known(text)?, read).unwrap_or_default();
        Some(labels).filter(|labels| !labels.is_empty())
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

fn time(field: &str, text: Option<&Text<'_>>) -> Result<Option<i64>, String> {
    match known(text) {
        None => Ok(None),
        Some(text) => match text.parse::<Time>() {
            Ok(time) => Ok(Some(time.0)),
            Err(error) => Err(format!("`{field}`: {error}")),
        },
    }
}

#[cfg(test)]
mod tests;
