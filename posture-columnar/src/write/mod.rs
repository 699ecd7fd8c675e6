//! Records to a file in columns, which is read back as the same records.

mod batch;

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use posture_core::model::Record;

use batch::Batch;

/// How many rows are one batch.
const BATCH: usize = 8192;

/// How many rows are one group: what threads share out between them.
const GROUP: usize = 256 * 1024;

/// How large the dictionary of a column may get in one group, in bytes: larger than addresses or
/// names of one group are.
const DICTIONARY: usize = 8 << 20;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Parquet: small, and fast to read in parts.
    Parquet,
    /// An Arrow file: batches as they are in memory, compressed.
    Arrow,
}

/// Writes records in columns.
#[derive(Debug)]
pub struct Writer<W: Write + Send> {
    schema: SchemaRef,
    batch: Batch,
    sink: Sink<W>,
    rows: u64,
}

enum Sink<W: Write + Send> {
    Parquet(Box<ArrowWriter<W>>),
    Arrow(Box<FileWriter<W>>),
}

impl<W: Write + Send> fmt::Debug for Sink<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parquet(_) => "Parquet",
            Self::Arrow(_) => "Arrow",
        })
    }
}

impl<W: Write + Send> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// Those of writing to `out`.
    pub fn new(form: Form, out: W) -> io::Result<Self> {
        let schema: SchemaRef = Arc::new(batch::schema());
        let sink = match form {
            Form::Parquet => {
                let properties = WriterProperties::builder()
                    .set_compression(Compression::SNAPPY)
                    .set_max_row_group_row_count(Some(GROUP))
                    .set_dictionary_page_size_limit(DICTIONARY)
                    .set_statistics_enabled(EnabledStatistics::Chunk)
                    .set_created_by("posture".to_owned())
                    .build();
                let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties));
                Sink::Parquet(Box::new(writer.map_err(of_parquet)?))
            }
            Form::Arrow => {
                let options = IpcWriteOptions::default()
                    .try_with_compression(Some(CompressionType::LZ4_FRAME))
                    .map_err(of_arrow)?;
                let writer = FileWriter::try_new_with_options(out, &schema, options);
                Sink::Arrow(Box::new(writer.map_err(of_arrow)?))
            }
        };
        Ok(Self {
            schema,
            batch: Batch::default(),
            sink,
            rows: 0,
        })
    }

    /// Writes one record.
    ///
    /// # Errors
    /// Those of writing to `out`.
    pub fn write(&mut self, record: &Record<'_>) -> io::Result<()> {
        self.batch.add(record);
        self.rows = self.rows.saturating_add(1);
        match self.batch.len() >= BATCH {
            true => self.flush(),
            false => Ok(()),
        }
    }

    /// Ends the file. Gives back `out`, and the number of rows that were written.
    ///
    /// # Errors
    /// Those of writing to `out`.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        self.flush()?;
        let out = match self.sink {
            Sink::Parquet(writer) => writer.into_inner().map_err(of_parquet)?,
            Sink::Arrow(mut writer) => {
                writer.finish().map_err(of_arrow)?;
                writer.into_inner().map_err(of_arrow)?
            }
        };
        Ok((out, self.rows))
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.batch.len() == 0 {
            return Ok(());
        }
        let columns = self.batch.take();
        let batch = RecordBatch::try_new(self.schema.clone(), columns).map_err(of_arrow)?;
        match &mut self.sink {
            Sink::Parquet(writer) => writer.write(&batch).map_err(of_parquet),
            Sink::Arrow(writer) => writer.write(&batch).map_err(of_arrow),
        }
    }
}

/// What went wrong with `out`, where that is what went wrong.
fn of_parquet(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

fn of_arrow(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, error) => error,
        other => io::Error::other(other),
    }
}
