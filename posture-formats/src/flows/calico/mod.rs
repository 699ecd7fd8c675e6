//! Calico Cloud and Calico Enterprise flow logs: one JSON object a line.
//!
//! What single values of a row mean is public: other forms of the same log hold them, too.

mod plain;
mod row;
mod trace;

use std::borrow::Cow;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use posture_core::issue::IssueKind;
use posture_core::model::{
    Action, End, EndKind, Labels, Protocol, Record, Reporter, ServiceRef, Traces,
};

use super::Failed;
use super::cache::Cache;
use crate::json;
use row::{Row, RowEnd};

pub use row::{SECONDS, label, labels};
pub(super) use row::{Text, known};
pub use trace::{hit_text, read as traces, trace_of, traces_of};

/// The reporter, or the type of an end, that the log which a row was made of did not tell.
pub const UNKNOWN: &str = "unknown";

/// How a log writes a text that is unknown or none.
pub const NONE: &str = "-";

/// What rows of Calico's logs repeat.
#[derive(Debug, Default)]
pub(super) struct Calico {
    expected: plain::Expected,
    labels: Cache<Labels>,
    traces: Cache<Traces>,
    no_traces: Arc<Traces>,
}

/// What the nested values of a row say.
struct Nested<'a> {
    source_labels: Option<Arc<Labels>>,
    dest_labels: Option<Arc<Labels>>,
    domains: Vec<Cow<'a, str>>,
    traces: Arc<Traces>,
}

impl Calico {
    /// Reads one row and hands on its record.
    pub(super) fn read(
        &mut self,
        text: &str,
        each: &mut dyn FnMut(&Record<'_>),
    ) -> Result<(), Failed> {
        let plain = plain::row(text, &mut self.expected);
        if let Some(row) = plain.filter(|row| row.end_time.is_some())
            && let Some(nested) = self.nested_in_plain(&row)?
        {
            each(&record(&row, nested)?);
            return Ok(());
        }
        let parse = |text| json::from_str::<Row<'_>>(text).map_err(|error| in_line(&error));
        let row = parse(text)?;
        let row = match row.wrapped {
            Some(wrapped) => parse(wrapped)?,
            None => row,
        };
        if row.end_time.is_none() {
            return Err(no_record(text));
        }
        let nested = self.nested(&row)?;
        each(&record(&row, nested)?);
        Ok(())
    }

    /// What the nested values of a plain row say, of which nothing is known yet but where they end; none where they
    /// are no JSON.
    fn nested_in_plain<'a>(&mut self, row: &Row<'a>) -> Result<Option<Nested<'a>>, String> {
        match self.known_nested(row) {
            None if plain::is_whole(row) => self.nested(row).map(Some),
            known => Ok(known),
        }
    }

    /// What nested values say that were all read before.
    fn known_nested<'a>(&self, row: &Row<'a>) -> Option<Nested<'a>> {
        let labels =
            |text: Option<&str>| text.map_or(Some(None), |text| self.labels.known(text).map(Some));
        Some(Nested {
            source_labels: labels(row.source_labels)?,
            dest_labels: labels(row.dest_labels)?,
            domains: domains(row.dest_domains).ok()?,
            traces: match row.policies {
                None => self.no_traces.clone(),
                Some(text) => self.traces.known(text)?,
            },
        })
    }

    fn nested<'a>(&mut self, row: &Row<'a>) -> Result<Nested<'a>, String> {
        Ok(Nested {
            source_labels: self.labels("source", row.source_labels)?,
            dest_labels: self.labels("dest", row.dest_labels)?,
            domains: domains(row.dest_domains)?,
            traces: match row.policies {
                None => self.no_traces.clone(),
                Some(text) => {
                    let read = |text: &str| Ok::<_, Infallible>(trace::read(text));
                    self.traces.get(text, read).unwrap_or_default()
                }
            },
        })
    }

    fn labels(&mut self, side: &str, text: Option<&str>) -> Result<Option<Arc<Labels>>, String> {
        let read = |text: &str| row::labels(text);
        let labels = text.map(|text| self.labels.get(text, read)).transpose();
        labels.map_err(|error| format!("`{side}_labels`: {error}"))
    }
}

fn record<'a>(row: &'a Row<'_>, nested: Nested<'a>) -> Result<Record<'a>, String> {
    let end_time = row.end_time.ok_or("`end_time` is missing")?;
    let received = row.bytes_in.unwrap_or_default();
    Ok(Record {
        start: row.start_time.unwrap_or(end_time).0,
        end: end_time.0,
        action: action(known(row.action.as_ref()))?,
        reporter: reporter(known(row.reporter.as_ref()))?,
        protocol: protocol(row)?,
        source: end("source", row.source(), nested.source_labels)?,
        destination: end("dest", row.destination(), nested.dest_labels)?,
        service: service(row),
        domains: nested.domains,
        traces: nested.traces,
        connections: row.num_flows.unwrap_or_default(),
        bytes: received.saturating_add(row.bytes_out.unwrap_or_default()),
    })
}

fn end<'a>(side: &str, end: RowEnd<'a>, labels: Option<Arc<Labels>>) -> Result<End<'a>, String> {
    let address = known(end.ip).map(|text| address(side, text));
    Ok(End {
        kind: end_kind(side, known(end.kind))?,
        namespace: known(end.namespace),
        name: known(end.name),
        aggregate: known(end.aggregate),
        address: address.transpose()?,
        port: end.port.0,
        labels,
    })
}

/// Why an object without an end is left out. "Lines of Elasticsearch's bulk interface that say what
/// to do with the next row are no records" (formats, section 2).
fn no_record(text: &str) -> Failed {
    #[derive(serde::Deserialize)]
    struct Bulk {
        index: Option<serde::de::IgnoredAny>,
        create: Option<serde::de::IgnoredAny>,
    }
    match json::from_str(text) {
        Ok(Bulk { index, create }) if index.is_some() || create.is_some() => Failed {
            kind: IssueKind::UnusedKind,
            message: "a line that says what to do with the next row is no record".to_owned(),
            count: 1,
        },
        _ => "`end_time` is missing".into(),
    }
}

/// The error with its column alone: a line's number is not known to its parser.
pub(super) fn in_line(error: &serde_json::Error) -> String {
    let message = json::message(error);
    match error.column() {
        0 => message,
        column => format!("{message} at column {column}"),
    }
}

/// The text, where it says something: "`-` = unknown or none" (formats, section 2).
pub fn known_text(text: &str) -> Option<&str> {
    Some(text).filter(|text| !matches!(*text, NONE | ""))
}

/// The action of a row.
pub fn action(action: Option<&str>) -> Result<Action, String> {
    match action {
        Some("allow") => Ok(Action::Allow),
        Some("deny") => Ok(Action::Deny),
        Some(other) => Err(format!("`action` is `{other}`, expected `allow` or `deny`")),
        None => Err("`action` is missing, expected `allow` or `deny`".to_owned()),
    }
}

/// "reporter src|dst|fwd (also `dst, fwd`)" (formats, section 2): what a node both received and
/// forwarded speaks for its destination.
pub fn reporter(reporter: Option<&str>) -> Result<Reporter, String> {
    let text = reporter.unwrap_or_default();
    let mut reporters = text.split(',').map(str::trim);
    if text == UNKNOWN {
        Ok(Reporter::Unknown)
    } else if reporters.clone().any(|one| one == "src") {
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

/// What the end of a row is.
pub fn end_kind(side: &str, kind: Option<&str>) -> Result<EndKind, String> {
    match kind {
        Some("wep") => Ok(EndKind::Workload),
        Some("hep") => Ok(EndKind::Host),
        Some("ns") => Ok(EndKind::NetworkSet),
        Some("net") => Ok(EndKind::Network),
        Some(UNKNOWN) => Ok(EndKind::Unknown),
        other => Err(format!(
            "`{side}_type` is `{}`, expected `wep`, `hep`, `ns` or `net`",
            other.unwrap_or(NONE)
        )),
    }
}

fn protocol(row: &Row<'_>) -> Result<Protocol, String> {
    match &row.proto {
        None => Ok(Protocol::Unknown),
        Some(row::Proto::Number(number)) => Ok(Protocol::from_number(*number)),
        Some(row::Proto::Name(name)) => protocol_named(name),
    }
}

/// A protocol by its name.
pub fn protocol_named(name: &str) -> Result<Protocol, String> {
    Protocol::from_name(name).ok_or_else(|| {
        format!("`proto` is `{name}`, expected a protocol's name or its number, 0 to 255")
    })
}

/// The address of an end (IPv4-mapped ones as IPv4).
pub fn address(side: &str, address: &str) -> Result<IpAddr, String> {
    match address.parse::<IpAddr>() {
        Ok(address) => Ok(address.to_canonical()),
        Err(_) => Err(format!("`{side}_ip` is no IP address: `{address}`")),
    }
}

fn service<'a>(row: &'a Row<'_>) -> Option<ServiceRef<'a>> {
    Some(ServiceRef {
        namespace: known(row.dest_service_namespace.as_ref())?,
        name: known(row.dest_service_name.as_ref())?,
    })
}

/// Domain names, from JSON: a list, or one.
pub fn domains(domains: Option<&str>) -> Result<Vec<Cow<'_, str>>, String> {
    match domains {
        None | Some("[]" | "\"-\"" | "\"\"") => Ok(Vec::new()),
        Some(text) => {
            let texts: Vec<Text<'_>> = match text.starts_with('[') {
                true => json::from_str(text),
                false => json::from_str(text).map(|one| vec![one]),
            }
            .map_err(|error| format!("`dest_domains`: {}", in_line(&error)))?;
            Ok(texts
                .into_iter()
                .map(|text| text.0)
                .filter(|domain| domain != NONE)
                .collect())
        }
    }
}

#[cfg(test)]
mod tests;
