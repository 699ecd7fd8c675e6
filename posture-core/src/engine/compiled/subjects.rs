//! The pages that a row has to do with, row by row: of a subject, most pages have no policy.

use std::sync::Arc;

use super::column::{Fitting, NO_SLOT};

/// For each row, the pages with slots that it fits as a subject, in order, and its pattern in each.
#[derive(Clone, Debug, Default)]
pub(super) struct Subjects {
    /// Where the pages of a row begin; one more than there are rows.
    starts: Arc<[u32]>,
    met: Arc<[Met]>,
}

/// A page with slots that a row fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Met {
    page: u32,
    pattern: u32,
}

impl Subjects {
    /// Of so many rows, by the pattern that each has in each page.
    pub(super) fn new(columns: &[Fitting], rows: usize) -> Self {
        let mut ends = vec![0_u32; rows.saturating_add(1)];
        for_each_met(columns, |row, _| {
            if let Some(count) = ends.get_mut(row.saturating_add(1)) {
                *count = count.saturating_add(1);
            }
        });
        let mut all = 0_u32;
        for end in &mut ends {
            all = all.saturating_add(*end);
            *end = all;
        }
        let starts = ends.clone();
        let none = Met {
            page: 0,
            pattern: NO_SLOT,
        };
        let mut met = vec![none; all as usize];
        // the end of the row before grows to that of the row
        for_each_met(columns, |row, new| {
            if let Some(next) = ends.get_mut(row) {
                if let Some(met) = met.get_mut(*next as usize) {
                    *met = new;
                }
                *next = next.saturating_add(1);
            }
        });
        Self {
            starts: starts.into(),
            met: met.into(),
        }
    }

    /// The pages of a row.
    pub(super) fn of(&self, row: u32) -> Pages<'_> {
        let row = row as usize;
        let place = |row: usize| self.starts.get(row).map(|start| *start as usize);
        let met = match (place(row), place(row.saturating_add(1))) {
            (Some(start), Some(end)) => self.met.get(start..end),
            _ => None,
        };
        Pages(met.unwrap_or_default())
    }
}

/// What is left of the pages of a row.
pub(super) struct Pages<'s>(&'s [Met]);

impl Pages<'_> {
    /// The pattern in a page, where pages are asked for in their order.
    #[inline]
    pub(super) fn pattern(&mut self, page: u32) -> u32 {
        while let [met, rest @ ..] = self.0 {
            if met.page >= page {
                return if met.page == page {
                    met.pattern
                } else {
                    NO_SLOT
                };
            }
            self.0 = rest;
        }
        NO_SLOT
    }
}

fn for_each_met(columns: &[Fitting], mut call: impl FnMut(usize, Met)) {
    for (column, page) in columns.iter().zip(0_u32..) {
        for (row, pattern) in column {
            let pattern = *pattern;
            call(*row as usize, Met { page, pattern });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROWS: usize = 20;

    proptest! {
        #[test]
        fn every_row_has_its_pattern_in_every_page(
            columns in prop::collection::vec(prop::collection::vec(prop_oneof![Just(NO_SLOT), 1..4_u32], ROWS), 0..6),
            times in prop::collection::vec(0..3, 6),
        ) {
            let fitting = |column: &Vec<u32>| {
                let all = (0..).zip(column.iter().copied());
                all.filter(|(_, pattern)| *pattern != NO_SLOT).collect()
            };
            let fitting: Vec<Fitting> = columns.iter().map(fitting).collect();
            let subjects = Subjects::new(&fitting, ROWS);
            for row in 0..ROWS {
                let mut pages = subjects.of(u32::try_from(row).unwrap());
                for (column, page) in columns.iter().zip(0..) {
                    // a page that is in two parts is asked for twice, one that is left out never
                    for _ in 0..times[page as usize] {
                        prop_assert_eq!(pages.pattern(page), column[row]);
                    }
                }
                prop_assert_eq!(pages.pattern(u32::MAX), NO_SLOT);
            }
            prop_assert_eq!(subjects.of(u32::MAX).pattern(0), NO_SLOT);
        }
    }
}
