//! Why a history cannot be used.

use std::io;
use std::path::{Path, PathBuf};

use posture_core::history::ConflictingInstant;
use posture_core::time::Time;

use crate::schema::Unusable;

/// Why a history cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// Its folder cannot be made.
    #[error("the history `{path}` cannot be made: {kind}")]
    NotMade {
        /// The file.
        path: PathBuf,
        /// Why.
        kind: io::ErrorKind,
    },
    /// A newer version of the program made it.
    #[error(
        "the history `{path}` was made by a newer version of the program (its tables are of version \
         {version}), expected version 1: use that version, or another file"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its tables.
        version: i32,
    },
    /// It is a database of something else.
    #[error("`{0}` is a database of something else, expected a history or a new file")]
    Foreign(PathBuf),
    /// The database cannot be opened or changed.
    #[error("the history `{path}` cannot be used: {error}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the database says.
        error: rusqlite::Error,
    },
    /// The database fails.
    #[error("the history `{path}` failed: {error}")]
    Failed {
        /// The file.
        path: PathBuf,
        /// What the database says.
        error: rusqlite::Error,
    },
    /// A point is none.
    #[error("the point of `{at}` in the history `{path}` cannot be read: {error}")]
    NoPoint {
        /// The file.
        path: PathBuf,
        /// The time of the point.
        at: Time,
        /// What was expected.
        error: serde_json::Error,
    },
    /// Another result of the same time is recorded.
    #[error("{error}: `{path}`, series `{series}`")]
    Conflict {
        /// The file.
        path: PathBuf,
        /// The series.
        series: String,
        /// The time.
        error: ConflictingInstant,
    },
    /// A result has no time.
    #[error("the result has no time, expected one: `now` in the request")]
    NoTime,
    /// Nothing is recorded.
    #[error("the history `{0}` is empty, expected points")]
    Empty(PathBuf),
    /// A series has no points.
    #[error("the history `{path}` has no point of series `{series}`, expected one of `{}`", .all.join("`, `"))]
    NoSeries {
        /// The file.
        path: PathBuf,
        /// The series.
        series: String,
        /// All that have points.
        all: Vec<String>,
    },
}

impl HistoryError {
    pub(crate) fn unusable(path: &Path, why: Unusable) -> Self {
        let path = path.to_owned();
        match why {
            Unusable::Newer(version) => Self::Newer { path, version },
            Unusable::Foreign => Self::Foreign(path),
            Unusable::Sqlite(error) => Self::Unusable { path, error },
        }
    }
}
