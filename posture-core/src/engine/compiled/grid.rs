//! The patterns of every row in every page, row by row: a walk looks at few rows and many pages.

use std::sync::Arc;

/// How many rows are turned at a time.
const BLOCK: usize = 256;

/// The number of a pattern for each row and page.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    cells: Arc<[u16]>,
    /// How many pages there are.
    pages: usize,
    /// How many rows there are.
    rows: usize,
    /// The rows that later ones were part of.
    parents: Vec<u32>,
}

impl Grid {
    /// The grid of columns, each with the pattern of so many rows.
    pub(super) fn new(columns: &[Vec<u16>], rows: usize) -> Self {
        let pages = columns.len();
        let mut cells = vec![0; rows.saturating_mul(pages)];
        if pages > 0 {
            for (block, first) in cells
                .chunks_mut(BLOCK.saturating_mul(pages))
                .zip((0..).step_by(BLOCK))
            {
                for (page, column) in columns.iter().enumerate() {
                    let column = column.get(first..).unwrap_or_default();
                    for (row, pattern) in block.chunks_mut(pages).zip(column) {
                        if let Some(cell) = row.get_mut(page) {
                            *cell = *pattern;
                        }
                    }
                }
            }
        }
        Self {
            cells: cells.into(),
            pages,
            rows,
            parents: Vec::new(),
        }
    }

    /// The patterns of a row, by page.
    pub(super) fn row(&self, row: u32) -> &[u16] {
        let first = self.origin(row).saturating_mul(self.pages);
        let cells = self.cells.get(first..first.saturating_add(self.pages));
        cells.unwrap_or_default()
    }

    /// The row of the grid that a row is part of.
    fn origin(&self, row: u32) -> usize {
        let row = row as usize;
        match row.checked_sub(self.rows) {
            None => row,
            Some(later) => self
                .parents
                .get(later)
                .map_or(row, |parent| *parent as usize),
        }
    }

    /// Adds rows that no page tells from those that they were part of.
    pub(super) fn extend(&mut self, parents: &[u32]) {
        for parent in parents {
            let origin = u32::try_from(self.origin(*parent)).unwrap_or(*parent);
            self.parents.push(origin);
        }
    }
}
