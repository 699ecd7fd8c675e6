//! A bounded sample of a set that does not depend on the order in which it is filled.

use std::borrow::Borrow;

use serde::{Deserialize, Serialize};

/// How many values are kept.
const SKETCH: usize = 16;

/// The smallest values of a set: "a mergeable sketch" that "says when there were more" (scoring,
/// section 6.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch<T: Ord> {
    /// The sixteen smallest, in order.
    pub smallest: Vec<T>,
    /// Whether there were more.
    pub more: bool,
}

impl<T: Ord> Default for Sketch<T> {
    fn default() -> Self {
        Self {
            smallest: Vec::new(),
            more: false,
        }
    }
}

impl<T: Ord> Sketch<T> {
    pub(super) fn insert<Q: Ord + ?Sized>(&mut self, value: &Q, own: impl FnOnce(&Q) -> T)
    where
        T: Borrow<Q>,
    {
        let last = self.smallest.last().map(T::borrow);
        if self.smallest.len() == SKETCH && last.is_some_and(|last| value > last) {
            self.more = true;
        } else if let Err(at) = self.place(value) {
            self.put(at, own(value));
        }
    }

    /// The largest that is kept, once there were more: larger ones change nothing.
    pub(super) fn last_of_more(&self) -> Option<&T> {
        self.smallest.last().filter(|_| self.more)
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.more |= other.more;
        for value in other.smallest {
            if let Err(at) = self.place(&value) {
                self.put(at, value);
            }
        }
    }

    /// Where a value is, or where it belongs.
    fn place<Q: Ord + ?Sized>(&self, value: &Q) -> Result<usize, usize>
    where
        T: Borrow<Q>,
    {
        self.smallest
            .binary_search_by(|known| known.borrow().cmp(value))
    }

    fn put(&mut self, at: usize, value: T) {
        self.smallest.insert(at, value);
        if self.smallest.len() > SKETCH {
            self.smallest.pop();
            self.more = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn sketch(values: &[u8]) -> Sketch<u8> {
        let mut sketch = Sketch::default();
        for value in values {
            sketch.insert(value, |value| *value);
        }
        sketch
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_smallest_of_a_set_are_kept(one: Vec<u8>, other: Vec<u8>) {
            let set: BTreeSet<u8> = one.iter().chain(&other).copied().collect();
            let expected = Sketch {
                smallest: set.iter().copied().take(SKETCH).collect(),
                more: set.len() > SKETCH,
            };
            prop_assert_eq!(&sketch(&[one.clone(), other.clone()].concat()), &expected);
            let mut merged = sketch(&one);
            merged.merge(sketch(&other));
            prop_assert_eq!(merged, expected);
        }

        #[test]
        fn larger_ones_than_the_last_of_more_change_nothing(values: Vec<u8>, larger: u8) {
            let before = sketch(&values);
            let is_larger = before.last_of_more().is_some_and(|last| larger > *last);
            let mut after = before.clone();
            after.insert(&larger, |value| *value);
            let is_known = before.smallest.contains(&larger);
            prop_assert_eq!(after == before, is_larger || is_known);
        }
    }
}
