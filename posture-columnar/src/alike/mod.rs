//! Rows that are judged alike: what they have in common, in a few words.

mod layout;

use crate::columns::{PARTS, Part};
use crate::index::{Index, spread};
use layout::Layout;

/// So many rows are worked on at a time, step by step: what one of them waits for, the next ones ask
/// for meanwhile.
const BLOCK: usize = 64;

/// Which row is of which kind, by numbers from 0 in order of the first row of each.
///
/// The numbers of a row's parts are small, so all of them go into a few words: a kind is a key of so many
/// words, found by its hash and compared as a whole.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    layout: Layout,
    /// The words of each kind, one kind after the other.
    keys: Vec<u64>,
    len: u32,
    index: Index,
    /// The words of some rows, the first of each row first.
    words: Vec<[u64; BLOCK]>,
}

impl Kinds {
    /// The kind of every row, by the numbers of its parts; `numbers` of a part may be empty.
    pub(crate) fn of<'n>(
        &mut self,
        rows: usize,
        numbers: impl Fn(Part) -> &'n [u32],
        kinds: &mut Vec<u32>,
    ) {
        let columns = Part::ALL.map(numbers);
        if let Some(wider) = self.layout.widened(&columns) {
            self.set_layout(&wider);
        }
        let columns = columns.map(|column| column.as_chunks::<BLOCK>());
        kinds.clear();
        for (at, first) in (0..rows).step_by(BLOCK).enumerate() {
            self.words.clear();
            self.words.resize(self.layout.words(), [0; BLOCK]);
            for (part, (whole, rest)) in columns.iter().enumerate() {
                let numbers = whole.get(at).map_or(*rest, <[u32; BLOCK]>::as_slice);
                self.layout.put(part, numbers, &mut self.words);
            }
            let rows = rows.saturating_sub(first).min(BLOCK);
            self.find_block(rows, kinds);
        }
    }

    /// Adds the kinds of the rows whose words are set.
    fn find_block(&mut self, rows: usize, kinds: &mut Vec<u32>) {
        let hashes = hashes(&self.words);
        let likely = hashes.map(|hash| self.index.find(hash, |_| true));
        let all = hashes.iter().zip(likely).enumerate().take(rows);
        kinds.extend(all.map(|(row, (hash, likely))| match likely {
            Some(kind) if is(&self.keys, &self.words, kind, row) => kind,
            _ => self.learn(*hash, row),
        }));
    }

    #[cold]
    fn learn(&mut self, hash: u32, row: usize) -> u32 {
        let known = |kind| is(&self.keys, &self.words, kind, row);
        if let Some(known) = self.index.find(hash, known) {
            return known;
        }
        let words = self.words.iter();
        self.keys.extend(words.filter_map(|column| column.get(row)));
        let kind = self.len;
        self.len = self.len.saturating_add(1);
        self.index.insert(hash, kind);
        kind
    }

    /// Writes all keys anew.
    fn set_layout(&mut self, layout: &Layout) {
        let width = self.layout.words();
        let before = std::mem::take(&mut self.keys);
        self.index = Index::default();
        for (kind, key) in (0..self.len).zip(before.chunks_exact(width)) {
            self.words.clear();
            self.words.resize(layout.words(), [0; BLOCK]);
            for part in 0..PARTS {
                layout.put(part, &[self.layout.get(part, key)], &mut self.words);
            }
            let [hash, ..] = hashes(&self.words);
            self.index.insert(hash, kind);
            self.keys.extend(self.words.iter().map(|[first, ..]| first));
        }
        self.layout = *layout;
    }
}

/// Whether a row is of a kind.
#[inline]
fn is(keys: &[u64], words: &[[u64; BLOCK]], kind: u32, row: usize) -> bool {
    let start = words.len().wrapping_mul(kind as usize);
    let Some(key) = keys.get(start..start.wrapping_add(words.len())) else {
        return false;
    };
    let bits = words.iter().zip(key);
    let bits = bits.map(|(column, word)| column.get(row).map_or(u64::MAX, |own| own ^ word));
    bits.fold(0, |all, bits| all | bits) == 0
}

/// The hash of each row: a sum of products with odd numbers that have nothing to do with each other.
#[inline]
fn hashes(words: &[[u64; BLOCK]]) -> [u32; BLOCK] {
    let mut sums = [0_u64; BLOCK];
    for (column, factor) in words.iter().zip(&FACTORS) {
        for (sum, word) in sums.iter_mut().zip(column) {
            *sum = sum.wrapping_add(word.wrapping_mul(*factor));
        }
    }
    sums.map(spread)
}

/// Odd numbers at random.
const FACTORS: [u64; PARTS / 2] = [
    0xbf58_476d_1ce4_e5b9,
    0x94d0_49bb_1331_11eb,
    0xff51_afd7_ed55_8ccd,
    0xc4ce_b9fe_1a85_ec53,
    0xd6e8_feb8_6659_fd93,
    0xa076_1d64_78bd_642f,
    0xe703_7ed1_a0b4_28db,
    0x8ebc_6af0_9c88_c6e3,
    0x5899_65cc_7537_4cc3,
    0x1d8e_4e27_c47d_124f,
    0xeb44_acca_b455_d165,
    0x9c6e_6877_736c_46e3,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_tells_rows_apart() {
        for odd in Part::ALL {
            let numbers = |part| -> &[u32] {
                match part == odd {
                    true => &[5, 0, 5, 6],
                    false => &[],
                }
            };
            let (mut kinds, mut of) = (Kinds::default(), Vec::new());
            kinds.of(4, numbers, &mut of);
            assert_eq!(of, [0, 1, 0, 2], "{odd:?}");
        }
    }

    /// Batch after batch, with blocks of rows and what is left behind the last, with numbers that get larger.
    #[test]
    fn rows_are_numbered_in_order_of_the_first_of_each() {
        let (mut kinds, mut found) = (Kinds::default(), Vec::new());
        let mut known: Vec<Vec<u32>> = Vec::new();
        for (batch, rows) in [0, 1, 63, 64, 65, 128, 150, 150].into_iter().enumerate() {
            let large = |row: u32| (row % 3 * (row % 5)) << (batch * 3);
            let columns: Vec<Vec<u32>> = (0_u32..)
                .take(PARTS)
                .map(|part| (0..rows).map(|row| large(row + part)).collect())
                .collect();
            kinds.of(rows as usize, |part| &columns[part as usize], &mut found);
            let expected: Vec<u32> = (0..rows as usize)
                .map(|row| {
                    let tuple = columns.iter().map(|column| column[row]).collect();
                    let at = known.iter().position(|known| *known == tuple);
                    let at = at.unwrap_or_else(|| {
                        known.push(tuple);
                        known.len() - 1
                    });
                    u32::try_from(at).unwrap()
                })
                .collect();
            assert_eq!(found, expected);
        }
    }
}
