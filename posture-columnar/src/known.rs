//! What a column repeats, by small numbers.

use arrow_array::{Array, ArrayRef};

use crate::index::{Index, hash};
use crate::short::ShortTexts;

/// The number of what is missing.
pub(crate) const NOTHING: u32 = 0;

/// How many texts are kept of a column; past that the memory starts anew.
const MAX_TEXTS: usize = 1 << 20;

/// What is known of one part of rows.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) texts: Texts,
    pub(crate) lists: Lists,
    pub(crate) short: ShortTexts,
    pub(crate) dictionary: Dictionary,
}

impl Known {
    /// Whether so much is kept that it is better to start anew.
    pub(crate) fn is_full(&self) -> bool {
        self.texts.known.len() > MAX_TEXTS || self.lists.known.len() > MAX_TEXTS
    }
}

/// The dictionary of a column's batches, which those of one row group share, and the numbers of its texts.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    values: Option<ArrayRef>,
    numbers: Vec<u32>,
}

impl Dictionary {
    /// The numbers of the values of a dictionary; `read` adds those of one that is met first.
    pub(crate) fn numbers(
        &mut self,
        values: &ArrayRef,
        read: impl FnOnce(&mut Vec<u32>),
    ) -> &[u32] {
        let is_known = |known: &ArrayRef| known.to_data().ptr_eq(&values.to_data());
        if !self.values.as_ref().is_some_and(is_known) {
            self.numbers.clear();
            read(&mut self.numbers);
            self.values = Some(values.clone());
        }
        &self.numbers
    }
}

/// Texts by numbers from 1.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    known: Vec<Box<str>>,
    index: Index,
}

impl Texts {
    /// The number of a text.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        let hash = hash(text);
        let is = |number| get(&self.known, number).is_some_and(|known| &**known == text);
        if let Some(known) = self.index.find(hash, is) {
            return known;
        }
        self.known.push(text.into());
        let number = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        self.index.insert(hash, number);
        number
    }

    /// The text of a number.
    pub(crate) fn text(&self, number: u32) -> Option<&str> {
        get(&self.known, number).map(AsRef::as_ref)
    }
}

/// Lists of numbers, by numbers from 1.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    known: Vec<Box<[u32]>>,
    /// The numbers of lists of one item, by the item: most lists are such.
    of_one: Vec<u32>,
    index: Index,
}

impl Lists {
    /// The number of a list.
    #[inline]
    pub(crate) fn number(&mut self, list: &[u32]) -> u32 {
        match *list {
            [item] => match self.of_one.get(item as usize) {
                Some(known) if *known != NOTHING => *known,
                _ => self.learn_one(item),
            },
            _ => self.find(list),
        }
    }

    fn learn_one(&mut self, item: u32) -> u32 {
        let (number, at) = (self.find(&[item]), item as usize);
        if self.of_one.len() <= at {
            self.of_one.resize(at.saturating_add(1), NOTHING);
        }
        if let Some(slot) = self.of_one.get_mut(at) {
            *slot = number;
        }
        number
    }

    fn find(&mut self, list: &[u32]) -> u32 {
        let hash = hash(list);
        let is = |number| get(&self.known, number).is_some_and(|known| same(known, list));
        if let Some(known) = self.index.find(hash, is) {
            return known;
        }
        self.known.push(list.into());
        let number = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        self.index.insert(hash, number);
        number
    }

    /// The list of a number; of nothing, an empty one.
    pub(crate) fn list(&self, number: u32) -> &[u32] {
        get(&self.known, number).map_or(&[], AsRef::as_ref)
    }
}

/// Whether both are the same: lists are short, and a call that compares bytes takes longer.
fn same(one: &[u32], other: &[u32]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one == other)
}

fn get<T>(values: &[T], number: u32) -> Option<&T> {
    values.get((number as usize).checked_sub(1)?)
}
