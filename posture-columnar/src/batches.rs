//! Batches to a tally.

use std::sync::Arc;

use arrow_array::{RecordBatch, UInt64Array};
use arrow_select::take::take_record_batch;
use posture_core::issue::Issues;

use crate::columns::Columns;
use crate::error::{FileError, Lost};
use crate::tally::{LabelsOf, Pass, Target};

/// How many rows are read at a time: what is worked on should stay in the cache of a core.
const PIECE: usize = 2048;

/// Tallies the rows of a log, batch by batch, exactly as if each record was judged and tallied by
/// itself. Lists of labels are read of those rows alone that ask for them.
#[derive(Debug)]
pub struct TallyReader {
    file: Arc<str>,
    first: Pass,
    /// Reads the rows once more that ask for labels.
    with_labels: Option<Pass>,
}

impl TallyReader {
    /// A reader at the first row of a log, by the name that issues give it.
    pub fn new(file: &str, columns: Columns) -> Self {
        let (first, with_labels) = match columns.has_lists_of_labels() {
            false => (Pass::new(file, columns, LabelsOf::Batches), None),
            true => (
                Pass::new(file, columns.without_labels(), LabelsOf::LeftOut),
                Some(Pass::new(file, columns, LabelsOf::Batches)),
            ),
        };
        Self {
            file: file.into(),
            first,
            with_labels,
        }
    }

    /// Goes on behind so many rows of the log.
    pub const fn skip_to(&mut self, rows: u64) {
        self.first.skip_to(rows);
    }

    /// Reads the next batch. A row that is no record costs that row.
    pub fn read(&mut self, batch: &RecordBatch, into: &mut Target<'_, '_>, issues: &mut Issues) {
        let rows = batch.num_rows();
        for start in (0..rows).step_by(PIECE) {
            let piece = batch.slice(start, PIECE.min(rows.saturating_sub(start)));
            self.read_piece(&piece, into, issues);
        }
    }

    fn read_piece(&mut self, piece: &RecordBatch, into: &mut Target<'_, '_>, issues: &mut Issues) {
        let before = self.first.rows();
        self.first.read(piece, into, issues);
        let Some(with_labels) = &mut self.with_labels else {
            return;
        };
        let put_off = self.first.take_put_off();
        let (Some(from), Some(to)) = (put_off.first(), put_off.last()) else {
            return;
        };
        let rows = put_off.iter().map(|row| row.saturating_sub(before));
        match take_record_batch(piece, &UInt64Array::from_iter_values(rows)) {
            Ok(asking) => with_labels.read(&asking, into, issues),
            Err(error) => {
                let lost = Lost::AskingLabels(*from, to.saturating_add(1));
                FileError::Arrow(error).report_rows(&self.file, lost, issues);
            }
        }
    }

    /// Tallies what was read; the reader can go on after that.
    pub fn finish(&mut self, into: &mut Target<'_, '_>) {
        self.first.finish(into);
        if let Some(with_labels) = &mut self.with_labels {
            with_labels.finish(into);
        }
    }
}
