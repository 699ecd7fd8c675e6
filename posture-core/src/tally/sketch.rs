//! A bounded sample of a set that does not depend on the order in which it is filled.

use std::borrow::Borrow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// How many values are kept.
const SKETCH: usize = 16;

/// The smallest values of a set: "a mergeable sketch" that "says when there were more" (scoring,
/// section 6.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sketch<T: Ord> {
    /// The sixteen smallest.
    pub smallest: BTreeSet<T>,
    /// Whether there were more.
    pub more: bool,
}

impl<T: Ord> Default for Sketch<T> {
    fn default() -> Self {
        Self {
            smallest: BTreeSet::new(),
            more: false,
        }
    }
}

impl<T: Ord> Sketch<T> {
    pub(super) fn insert<Q: Ord + ?Sized>(&mut self, value: &Q, own: impl FnOnce(&Q) -> T)
    where
        T: Borrow<Q>,
    {
        let full = self.smallest.len() == SKETCH;
        if full
            && self
                .smallest
                .last()
                .is_some_and(|last| value > last.borrow())
        {
            self.more = true;
        } else if !self.smallest.contains(value) {
            self.smallest.insert(own(value));
            self.trim();
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.more |= other.more;
        self.smallest.extend(other.smallest);
        self.trim();
    }

    fn trim(&mut self) {
        while self.smallest.len() > SKETCH {
            self.smallest.pop_last();
            self.more = true;
        }
    }
}
