//! Sets of rows, and what is known of them.

use std::sync::Arc;

/// A set of rows: listed where they are few, as bits where they are many.
#[derive(Clone, Debug)]
pub(super) enum RowSet {
    /// The rows, in order.
    Few(Arc<[u32]>),
    /// A bit for each row.
    Many(Arc<[u64]>),
}

/// One in so many rows may be listed.
const SPARSE: usize = 32;

impl RowSet {
    pub(super) fn empty() -> Self {
        Self::Few(Arc::default())
    }

    /// All of so many rows.
    pub(super) fn all(rows: usize) -> Self {
        let mut bits = vec![u64::MAX; rows.div_ceil(64)];
        clear_rest(&mut bits, rows);
        Self::Many(bits.into())
    }

    /// These of so many rows, in order and each once.
    pub(super) fn of(listed: Vec<u32>, rows: usize) -> Self {
        if listed.len().saturating_mul(SPARSE) <= rows {
            return Self::Few(listed.into());
        }
        let mut bits = vec![0; rows.div_ceil(64)];
        for row in listed {
            set(&mut bits, row);
        }
        Self::Many(bits.into())
    }

    /// Whether it has no row.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Few(listed) => listed.is_empty(),
            Self::Many(bits) => bits.iter().all(|word| *word == 0),
        }
    }

    /// A number that is the same only for sets that share their rows.
    pub(super) fn identity(&self) -> usize {
        match self {
            Self::Few(listed) => listed.as_ptr().addr(),
            Self::Many(bits) => bits.as_ptr().addr(),
        }
    }

    pub(super) fn contains(&self, row: u32) -> bool {
        match self {
            Self::Few(listed) => listed.binary_search(&row).is_ok(),
            Self::Many(bits) => has(bits, row),
        }
    }

    /// Calls for every row.
    pub(super) fn for_each(&self, call: impl FnMut(u32)) {
        match self {
            Self::Few(listed) => listed.iter().copied().for_each(call),
            Self::Many(bits) => for_each(bits, call),
        }
    }

    pub(super) fn and(&self, other: &Self, rows: usize) -> Self {
        match (self, other) {
            (Self::Few(few), other) | (other, Self::Few(few)) => {
                if few.iter().all(|row| other.contains(*row)) {
                    return Self::Few(few.clone());
                }
                let both = few.iter().copied().filter(|row| other.contains(*row));
                Self::Few(both.collect())
            }
            (Self::Many(a), Self::Many(b)) => {
                let both: Vec<u64> = a.iter().zip(b.iter()).map(|(a, b)| a & b).collect();
                Self::condensed(both, rows)
            }
        }
    }

    pub(super) fn or(&self, other: &Self, rows: usize) -> Self {
        match (self, other) {
            (Self::Few(none), other) | (other, Self::Few(none)) if none.is_empty() => other.clone(),
            (Self::Few(a), Self::Few(b)) => {
                let mut either: Vec<u32> = a.iter().chain(b.iter()).copied().collect();
                either.sort_unstable();
                either.dedup();
                Self::of(either, rows)
            }
            (Self::Few(few), Self::Many(many)) | (Self::Many(many), Self::Few(few)) => {
                let mut either = many.to_vec();
                for row in few.iter() {
                    set(&mut either, *row);
                }
                Self::Many(either.into())
            }
            (Self::Many(a), Self::Many(b)) => {
                Self::Many(a.iter().zip(b.iter()).map(|(a, b)| a | b).collect())
            }
        }
    }

    /// Without the rows of another.
    pub(super) fn minus(&self, other: &Self, rows: usize) -> Self {
        if self.is_disjoint(other) {
            return self.clone();
        }
        match (self, other) {
            (Self::Few(few), other) => {
                let rest = few.iter().copied().filter(|row| !other.contains(*row));
                Self::Few(rest.collect())
            }
            (Self::Many(bits), Self::Few(few)) => {
                let mut rest = bits.to_vec();
                for row in few.iter() {
                    clear(&mut rest, *row);
                }
                Self::condensed(rest, rows)
            }
            (Self::Many(a), Self::Many(b)) => {
                let rest = a.iter().zip(b.iter()).map(|(a, b)| a & !b);
                Self::condensed(rest.collect(), rows)
            }
        }
    }

    fn is_disjoint(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Few(few), other) | (other, Self::Few(few)) => {
                !few.iter().any(|row| other.contains(*row))
            }
            (Self::Many(a), Self::Many(b)) => a.iter().zip(b.iter()).all(|(a, b)| a & b == 0),
        }
    }

    pub(super) fn not(&self, rows: usize) -> Self {
        let mut bits = match self {
            Self::Few(listed) => {
                let mut bits = vec![u64::MAX; rows.div_ceil(64)];
                for row in listed.iter() {
                    clear(&mut bits, *row);
                }
                bits
            }
            Self::Many(bits) => bits.iter().map(|word| !word).collect(),
        };
        clear_rest(&mut bits, rows);
        Self::condensed(bits, rows)
    }

    /// Bits, as a list where they are few.
    fn condensed(bits: Vec<u64>, rows: usize) -> Self {
        let count = count(&bits);
        if count.saturating_mul(SPARSE) > rows {
            return Self::Many(bits.into());
        }
        let mut listed = Vec::with_capacity(count);
        for_each(&bits, |row| listed.push(row));
        Self::Few(listed.into())
    }
}

/// Of which rows something holds: of some it does, of some it is not known.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// Of which it holds.
    pub(super) must: RowSet,
    /// Of which it is not known; none of those of which it holds.
    pub(super) unknown: RowSet,
}

impl Rows {
    pub(super) fn known(rows: RowSet) -> Self {
        Self {
            must: rows,
            unknown: RowSet::empty(),
        }
    }

    pub(super) fn none() -> Self {
        Self::known(RowSet::empty())
    }

    /// Not known of these, and of others as it is.
    pub(super) fn or_unknown(self, unknown: &RowSet, rows: usize) -> Self {
        Self {
            unknown: self.unknown.or(unknown, rows).minus(&self.must, rows),
            must: self.must,
        }
    }

    pub(super) fn and(&self, other: &Self, rows: usize) -> Self {
        let must = self.must.and(&other.must, rows);
        if self.unknown.is_empty() && other.unknown.is_empty() {
            return Self::known(must);
        }
        let of_one = self.unknown.and(&other.may(rows), rows);
        let of_other = other.unknown.and(&self.must, rows);
        Self {
            must,
            unknown: of_one.or(&of_other, rows),
        }
    }

    pub(super) fn or(&self, other: &Self, rows: usize) -> Self {
        let must = self.must.or(&other.must, rows);
        Self {
            unknown: self.unknown.or(&other.unknown, rows).minus(&must, rows),
            must,
        }
    }

    pub(super) fn not(&self, rows: usize) -> Self {
        Self {
            must: self.may(rows).not(rows),
            unknown: self.unknown.clone(),
        }
    }

    /// These rows only.
    pub(super) fn within(&self, limit: &RowSet, rows: usize) -> Self {
        Self {
            must: self.must.and(limit, rows),
            unknown: self.unknown.and(limit, rows),
        }
    }

    /// All but these rows.
    pub(super) fn without(&self, others: &RowSet, rows: usize) -> Self {
        Self {
            must: self.must.minus(others, rows),
            unknown: self.unknown.minus(others, rows),
        }
    }

    /// Of which it may hold.
    pub(super) fn may(&self, rows: usize) -> RowSet {
        self.must.or(&self.unknown, rows)
    }
}

fn has(bits: &[u64], row: u32) -> bool {
    let word = bits.get(row as usize / 64).copied().unwrap_or_default();
    word >> (row % 64) & 1 == 1
}

pub(super) fn set(bits: &mut [u64], row: u32) {
    if let Some(word) = bits.get_mut(row as usize / 64) {
        *word |= 1 << (row % 64);
    }
}

fn clear(bits: &mut [u64], row: u32) {
    if let Some(word) = bits.get_mut(row as usize / 64) {
        *word &= !(1 << (row % 64));
    }
}

fn clear_rest(bits: &mut [u64], rows: usize) {
    if let (Some(last), rest @ 1..) = (bits.last_mut(), rows % 64) {
        *last &= (1 << rest) - 1;
    }
}

/// How many bits there are.
pub(super) fn count(bits: &[u64]) -> usize {
    bits.iter().map(|word| word.count_ones() as usize).sum()
}

/// Calls for every bit, the lowest first.
pub(super) fn for_each(bits: &[u64], mut call: impl FnMut(u32)) {
    for (word, first) in bits.iter().zip((0_u32..).step_by(64)) {
        for_each_bit(*word, |bit| call(first.saturating_add(bit)));
    }
}

/// Calls for every bit of a word, the lowest first.
fn for_each_bit(mut word: u64, mut call: impl FnMut(u32)) {
    while word != 0 {
        call(word.trailing_zeros());
        word &= word - 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const ROWS: usize = 130;

    fn listed(set: &RowSet) -> Vec<u32> {
        let mut rows = Vec::new();
        set.for_each(|row| rows.push(row));
        rows
    }

    fn any_set() -> impl Strategy<Value = BTreeSet<u32>> {
        let row = 0..u32::try_from(ROWS).unwrap();
        prop_oneof![
            prop::collection::btree_set(row.clone(), 0..4),
            prop::collection::btree_set(row, 0..ROWS),
        ]
    }

    proptest! {
        #[test]
        fn sets_are_sets(a in any_set(), b in any_set()) {
            let of = |rows: &BTreeSet<u32>| RowSet::of(rows.iter().copied().collect(), ROWS);
            let plain = |rows: Vec<u32>| rows.into_iter().collect::<BTreeSet<u32>>();
            let all: BTreeSet<u32> = (0..u32::try_from(ROWS).unwrap()).collect();
            prop_assert_eq!(plain(listed(&of(&a))), a.clone());
            prop_assert_eq!(plain(listed(&of(&a).and(&of(&b), ROWS))), &a & &b);
            prop_assert_eq!(plain(listed(&of(&a).or(&of(&b), ROWS))), &a | &b);
            prop_assert_eq!(plain(listed(&of(&a).not(ROWS))), &all - &a);
            prop_assert_eq!(plain(listed(&of(&a).minus(&of(&b), ROWS))), &a - &b);
            prop_assert_eq!(of(&a).is_empty(), a.is_empty());
            for row in all {
                prop_assert_eq!(of(&a).contains(row), a.contains(&row));
            }
        }
    }
}
