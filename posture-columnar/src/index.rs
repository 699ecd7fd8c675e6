//! Numbers of values, by the hashes of the values.

use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;

/// No number.
const EMPTY: u32 = u32::MAX;

/// Numbers of values by the hashes of the values; the values are kept by the caller, under these
/// numbers.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// A power of two of them, at most half of them taken.
    slots: Vec<Slot>,
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    number: u32,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            slots: vec![Slot::EMPTY; 64],
            len: 0,
        }
    }
}

impl Slot {
    const EMPTY: Self = Self {
        hash: 0,
        number: EMPTY,
    };
}

/// The hash of a value.
pub(crate) fn hash(value: &(impl Hash + ?Sized)) -> u32 {
    fold(FxBuildHasher.hash_one(value))
}

/// The better half of a hash.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the other half is dropped on purpose"
)]
const fn fold(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}

/// The hash of something by a sum of products of its parts: the better half of one more product.
#[inline]
pub(crate) const fn spread(sum: u64) -> u32 {
    /// 2^64 divided by the golden ratio.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    ((sum ^ (sum >> 32)).wrapping_mul(SPREAD) >> 32) as u32
}

impl Index {
    /// The number of the value with a hash that is the one looked for.
    #[inline]
    pub(crate) fn find(&self, hash: u32, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut at = self.home(hash);
        loop {
            let slot = self.slots.get(at)?;
            if slot.number == EMPTY {
                return None;
            }
            if slot.hash == hash && is(slot.number) {
                return Some(slot.number);
            }
            at = self.next(at);
        }
    }

    /// Adds the number of a value that is not found.
    pub(crate) fn insert(&mut self, hash: u32, number: u32) {
        if self.len.saturating_mul(2) >= self.slots.len() {
            let more = self.slots.len().saturating_mul(2);
            let before = std::mem::replace(&mut self.slots, vec![Slot::EMPTY; more]);
            for slot in before.into_iter().filter(|slot| slot.number != EMPTY) {
                self.put(slot);
            }
        }
        self.len = self.len.saturating_add(1);
        self.put(Slot { hash, number });
    }

    fn put(&mut self, new: Slot) {
        let mut at = self.home(new.hash);
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.number == EMPTY {
                *slot = new;
                return;
            }
            at = self.next(at);
        }
    }

    /// Where a hash is looked for first.
    #[inline]
    fn home(&self, hash: u32) -> usize {
        hash.wrapping_mul(0x9e37_79b1).rotate_left(16) as usize & self.mask()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_found_again() {
        let values: Vec<String> = (0..5000).map(|number| format!("value {number}")).collect();
        let mut index = Index::default();
        for (number, value) in values.iter().enumerate() {
            assert_eq!(index.find(hash(value), |_| false), None);
            index.insert(hash(value), u32::try_from(number).unwrap());
        }
        for (number, value) in values.iter().enumerate() {
            let found = index.find(hash(value), |found| values[found as usize] == *value);
            assert_eq!(found, u32::try_from(number).ok());
        }
    }

    #[test]
    fn equal_hashes_are_told_apart() {
        let mut index = Index::default();
        for number in 0..100 {
            index.insert(7, number);
        }
        assert_eq!(index.find(7, |number| number == 99), Some(99));
        assert_eq!(index.find(7, |_| false), None);
        assert_eq!(index.find(8, |_| true), None);
    }
}
