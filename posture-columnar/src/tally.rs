//! One pass from batches to a tally: rows that are judged alike are judged once.

use std::sync::Arc;

use arrow_array::RecordBatch;
use posture_core::issue::Issues;
use posture_core::judge::{Judge, Judgement, Sorts, Unjudged};
use posture_core::model::Direction;
use posture_core::tally::{Repeats, Tally};

use crate::alike::Kinds;
use crate::asked::Asked;
use crate::columns::{Columns, Part};
use crate::memory::Memory;
use crate::read::{bad_row, rows_after};
use crate::record::record;
use crate::rows::Rows;
use crate::stand_ins::StandIns;

/// How many kinds of rows are kept apart before they are tallied.
const MAX_KINDS: usize = 1 << 18;

/// How many rows are added up before they are tallied: a kind counts them in 32 bits.
const MAX_ROWS: usize = 1 << 31;

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
    /// What is still to be done for each row of a kind, by kinds.
    still: Vec<Still>,
    /// What is known of each kind.
    judged: Vec<Judged>,
    /// Which addresses of each kind are still to be kept.
    asked: Vec<Asked>,
    stand_ins: [StandIns; 2],
    addresses: [Vec<u32>; 2],
    put_off: Vec<u64>,
    before: u64,
    /// How many rows were read since the last were tallied.
    untallied: usize,
}

/// What is still to be done for a row once it is added to its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Still {
    /// Nothing.
    Nothing,
    /// The address of its source is outside the cluster, and its edge keeps it.
    KeepSource,
    /// Likewise that of its destination.
    KeepDestination,
    /// It is no record.
    Report,
    /// It asks for labels, which were left out.
    PutOff,
}

/// What is known of a kind.
#[derive(Debug)]
enum Judged {
    /// Its rows are no records.
    Bad(Box<str>),
    /// They are not judged here.
    PutOff,
    /// This is judged of them.
    As {
        judged: Result<Judgement, Unjudged>,
        repeats: Repeats,
    },
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
            still: Vec::new(),
            judged: Vec::new(),
            asked: Vec::new(),
            stand_ins: Default::default(),
            addresses: Default::default(),
            put_off: Vec::new(),
            before: 0,
            untallied: 0,
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
        let is_full = self.judged.len() > MAX_KINDS || self.untallied > MAX_ROWS;
        if is_full || self.memory.is_full() {
            self.finish(into);
        }
        self.rows.read(batch, &self.columns, &mut self.memory);
        self.set_kinds(into.sorts);
        for row in 0..self.rows.len() {
            self.add(row, into, issues);
        }
        self.before = rows_after(self.before, self.rows.len());
        self.untallied = self.untallied.saturating_add(self.rows.len());
    }

    /// Tallies what was read; the pass can go on after that.
    pub(crate) fn finish(&mut self, into: &mut Target<'_, '_>) {
        for (kind, sums) in self.kinds.sums() {
            if let Some(Judged::As { repeats, .. }) = self.judged.get_mut(kind as usize) {
                repeats.add(sums);
            }
        }
        for kind in self.judged.drain(..) {
            if let Judged::As { judged, repeats } = kind {
                let judged = judged.as_ref().map_err(|why| *why);
                into.tally.add_repeated(judged, repeats);
            }
        }
        self.still.clear();
        self.asked.clear();
        self.kinds = Kinds::default();
        self.memory = Memory::default();
        self.stand_ins = Default::default();
        self.untallied = 0;
    }

    /// How many rows of the log were read.
    pub(crate) const fn rows(&self) -> u64 {
        self.before
    }

    /// The rows that were put off, by their numbers from 0.
    pub(crate) fn take_put_off(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.put_off)
    }

    /// Adds every row to its kind. Of addresses at networks that are judged alike one stands for all.
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
        let ends = [
            (Part::SourceType, Part::SourceAddress),
            (Part::DestType, Part::DestAddress),
        ];
        let outs = stand_ins.iter_mut().zip(addresses.iter_mut());
        for ((kind, address), (stand_ins, out)) in ends.into_iter().zip(outs) {
            let network = memory.number(kind, "net");
            out.clear();
            let both = rows.numbers(kind).iter().zip(rows.numbers(address));
            out.extend(both.map(|(kind, number)| match *kind == network {
                true => stand_ins.of(address, *number, memory, sorts),
                false => *number,
            }));
        }
        let [sources, destinations] = addresses;
        let numbers = |part| match part {
            Part::SourceAddress => sources.as_slice(),
            Part::DestAddress => destinations.as_slice(),
            part => rows.numbers(part),
        };
        let faults = &rows.faults;
        let is_added = |row| faults.is_empty() || !faults.contains_key(&row);
        kinds.add(&rows.amounts, numbers, is_added, of);
    }

    /// Does what is still to be done for a row.
    #[inline]
    fn add(&mut self, row: usize, into: &mut Target<'_, '_>, issues: &mut Issues) {
        let Some(kind) = self.of.get(row).map(|kind| *kind as usize) else {
            return;
        };
        if kind == self.judged.len() {
            let (still, judged) = self.judge(row, into);
            self.still.push(still);
            self.judged.push(judged);
            self.asked.push(Asked::EVERY);
        }
        if !self.rows.faults.is_empty()
            && let Some(fault) = self.rows.faults.get(&row)
        {
            return bad_row(&self.file, self.before, row, fault.clone(), issues);
        }
        match self.still.get(kind) {
            None | Some(Still::Nothing) => {}
            Some(Still::KeepSource) => self.keep(kind, row, ("source", Part::SourceAddress)),
            Some(Still::KeepDestination) => self.keep(kind, row, ("dest", Part::DestAddress)),
            Some(Still::PutOff) => self.put_off.push(rows_after(self.before, row)),
            Some(Still::Report) => {
                if let Some(Judged::Bad(message)) = self.judged.get(kind) {
                    bad_row(&self.file, self.before, row, message.to_string(), issues);
                }
            }
        }
    }

    /// Keeps the address of a row, where its edge still asks for it.
    fn keep(&mut self, kind: usize, row: usize, (side, part): (&str, Part)) {
        let number = self.rows.number(part, row);
        let Ok(Some(address)) = self.memory.address((side, part), number) else {
            return;
        };
        if let Some(asked) = self.asked.get_mut(kind)
            && asked.is_for(number, address)
            && let Some(Judged::As { repeats, .. }) = self.judged.get_mut(kind)
        {
            repeats.add_address(address);
            asked.added(number, repeats.last_address());
        }
    }

    /// What is judged of a row, and of all of its kind. What is wrong with its times and sums is not
    /// of its kind.
    fn judge(&mut self, row: usize, into: &mut Target<'_, '_>) -> (Still, Judged) {
        let record = match record(&self.rows, row, &self.columns, &mut self.memory) {
            Ok(record) => record,
            Err(message) => return (Still::Report, Judged::Bad(message.into())),
        };
        if self.labels == LabelsOf::LeftOut && into.judge.asks_labels(&record) {
            return (Still::PutOff, Judged::PutOff);
        }
        let judged = into.judge.judge(&record);
        let mut repeats = Repeats::of(record.action);
        let mut still = Still::Nothing;
        if let Ok(judgement) = &judged
            && judgement.edge.peer.is_external()
        {
            repeats.add_domains(&record);
            still = match judgement.edge.direction {
                Direction::Egress => Still::KeepDestination,
                Direction::Ingress => Still::KeepSource,
            };
        }
        (still, Judged::As { judged, repeats })
    }
}
