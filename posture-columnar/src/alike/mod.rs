//! Rows that are judged alike: what they have in common, in a few words, and what they add up to.

mod layout;
mod lines;

use posture_core::tally::Sums;

use crate::columns::{PARTS, Part};
use crate::rows::Amounts;
use layout::{Layout, WORDS, hashes};
use lines::{FIRST, Lines, firsts};

/// So many rows are worked on at a time, step by step: what one of them waits for, the next ones ask
/// for meanwhile.
const BLOCK: usize = 64;

/// Which row is of which kind, by numbers from 0 in order of the first row of each, and what the rows of each
/// kind add up to.
///
/// The numbers of a row's parts are small, so all of them go into a few words: a kind is a key of so many
/// words, found by its hash and compared as a whole.
#[derive(Debug)]
pub(crate) struct Kinds {
    layout: Layout,
    lines: Lines,
    /// The words of some rows, the first of each row first.
    words: [[u64; BLOCK]; WORDS],
}

impl Default for Kinds {
    fn default() -> Self {
        Self {
            layout: Layout::default(),
            lines: Lines::default(),
            words: [[0; BLOCK]; WORDS],
        }
    }
}

impl Kinds {
    /// Adds rows to their kinds, by the numbers of their parts; `numbers` of a part may be empty. Of some rows only
    /// the kind is asked for: they are not added.
    pub(crate) fn add<'n>(
        &mut self,
        amounts: &Amounts,
        numbers: impl Fn(Part) -> &'n [u32],
        is_added: impl Fn(usize) -> bool,
        kinds: &mut Vec<u32>,
    ) {
        let columns = Part::ALL.map(numbers);
        if let Some(wider) = self.layout.widened(&columns) {
            self.set_layout(&wider);
        }
        let columns = columns.map(|column| column.as_chunks::<BLOCK>());
        kinds.clear();
        for at in 0..amounts.ends.len().div_ceil(BLOCK) {
            let used = self.layout.words().max(FIRST);
            for words in self.words.iter_mut().take(used) {
                *words = [0; BLOCK];
            }
            for (part, (whole, rest)) in columns.iter().enumerate() {
                let numbers = whole.get(at).map_or(*rest, <[u32; BLOCK]>::as_slice);
                self.layout.put(part, numbers, &mut self.words);
            }
            self.add_block(at.saturating_mul(BLOCK), amounts, &is_added, kinds);
        }
    }

    /// Adds the rows whose words are set, from the first of them on.
    fn add_block(
        &mut self,
        before: usize,
        amounts: &Amounts,
        is_added: impl Fn(usize) -> bool,
        kinds: &mut Vec<u32>,
    ) {
        let (words, lines) = (&self.words, &mut self.lines);
        let hashes = hashes(words.get(..self.layout.words()).unwrap_or_default());
        lines.reserve(BLOCK);
        let are_home = lines.are_home(&hashes, words);
        let keys = hashes.iter().zip(&are_home).zip(firsts(words));
        let rows = keys.zip(amounts.of_rows(before)).enumerate();
        kinds.extend(rows.map(|(row, (((hash, is_home), first), amount))| {
            let key = || words.map(|column| column.get(row).copied().unwrap_or_default());
            let line = match is_home {
                true => lines.home(*hash),
                false => lines.line(*hash, first, key),
            };
            let Some(line) = line else { return 0 };
            if is_added(before.wrapping_add(row)) {
                line.add(amount);
            }
            line.kind()
        }));
    }

    /// Each kind and what its rows add up to, in no particular order.
    pub(crate) fn sums(&self) -> impl Iterator<Item = (u32, Sums)> {
        self.lines.sums()
    }

    /// Writes all keys anew.
    fn set_layout(&mut self, layout: &Layout) {
        let before = std::mem::replace(&mut self.layout, *layout);
        self.words = [[0; BLOCK]; WORDS];
        self.lines.set_keys(layout.words(), |key| {
            let mut words = [[0]; WORDS];
            for part in 0..PARTS {
                layout.put(part, &[before.get(part, key)], &mut words);
            }
            words.map(|[word]| word)
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Times and sums that differ from row to row.
    fn amounts(rows: u32) -> Amounts {
        let times = (0..rows).map(|row| i64::from(row * 7 % 11));
        let sums = (0..rows).map(|row| u64::from(row * 5 % 13));
        Amounts {
            starts: times.clone().collect(),
            ends: times.map(|time| 8 - time % 3).collect(),
            connections: sums.clone().collect(),
            bytes: sums.map(|sum| sum * 100).collect(),
        }
    }

    #[test]
    fn every_part_tells_rows_apart() {
        let (same, other): (Vec<u32>, Vec<u32>) = (vec![1 << 30; 500], (0..500).collect());
        for odd in Part::ALL {
            let numbers = |part| -> &[u32] { if part == odd { &other } else { &same } };
            let (mut kinds, mut of) = (Kinds::default(), Vec::new());
            for _ in 0..2 {
                kinds.add(&amounts(500), numbers, |_| true, &mut of);
                assert_eq!(of, other, "{odd:?}");
            }
        }
    }

    /// Batch after batch, with blocks of rows and what is left behind the last, with numbers that get larger, and
    /// keys of few words and of many.
    #[test]
    fn rows_are_numbered_in_order_of_the_first_of_each_and_added_up() {
        for parts in [1, 3, PARTS] {
            let (mut kinds, mut found) = (Kinds::default(), Vec::new());
            let mut known: Vec<Vec<u32>> = Vec::new();
            let mut sums: BTreeMap<u32, Sums> = BTreeMap::new();
            for (batch, rows) in [0, 1, 63, 64, 65, 128, 150, 150, 900]
                .into_iter()
                .enumerate()
            {
                let large = |row: u32| (row % 3 * (row % 5) * (row % 77)) << (batch * 2);
                let columns: Vec<Vec<u32>> = (0_u32..)
                    .take(parts)
                    .map(|part| (0..rows).map(|row| large(row + part)).collect())
                    .collect();
                let amounts = amounts(rows);
                let is_added = |row: usize| row % 7 != 3;
                let numbers = |part| columns.get(part as usize).map_or(&[][..], Vec::as_slice);
                kinds.add(&amounts, numbers, is_added, &mut found);
                for row in 0..rows as usize {
                    let tuple: Vec<u32> = columns.iter().map(|column| column[row]).collect();
                    let at = known.iter().position(|known| *known == tuple);
                    let kind = u32::try_from(at.unwrap_or(known.len())).unwrap();
                    if at.is_none() {
                        known.push(tuple);
                    }
                    assert_eq!(found[row], kind, "{parts} {batch} {row}");
                    let sums = sums.entry(kind).or_insert(Sums::NONE);
                    if is_added(row) {
                        sums.add(Sums {
                            count: 1,
                            start: amounts.starts[row].min(amounts.ends[row]),
                            end: amounts.ends[row],
                            connections: amounts.connections[row],
                            bytes: amounts.bytes[row],
                        });
                    }
                }
            }
            assert!(known.len() > 128, "{}", known.len());
            assert_eq!(kinds.sums().collect::<BTreeMap<_, _>>(), sums);
        }
    }
}
