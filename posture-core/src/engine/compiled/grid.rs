//! Patterns row by row: a walk asks for one row in many pages.

use std::sync::Arc;

use super::column::{Fitting, NO_SLOT};

/// How many rows are turned at a time: what is written of them stays in the cache.
const BLOCK: usize = 64;

/// The pattern of each row, or piece, in each page.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    cells: Arc<Vec<u32>>,
    /// How many pages there are.
    pages: usize,
}

impl Grid {
    /// The grid of columns, one of each page, with the patterns of so many rows.
    pub(super) fn new(columns: &[Fitting], rows: usize) -> Self {
        let pages = columns.len();
        let mut cells = vec![NO_SLOT; rows.saturating_mul(pages)];
        let mut rest: Vec<&[(u32, u32)]> = columns.iter().map(Vec::as_slice).collect();
        for block in (0..rows).step_by(BLOCK) {
            for (page, rest) in rest.iter_mut().enumerate() {
                while let [(row, pattern), after @ ..] = *rest
                    && (*row as usize) < block.saturating_add(BLOCK)
                {
                    let cell = (*row as usize).saturating_mul(pages).saturating_add(page);
                    if let Some(cell) = cells.get_mut(cell) {
                        *cell = *pattern;
                    }
                    *rest = after;
                }
            }
        }
        Self {
            cells: cells.into(),
            pages,
        }
    }

    /// The patterns of a row, page by page.
    pub(super) fn row(&self, row: u32) -> &[u32] {
        let first = (row as usize).saturating_mul(self.pages);
        let cells = self.cells.get(first..first.saturating_add(self.pages));
        cells.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_columns() {
        for (pages, rows) in [(0, 3), (1, 1), (3, 0), (2, BLOCK), (5, 2 * BLOCK + 1)] {
            let number = |page: usize, row: usize| u32::try_from(page * 1000 + row).unwrap();
            // some rows fit no slot
            let fits = |page: usize, row: usize| !(page + row).is_multiple_of(3);
            let column = |page| {
                let rows = (0..rows).filter(|row| fits(page, *row));
                rows.map(|row| (u32::try_from(row).unwrap(), number(page, row)))
                    .collect()
            };
            let columns: Vec<Fitting> = (0..pages).map(column).collect();
            let grid = Grid::new(&columns, rows);
            for row in 0..rows {
                let pattern = |page| {
                    if fits(page, row) {
                        number(page, row)
                    } else {
                        NO_SLOT
                    }
                };
                let expected: Vec<u32> = (0..pages).map(pattern).collect();
                assert_eq!(grid.row(u32::try_from(row).unwrap()), expected);
            }
            assert_eq!(grid.row(u32::MAX), [0; 0]);
        }
    }
}
