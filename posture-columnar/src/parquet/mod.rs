//! Flow logs in Parquet files.

mod check;

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
    RowSelector,
};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};
use posture_core::issue::Issues;
use posture_core::model::Record;

use crate::columns::Columns;
use crate::contain::{contained, next};
use crate::error::{FileError, Lost, report_columns};
use crate::read::{RecordReader, rows_after};
use crate::tally::{LabelsOf, Pass, Target};
use check::Checked;

/// How many rows are read at a time: what is worked on should stay in the cache of a core.
const BATCH: usize = 4096;

/// Columns that most rows do not need.
const LABELS: [&str; 2] = ["source_labels", "dest_labels"];

/// A flow log in a Parquet file.
#[derive(Debug)]
pub struct ParquetFile<R> {
    name: Arc<str>,
    reader: Shared<R>,
    metadata: ArrowReaderMetadata,
    /// What the file has, columns that cannot be used too.
    columns: Columns,
    all: Projection,
    without_labels: Option<Projection>,
}

/// Some columns of a file.
#[derive(Clone, Debug)]
struct Projection {
    used: Vec<usize>,
    columns: Columns,
}

impl<R: ChunkReader + 'static> ParquetFile<R> {
    /// Opens a file, by the name that issues give it.
    ///
    /// # Errors
    /// [`FileError`] says why the file says nothing.
    pub fn open(name: &str, reader: R) -> Result<Self, FileError> {
        let found = contained(|| ArrowReaderMetadata::load(&reader, ArrowReaderOptions::new()))?;
        let columns = Columns::new(found.schema())?;
        let used = columns.used();
        let hinted = with_dictionaries(found.schema(), &used);
        let options = ArrowReaderOptions::new().with_schema(hinted);
        let metadata =
            contained(|| ArrowReaderMetadata::try_new(found.metadata().clone(), options));
        let metadata = metadata.unwrap_or(found);
        let schema = metadata.schema();
        let without: Vec<usize> = used
            .iter()
            .copied()
            .filter(|column| {
                !LABELS
                    .iter()
                    .any(|name| schema.field(*column).name() == name)
            })
            .collect();
        let has_lists = columns.has_lists_of_labels();
        Ok(Self {
            name: name.into(),
            reader: Shared::new(reader, metadata.metadata()),
            all: Projection::new(schema, used)?,
            without_labels: match has_lists {
                true => Some(Projection::new(schema, without)?),
                false => None,
            },
            columns,
            metadata,
        })
    }

    /// The same file by another reader: readers of files cannot be shared between threads.
    #[must_use]
    pub fn again(&self, reader: R) -> Self {
        Self {
            name: self.name.clone(),
            reader: Shared::new(reader, self.metadata.metadata()),
            metadata: self.metadata.clone(),
            columns: self.columns.clone(),
            all: self.all.clone(),
            without_labels: self.without_labels.clone(),
        }
    }

    /// How many groups of rows there are: each is read by itself.
    pub fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// Says which columns are taken as unknown; once for a file.
    pub fn report_columns(&self, issues: &mut Issues) {
        report_columns(&self.name, &self.columns, issues);
    }

    /// Hands on every record of some groups of rows.
    pub fn records(
        &self,
        groups: impl IntoIterator<Item = usize>,
        issues: &mut Issues,
        each: &mut impl FnMut(&Record<'_>),
    ) {
        self.numbered(groups, issues, &mut |record: &Record<'_>, _| each(record));
    }

    /// Hands on every record of some groups of rows, and the number of its row, from 1.
    pub fn numbered(
        &self,
        groups: impl IntoIterator<Item = usize>,
        issues: &mut Issues,
        each: &mut impl FnMut(&Record<'_>, u64),
    ) {
        let mut reader = RecordReader::new(&self.name, self.all.columns.clone());
        for group in groups {
            let (mut rows, end) = self.rows(group);
            reader.skip_to(rows);
            let read = self.read(group, &self.all, None, &mut |batch| {
                reader.read_numbered(batch, issues, each);
                rows = rows_after(rows, batch.num_rows());
            });
            if let Err(error) = read {
                error.report_rows(&self.name, Lost::Between(rows, end), issues);
            }
        }
    }

    /// Tallies some groups of rows. Labels are read of those rows alone that ask for them.
    pub fn tally(
        &self,
        groups: impl IntoIterator<Item = usize>,
        into: &mut Target<'_, '_>,
        issues: &mut Issues,
    ) {
        let (first, labels_of) = match &self.without_labels {
            Some(without) => (without, LabelsOf::LeftOut),
            None => (&self.all, LabelsOf::Batches),
        };
        let mut reader = Pass::new(&self.name, first.columns.clone(), labels_of);
        let mut with_labels = Pass::new(&self.name, self.all.columns.clone(), LabelsOf::Batches);
        for group in groups {
            let (before, end) = self.rows(group);
            let mut rows = before;
            reader.skip_to(before);
            let read = self.read(group, first, None, &mut |batch| {
                reader.read(batch, into, issues);
                rows = rows_after(rows, batch.num_rows());
            });
            if let Err(error) = read {
                error.report_rows(&self.name, Lost::Between(rows, end), issues);
            }
            let put_off = reader.take_put_off();
            let Some(last) = put_off.last() else { continue };
            let selection = selection(before, &put_off);
            let mut asking = put_off.iter();
            let read = self.read(group, &self.all, Some(selection), &mut |batch| {
                with_labels.read(batch, into, issues);
                asking.by_ref().take(batch.num_rows()).for_each(drop);
            });
            if let Err(error) = read {
                let rows = asking.next().copied().unwrap_or(*last);
                let which = Lost::AskingLabels(rows, last.saturating_add(1));
                error.report_rows(&self.name, which, issues);
            }
        }
        reader.finish(into);
        with_labels.finish(into);
    }

    fn read(
        &self,
        group: usize,
        projection: &Projection,
        selection: Option<RowSelection>,
        each: &mut impl FnMut(&RecordBatch),
    ) -> Result<(), FileError> {
        let reader = self.reader.clone();
        let schema = self.metadata.parquet_schema();
        let mask = ProjectionMask::roots(schema, projection.used.iter().copied());
        let mut builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(reader, self.metadata.clone())
                .with_row_groups(vec![group])
                .with_projection(mask)
                .with_batch_size(BATCH);
        if let Some(selection) = selection {
            builder = builder.with_row_selection(selection);
        }
        let mut batches = contained(|| builder.build())?;
        while let Some(batch) = next(&mut batches)? {
            each(&batch);
        }
        Ok(())
    }

    /// How many rows there are before a group, and up to its end.
    fn rows(&self, group: usize) -> (u64, u64) {
        let rows = |groups: usize| {
            let groups = self.metadata.metadata().row_groups().iter().take(groups);
            groups
                .map(|group| u64::try_from(group.num_rows()).unwrap_or_default())
                .fold(0, u64::saturating_add)
        };
        (rows(group), rows(group.saturating_add(1)))
    }
}

impl Projection {
    fn new(schema: &SchemaRef, used: Vec<usize>) -> Result<Self, FileError> {
        let columns = Columns::new(&schema.project(&used)?)?;
        Ok(Self { used, columns })
    }
}

/// The rows of a group, by numbers in the file.
fn selection(before: u64, rows: &[u64]) -> RowSelection {
    let mut selectors = Vec::with_capacity(rows.len().saturating_mul(2));
    let mut next = before;
    for row in rows {
        let skipped = row.saturating_sub(next);
        if skipped > 0 {
            selectors.push(RowSelector::skip(
                usize::try_from(skipped).unwrap_or(usize::MAX),
            ));
        }
        selectors.push(RowSelector::select(1));
        next = row.saturating_add(1);
    }
    selectors.into()
}

/// The schema with texts as dictionaries, as most files hold them: each is then read once.
fn with_dictionaries(schema: &Schema, used: &[usize]) -> SchemaRef {
    let used: BTreeSet<usize> = used.iter().copied().collect();
    let fields = schema.fields().iter().enumerate();
    let fields: Vec<FieldRef> = fields
        .map(|(at, field)| match used.contains(&at) {
            true => with_dictionary(field),
            false => field.clone(),
        })
        .collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn with_dictionary(field: &FieldRef) -> FieldRef {
    let dictionary = || {
        let (keys, values) = (Box::new(DataType::Int32), Box::new(DataType::Utf8));
        DataType::Dictionary(keys, values)
    };
    let kind = match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
            dictionary()
        }
        DataType::List(item) => DataType::List(with_dictionary(item)),
        DataType::LargeList(item) => DataType::LargeList(with_dictionary(item)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(with_dictionary).collect()),
        other => other.clone(),
    };
    Arc::new(Field::clone(field).with_data_type(kind))
}

/// A reader that several passes over a file use, which checks the headers of pages.
#[derive(Debug)]
struct Shared<R> {
    reader: Arc<R>,
    /// For how many bytes one of a compressed page can stand.
    most: u64,
}

impl<R> Shared<R> {
    fn new(reader: R, metadata: &ParquetMetaData) -> Self {
        let groups = metadata.row_groups().iter();
        let columns = groups.flat_map(RowGroupMetaData::columns);
        let most = columns.map(|column| check::most(column.compression()));
        Self {
            reader: Arc::new(reader),
            most: most.max().unwrap_or_default(),
        }
    }
}

impl<R> Clone for Shared<R> {
    fn clone(&self) -> Self {
        Self {
            reader: self.reader.clone(),
            most: self.most,
        }
    }
}

impl<R: ChunkReader> Length for Shared<R> {
    fn len(&self) -> u64 {
        self.reader.len()
    }
}

impl<R: ChunkReader> ChunkReader for Shared<R> {
    type T = Checked<R::T>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(Checked::new(self.reader.get_read(start)?, self.most))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let end = u64::try_from(length).map(|length| start.saturating_add(length));
        match end.is_ok_and(|end| end <= self.len()) {
            true => self.reader.get_bytes(start, length),
            false => Err(ParquetError::EOF(format!(
                "a page of {length} bytes goes on behind the end of the file"
            ))),
        }
    }
}
