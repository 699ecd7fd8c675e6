//! One pass from batches to a tally: rows that are judged alike are judged once.

use std::sync::Arc;

use arrow_array::RecordBatch;
use posture_core::issue::Issues;
use posture_core::judge::{Judge, Judgement, Sort, Sorts, Unjudged};
use posture_core::model::Direction;
use posture_core::tally::{Repeats, Tally};
use rustc_hash::FxHashMap;

use crate::alike::Kinds;
use crate::columns::{Columns, Part};
use crate::memory::{Memory, NOTHING};
use crate::read::{bad_row, rows_after};
use crate::record::record;
use crate::rows::Rows;

/// How many kinds of rows are kept apart before they are tallied.
const MAX_KINDS: usize = 1 << 18;

/// Where records are judged and tallied: one for each thread.
#[derive(Debug)]
pub struct Target<'t, 'c> {
    /// Judges them.
    pub judge: &'t mut Judge<'c>,
    /// Tells addresses that are judged alike.
    pub sorts: &'t Sorts<'c>,
    /// Holds what was judged.
    pub tally: &'t mut Tally,
}

/// Whether a reader sees labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LabelsOf {
    /// They are in the batches, or in none.
    Batches,
    /// They are left out: rows that ask for them are put off.
    LeftOut,
}

/// One pass over the rows of a log.
#[derive(Debug)]
pub(crate) struct Pass {
    file: Arc<str>,
    columns: Columns,
    labels: LabelsOf,
    memory: Memory,
    rows: Rows,
    /// Which of the kinds each row is.
    of: Vec<u32>,
    kinds: Kinds,
    sums: Vec<Sums>,
    /// What is judged of each kind.
    judged: Vec<Option<Result<Judgement, Unjudged>>>,
    stand_ins: StandIns,
    addresses: [Vec<u32>; 2],
    put_off: Vec<u64>,
    before: u64,
}

/// What rows of one kind add up to: in one line of a core's cache, since kinds follow each other at
/// random.
#[derive(Debug)]
#[repr(align(64))]
enum Sums {
    /// They are no records.
    Bad(Box<str>),
    /// They ask for labels, which were left out.
    PutOff,
    /// They are judged.
    Judged {
        repeats: Repeats,
        outside: Outside,
        /// The number of the address that was kept last.
        kept: u32,
    },
}

/// Which end of a row has an address outside the cluster that its edge keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outside {
    Neither,
    Source,
    Destination,
}

impl Pass {
    /// A pass from the first row of a log on, by the name that issues give it.
    pub(crate) fn new(file: &str, columns: Columns, labels: LabelsOf) -> Self {
        Self {
            file: file.into(),
            columns,
            labels,
            memory: Memory::default(),
            rows: Rows::default(),
            of: Vec::new(),
            kinds: Kinds::default(),
            sums: Vec::new(),
            judged: Vec::new(),
            stand_ins: StandIns::default(),
            addresses: Default::default(),
            put_off: Vec::new(),
            before: 0,
        }
    }

    /// Goes on behind so many rows of the log.
    pub(crate) const fn skip_to(&mut self, rows: u64) {
        self.before = rows;
    }

    /// Reads the next batch. A row that is no record costs that row.
    pub(crate) fn read(
        &mut self,
        batch: &RecordBatch,
        into: &mut Target<'_, '_>,
        issues: &mut Issues,
    ) {
        if self.memory.is_full() || self.sums.len() > MAX_KINDS {
            self.finish(into);
        }
        self.rows.read(batch, &self.columns, &mut self.memory);
        self.set_kinds(into.sorts);
        for row in 0..self.rows.len() {
            self.add(row, into, issues);
        }
        self.before = rows_after(self.before, self.rows.len());
    }

    /// Tallies what was read; the pass can go on after that.
    pub(crate) fn finish(&mut self, into: &mut Target<'_, '_>) {
        for (sums, judged) in self.sums.drain(..).zip(self.judged.drain(..)) {
            if let (Sums::Judged { repeats, .. }, Some(judged)) = (sums, judged) {
                into.tally
                    .add_repeated(judged.as_ref().map_err(|why| *why), repeats);
            }
        }
        self.kinds = Kinds::default();
        self.memory = Memory::default();
        self.stand_ins = StandIns::default();
        self.rows.forget();
    }

    /// How many rows of the log were read.
    pub(crate) const fn rows(&self) -> u64 {
        self.before
    }

    /// The rows that were put off, by their numbers from 0.
    pub(crate) fn take_put_off(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.put_off)
    }

    /// Finds the kind of every row. Of addresses at networks that are judged alike one stands for all.
    fn set_kinds(&mut self, sorts: &Sorts<'_>) {
        let Self {
            memory,
            rows,
            of,
            kinds,
            stand_ins,
            addresses,
            ..
        } = self;
        let network = memory.texts.number("net");
        let ends = [
            (Part::SourceType, Part::SourceAddress),
            (Part::DestType, Part::DestAddress),
        ];
        for ((kind, address), out) in ends.into_iter().zip(addresses.iter_mut()) {
            out.clear();
            let both = rows.numbers(kind).iter().zip(rows.numbers(address));
            out.extend(both.map(|(kind, address)| match *kind == network {
                true => stand_ins.of(*address, memory, sorts),
                false => *address,
            }));
        }
        let [sources, destinations] = addresses;
        let numbers = |part| match part {
            Part::SourceAddress => sources.as_slice(),
            Part::DestAddress => destinations.as_slice(),
            part => rows.numbers(part),
        };
        kinds.of(rows.len(), numbers, of);
    }

    #[inline]
    fn add(&mut self, row: usize, into: &mut Target<'_, '_>, issues: &mut Issues) {
        let Some(kind) = self.of.get(row).map(|kind| *kind as usize) else {
            return;
        };
        if kind == self.sums.len() {
            let (sums, judged) = self.judge(row, into);
            self.sums.push(sums);
            self.judged.push(judged);
        }
        if !self.rows.faults.is_empty()
            && let Some(fault) = self.rows.faults.get(&row)
        {
            return bad_row(&self.file, self.before, row, fault.clone(), issues);
        }
        let rows = &self.rows;
        match self.sums.get_mut(kind) {
            None => {}
            Some(Sums::Bad(message)) => {
                bad_row(&self.file, self.before, row, message.to_string(), issues);
            }
            Some(Sums::PutOff) => self.put_off.push(rows_after(self.before, row)),
            Some(Sums::Judged {
                repeats,
                outside,
                kept,
            }) => {
                if let (Some(start), Some(end), Some(connections), Some(bytes)) = (
                    rows.starts.get(row),
                    rows.ends.get(row),
                    rows.connections.get(row),
                    rows.bytes.get(row),
                ) {
                    repeats.add(*start, *end, *connections, *bytes);
                }
                let (side, part) = match outside {
                    Outside::Neither => return,
                    Outside::Source => ("source", Part::SourceAddress),
                    Outside::Destination => ("dest", Part::DestAddress),
                };
                let number = rows.number(part, row);
                if number != *kept
                    && let Ok(Some(address)) = self.memory.address(side, number)
                {
                    repeats.add_address(address);
                    *kept = number;
                }
            }
        }
    }

    /// What is judged of a row, and of all of its kind. What is wrong with its times and sums is not
    /// of its kind.
    fn judge(
        &mut self,
        row: usize,
        into: &mut Target<'_, '_>,
    ) -> (Sums, Option<Result<Judgement, Unjudged>>) {
        let record = match record(&self.rows, row, &self.columns, &mut self.memory) {
            Ok(record) => record,
            Err(message) => return (Sums::Bad(message.into()), None),
        };
        if self.labels == LabelsOf::LeftOut && into.judge.asks_labels(&record) {
            return (Sums::PutOff, None);
        }
        let judged = into.judge.judge(&record);
        let mut repeats = Repeats::of(record.action);
        let mut outside = Outside::Neither;
        if let Ok(judgement) = &judged
            && judgement.edge.peer.is_external()
        {
            repeats.add_domains(&record);
            outside = match judgement.edge.direction {
                Direction::Egress => Outside::Destination,
                Direction::Ingress => Outside::Source,
            };
        }
        let sums = Sums::Judged {
            repeats,
            outside,
            kept: NOTHING,
        };
        (sums, Some(judged))
    }
}

/// Of addresses that are judged alike, the first stands for all.
#[derive(Debug, Default)]
struct StandIns {
    /// By the number of an address; 0 where it was not met.
    known: Vec<u32>,
    first: FxHashMap<Sort, u32>,
}

impl StandIns {
    /// The number of the address that stands for one.
    #[inline]
    fn of(&mut self, number: u32, memory: &mut Memory, sorts: &Sorts<'_>) -> u32 {
        match self.known.get(number as usize) {
            Some(known) if *known != NOTHING => *known,
            _ => self.learn(number, memory, sorts),
        }
    }

    fn learn(&mut self, number: u32, memory: &mut Memory, sorts: &Sorts<'_>) -> u32 {
        let Ok(Some(address)) = memory.address("", number) else {
            return number;
        };
        let stand_in = match sorts.of(address) {
            Sort::One(_) => number,
            outside @ Sort::Outside(..) => *self.first.entry(outside).or_insert(number),
        };
        let at = number as usize;
        if self.known.len() <= at {
            self.known.resize(at.saturating_add(1), NOTHING);
        }
        if let Some(slot) = self.known.get_mut(at) {
            *slot = stand_in;
        }
        stand_in
    }
}
