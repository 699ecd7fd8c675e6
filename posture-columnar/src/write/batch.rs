//! Records gathered in columns, by the names of a Calico flow log (formats, section 2).

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    ArrayBuilder, Int32Builder, Int64Builder, ListBuilder, StringBuilder, UInt64Builder,
};
use arrow_schema::{DataType, Field, Schema};
use posture_core::model::{Action, End, EndKind, Protocol, Record, Reporter, Trace};
use posture_formats::flows::calico::{self, NONE, UNKNOWN};

/// Records gathered in columns.
#[derive(Debug, Default)]
pub(super) struct Batch {
    start: Int64Builder,
    end: Int64Builder,
    action: StringBuilder,
    reporter: StringBuilder,
    proto: StringBuilder,
    source: EndColumns,
    destination: EndColumns,
    service_namespace: StringBuilder,
    service_name: StringBuilder,
    domains: ListBuilder<StringBuilder>,
    enforced: ListBuilder<StringBuilder>,
    pending: ListBuilder<StringBuilder>,
    connections: UInt64Builder,
    bytes: UInt64Builder,
    text: String,
}

/// One end of them.
#[derive(Debug, Default)]
struct EndColumns {
    kind: StringBuilder,
    namespace: StringBuilder,
    name: StringBuilder,
    aggregate: StringBuilder,
    address: StringBuilder,
    port: Int32Builder,
    labels: ListBuilder<StringBuilder>,
}

/// The columns that are written. A text that is none is written as Calico writes it, also where a log has null, so that
/// no column of texts has nulls: those are read in less time.
pub(super) fn schema() -> Schema {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let list =
        |name: &str| Field::new_list(name, Field::new_list_field(DataType::Utf8, true), true);
    let number = |name: &str, kind| Field::new(name, kind, false);
    let end = |side: &str| {
        [
            text(&format!("{side}_type")),
            text(&format!("{side}_namespace")),
            text(&format!("{side}_name")),
            text(&format!("{side}_name_aggr")),
            text(&format!("{side}_ip")),
            Field::new(format!("{side}_port"), DataType::Int32, true),
            list(&format!("{side}_labels")),
        ]
    };
    let mut fields = vec![
        number("start_time", DataType::Int64),
        number("end_time", DataType::Int64),
        text("action"),
        text("reporter"),
        text("proto"),
    ];
    fields.extend(end("source"));
    fields.extend(end("dest"));
    fields.extend([
        text("dest_service_namespace"),
        text("dest_service_name"),
        list("dest_domains"),
        list("enforced_policies"),
        list("pending_policies"),
        number("num_flows", DataType::UInt64),
        number("bytes_in", DataType::UInt64),
    ]);
    Schema::new(fields)
}

impl Batch {
    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        self.end.len()
    }

    /// Adds a record.
    pub(super) fn add(&mut self, record: &Record<'_>) {
        self.start.append_value(record.start);
        self.end.append_value(record.end);
        self.action.append_value(match record.action {
            Action::Allow => "allow",
            Action::Deny => "deny",
        });
        self.reporter.append_value(match record.reporter {
            Reporter::Source => "src",
            Reporter::Destination => "dst",
            Reporter::Forward => "fwd",
            Reporter::Unknown => UNKNOWN,
        });
        match record.protocol {
            Protocol::Unknown => self.proto.append_value(NONE),
            protocol => append(&mut self.proto, &mut self.text, protocol),
        }
        self.source.add(&record.source, &mut self.text);
        self.destination.add(&record.destination, &mut self.text);
        let service = record.service;
        self.service_namespace
            .append_value(service.map_or(NONE, |service| service.namespace));
        self.service_name
            .append_value(service.map_or(NONE, |service| service.name));
        for domain in &record.domains {
            self.domains.values().append_value(domain);
        }
        self.domains.append(!record.domains.is_empty());
        add_trace(&mut self.enforced, &record.traces.enforced);
        add_trace(&mut self.pending, &record.traces.pending);
        self.connections.append_value(record.connections);
        self.bytes.append_value(record.bytes);
    }

    /// The columns of all records, in the order of the schema; then there are none.
    pub(super) fn take(&mut self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.start.finish()),
            Arc::new(self.end.finish()),
            Arc::new(self.action.finish()),
            Arc::new(self.reporter.finish()),
            Arc::new(self.proto.finish()),
        ];
        columns.extend(self.source.take());
        columns.extend(self.destination.take());
        let rest: [ArrayRef; 7] = [
            Arc::new(self.service_namespace.finish()),
            Arc::new(self.service_name.finish()),
            Arc::new(self.domains.finish()),
            Arc::new(self.enforced.finish()),
            Arc::new(self.pending.finish()),
            Arc::new(self.connections.finish()),
            Arc::new(self.bytes.finish()),
        ];
        columns.extend(rest);
        columns
    }
}

impl EndColumns {
    fn add(&mut self, end: &End<'_>, text: &mut String) {
        self.kind.append_value(match end.kind {
            EndKind::Workload => "wep",
            EndKind::Host => "hep",
            EndKind::NetworkSet => "ns",
            EndKind::Network => "net",
            EndKind::Unknown => UNKNOWN,
        });
        self.namespace.append_value(end.namespace.unwrap_or(NONE));
        self.name.append_value(end.name.unwrap_or(NONE));
        self.aggregate.append_value(end.aggregate.unwrap_or(NONE));
        match end.address {
            Some(address) => append(&mut self.address, text, address),
            None => self.address.append_value(NONE),
        }
        self.port.append_option(end.port.map(i32::from));
        for (key, value) in end.labels.iter().flat_map(|labels| labels.iter()) {
            append(self.labels.values(), text, format_args!("{key}={value}"));
        }
        self.labels.append(end.labels.is_some());
    }

    fn take(&mut self) -> [ArrayRef; 7] {
        [
            Arc::new(self.kind.finish()),
            Arc::new(self.namespace.finish()),
            Arc::new(self.name.finish()),
            Arc::new(self.aggregate.finish()),
            Arc::new(self.address.finish()),
            Arc::new(self.port.finish()),
            Arc::new(self.labels.finish()),
        ]
    }
}

/// A trace by its hits, and one that cannot be read as one that cannot be read.
fn add_trace(column: &mut ListBuilder<StringBuilder>, trace: &Trace) {
    let hits = match trace {
        Trace::Absent => return column.append(false),
        Trace::Unparsable => {
            column.values().append_value("?");
            &[][..]
        }
        Trace::Hits(hits) => hits,
    };
    for hit in hits {
        column.values().append_value(calico::hit_text(hit));
    }
    column.append(true);
}

fn append(column: &mut StringBuilder, text: &mut String, value: impl std::fmt::Display) {
    text.clear();
    // A string takes everything.
    let _ = write!(text, "{value}");
    column.append_value(&*text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_texts_have_no_nulls() {
        let schema = schema();
        let texts = schema.fields().iter();
        let mut texts = texts.filter(|field| *field.data_type() == DataType::Utf8);
        assert!(texts.all(|field| !field.is_nullable()));
    }
}
