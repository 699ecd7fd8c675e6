//! Texts of a few words, by their numbers.

use std::array;

use arrow_array::{GenericStringArray, OffsetSizeTrait};

use crate::index::spread;

/// How many bytes are one word.
const WORD: usize = size_of::<u64>();

/// How many bytes a text may have.
const LONGEST: usize = 8 * WORD;

/// How many texts are kept of each length; past that a table starts anew.
const MOST: usize = 1 << 15;

/// The length of the text of a slot without one.
const EMPTY: u32 = u32::MAX;

/// The number of a text that is not in a table.
const NOT_FOUND: u32 = u32::MAX;

/// Of how many slots one is taken at most.
const SPARSE: usize = 4;

/// The numbers of texts of a column, by the texts themselves.
///
/// A text is a few words, filled up with zeros, and its length: all of them are read, hashed and compared
/// at once, without a branch that hangs on the length. How many words are a matter of the longest text of a
/// batch. A cache in front of a slower table: it changes no answer.
#[derive(Debug, Default)]
pub(crate) struct ShortTexts {
    one: Table<1>,
    two: Table<2>,
    four: Table<4>,
    eight: Table<8>,
}

impl ShortTexts {
    /// Adds the number of each text of a column; `learn` tells those that are met first. What stands where
    /// the column is null counts as a text.
    pub(crate) fn number<O: OffsetSizeTrait>(
        &mut self,
        array: &GenericStringArray<O>,
        learn: impl FnMut(&str) -> u32,
        out: &mut Vec<u32>,
    ) {
        let starts = array.value_offsets();
        let ends = starts.get(1..).unwrap_or_default();
        if is_one(array.value_data(), starts) {
            let before = out.len();
            self.number(&array.slice(0, 1), learn, out);
            let number = out.last().copied().unwrap_or_default();
            return out.resize(before.saturating_add(ends.len()), number);
        }
        let lengths = starts.iter().zip(ends);
        let lengths = lengths.map(|(start, end)| end.as_usize().wrapping_sub(start.as_usize()));
        // The bits of all lengths together are no less than the longest.
        match lengths.fold(0, |all, len| all | len).div_ceil(WORD) {
            0 | 1 => self.one.number(array, learn, out),
            2 => self.two.number(array, learn, out),
            3 | 4 => self.four.number(array, learn, out),
            _ => self.eight.number(array, learn, out),
        }
    }
}

/// Whether more than one text are all the same: they have one length, and all bytes are those that stand one text
/// before.
fn is_one<O: OffsetSizeTrait>(data: &[u8], starts: &[O]) -> bool {
    let starts = || starts.iter().map(|start| start.as_usize());
    let (Some(first), Some(second), Some(last)) =
        (starts().next(), starts().nth(1), starts().next_back())
    else {
        return false;
    };
    let len = second.wrapping_sub(first);
    let bytes = data.get(first..last).unwrap_or_default();
    let texts = starts().len().wrapping_sub(1);
    texts > 1
        && bytes.len() == len.wrapping_mul(texts)
        && bytes.get(len..) == bytes.get(..bytes.len().wrapping_sub(len))
        && starts()
            .zip(starts().skip(1))
            .all(|(start, end)| end.wrapping_sub(start) == len)
}

/// Texts of up to so many words.
#[derive(Debug)]
struct Table<const W: usize> {
    /// None, or a power of two of them, few of them taken: most texts are found where they are looked for first,
    /// and a loop that mostly ends after the first round costs less than one that ends after some.
    slots: Vec<Slot<W>>,
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot<const W: usize> {
    words: [u64; W],
    /// How long the text is; no text is as long as [`EMPTY`].
    len: u32,
    number: u32,
}

/// A text, filled up with zeros, and how long it is.
#[derive(Clone, Copy, Debug)]
struct Words<const W: usize> {
    words: [u64; W],
    len: u32,
}

impl<const W: usize> Default for Table<W> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            len: 0,
        }
    }
}

impl<const W: usize> Table<W> {
    /// Looks for all texts in a loop that changes nothing, and then learns those that were not found.
    fn number<O: OffsetSizeTrait>(
        &mut self,
        array: &GenericStringArray<O>,
        mut learn: impl FnMut(&str) -> u32,
        out: &mut Vec<u32>,
    ) {
        let (data, starts) = (array.value_data(), array.value_offsets());
        let ends = starts.get(1..).unwrap_or_default();
        let before = out.len();
        out.extend(starts.iter().zip(ends).map(|(start, end)| {
            let (start, end) = (start.as_usize(), end.as_usize());
            let text = Words::read(data, start, end.wrapping_sub(start));
            text.map_or(NOT_FOUND, |text| self.find(text))
        }));
        let added = out.iter_mut().skip(before).enumerate();
        for (row, number) in added.filter(|(_, number)| **number == NOT_FOUND) {
            *number = self.learn(array.value(row), &mut learn);
        }
    }

    #[inline]
    fn find(&self, text: Words<W>) -> u32 {
        let mut at = self.home(text);
        while let Some(slot) = self.slots.get(at) {
            if slot.is(text) {
                return slot.number;
            }
            if slot.len == EMPTY {
                break;
            }
            at = self.next(at);
        }
        NOT_FOUND
    }

    /// The number of a text that was not found.
    #[cold]
    fn learn(&mut self, text: &str, learn: impl FnOnce(&str) -> u32) -> u32 {
        let filled = filled_up(text.as_bytes());
        let Some(words) = Words::read(&filled, 0, text.len()) else {
            return learn(text);
        };
        match self.find(words) {
            NOT_FOUND => self.insert(words, learn(text)),
            known => known,
        }
    }

    /// Adds a text that is not found, and gives back its number.
    fn insert(&mut self, text: Words<W>, number: u32) -> u32 {
        if self.len >= MOST {
            *self = Self::default();
        }
        if self.len.saturating_mul(SPARSE) >= self.slots.len() {
            let more = self.slots.len().saturating_mul(2).max(64);
            let before = std::mem::replace(&mut self.slots, vec![Slot::EMPTY; more]);
            for slot in before.into_iter().filter(|slot| slot.len != EMPTY) {
                self.put(slot);
            }
        }
        self.len = self.len.saturating_add(1);
        let Words { words, len } = text;
        self.put(Slot { words, len, number });
        number
    }

    fn put(&mut self, new: Slot<W>) {
        let Slot { words, len, .. } = new;
        let mut at = self.home(Words { words, len });
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.len == EMPTY {
                *slot = new;
                return;
            }
            at = self.next(at);
        }
    }

    /// Where a text is looked for first.
    #[inline]
    fn home(&self, text: Words<W>) -> usize {
        text.hash() as usize & self.mask()
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        at.wrapping_add(1) & self.mask()
    }

    #[inline]
    fn mask(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }
}

impl<const W: usize> Slot<W> {
    const EMPTY: Self = Self {
        words: [0; W],
        len: EMPTY,
        number: NOT_FOUND,
    };

    #[inline]
    fn is(&self, text: Words<W>) -> bool {
        let bits = self.words.iter().zip(&text.words);
        let bits = bits.map(|(one, other)| one ^ other);
        bits.fold(u64::from(self.len ^ text.len), |all, bits| all | bits) == 0
    }
}

impl<const W: usize> Words<W> {
    /// The text of so many bytes from `start` on; none where it is longer than the words, or where so many are not
    /// left behind `start`.
    #[inline]
    fn read(data: &[u8], start: usize, len: usize) -> Option<Self> {
        let size = W.wrapping_mul(WORD);
        if len > size {
            return None;
        }
        let all: [u64; W] = words(data.get(start..)?.get(..size)?);
        let from = LONGEST.wrapping_sub(len);
        let mut own: [u64; W] = words(RULER.as_flattened().get(from..from.wrapping_add(size))?);
        for (own, all) in own.iter_mut().zip(all) {
            *own &= all;
        }
        Some(Self {
            words: own,
            len: u32::try_from(len).ok()?,
        })
    }

    /// A sum of products with odd numbers that have nothing to do with each other.
    #[inline]
    fn hash(self) -> u32 {
        let products = self.words.iter().zip(&FACTORS);
        let products = products.map(|(word, factor)| word.wrapping_mul(*factor));
        let sum = products.fold(u64::from(self.len), u64::wrapping_add);
        spread(sum)
    }
}

/// The first words of some bytes.
#[inline]
fn words<const W: usize>(bytes: &[u8]) -> [u64; W] {
    let (words, _) = bytes.as_chunks::<WORD>();
    array::from_fn(|at| words.get(at).map_or(0, |word| u64::from_le_bytes(*word)))
}

/// The first bytes of a text, and zeros behind them.
fn filled_up(text: &[u8]) -> [u8; LONGEST] {
    let mut filled = [0; LONGEST];
    for (slot, byte) in filled.iter_mut().zip(text) {
        *slot = *byte;
    }
    filled
}

/// Ones, then zeros: so many of each as a text has bytes at most.
const RULER: [[u8; LONGEST]; 2] = [[u8::MAX; LONGEST], [0; LONGEST]];

/// Odd numbers at random.
const FACTORS: [u64; 8] = [
    0xbf58_476d_1ce4_e5b9,
    0x94d0_49bb_1331_11eb,
    0xff51_afd7_ed55_8ccd,
    0xc4ce_b9fe_1a85_ec53,
    0xd6e8_feb8_6659_fd93,
    0xa076_1d64_78bd_642f,
    0xe703_7ed1_a0b4_28db,
    0x8ebc_6af0_9c88_c6e3,
];

#[cfg(test)]
mod tests {
    use arrow_array::{LargeStringArray, StringArray};

    use super::*;
    use crate::known::Texts;

    /// Texts that differ in one byte, or in zeros at their ends, of every length around that of words.
    fn all() -> Vec<String> {
        let mut all = vec![String::new(), "\0".to_owned(), "\0\0".to_owned()];
        for len in 1..80 {
            for at in [0, len / 2, len - 1] {
                for byte in ['x', 'y', '\0'] {
                    let text = (0..len).map(|other| if other == at { byte } else { 'a' });
                    all.push(text.collect());
                }
            }
        }
        all
    }

    #[test]
    fn texts_are_numbered_as_by_the_slower_table() {
        let all = all();
        for longest in [0, 1, 8, 9, 16, 17, 32, 33, 64, 80] {
            let (mut short, mut texts) = (ShortTexts::default(), Texts::default());
            let column: Vec<&str> = all
                .iter()
                .map(String::as_str)
                .filter(|text| text.len() <= longest)
                .collect();
            for skipped in [0, 3] {
                let column = &column[skipped.min(column.len())..];
                let array = LargeStringArray::from_iter_values(column);
                let mut found = Vec::new();
                short.number(&array, |text| texts.number(text), &mut found);
                let expected = column.iter().map(|text| texts.number(text));
                assert_eq!(found, expected.collect::<Vec<_>>(), "{longest}");
            }
        }
    }

    #[test]
    fn zeros_at_the_end_of_a_text_count() {
        let text = |len| Words::<1>::read(b"a\0\0\0\0\0\0\0", 0, len).unwrap();
        let Words { words, len } = text(2);
        let slot = Slot {
            words,
            len,
            number: 1,
        };
        assert!(slot.is(text(2)) && !slot.is(text(1)) && !slot.is(text(3)));
    }

    #[test]
    fn a_text_that_is_all_of_a_column_is_told_from_others() {
        let is_one = |texts: &[&str]| {
            let array = StringArray::from_iter_values(texts);
            super::is_one(array.value_data(), array.value_offsets())
        };
        for same in [&["tcp"; 2][..], &["tcp"; 9], &[""; 3]] {
            assert!(is_one(same));
        }
        for other in [
            &["tcp", "udp"][..],
            &["tcp", "tc", "ptcp"],
            &["aa", "a", "aaa"],
            &["", "a"],
            &["a", ""],
            &["tcp", "tcp", "tcq"],
            &["tcp"],
            &[],
        ] {
            assert!(!is_one(other), "{other:?}");
        }
    }

    #[test]
    fn a_piece_of_a_column_is_read_as_what_it_holds() {
        let whole = StringArray::from_iter_values(["ab", "cd", "ef", "ab"]);
        let (mut short, mut texts) = (ShortTexts::default(), Texts::default());
        let mut found = Vec::new();
        for (start, rows) in [(1, 2), (3, 1), (0, 0), (0, 4)] {
            short.number(
                &whole.slice(start, rows),
                |text| texts.number(text),
                &mut found,
            );
        }
        assert_eq!(found, [1, 2, 3, 3, 1, 2, 3]);
    }

    #[test]
    fn what_is_known_is_not_asked_again_and_too_much_is_forgotten() {
        let texts: Vec<String> = (0..=MOST).map(|number| number.to_string()).collect();
        let mut short = ShortTexts::default();
        let mut asked = |texts: &[String]| {
            let (mut found, mut asked) = (Vec::new(), 0);
            let learn = |text: &str| {
                asked += 1;
                text.parse().unwrap()
            };
            short.number(&StringArray::from_iter_values(texts), learn, &mut found);
            let expected: Vec<u32> = texts.iter().map(|text| text.parse().unwrap()).collect();
            assert_eq!(found, expected);
            asked
        };
        assert_eq!(asked(&texts[..MOST]), MOST);
        assert_eq!(asked(&texts[..MOST]), 0);
        assert_eq!(asked(&texts[MOST..]), 1);
        assert_eq!(asked(&texts[..2]), 2);
    }
}
