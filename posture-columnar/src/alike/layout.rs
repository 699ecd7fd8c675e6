//! Where the numbers of parts stand in the words of a key.

use crate::columns::PARTS;
use crate::index::spread;

/// How many words a key may have: each holds at least two numbers.
pub(super) const WORDS: usize = PARTS / 2;

/// The words of a row or a kind; those behind the last of a layout are 0.
pub(super) type Key = [u64; WORDS];

/// Where the number of each part stands in a key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Layout {
    fields: [Field; PARTS],
}

/// Some bits of a word.
#[derive(Clone, Copy, Debug, Default)]
struct Field {
    word: usize,
    shift: u32,
    bits: u32,
}

impl Layout {
    /// How many words a key has, at least one.
    pub(super) fn words(&self) -> usize {
        self.fields
            .last()
            .map_or(1, |last| last.word.saturating_add(1))
    }

    /// A layout for larger numbers, where some of these do not fit.
    pub(super) fn widened(&self, columns: &[&[u32]; PARTS]) -> Option<Self> {
        let mut wider = *self;
        let mut fits = true;
        for (field, column) in wider.fields.iter_mut().zip(columns) {
            let all = column.iter().fold(0, |all, number| all | number);
            let bits = u32::BITS.saturating_sub(all.leading_zeros());
            if bits > field.bits {
                // Numbers of texts grow bit by bit: some more save writing the keys again and again.
                field.bits = bits.saturating_add(1).min(u32::BITS);
                fits = false;
            }
        }
        if fits {
            return None;
        }
        let (mut word, mut shift) = (0_usize, 0_u32);
        for field in &mut wider.fields {
            if shift.saturating_add(field.bits) > u64::BITS {
                (word, shift) = (word.saturating_add(1), 0);
            }
            (field.word, field.shift) = (word, shift);
            shift = shift.saturating_add(field.bits);
        }
        Some(wider)
    }

    /// Puts the numbers of a part into the words of rows.
    #[inline]
    pub(super) fn put<const N: usize>(&self, part: usize, numbers: &[u32], words: &mut [[u64; N]]) {
        let Some(field) = self.fields.get(part).filter(|field| field.bits > 0) else {
            return;
        };
        let Some(words) = words.get_mut(field.word) else {
            return;
        };
        for (word, number) in words.iter_mut().zip(numbers) {
            *word |= u64::from(*number).wrapping_shl(field.shift);
        }
    }

    /// The number of a part in a key.
    pub(super) fn get(&self, part: usize, key: &[u64]) -> u32 {
        let Some(field) = self.fields.get(part) else {
            return 0;
        };
        let word = key.get(field.word).copied().unwrap_or_default();
        let mask = u64::MAX
            .checked_shl(field.bits)
            .map_or(u64::MAX, |above| !above);
        u32::try_from(word.wrapping_shr(field.shift) & mask).unwrap_or_default()
    }
}

/// The hash of a key.
pub(super) fn hash(key: &Key) -> u32 {
    let [hash] = hashes(&key.map(|word| [word]));
    hash
}

/// The hash of each row: a sum of products with odd numbers that have nothing to do with each other.
#[inline]
pub(super) fn hashes<const N: usize>(words: &[[u64; N]]) -> [u32; N] {
    let mut sums = [0_u64; N];
    for (column, factor) in words.iter().zip(&FACTORS) {
        for (sum, word) in sums.iter_mut().zip(column) {
            *sum = sum.wrapping_add(word.wrapping_mul(*factor));
        }
    }
    sums.map(spread)
}

/// Odd numbers at random.
const FACTORS: Key = [
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
