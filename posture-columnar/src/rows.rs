//! The rows of one batch, column by column.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_buffer::NullBuffer;
use posture_formats::flows::calico::SECONDS;

use crate::columns::{Cell, Columns, PARTS, Part, Place, Read};
use crate::memory::{Memory, NOTHING};
use crate::numbers::{self, Number};
use crate::texts::{self, Column};

/// The rows of one batch. What is used of it again and again is kept between batches.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    len: usize,
    /// The numbers of each part; none of parts without a column.
    parts: [Vec<u32>; PARTS],
    pub(crate) starts: Vec<i64>,
    pub(crate) ends: Vec<i64>,
    pub(crate) connections: Vec<u64>,
    pub(crate) bytes: Vec<u64>,
    /// What is wrong with a row.
    pub(crate) faults: BTreeMap<usize, String>,
    known: [Column; PARTS],
    items: Vec<u32>,
}

/// What is expected of times and sums.
const SECONDS_EXPECTED: &str = "Unix seconds, a whole number before the year 10000";
const COUNT_EXPECTED: &str = "a whole number of 0 or more";

impl Rows {
    /// How many rows there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// The numbers of a part, by row; none where there is no column.
    pub(crate) fn numbers(&self, part: Part) -> &[u32] {
        self.parts.get(part as usize).map_or(&[], Vec::as_slice)
    }

    /// The number of a part in a row.
    pub(crate) fn number(&self, part: Part, row: usize) -> u32 {
        self.numbers(part).get(row).copied().unwrap_or(NOTHING)
    }

    /// Forgets which texts are known.
    pub(crate) fn forget(&mut self) {
        self.known.iter_mut().for_each(Column::forget);
    }

    /// Reads a batch.
    pub(crate) fn read(&mut self, batch: &RecordBatch, columns: &Columns, memory: &mut Memory) {
        self.len = batch.num_rows();
        self.faults.clear();
        self.parts.iter_mut().for_each(Vec::clear);
        for cell in &columns.cells {
            if let Some((array, outer)) = find(batch, &cell.place) {
                self.read_cell(cell, array, outer.as_ref(), memory);
            }
        }
        self.read_times(batch, columns);
        self.read_sums(batch, columns);
    }

    fn read_cell(
        &mut self,
        cell: &Cell,
        array: &dyn Array,
        outer: Option<&NullBuffer>,
        memory: &mut Memory,
    ) {
        let at = cell.part as usize;
        let (Some(out), Some(known)) = (self.parts.get_mut(at), self.known.get_mut(at)) else {
            return;
        };
        let Memory { texts, lists, .. } = memory;
        match cell.read {
            Read::Known | Read::Text => texts::texts(array, cell.read, texts, known, out),
            Read::List => {
                let out = (&mut self.items, out);
                texts::lists(array, outer, (texts, lists), known, out);
            }
            Read::Number => {
                let (most, expected) = match cell.part {
                    Part::Proto => (
                        u32::from(u8::MAX),
                        "a protocol's name or its number, 0 to 255",
                    ),
                    _ => (u32::from(u16::MAX), "a port, 0 to 65535"),
                };
                let faults = &mut self.faults;
                numbers::each(array, &mut |row, number| {
                    let fits = number.whole::<u32>().filter(|number| *number <= most);
                    if fits.is_none() && number != Number::Null {
                        add_fault(faults, row, cell.place.name, number, expected);
                    }
                    out.push(fits.map_or(NOTHING, |number| number.saturating_add(1)));
                });
            }
        }
    }

    fn read_times(&mut self, batch: &RecordBatch, columns: &Columns) {
        let Self {
            starts,
            ends,
            faults,
            ..
        } = self;
        ends.clear();
        starts.clear();
        if let Some((array, _)) = find(batch, &columns.end) {
            numbers::each(array, &mut |row, number| {
                let end = seconds(faults, row, columns.end.name, number);
                if end.is_none() {
                    let missing = || "`end_time` is missing".to_owned();
                    faults.entry(row).or_insert_with(missing);
                }
                ends.push(end.unwrap_or_default());
            });
        }
        match columns
            .start
            .as_ref()
            .and_then(|place| Some((place, find(batch, place)?)))
        {
            None => starts.extend_from_slice(ends),
            Some((place, (array, _))) => numbers::each(array, &mut |row, number| {
                let end = ends.get(row).copied().unwrap_or_default();
                starts.push(seconds(faults, row, place.name, number).unwrap_or(end));
            }),
        }
    }

    fn read_sums(&mut self, batch: &RecordBatch, columns: &Columns) {
        let Self {
            len,
            connections,
            bytes,
            faults,
            ..
        } = self;
        connections.clear();
        connections.resize(*len, 0);
        bytes.clear();
        bytes.resize(*len, 0);
        let mut add = |place: &Option<Place>, sums: &mut [u64]| {
            let Some((place, (array, _))) = place
                .as_ref()
                .and_then(|place| Some((place, find(batch, place)?)))
            else {
                return;
            };
            numbers::each(
                array,
                &mut |row, number| match (number.whole::<u64>(), sums.get_mut(row)) {
                    (Some(more), Some(sum)) => *sum = sum.saturating_add(more),
                    (None, _) if number != Number::Null => {
                        add_fault(faults, row, place.name, number, COUNT_EXPECTED);
                    }
                    _ => {}
                },
            );
        };
        add(&columns.connections, connections);
        add(&columns.bytes_in, bytes);
        add(&columns.bytes_out, bytes);
    }
}

fn seconds(
    faults: &mut BTreeMap<usize, String>,
    row: usize,
    name: &str,
    number: Number,
) -> Option<i64> {
    let seconds = number
        .whole::<i64>()
        .filter(|seconds| SECONDS.contains(seconds));
    if seconds.is_none() && number != Number::Null {
        add_fault(faults, row, name, number, SECONDS_EXPECTED);
    }
    seconds
}

#[cold]
fn add_fault(
    faults: &mut BTreeMap<usize, String>,
    row: usize,
    name: &str,
    number: Number,
    expected: &str,
) {
    let message = || format!("`{name}` is `{number}`, expected {expected}");
    faults.entry(row).or_insert_with(message);
}

/// The column of a place; with where a struct around it is null.
fn find<'b>(batch: &'b RecordBatch, place: &Place) -> Option<(&'b dyn Array, Option<NullBuffer>)> {
    let column = batch.columns().get(place.column)?;
    match place.field {
        None => Some((column, None)),
        Some(field) => {
            let column = column.as_struct_opt()?;
            Some((column.columns().get(field)?, column.nulls().cloned()))
        }
    }
}
