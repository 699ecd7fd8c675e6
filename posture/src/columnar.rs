//! Flow logs in columns to a tally.

use std::borrow::Cow;
use std::io::{self, Cursor, Read, Seek};
use std::ops::Range;
use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use posture_columnar::arrow::{ArrowError, RecordBatch, Schema};
use posture_columnar::{ArrowLog, ChunkReader, FileError, ParquetFile, Target};
use posture_core::issue::Issues;
use posture_core::judge::Sorts;
use posture_formats::detect::Columnar;

use crate::rows::RowReader;
use crate::tallying::{Tallying, Worker};

impl Tallying<'_> {
    /// Reads a log in columns that is in memory.
    pub fn read_columnar(
        &mut self,
        name: &str,
        kind: Columnar,
        bytes: Cow<'_, [u8]>,
        issues: &mut Issues,
    ) {
        match kind {
            Columnar::Parquet => {
                let bytes = Bytes::from(bytes.into_owned());
                // Memory does not fail.
                let _ = self.read_parquet(name, || Ok(bytes.clone()), issues);
            }
            Columnar::ArrowFile => self.read_arrow_file(name, Cursor::new(bytes), issues),
            Columnar::ArrowStream => self.read_arrow_stream(name, bytes.as_ref(), issues),
        }
    }

    /// Reads a Parquet file: threads share its groups of rows, each with a reader of its own.
    ///
    /// # Errors
    /// Those of opening it.
    pub fn read_parquet<R: ChunkReader + 'static>(
        &mut self,
        name: &str,
        mut open: impl FnMut() -> io::Result<R>,
        issues: &mut Issues,
    ) -> io::Result<()> {
        let before = self.records();
        let first = match ParquetFile::open(name, open()?) {
            Ok(first) => first,
            Err(error) => {
                error.report(name, issues);
                return Ok(());
            }
        };
        first.report_columns(issues);
        let sorts = Sorts::new(self.cluster, self.engine);
        let Self {
            first: worker,
            others,
            ..
        } = self;
        let mut parts = parts(first.groups(), others.len().saturating_add(1)).into_iter();
        let own = parts.next().unwrap_or_default();
        let mut shared = Vec::new();
        for (worker, part) in others.iter_mut().zip(parts) {
            if !part.is_empty() {
                shared.push((worker, first.again(open()?), part));
            }
        }
        let sorts = &sorts;
        let found = thread::scope(|scope| {
            let others: Vec<_> = shared
                .into_iter()
                .map(|(worker, file, part)| {
                    scope.spawn(move || worker.read_groups(&file, part, sorts))
                })
                .collect();
            let mut found = vec![worker.read_groups(&first, own, sorts)];
            found.extend(others.into_iter().filter_map(|other| other.join().ok()));
            found
        });
        for more in found {
            issues.extend(more);
        }
        self.note(name, before);
        Ok(())
    }

    /// Reads an Arrow file.
    pub fn read_arrow_file<R: Read + Seek>(&mut self, name: &str, file: R, issues: &mut Issues) {
        self.read_arrow(name, ArrowLog::file(name, file), issues);
    }

    /// Reads an Arrow stream.
    pub fn read_arrow_stream<R: Read>(&mut self, name: &str, stream: R, issues: &mut Issues) {
        self.read_arrow(name, ArrowLog::stream(name, stream), issues);
    }

    /// Reads batches that are in memory.
    ///
    /// # Errors
    /// [`FileError`] where their columns are no flow log's.
    pub fn read_batches(
        &mut self,
        name: &str,
        schema: &Schema,
        batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
        issues: &mut Issues,
    ) -> Result<(), FileError> {
        let log = ArrowLog::new(name, schema, batches)?;
        self.read_arrow(name, Ok(log), issues);
        Ok(())
    }

    fn read_arrow(
        &mut self,
        name: &str,
        log: Result<ArrowLog<'_>, FileError>,
        issues: &mut Issues,
    ) {
        let before = self.records();
        let sorts = Sorts::new(self.cluster, self.engine);
        match log {
            Ok(log) => log.tally(&mut self.first.target(&sorts), issues),
            Err(error) => error.report(name, issues),
        }
        self.note(name, before);
    }
}

impl RowReader<'_> {
    /// Reads a log in columns that is in memory.
    pub fn read_columnar(&mut self, name: &str, kind: Columnar, bytes: Vec<u8>) {
        match kind {
            Columnar::Parquet => self.read_parquet(name, Bytes::from(bytes)),
            Columnar::ArrowFile => self.read_arrow(name, ArrowLog::file(name, Cursor::new(bytes))),
            Columnar::ArrowStream => {
                self.read_arrow(name, ArrowLog::stream(name, Cursor::new(bytes)));
            }
        }
    }

    /// Reads a Parquet file.
    pub fn read_parquet<R: ChunkReader + 'static>(&mut self, name: &str, file: R) {
        let Self { judge, finder, .. } = self;
        if let Ok(log) = ParquetFile::open(name, file) {
            let name: Arc<str> = name.into();
            log.numbered(
                0..log.groups(),
                &mut Issues::default(),
                &mut |record, row| {
                    finder.add(record, judge, &name, &|| format!("row {row}"));
                },
            );
        }
    }

    /// Reads an Arrow file or stream.
    pub fn read_arrow(&mut self, name: &str, log: Result<ArrowLog<'_>, FileError>) {
        let Self { judge, finder, .. } = self;
        if let Ok(log) = log {
            let name: Arc<str> = name.into();
            log.numbered(&mut Issues::default(), &mut |record, row| {
                finder.add(record, judge, &name, &|| format!("row {row}"));
            });
        }
    }
}

impl<'c> Worker<'c> {
    fn read_groups<R: ChunkReader + 'static>(
        &mut self,
        file: &ParquetFile<R>,
        groups: Range<usize>,
        sorts: &Sorts<'c>,
    ) -> Issues {
        let mut issues = Issues::default();
        file.tally(groups, &mut self.target(sorts), &mut issues);
        issues
    }

    fn target<'t>(&'t mut self, sorts: &'t Sorts<'c>) -> Target<'t, 'c> {
        Target {
            judge: &mut self.judge,
            sorts,
            tally: &mut self.tally,
        }
    }
}

/// Numbers from 0 in so many parts of about one size, in order.
fn parts(numbers: usize, parts: usize) -> Vec<Range<usize>> {
    let size = numbers.div_ceil(parts.max(1)).max(1);
    let start = |part: usize| part.saturating_mul(size).min(numbers);
    (0..parts)
        .map(|part| start(part)..start(part.saturating_add(1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hold_every_number_once() {
        for numbers in 0..20 {
            for count in 1..6 {
                let parts = parts(numbers, count);
                assert_eq!(parts.len(), count);
                let all: Vec<usize> = parts.into_iter().flatten().collect();
                assert_eq!(all, (0..numbers).collect::<Vec<_>>());
            }
        }
    }
}
