//! Patterns row by row: a walk asks for one row in many pages.

use std::sync::Arc;

use super::column::NO_SLOT;

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
    pub(super) fn new(columns: &[Vec<u32>], rows: usize) -> Self {
        let pages = columns.len();
        let mut cells = vec![NO_SLOT; rows.saturating_mul(pages)];
        let blocks = cells.chunks_mut(BLOCK.saturating_mul(pages).max(1));
        for (block, first) in blocks.zip((0..).step_by(BLOCK)) {
            for (page, column) in columns.iter().enumerate() {
                let column = column.get(first..).unwrap_or_default();
                let cells = block.iter_mut().skip(page).step_by(pages);
                for (cell, pattern) in cells.zip(column) {
                    *cell = *pattern;
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
            let column = |page| (0..rows).map(|row| number(page, row)).collect();
            let columns: Vec<Vec<u32>> = (0..pages).map(column).collect();
            let grid = Grid::new(&columns, rows);
            for row in 0..rows {
                let expected: Vec<u32> = (0..pages).map(|page| number(page, row)).collect();
                assert_eq!(grid.row(u32::try_from(row).unwrap()), expected);
            }
            assert_eq!(grid.row(u32::MAX), [0; 0]);
        }
    }
}
