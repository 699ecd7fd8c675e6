//! Calico Cloud and Calico Enterprise flow logs: one JSON object a line.

mod row;
mod trace;

use std::borrow::Cow;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use posture_core::model::{
    Action, End, EndKind, Labels, Protocol, Record, Reporter, ServiceRef, Traces,
};
use serde_json::value::RawValue;

use super::cache::Cache;
use crate::json;
use row::{Row, RowEnd, Text, known};

/// What lines of Calico's logs repeat.
#[derive(Debug, Default)]
pub(super) struct Calico {
    labels: Cache<Labels>,
    traces: Cache<Traces>,
    no_traces: Arc<Traces>,
}

impl Calico {
    /// Reads one line and hands on its record.
    pub(super) fn read(
        &mut self,
        line: &[u8],
        each: &mut impl FnMut(&Record<'_>),
    ) -> Result<(), String> {
        // One check of the whole line is faster than one of each text in it.
        let line = std::str::from_utf8(line).map_err(|error| {
            format!(
                "not UTF-8 at column {}",
                error.valid_up_to().saturating_add(1)
            )
        })?;
        let parse = |text| serde_json::from_str::<Row<'_>>(text).map_err(|error| in_line(&error));
        let row = parse(line)?;
        let row = match row.wrapped {
            Some(wrapped) => parse(wrapped.get())?,
            None => row,
        };
        let end_time = row.end_time.ok_or("`end_time` is missing")?;
        let protocol = protocol(&row)?;
        let record = Record {
            start: row.start_time.unwrap_or(end_time).0,
            end: end_time.0,
            action: action(row.action.as_ref())?,
            reporter: reporter(row.reporter.as_ref())?,
            protocol,
            source: self.end("source", row.source())?,
            destination: self.end("dest", row.destination())?,
            service: service(&row),
            domains: domains(row.dest_domains)?,
            traces: self.traces(row.policies),
            connections: row.num_flows.unwrap_or_default(),
            bytes: row
                .bytes_in
                .unwrap_or_default()
                .saturating_add(row.bytes_out.unwrap_or_default()),
        };
        each(&record);
        Ok(())
    }

    fn end<'a>(&mut self, side: &str, end: RowEnd<'a>) -> Result<End<'a>, String> {
        let address = known(end.ip).map(str::parse::<IpAddr>).transpose();
        let labels = match end.labels.map(RawValue::get) {
            None | Some("null") => None,
            Some(text) => {
                let read = |text: &str| row::labels(text);
                let labels = self.labels.get(text, read);
                Some(labels.map_err(|error| format!("`{side}_labels`: {error}"))?)
            }
        };
        Ok(End {
            kind: end_kind(side, known(end.kind))?,
            namespace: known(end.namespace),
            name: known(end.name),
            aggregate: known(end.aggregate),
            address: address
                .map_err(|_| {
                    format!(
                        "`{side}_ip` is no IP address: `{}`",
                        known(end.ip).unwrap_or_default()
                    )
                })?
                .map(|address| address.to_canonical()),
            port: end.port.0,
            labels,
        })
    }

    fn traces(&mut self, policies: Option<&RawValue>) -> Arc<Traces> {
        match policies.map(RawValue::get) {
            None | Some("null") => self.no_traces.clone(),
            Some(text) => {
                let read = |text: &str| Ok::<_, Infallible>(trace::read(text));
                self.traces.get(text, read).unwrap_or_default()
            }
        }
    }
}

/// The error with its column alone: a line's number is not known to its parser.
fn in_line(error: &serde_json::Error) -> String {
    let message = json::message(error);
    match error.column() {
        0 => message,
        column => format!("{message} at column {column}"),
    }
}

fn action(action: Option<&Text<'_>>) -> Result<Action, String> {
    match known(action) {
        Some("allow") => Ok(Action::Allow),
        Some("deny") => Ok(Action::Deny),
        Some(other) => Err(format!("`action` is `{other}`, expected `allow` or `deny`")),
        None => Err("`action` is missing, expected `allow` or `deny`".to_owned()),
    }
}

/// "reporter src|dst|fwd (also `dst, fwd`)" (formats, section 2): what a node both received and
/// forwarded speaks for its destination.
fn reporter(reporter: Option<&Text<'_>>) -> Result<Reporter, String> {
    let text = known(reporter).unwrap_or_default();
    let mut reporters = text.split(',').map(str::trim);
    if reporters.clone().any(|one| one == "src") {
        Ok(Reporter::Source)
    } else if reporters.clone().any(|one| one == "dst") {
        Ok(Reporter::Destination)
    } else if reporters.any(|one| one == "fwd") {
        Ok(Reporter::Forward)
    } else {
        Err(format!(
            "`reporter` is `{text}`, expected `src`, `dst` or `fwd`"
        ))
    }
}

fn end_kind(side: &str, kind: Option<&str>) -> Result<EndKind, String> {
    match kind {
        Some("wep") => Ok(EndKind::Workload),
        Some("hep") => Ok(EndKind::Host),
        Some("ns") => Ok(EndKind::NetworkSet),
        Some("net") => Ok(EndKind::Network),
        other => Err(format!(
            "`{side}_type` is `{}`, expected `wep`, `hep`, `ns` or `net`",
            other.unwrap_or("-")
        )),
    }
}

fn protocol(row: &Row<'_>) -> Result<Protocol, String> {
    match &row.proto {
        None => Ok(Protocol::Unknown),
        Some(row::Proto::Number(number)) => Ok(Protocol::from_number(*number)),
        Some(row::Proto::Name(name)) => Protocol::from_name(name).ok_or_else(|| {
            format!("`proto` is `{name}`, expected a protocol's name or its number, 0 to 255")
        }),
    }
}

fn service<'a>(row: &'a Row<'_>) -> Option<ServiceRef<'a>> {
    Some(ServiceRef {
        namespace: known(row.dest_service_namespace.as_ref())?,
        name: known(row.dest_service_name.as_ref())?,
    })
}

fn domains(domains: Option<&RawValue>) -> Result<Vec<Cow<'_, str>>, String> {
    match domains.map(RawValue::get) {
        None | Some("null" | "[]" | "\"-\"" | "\"\"") => Ok(Vec::new()),
        Some(text) => {
            let texts: Vec<Text<'_>> = match text.starts_with('[') {
                true => serde_json::from_str(text),
                false => serde_json::from_str(text).map(|one| vec![one]),
            }
            .map_err(|error| format!("`dest_domains`: {}", in_line(&error)))?;
            Ok(texts
                .into_iter()
                .map(|text| text.0)
                .filter(|domain| domain != "-")
                .collect())
        }
    }
}
