//! Where the numbers of parts stand in the words of a key.

use crate::columns::PARTS;

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
