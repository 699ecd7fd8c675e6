//! Why a file, or the rest of it, says nothing.

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;
use posture_core::issue::{IssueKind, Issues};

use crate::columns::{ColumnError, Columns};

/// Why a file, or the rest of it, says nothing.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Its columns are no flow log's.
    #[error("no flow log: {0}")]
    Columns(#[from] ColumnError),
    /// It is no Parquet file, or a damaged one.
    #[error("not readable as Parquet: {0}")]
    Parquet(#[from] ParquetError),
    /// A page of a Parquet file is damaged.
    #[error("not readable as Parquet: {0}")]
    Page(Box<str>),
    /// It is no Arrow file or stream, or a damaged one.
    #[error("not readable as Arrow: {0}")]
    Arrow(ArrowError),
    /// It says what cannot be.
    #[error("the file is damaged: `{0}`")]
    Damaged(Box<str>),
}

/// Which rows of a file are not read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lost {
    /// All behind so many.
    Behind(u64),
    /// Those behind so many, up to a last one.
    Between(u64, u64),
    /// Of these, those for which labels were asked.
    AskingLabels(u64, u64),
}

/// Batches of a Parquet file fail with errors of Arrow, too.
impl From<ArrowError> for FileError {
    fn from(error: ArrowError) -> Self {
        match error {
            ArrowError::ParquetError(why) => {
                Self::Page(why.strip_prefix("External: ").unwrap_or(&why).into())
            }
            error => Self::Arrow(error),
        }
    }
}

impl FileError {
    /// Says so of a file.
    pub fn report(&self, file: &str, issues: &mut Issues) {
        issues.push(IssueKind::Unreadable, file, "", self.to_string());
    }

    /// Says so of the rest of a file, of which rows were read before.
    pub(crate) fn report_rows(&self, file: &str, lost: Lost, issues: &mut Issues) {
        let (at, which) = match lost {
            Lost::Behind(rows) => (format!("rows from {}", rows.saturating_add(1)), "they"),
            Lost::Between(rows, end) => (between(rows, end), "they"),
            Lost::AskingLabels(rows, end) => (between(rows, end), "those that ask for labels"),
        };
        let message = format!("{self}; {which} are not read");
        issues.push(IssueKind::Unreadable, file, at, message);
    }
}

fn between(rows: u64, end: u64) -> String {
    format!("rows {} to {end}", rows.saturating_add(1))
}

/// Says which columns are taken as unknown.
pub(crate) fn report_columns(file: &str, columns: &Columns, issues: &mut Issues) {
    for wrong in columns.not_used() {
        let message = format!("{wrong}; it is taken as unknown");
        issues.push(IssueKind::InvalidRecord, file, "schema", message);
    }
}
