//! Finds columns by their names and types.

use arrow_schema::{DataType, FieldRef, Schema};
use strsim::damerau_levenshtein;

use super::part::{Cell, Part, Place, Read};

/// A column without which nothing can be read, or one that is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnError {
    /// It is not there.
    #[error("the column `{column}` is missing, expected {expected}")]
    Missing {
        /// Its name.
        column: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// It is of a type that says something else.
    #[error("the column `{column}` is of type `{found}`, expected {expected}")]
    Type {
        /// Its name.
        column: &'static str,
        /// What it should hold.
        expected: &'static str,
        /// The type that it has, by Arrow's name.
        found: String,
    },
    /// Several are called so, and nothing says which one is meant.
    #[error("the column `{column}` is there {times} times, expected once")]
    Repeated {
        /// Its name.
        column: &'static str,
        /// How often it is there.
        times: usize,
    },
    /// It is called almost so.
    #[error("the column `{found}` is not known, expected `{column}`")]
    Name {
        /// Its name.
        column: &'static str,
        /// The name that was found.
        found: String,
    },
}

/// The columns that hold a list, or text in its place.
pub(super) const LISTS: [(Part, &str); 3] = [
    (Part::SourceLabels, "source_labels"),
    (Part::DestLabels, "dest_labels"),
    (Part::Domains, "dest_domains"),
];

/// The lists of hits: columns, or fields of the column `policies`.
pub(super) const TRACES: [(Part, &str); 3] = [
    (Part::Enforced, "enforced_policies"),
    (Part::Pending, "pending_policies"),
    (Part::All, "all_policies"),
];

/// A part of a name is long enough to be known with a letter amiss.
const LONG: usize = 5;

/// Looks for columns in a schema.
pub(super) struct Finder<'s> {
    pub(super) schema: &'s Schema,
    pub(super) not_used: Vec<ColumnError>,
}

impl Finder<'_> {
    pub(super) fn needed(
        &self,
        column: &'static str,
        expected: &'static str,
        fits: fn(&DataType) -> bool,
    ) -> Result<Place, ColumnError> {
        let Ok(at) = self.schema.index_of(column) else {
            return Err(ColumnError::Missing { column, expected });
        };
        let fields = self.schema.fields().iter();
        let times = fields.filter(|field| field.name() == column).count();
        if times > 1 {
            return Err(ColumnError::Repeated { column, times });
        }
        let found = self.schema.field(at).data_type();
        match fits(found) {
            true => Ok(Place {
                column: at,
                field: None,
                name: column,
            }),
            false => Err(wrong_type(column, expected, found)),
        }
    }

    pub(super) fn optional(
        &mut self,
        column: &'static str,
        expected: &'static str,
        fits: fn(&DataType) -> bool,
    ) -> Option<Place> {
        match self.needed(column, expected, fits) {
            Ok(place) => Some(place),
            Err(ColumnError::Missing { .. }) => None,
            Err(wrong) => {
                self.not_used.push(wrong);
                None
            }
        }
    }

    /// Looks for columns that are not there but for a slip of the pen.
    pub(super) fn slips(&mut self, known: &[&'static str]) {
        let names = || self.schema.fields().iter().map(|field| field.name());
        let missing = || {
            let is_missing = |name: &&&str| !names().any(|found| found == **name);
            known.iter().filter(is_missing).copied()
        };
        let unknown = names().filter(|name| !known.contains(&name.as_str()));
        let slips = unknown.filter_map(|found| {
            let column = missing().find(|column| is_slip(found, column))?;
            let found = found.clone();
            Some(ColumnError::Name { column, found })
        });
        let slips: Vec<ColumnError> = slips.collect();
        self.not_used.extend(slips);
    }

    /// A list of texts, a struct `{labels: list}` around it, or text.
    pub(super) fn list(&mut self, part: Part, column: &'static str) -> Option<Cell> {
        let expected = match part {
            Part::Domains => "a list of texts, or text",
            _ => "a list of texts, a struct with a list `labels`, or JSON as text",
        };
        let mut place = self.optional(column, expected, |_| true)?;
        let found = self.schema.field(place.column).data_type();
        let read = match found {
            DataType::Struct(fields) if part != Part::Domains => {
                place.field = fields
                    .iter()
                    .position(|field| field.name() == "labels" && is_list(field.data_type()));
                place.field.map(|_| Read::List)
            }
            kind if is_list(kind) => Some(Read::List),
            kind if is_text(kind) => Some(Read::Text),
            _ => None,
        };
        if read.is_none() {
            self.not_used.push(wrong_type(column, expected, found));
        }
        read.map(|read| Cell { part, place, read })
    }

    /// Columns of hits; else those in a struct `policies`, or `policies` as text.
    pub(super) fn traces(&mut self) -> Vec<Cell> {
        let expected = "a struct of lists of texts, or JSON as text";
        let mut cells = Vec::new();
        for (part, name) in TRACES {
            let place = self.optional(name, "a list of texts", is_list);
            cells.extend(place.map(|place| Cell {
                part,
                place,
                read: Read::List,
            }));
        }
        let Some(place) = self.optional("policies", expected, |_| true) else {
            return cells;
        };
        match self.schema.field(place.column).data_type() {
            _ if !cells.is_empty() => {}
            DataType::Struct(fields) => {
                for (part, name) in TRACES {
                    let is = |field: &FieldRef| field.name() == name && is_list(field.data_type());
                    let field = fields.iter().position(is);
                    cells.extend(field.map(|field| Cell {
                        part,
                        place: Place {
                            field: Some(field),
                            ..place.clone()
                        },
                        read: Read::List,
                    }));
                }
            }
            kind if is_text(kind) => cells.push(Cell {
                part: Part::Policies,
                place,
                read: Read::Text,
            }),
            found => self.not_used.push(wrong_type("policies", expected, found)),
        }
        cells
    }
}

/// Whether a name is meant to be another: written another way (`destNamespace`, `Dest-Namespace`), or with
/// one letter amiss in a long part of it.
fn is_slip(found: &str, column: &str) -> bool {
    let letters = |name: &str| name.replace(['_', '-', ' '], "").to_lowercase();
    if letters(found) == letters(column) {
        return true;
    }
    let parts = || found.split('_').zip(column.split('_'));
    let same_number = found.split('_').count() == column.split('_').count();
    let mut differing = parts().filter(|(found, column)| found != column);
    match (same_number, differing.next(), differing.next()) {
        (true, Some((found, column)), None) => {
            column.len() >= LONG && damerau_levenshtein(found, column) == 1
        }
        _ => false,
    }
}

fn wrong_type(column: &'static str, expected: &'static str, found: &DataType) -> ColumnError {
    ColumnError::Type {
        column,
        expected,
        found: found.to_string(),
    }
}

pub(super) fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        DataType::Dictionary(_, values) => {
            matches!(
                **values,
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
            )
        }
        _ => false,
    }
}

/// Columns without a value may have the type `Null`: those are taken for any.
pub(super) fn is_number(kind: &DataType) -> bool {
    let is_of_another = matches!(
        kind,
        DataType::Float32 | DataType::Float64 | DataType::Decimal128(_, 0) | DataType::Null
    );
    kind.is_integer() || is_of_another
}

pub(super) fn is_time(kind: &DataType) -> bool {
    is_number(kind) || matches!(kind, DataType::Timestamp(..))
}

fn is_list(kind: &DataType) -> bool {
    match kind {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item) => is_text(item.data_type()),
        DataType::Null => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn slips_are_told_from_other_columns() {
        for found in [
            "destNamespace",
            "Dest-Namespace",
            "dest_namespac",
            "dest_namesapce",
        ] {
            assert!(is_slip(found, "dest_namespace"), "{found}");
        }
        for (found, column) in [
            ("source_id", "source_ip"),
            ("dest_host", "dest_port"),
            ("source_node", "source_name"),
            ("bytes_tx", "bytes_in"),
            ("port", "proto"),
            ("dest_service_name", "dest_name"),
        ] {
            assert!(!is_slip(found, column), "{found}");
        }
    }
}
