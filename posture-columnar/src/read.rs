//! Batches to records, one by one.

use std::sync::Arc;

use arrow_array::RecordBatch;
use posture_core::issue::{IssueKind, Issues};
use posture_core::model::Record;

use crate::columns::Columns;
use crate::memory::Memory;
use crate::record::record;
use crate::rows::Rows;

/// Reads the records of a log, batch by batch.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
/// use posture_columnar::{Columns, RecordReader};
/// use posture_core::issue::Issues;
///
/// let text = |text| Arc::new(StringArray::from(vec![text])) as ArrayRef;
/// let batch = RecordBatch::try_from_iter([
///     ("end_time", Arc::new(Int64Array::from(vec![1_700_000_000])) as ArrayRef),
///     ("action", text("allow")),
///     ("reporter", text("src")),
///     ("source_type", text("wep")),
///     ("source_namespace", text("shop")),
///     ("source_name_aggr", text("web-*")),
///     ("dest_type", text("net")),
/// ])?;
/// let columns = Columns::new(batch.schema_ref())?;
/// let (mut reader, mut issues) = (RecordReader::new("flows", columns), Issues::default());
/// let mut namespaces = Vec::new();
/// reader.read(&batch, &mut issues, &mut |record| {
///     namespaces.extend(record.source.namespace.map(str::to_owned));
/// });
/// assert_eq!(namespaces, ["shop"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RecordReader {
    file: Arc<str>,
    columns: Columns,
    memory: Memory,
    rows: Rows,
    before: u64,
}

impl RecordReader {
    /// A reader at the first row of a log, by the name that issues give it.
    pub fn new(file: &str, columns: Columns) -> Self {
        Self {
            file: file.into(),
            columns,
            memory: Memory::default(),
            rows: Rows::default(),
            before: 0,
        }
    }

    /// Goes on behind so many rows of the log.
    pub const fn skip_to(&mut self, rows: u64) {
        self.before = rows;
    }

    /// Hands on the record of every row of the next batch. A row that is none costs that row.
    pub fn read(
        &mut self,
        batch: &RecordBatch,
        issues: &mut Issues,
        each: &mut impl FnMut(&Record<'_>),
    ) {
        self.read_numbered(batch, issues, &mut |record: &Record<'_>, _| each(record));
    }

    /// Hands on the record of every row of the next batch, and the row's number, from 1.
    pub fn read_numbered(
        &mut self,
        batch: &RecordBatch,
        issues: &mut Issues,
        each: &mut impl FnMut(&Record<'_>, u64),
    ) {
        if self.memory.is_full() {
            self.memory = Memory::default();
        }
        self.rows.read(batch, &self.columns, &mut self.memory);
        for row in 0..self.rows.len() {
            let read = match self.rows.faults.get(&row) {
                Some(fault) => Err(fault.clone()),
                None => record(&self.rows, row, &self.columns, &mut self.memory),
            };
            match read {
                Ok(record) => each(&record, rows_after(self.before, row).saturating_add(1)),
                Err(message) => bad_row(&self.file, self.before, row, message, issues),
            }
        }
        self.before = rows_after(self.before, self.rows.len());
    }
}

/// How many rows there were with so many more.
pub(crate) fn rows_after(before: u64, more: usize) -> u64 {
    before.saturating_add(u64::try_from(more).unwrap_or(u64::MAX))
}

/// Says what is wrong with a row; rows are counted from 1.
pub(crate) fn bad_row(file: &str, before: u64, row: usize, message: String, issues: &mut Issues) {
    let number = rows_after(before, row).saturating_add(1);
    issues.push(
        IssueKind::InvalidRecord,
        file,
        format!("row {number}"),
        message,
    );
}
