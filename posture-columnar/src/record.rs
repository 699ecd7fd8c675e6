//! One row as a record.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use posture_core::model::{End, Labels, Protocol, Record, ServiceRef, Traces};
use posture_formats::flows::calico;

use crate::columns::{Columns, Part, Read};
use crate::memory::{Memory, TRACES};
use crate::rows::Rows;

/// The parts of one end.
struct EndParts {
    side: &'static str,
    kind: Part,
    namespace: Part,
    name: Part,
    aggregate: Part,
    address: Part,
    port: Part,
    labels: Part,
}

const SOURCE: EndParts = EndParts {
    side: "source",
    kind: Part::SourceType,
    namespace: Part::SourceNamespace,
    name: Part::SourceName,
    aggregate: Part::SourceAggregate,
    address: Part::SourceAddress,
    port: Part::SourcePort,
    labels: Part::SourceLabels,
};

const DESTINATION: EndParts = EndParts {
    side: "dest",
    kind: Part::DestType,
    namespace: Part::DestNamespace,
    name: Part::DestName,
    aggregate: Part::DestAggregate,
    address: Part::DestAddress,
    port: Part::DestPort,
    labels: Part::DestLabels,
};

/// What has to be worked out of an end.
struct Worked {
    address: Option<IpAddr>,
    labels: Option<Arc<Labels>>,
}

/// The record of a row, whatever is wrong with its numbers.
pub(crate) fn record<'m>(
    rows: &Rows,
    row: usize,
    columns: &Columns,
    memory: &'m mut Memory,
) -> Result<Record<'m>, String> {
    let source = work_out(&SOURCE, rows, row, columns, memory)?;
    let destination = work_out(&DESTINATION, rows, row, columns, memory)?;
    let traces = traces(rows, row, memory);
    let memory = &*memory;
    let text = |part| memory.text(part, rows.number(part, row));
    Ok(Record {
        start: rows.amounts.starts.get(row).copied().unwrap_or_default(),
        end: rows.amounts.ends.get(row).copied().unwrap_or_default(),
        action: calico::action(text(Part::Action))?,
        reporter: calico::reporter(text(Part::Reporter))?,
        protocol: protocol(rows, row, columns, memory)?,
        source: end(&SOURCE, source, rows, row, memory)?,
        destination: end(&DESTINATION, destination, rows, row, memory)?,
        service: match (text(Part::ServiceNamespace), text(Part::ServiceName)) {
            (Some(namespace), Some(name)) => Some(ServiceRef { namespace, name }),
            _ => None,
        },
        domains: domains(rows, row, columns, memory)?,
        traces,
        connections: rows
            .amounts
            .connections
            .get(row)
            .copied()
            .unwrap_or_default(),
        bytes: rows.amounts.bytes.get(row).copied().unwrap_or_default(),
    })
}

fn work_out(
    parts: &EndParts,
    rows: &Rows,
    row: usize,
    columns: &Columns,
    memory: &mut Memory,
) -> Result<Worked, String> {
    let labels = rows.number(parts.labels, row);
    let read = columns.read(parts.labels).unwrap_or(Read::List);
    Ok(Worked {
        address: memory.address((parts.side, parts.address), rows.number(parts.address, row))?,
        labels: memory
            .labels((parts.labels, read), labels)
            .map_err(|message| format!("`{}_labels`: {message}", parts.side))?,
    })
}

fn end<'m>(
    parts: &EndParts,
    worked: Worked,
    rows: &Rows,
    row: usize,
    memory: &'m Memory,
) -> Result<End<'m>, String> {
    let text = |part| memory.text(part, rows.number(part, row));
    let port = rows.number(parts.port, row).checked_sub(1);
    Ok(End {
        kind: calico::end_kind(parts.side, text(parts.kind))?,
        namespace: text(parts.namespace),
        name: text(parts.name),
        aggregate: text(parts.aggregate),
        address: worked.address,
        port: port.and_then(|port| u16::try_from(port).ok()),
        labels: worked.labels,
    })
}

fn protocol(
    rows: &Rows,
    row: usize,
    columns: &Columns,
    memory: &Memory,
) -> Result<Protocol, String> {
    let number = rows.number(Part::Proto, row);
    match columns.read(Part::Proto) {
        Some(Read::Number) => {
            let protocol = number
                .checked_sub(1)
                .and_then(|number| u8::try_from(number).ok());
            Ok(protocol.map_or(Protocol::Unknown, Protocol::from_number))
        }
        _ => memory
            .text(Part::Proto, number)
            .map_or(Ok(Protocol::Unknown), calico::protocol_named),
    }
}

fn domains<'m>(
    rows: &Rows,
    row: usize,
    columns: &Columns,
    memory: &'m Memory,
) -> Result<Vec<Cow<'m, str>>, String> {
    let number = rows.number(Part::Domains, row);
    if columns.read(Part::Domains) == Some(Read::List) {
        let domains = memory.items(Part::Domains, number).flatten();
        return Ok(domains
            .filter(|domain| *domain != calico::NONE)
            .map(Cow::Borrowed)
            .collect());
    }
    match memory.text(Part::Domains, number) {
        Some(list) if list.starts_with('[') => calico::domains(Some(list)),
        Some(one) => Ok(calico::known_text(one)
            .map(Cow::Borrowed)
            .into_iter()
            .collect()),
        None => Ok(Vec::new()),
    }
}

fn traces(rows: &Rows, row: usize, memory: &mut Memory) -> Arc<Traces> {
    memory.traces(TRACES.map(|part| rows.number(part, row)))
}
