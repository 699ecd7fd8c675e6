//! Flow logs in Arrow's own formats: files, and streams.

mod check;
mod file;
mod stream;

use std::io::{Read, Seek};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema};
use posture_core::issue::Issues;
use posture_core::model::Record;

use crate::batches::TallyReader;
use crate::columns::Columns;
use crate::contain::{contained, next};
use crate::error::{FileError, Lost, report_columns};
use crate::read::{RecordReader, rows_after};
use crate::tally::Target;
use file::File;
use stream::Stream;

/// A flow log in an Arrow file or stream.
pub struct ArrowLog<'r> {
    name: Arc<str>,
    columns: Columns,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + 'r>,
}

impl std::fmt::Debug for ArrowLog<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArrowLog")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl<'r> ArrowLog<'r> {
    /// Opens a file (`ARROW1`), by the name that issues give it.
    ///
    /// # Errors
    /// [`FileError`] says why the file says nothing.
    pub fn file<R: Read + Seek + 'r>(name: &str, reader: R) -> Result<Self, FileError> {
        let file = contained(|| File::open(reader))?;
        Self::new(name, &file.schema(), file)
    }

    /// Opens a stream, by the name that issues give it.
    ///
    /// # Errors
    /// [`FileError`] says why the stream says nothing.
    pub fn stream<R: Read + 'r>(name: &str, reader: R) -> Result<Self, FileError> {
        let stream = contained(|| Stream::open(reader))?;
        Self::new(name, &stream.schema(), stream)
    }

    /// Takes batches from elsewhere, all of one schema.
    ///
    /// # Errors
    /// [`FileError`] says why the schema is no flow log's.
    pub fn new(
        name: &str,
        schema: &Schema,
        batches: impl Iterator<Item = Result<RecordBatch, ArrowError>> + 'r,
    ) -> Result<Self, FileError> {
        Ok(Self {
            name: name.into(),
            columns: Columns::new(schema)?,
            batches: Box::new(batches),
        })
    }

    /// Hands on every record.
    pub fn records(self, issues: &mut Issues, each: &mut impl FnMut(&Record<'_>)) {
        self.numbered(issues, &mut |record: &Record<'_>, _| each(record));
    }

    /// Hands on every record, and the number of its row, from 1.
    pub fn numbered(self, issues: &mut Issues, each: &mut impl FnMut(&Record<'_>, u64)) {
        report_columns(&self.name, &self.columns, issues);
        let mut reader = RecordReader::new(&self.name, self.columns);
        let each = |batch: &_, issues: &mut _| reader.read_numbered(batch, issues, each);
        all(self.batches, &self.name, issues, each);
    }

    /// Tallies every record.
    pub fn tally(self, into: &mut Target<'_, '_>, issues: &mut Issues) {
        report_columns(&self.name, &self.columns, issues);
        let mut reader = TallyReader::new(&self.name, self.columns);
        let each = |batch: &_, issues: &mut _| reader.read(batch, into, issues);
        all(self.batches, &self.name, issues, each);
        reader.finish(into);
    }
}

/// Hands on every batch, up to the first that is damaged.
fn all(
    mut batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    name: &str,
    issues: &mut Issues,
    mut each: impl FnMut(&RecordBatch, &mut Issues),
) {
    let mut rows = 0;
    loop {
        match next(&mut batches) {
            Ok(Some(batch)) => {
                each(&batch, issues);
                rows = rows_after(rows, batch.num_rows());
            }
            Ok(None) => return,
            Err(error) => return error.report_rows(name, Lost::Behind(rows), issues),
        }
    }
}
