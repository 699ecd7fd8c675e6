//! For every row, the slots of a page that fit it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::row_set::{RowSet, Rows, for_each_bit};

/// How many words of bits a page has.
pub(super) const WORDS: usize = 8;
/// How many slots a page has.
pub(super) const SLOTS: usize = WORDS * 64;

/// A bit for each slot of a page.
pub(super) type Bits = [u64; WORDS];

const NONE: Bits = [0; WORDS];

/// One in so many rows is few.
const FEW: usize = 16;

/// The pattern without a slot.
pub(super) const NO_SLOT: u32 = 0;

/// For every row the slots of a page that fit it, as the number of a pattern.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// The pattern of each row.
    pub(super) of: Vec<u32>,
    pub(super) patterns: Arc<Patterns>,
}

/// Sets of slots.
#[derive(Clone, Debug)]
pub(super) struct Patterns {
    /// The slots that may fit.
    may: Vec<Bits>,
    /// The slots that do fit, whatever is not known.
    must: Vec<Bits>,
}

impl Patterns {
    pub(super) fn may(&self, pattern: u32) -> &Bits {
        self.may.get(pattern as usize).unwrap_or(&NONE)
    }

    pub(super) fn must(&self, pattern: u32) -> &Bits {
        self.must.get(pattern as usize).unwrap_or(&NONE)
    }
}

/// Turns the rows of each slot into the slots of each row. Holds room for that, to be used again.
#[derive(Debug, Default)]
pub(super) struct Turner {
    must: Room,
    unknown: Room,
}

/// The slots of each row; none between two uses.
#[derive(Debug, Default)]
struct Room {
    rows: Vec<Bits>,
}

impl Turner {
    /// The column in which each slot, by its place, fits these of so many rows.
    pub(super) fn column(&mut self, slots: &[(usize, Rows)], rows: usize) -> Column {
        let must = together(slots.iter().map(|(slot, fits)| (*slot, &fits.must)));
        let unknown = together(slots.iter().map(|(slot, fits)| (*slot, &fits.unknown)));
        self.must.fill(&must, rows);
        let certain = unknown.is_empty();
        if !certain {
            self.unknown.fill(&unknown, rows);
        }
        let mut numbers = Numbers::default();
        let mut of = vec![NO_SLOT; rows];
        let mut take = |row: usize, number: &mut u32| {
            let must = self.must.take(row);
            let mut may = must;
            if !certain {
                for (may, unknown) in may.iter_mut().zip(self.unknown.take(row)) {
                    *may |= unknown;
                }
            }
            if may != NONE {
                *number = numbers.of(may, must);
            }
        };
        if let Some(touched) = touched(must.iter().chain(&unknown), rows) {
            for row in touched.into_iter().map(|row| row as usize) {
                if let Some(number) = of.get_mut(row) {
                    take(row, number);
                }
            }
        } else {
            for (row, number) in of.iter_mut().enumerate() {
                take(row, number);
            }
        }
        Column {
            of,
            patterns: Arc::new(numbers.patterns),
        }
    }
}

/// Rows, and all slots that they fit.
struct Together<'s> {
    rows: &'s RowSet,
    slots: Bits,
}

/// The slots of the same rows, together: rules repeat each other's criteria.
fn together<'s>(slots: impl Iterator<Item = (usize, &'s RowSet)>) -> Vec<Together<'s>> {
    let mut places: FxHashMap<usize, usize> = FxHashMap::default();
    let mut all: Vec<Together<'s>> = Vec::new();
    for (slot, rows) in slots.filter(|(_, rows)| !rows.is_empty()) {
        let place = *places.entry(rows.identity()).or_insert(all.len());
        if place == all.len() {
            all.push(Together { rows, slots: NONE });
        }
        if let Some(together) = all.get_mut(place) {
            mark(&mut together.slots, slot);
        }
    }
    all
}

/// The rows that fit any slot, where they are few.
fn touched<'s>(all: impl Iterator<Item = &'s Together<'s>>, rows: usize) -> Option<Vec<u32>> {
    let mut touched = Vec::new();
    for Together { rows: fitting, .. } in all {
        if touched.len().saturating_add(fitting.len()) > rows / FEW {
            return None;
        }
        fitting.for_each(|row| touched.push(row));
    }
    touched.sort_unstable();
    touched.dedup();
    Some(touched)
}

/// Patterns and their numbers.
struct Numbers {
    patterns: Patterns,
    known: FxHashMap<(Bits, Bits), u32>,
    /// The one before: rows that follow each other are often alike.
    last: (Bits, Bits, u32),
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            patterns: Patterns {
                may: vec![NONE],
                must: vec![NONE],
            },
            known: FxHashMap::default(),
            last: (NONE, NONE, NO_SLOT),
        }
    }
}

impl Numbers {
    fn of(&mut self, may: Bits, must: Bits) -> u32 {
        if self.last.0 != may || self.last.1 != must {
            let patterns = &mut self.patterns;
            let number = *self.known.entry((may, must)).or_insert_with(|| {
                let number = u32::try_from(patterns.may.len()).unwrap_or(NO_SLOT);
                patterns.may.push(may);
                patterns.must.push(must);
                number
            });
            self.last = (may, must, number);
        }
        self.last.2
    }
}

impl Room {
    /// The slots of a row, which has none from then on.
    fn take(&mut self, row: usize) -> Bits {
        self.rows
            .get_mut(row)
            .map(std::mem::take)
            .unwrap_or_default()
    }

    fn fill(&mut self, all: &[Together<'_>], rows: usize) {
        if self.rows.len() != rows {
            self.rows = vec![NONE; rows];
        }
        let mut many: Vec<(&[u64], &Bits)> = Vec::new();
        for Together { rows, slots } in all {
            match rows {
                RowSet::Few(listed) => {
                    for row in listed.iter() {
                        if let Some(bits) = self.rows.get_mut(*row as usize) {
                            add(bits, slots);
                        }
                    }
                }
                RowSet::Many(bits) => many.push((bits, slots)),
            }
        }
        if many.is_empty() {
            return;
        }
        // a block of rows for all sets, then the next: so that its bits stay at hand
        for (block, number) in self.rows.chunks_mut(64).zip(0..) {
            for (bits, slots) in &many {
                let word: u64 = bits.get(number).copied().unwrap_or_default();
                for_each_bit(word, |row| {
                    if let Some(bits) = block.get_mut(row as usize) {
                        add(bits, slots);
                    }
                });
            }
        }
    }
}

fn add(bits: &mut Bits, more: &Bits) {
    for (word, more) in bits.iter_mut().zip(more) {
        *word |= more;
    }
}

fn mark(bits: &mut Bits, slot: usize) {
    if let Some(word) = bits.get_mut(slot / 64) {
        *word |= 1 << (slot % 64);
    }
}
