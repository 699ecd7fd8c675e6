//! The rows of one batch, column by column.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_buffer::NullBuffer;
use posture_formats::flows::calico::SECONDS;

use crate::columns::{Cell, Columns, PARTS, Part, Place, Read};
use crate::known::NOTHING;
use crate::memory::Memory;
use crate::numbers::{self, Number};
use crate::texts;

/// The rows of one batch. What is used of it again and again is kept between batches.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    len: usize,
    /// The numbers of each part; none of parts without a column.
    parts: [Vec<u32>; PARTS],
    pub(crate) amounts: Amounts,
    /// What is wrong with a row.
    pub(crate) faults: BTreeMap<usize, String>,
    items: Vec<u32>,
    more: Vec<u64>,
}

/// The times of each row, in Unix seconds, and what is summed up over rows.
#[derive(Debug, Default)]
pub(crate) struct Amounts {
    pub(crate) starts: Vec<i64>,
    pub(crate) ends: Vec<i64>,
    pub(crate) connections: Vec<u64>,
    pub(crate) bytes: Vec<u64>,
}

/// The times and sums of one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) connections: u64,
    pub(crate) bytes: u64,
}

impl Amounts {
    /// Those of each row, from one on.
    pub(crate) fn of_rows(&self, first: usize) -> impl Iterator<Item = Amount> {
        let times = from(&self.starts, first).zip(from(&self.ends, first));
        let sums = from(&self.connections, first).zip(from(&self.bytes, first));
        times
            .zip(sums)
            .map(|((start, end), (connections, bytes))| Amount {
                start,
                end,
                connections,
                bytes,
            })
    }
}

fn from<T: Copy>(values: &[T], first: usize) -> impl Iterator<Item = T> {
    values.get(first..).unwrap_or_default().iter().copied()
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
        let (Some(out), Some(known)) = (self.parts.get_mut(at), memory.parts().get_mut(at)) else {
            return;
        };
        match cell.read {
            Read::Known | Read::Text => texts::texts(array, cell.read, known, out),
            Read::List => texts::lists(array, outer, known, (&mut self.items, out)),
            Read::Number => {
                let (most, expected) = match cell.part {
                    Part::Proto => (
                        u32::from(u8::MAX),
                        "a protocol's name or its number, 0 to 255",
                    ),
                    _ => (u32::from(u16::MAX), "a port, 0 to 65535"),
                };
                let fits = |number: Number| {
                    let fitting = number.whole::<u32>().filter(|number| *number <= most);
                    fitting.map(|number| number.saturating_add(1))
                };
                numbers::read(array, out, fits, &mut |row, number, _| {
                    add_fault(&mut self.faults, row, cell.place.name, number, expected);
                });
            }
        }
    }

    fn read_times(&mut self, batch: &RecordBatch, columns: &Columns) {
        let (Amounts { starts, ends, .. }, faults) = (&mut self.amounts, &mut self.faults);
        ends.clear();
        starts.clear();
        let fits = |number: Number| number.whole().filter(|time| SECONDS.contains(time));
        if let Some((array, _)) = find(batch, &columns.end) {
            numbers::read(array, ends, fits, &mut |row, number, _| {
                add_fault(faults, row, columns.end.name, number, SECONDS_EXPECTED);
                let missing = || "`end_time` is missing".to_owned();
                faults.entry(row).or_insert_with(missing);
            });
        }
        let start = columns.start.as_ref();
        match start.and_then(|place| Some((place, find(batch, place)?))) {
            None => starts.extend_from_slice(ends),
            Some((place, (array, _))) => {
                numbers::read(array, starts, fits, &mut |row, number, start| {
                    add_fault(faults, row, place.name, number, SECONDS_EXPECTED);
                    *start = ends.get(row).copied().unwrap_or_default();
                });
            }
        }
    }

    fn read_sums(&mut self, batch: &RecordBatch, columns: &Columns) {
        let Self {
            len,
            amounts,
            faults,
            more,
            ..
        } = self;
        let mut read = |place: &Option<Place>, out: &mut Vec<u64>| {
            out.clear();
            let place = place.as_ref();
            if let Some((place, (array, _))) =
                place.and_then(|place| Some((place, find(batch, place)?)))
            {
                numbers::read(array, out, Number::whole, &mut |row, number, _| {
                    add_fault(faults, row, place.name, number, COUNT_EXPECTED);
                });
            }
            out.resize(*len, 0);
        };
        read(&columns.connections, &mut amounts.connections);
        read(&columns.bytes_in, &mut amounts.bytes);
        read(&columns.bytes_out, more);
        for (sum, more) in amounts.bytes.iter_mut().zip(more) {
            *sum = sum.saturating_add(*more);
        }
    }
}

/// Notes what is wrong with a number; nothing is wrong with none.
fn add_fault(
    faults: &mut BTreeMap<usize, String>,
    row: usize,
    name: &str,
    number: Number,
    expected: &str,
) {
    if number != Number::Null {
        let message = || format!("`{name}` is `{number}`, expected {expected}");
        faults.entry(row).or_insert_with(message);
    }
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
