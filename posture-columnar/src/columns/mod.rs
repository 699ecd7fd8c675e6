//! Which column is what: the names of a Calico flow log (formats, section 2), each of several types.

mod find;
mod part;

use arrow_schema::{DataType, Schema};

pub use find::ColumnError;
use find::{Finder, LISTS, TRACES, is_number, is_text, is_time};
pub(crate) use part::{Cell, PARTS, Part, Place, Read};

/// The columns of a flow log. Columns that the score does not use are passed over.
#[derive(Clone, Debug)]
pub struct Columns {
    pub(crate) cells: Vec<Cell>,
    pub(crate) start: Option<Place>,
    pub(crate) end: Place,
    pub(crate) connections: Option<Place>,
    pub(crate) bytes_in: Option<Place>,
    pub(crate) bytes_out: Option<Place>,
    not_used: Vec<ColumnError>,
}

const TEXT: &str = "text";
const NUMBERS: &str = "whole numbers";
const TIMES: &str = "Unix seconds or timestamps";

/// The columns that hold one value, and whether a row says nothing without.
const SINGLE: [(Part, &str, Read, bool); 17] = [
    (Part::Action, "action", Read::Known, true),
    (Part::Reporter, "reporter", Read::Known, true),
    (Part::SourceType, "source_type", Read::Known, true),
    (Part::DestType, "dest_type", Read::Known, true),
    (Part::Proto, "proto", Read::Text, false),
    (
        Part::ServiceNamespace,
        "dest_service_namespace",
        Read::Known,
        false,
    ),
    (Part::ServiceName, "dest_service_name", Read::Known, false),
    (
        Part::SourceNamespace,
        "source_namespace",
        Read::Known,
        false,
    ),
    (Part::SourceName, "source_name", Read::Known, false),
    (
        Part::SourceAggregate,
        "source_name_aggr",
        Read::Known,
        false,
    ),
    (Part::SourceAddress, "source_ip", Read::Known, false),
    (Part::SourcePort, "source_port", Read::Number, false),
    (Part::DestNamespace, "dest_namespace", Read::Known, false),
    (Part::DestName, "dest_name", Read::Known, false),
    (Part::DestAggregate, "dest_name_aggr", Read::Known, false),
    (Part::DestAddress, "dest_ip", Read::Known, false),
    (Part::DestPort, "dest_port", Read::Number, false),
];

/// The start of a row's time, and what is summed up over rows.
const SUMS: [&str; 4] = ["start_time", "num_flows", "bytes_in", "bytes_out"];

/// The names of all columns that are used.
fn known() -> Vec<&'static str> {
    let single = SINGLE.iter().map(|(_, name, ..)| *name);
    let lists = LISTS.iter().chain(&TRACES).map(|(_, name)| *name);
    let others = SUMS.into_iter().chain(["end_time", "policies"]);
    single.chain(lists).chain(others).collect()
}

impl Columns {
    /// The columns of a schema.
    ///
    /// # Errors
    /// [`ColumnError`] names a column without which no row says anything.
    pub fn new(schema: &Schema) -> Result<Self, ColumnError> {
        let mut finder = Finder {
            schema,
            not_used: Vec::new(),
        };
        let end = finder.needed("end_time", TIMES, is_time)?;
        let mut cells = Vec::new();
        for (part, name, read, is_needed) in SINGLE {
            let (expected, fits): (_, fn(&DataType) -> bool) = match (part, read) {
                (Part::Proto, _) => ("text or whole numbers", |kind| {
                    is_text(kind) || is_number(kind)
                }),
                (_, Read::Number) => (NUMBERS, is_number),
                _ => (TEXT, is_text),
            };
            let place = match is_needed {
                true => Some(finder.needed(name, expected, fits)?),
                false => finder.optional(name, expected, fits),
            };
            let Some(place) = place else { continue };
            let read = match is_number(schema.field(place.column).data_type()) {
                true => Read::Number,
                false => read,
            };
            cells.push(Cell { part, place, read });
        }
        cells.extend(
            LISTS
                .iter()
                .filter_map(|(part, name)| finder.list(*part, name)),
        );
        cells.extend(finder.traces());
        let [start, connections, bytes_in, bytes_out] = SUMS;
        finder.slips(&known());
        Ok(Self {
            cells,
            start: finder.optional(start, TIMES, is_time),
            end,
            connections: finder.optional(connections, NUMBERS, is_number),
            bytes_in: finder.optional(bytes_in, NUMBERS, is_number),
            bytes_out: finder.optional(bytes_out, NUMBERS, is_number),
            not_used: finder.not_used,
        })
    }

    /// Columns that hold something else than expected and are taken as unknown.
    pub fn not_used(&self) -> &[ColumnError] {
        &self.not_used
    }

    /// How a part is read; none where the column is missing.
    pub(crate) fn read(&self, part: Part) -> Option<Read> {
        self.cells
            .iter()
            .find(|cell| cell.part == part)
            .map(|cell| cell.read)
    }

    /// Whether labels are lists, which take time to read.
    pub(crate) fn has_lists_of_labels(&self) -> bool {
        let read = [Part::SourceLabels, Part::DestLabels].map(|part| self.read(part));
        read.contains(&Some(Read::List)) && !read.contains(&Some(Read::Text))
    }

    /// The same columns apart from those of labels.
    pub(crate) fn without_labels(&self) -> Self {
        let mut columns = self.clone();
        let is_of_labels = |part| matches!(part, Part::SourceLabels | Part::DestLabels);
        columns.cells.retain(|cell| !is_of_labels(cell.part));
        columns
    }

    /// The columns of the schema that are used.
    pub(crate) fn used(&self) -> Vec<usize> {
        let single = [
            &self.start,
            &self.connections,
            &self.bytes_in,
            &self.bytes_out,
        ];
        let cells = self.cells.iter().map(|cell| &cell.place);
        let places = cells.chain(single.into_iter().flatten()).chain([&self.end]);
        let mut used: Vec<usize> = places.map(|place| place.column).collect();
        used.sort_unstable();
        used.dedup();
        used
    }
}
