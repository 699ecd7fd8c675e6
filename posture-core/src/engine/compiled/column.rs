//! For every row, the slots of a page that fit it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::row_set::{RowSet, Rows, count, for_each, set};

/// How many words of bits a page has.
pub(super) const WORDS: usize = 8;
/// How many slots a page has.
pub(super) const SLOTS: usize = WORDS * 64;

/// A bit for each slot of a page.
pub(super) type Bits = [u64; WORDS];

const NONE: Bits = [0; WORDS];

/// The pattern without a slot.
pub(super) const NO_SLOT: u32 = 0;

/// For every row the slots of a page that fit it, as the number of a pattern.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) of: Fitting,
    pub(super) patterns: Arc<Patterns>,
}

/// The rows that fit any slot, in order, each with its pattern: of most pages they are few.
pub(super) type Fitting = Vec<(u32, u32)>;

/// What columns are made in, one after the other: before and after that no row fits a slot.
#[derive(Debug)]
pub(super) struct Scratch {
    /// The pattern of each row.
    of: Vec<u32>,
    /// A bit for each row that fits any slot.
    fits: Vec<u64>,
}

impl Scratch {
    /// For so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self {
            of: vec![NO_SLOT; rows],
            fits: vec![0; rows.div_ceil(64)],
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.of.len()
    }
}

/// Sets of slots.
#[derive(Clone, Debug)]
pub(super) struct Patterns {
    /// The slots that may fit.
    may: Vec<Bits>,
    /// The slots that do fit, whatever is not known.
    must: Vec<Bits>,
}

/// The pattern without a slot.
impl Default for Patterns {
    fn default() -> Self {
        Self {
            may: vec![NONE],
            must: vec![NONE],
        }
    }
}

impl Patterns {
    pub(super) fn may(&self, pattern: u32) -> &Bits {
        self.may.get(pattern as usize).unwrap_or(&NONE)
    }

    pub(super) fn must(&self, pattern: u32) -> &Bits {
        self.must.get(pattern as usize).unwrap_or(&NONE)
    }
}

/// The column in which each slot, by its place, fits these rows.
pub(super) fn column(slots: &[(usize, Rows)], scratch: &mut Scratch) -> Column {
    let must = together(slots.iter().map(|(slot, fits)| (*slot, &fits.must)));
    let unknown = together(slots.iter().map(|(slot, fits)| (*slot, &fits.unknown)));
    let mut split = Split::new(scratch);
    for Together { rows, slots } in must {
        split.add(rows, &slots, &slots);
    }
    for Together { rows, slots } in unknown {
        split.add(rows, &slots, &NONE);
    }
    split.finish()
}

/// Rows, and all slots that they fit.
struct Together<'s> {
    rows: &'s RowSet,
    slots: Bits,
}

/// The slots of the same rows, together: rules repeat each other's criteria.
fn together<'s>(slots: impl Iterator<Item = (usize, &'s RowSet)>) -> Vec<Together<'s>> {
    let mut places: FxHashMap<usize, usize> = FxHashMap::default();
    let mut all: Vec<Together<'s>> = Vec::new();
    for (slot, rows) in slots.filter(|(_, rows)| !rows.is_empty()) {
        let place = *places.entry(rows.identity()).or_insert(all.len());
        if place == all.len() {
            all.push(Together { rows, slots: NONE });
        }
        if let Some(together) = all.get_mut(place) {
            mark(&mut together.slots, slot);
        }
    }
    all
}

/// All rows, split by one set of rows after the other: those that no set tells apart share a pattern.
///
/// A row moves from pattern to pattern, and the slots are written once for all rows that move together.
struct Split<'s> {
    rows: &'s mut Scratch,
    patterns: Patterns,
    /// What is kept of each pattern meanwhile.
    users: Vec<Users>,
    /// Patterns that no row has any more.
    free: Vec<u32>,
    /// How many sets there were.
    sets: u32,
}

/// The rows that have a pattern.
#[derive(Clone, Copy)]
struct Users {
    /// How many they are.
    rows: u32,
    /// The last set some of them were in, from 1; those of them that are in it move to `moved`.
    set: u32,
    moved: u32,
}

impl Users {
    const ONE: Self = Self {
        rows: 1,
        set: 0,
        moved: NO_SLOT,
    };
}

impl<'s> Split<'s> {
    /// Rows, none of which fits a slot.
    fn new(rows: &'s mut Scratch) -> Self {
        // one more than there are: the pattern without a slot stays when no row has it
        let all = u32::try_from(rows.rows().saturating_add(1)).unwrap_or(u32::MAX);
        Self {
            rows,
            patterns: Patterns::default(),
            users: vec![Users {
                rows: all,
                ..Users::ONE
            }],
            free: Vec::new(),
            sets: 0,
        }
    }

    /// Adds slots to those that a set of rows fits, each of which it has once.
    fn add(&mut self, rows: &RowSet, may: &Bits, must: &Bits) {
        self.sets = self.sets.saturating_add(1);
        rows.for_each(|row| {
            let place = row as usize;
            if let Some(before) = self.rows.of.get(place).copied() {
                if before == NO_SLOT {
                    set(&mut self.rows.fits, row);
                }
                let after = self.move_one(before, may, must);
                if let Some(pattern) = self.rows.of.get_mut(place) {
                    *pattern = after;
                }
            }
        });
    }

    /// Moves one row away from a pattern.
    #[inline]
    fn move_one(&mut self, before: u32, may: &Bits, must: &Bits) -> u32 {
        let Some(users) = self.users.get_mut(before as usize) else {
            return before;
        };
        if users.set != self.sets {
            return self.move_first(before, may, must);
        }
        let after = users.moved;
        users.rows = users.rows.saturating_sub(1);
        if users.rows == 0 {
            self.free.push(before);
        }
        if let Some(users) = self.users.get_mut(after as usize) {
            users.rows = users.rows.saturating_add(1);
        }
        after
    }

    /// Moves the first row of a set away from a pattern; a pattern of one row is changed itself.
    fn move_first(&mut self, before: u32, may: &Bits, must: &Bits) -> u32 {
        let users = self.users.get(before as usize);
        let after = match users.is_some_and(|users| users.rows == 1) {
            true => before,
            false => self.copy(before),
        };
        let patterns = &mut self.patterns;
        for (all, more) in [(&mut patterns.may, may), (&mut patterns.must, must)] {
            for (word, more) in all.get_mut(after as usize).into_iter().flatten().zip(more) {
                *word |= more;
            }
        }
        after
    }

    /// The column: patterns that rows have, by the first row of each, since rows that follow each other are asked
    /// about together.
    fn finish(self) -> Column {
        let Scratch { of, fits } = self.rows;
        let mut fitting = Vec::with_capacity(count(fits));
        let mut patterns = Patterns::default();
        let mut numbers = vec![NO_SLOT; self.patterns.may.len()];
        for_each(fits, |row| {
            let pattern = of.get_mut(row as usize).map(std::mem::take);
            let pattern = pattern.unwrap_or(NO_SLOT);
            let Some(number) = numbers.get_mut(pattern as usize) else {
                return;
            };
            if *number == NO_SLOT {
                *number = u32::try_from(patterns.may.len()).unwrap_or(NO_SLOT);
                patterns.may.push(*self.patterns.may(pattern));
                patterns.must.push(*self.patterns.must(pattern));
            }
            fitting.push((row, *number));
        });
        fits.fill(0);
        Column {
            of: fitting,
            patterns: Arc::new(patterns),
        }
    }

    /// A copy of a pattern, which one of its rows has from then on.
    fn copy(&mut self, pattern: u32) -> u32 {
        let copy = self.free.pop().unwrap_or_else(|| {
            let new = self.users.len();
            self.users.push(Users::ONE);
            u32::try_from(new).unwrap_or(NO_SLOT)
        });
        let (from, to) = (pattern as usize, copy as usize);
        for all in [&mut self.patterns.may, &mut self.patterns.must] {
            let bits = all.get(from).copied().unwrap_or(NONE);
            match all.get_mut(to) {
                Some(free) => *free = bits,
                None => all.push(bits),
            }
        }
        if let Some(users) = self.users.get_mut(to) {
            *users = Users::ONE;
        }
        if let Some(users) = self.users.get_mut(from) {
            *users = Users {
                rows: users.rows.saturating_sub(1),
                set: self.sets,
                moved: copy,
            };
        }
        copy
    }
}

/// The patterns of all of so many rows.
pub(super) fn listed(fitting: &Fitting, rows: usize) -> Vec<u32> {
    let mut all = vec![NO_SLOT; rows];
    for (row, pattern) in fitting {
        if let Some(of) = all.get_mut(*row as usize) {
            *of = *pattern;
        }
    }
    all
}

fn mark(bits: &mut Bits, slot: usize) {
    if let Some(word) = bits.get_mut(slot / 64) {
        *word |= 1 << (slot % 64);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    const ROWS: u32 = 150;

    type Listed = BTreeSet<u32>;

    fn listed() -> impl Strategy<Value = Listed> {
        prop_oneof![
            prop::collection::btree_set(0..ROWS, 0..4),
            prop::collection::btree_set(0..ROWS, 0..150),
            Just((0..ROWS).collect()),
        ]
    }

    /// Slots of a whole page, with rows that fit and others that may, some of them the same sets again.
    fn slots() -> impl Strategy<Value = Vec<(Listed, Listed)>> {
        let distinct = prop::collection::vec((listed(), listed()), 1..40);
        let which = prop::collection::vec(any::<prop::sample::Index>(), 1..=SLOTS);
        (distinct, which).prop_map(|(distinct, which)| {
            let slots = which.iter().map(|which| which.get(&distinct).clone());
            slots.collect()
        })
    }

    proptest! {
        #[test]
        fn every_row_has_the_slots_that_it_fits(slots in slots()) {
            let of = |rows: &Listed| RowSet::of(rows.iter().copied().collect(), ROWS as usize);
            // the same set is the same value, as a finder hands it out
            let mut known: Vec<(&(Listed, Listed), Rows)> = Vec::new();
            let fits: Vec<(usize, Rows)> = slots.iter().enumerate().map(|(slot, listed)| {
                let met = known.iter().find(|(met, _)| *met == listed);
                let rows = met.map(|(_, rows)| rows.clone());
                let rows = rows.unwrap_or_else(|| {
                    let unknown = &listed.1 - &listed.0;
                    Rows { must: of(&listed.0), unknown: of(&unknown) }
                });
                known.push((listed, rows.clone()));
                (slot, rows)
            }).collect();
            let mut scratch = Scratch::new(ROWS as usize);
            // what was made before leaves nothing behind
            let all = Rows::known(RowSet::all(ROWS as usize));
            prop_assert_eq!(column(&[(0, all)], &mut scratch).of.len(), ROWS as usize);
            let column = column(&fits, &mut scratch);
            let of: BTreeMap<u32, u32> = column.of.iter().copied().collect();
            prop_assert!(of.len() == column.of.len() && column.of.is_sorted());
            let mut told_apart = BTreeSet::new();
            for row in 0..ROWS {
                let pattern = of.get(&row).copied().unwrap_or(NO_SLOT);
                let (mut may, mut must) = (NONE, NONE);
                for (slot, (fits, may_fit)) in slots.iter().enumerate() {
                    if fits.contains(&row) {
                        mark(&mut must, slot);
                    }
                    if fits.contains(&row) || may_fit.contains(&row) {
                        mark(&mut may, slot);
                    }
                }
                prop_assert_eq!(column.patterns.may(pattern), &may);
                prop_assert_eq!(column.patterns.must(pattern), &must);
                prop_assert_eq!(pattern == NO_SLOT, may == NONE);
                told_apart.insert((may, must));
            }
            told_apart.insert((NONE, NONE));
            let patterns: BTreeSet<u32> = of.into_values().chain([NO_SLOT]).collect();
            prop_assert_eq!(patterns.len(), told_apart.len());
            prop_assert_eq!(column.patterns.may.len(), told_apart.len());
        }
    }
}
