//! Reading and writing a history.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use posture_core::history::{Admission, Point, admit};
use posture_core::time::{NotATime, Time};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, TransactionBehavior, params};

use crate::HistoryError;
use crate::schema;

/// A history that is open.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    path: PathBuf,
}

/// Which point of a series is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The newest.
    Latest,
    /// The one before the newest.
    Previous,
    /// The newest that is not after a time.
    At(Time),
}

/// A text that means no point of a history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no point of a history: expected a day, a time, `latest` or `previous`")]
pub struct NotAPoint(String);

/// Reads `latest`, `previous`, a time, or a day, which means its last second.
impl FromStr for Which {
    type Err = NotAPoint;

    fn from_str(text: &str) -> Result<Self, NotAPoint> {
        match text {
            "latest" => Ok(Self::Latest),
            "previous" => Ok(Self::Previous),
            _ => {
                let end = |day: Time| Time(day.0.saturating_add(86_399));
                let time = text.parse();
                time.or_else(|_: NotATime| Time::of_day_or_time(text).map(end))
                    .map(Self::At)
                    .map_err(|_| NotAPoint(text.to_owned()))
            }
        }
    }
}

impl History {
    /// Opens a history; makes it, and its folder, where there is none.
    ///
    /// # Errors
    /// [`HistoryError`] says why it cannot be made or written.
    pub fn open_or_make(path: &Path) -> Result<Self, HistoryError> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let made = folder.map_or(Ok(()), fs::create_dir_all);
        made.map_err(|error| HistoryError::NotMade {
            path: path.to_owned(),
            kind: error.kind(),
        })?;
        Self::connect(path, OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a history to change it, where there is one.
    ///
    /// # Errors
    /// [`HistoryError`] says why it cannot be written.
    pub fn open(path: &Path) -> Result<Option<Self>, HistoryError> {
        match path.exists() {
            true => Self::connect(path, OpenFlags::empty()).map(Some),
            false => Ok(None),
        }
    }

    /// Opens a history to read it, where there is one; its file and folder need not be writable.
    ///
    /// # Errors
    /// [`HistoryError`] says why it cannot be read.
    pub fn read(path: &Path) -> Result<Option<Self>, HistoryError> {
        if !path.exists() {
            return Ok(None);
        }
        match schema::read(path) {
            Ok(Some(connection)) => Ok(Some(Self {
                connection,
                path: path.to_owned(),
            })),
            Ok(None) => Self::open(path),
            Err(error) => Err(HistoryError::unusable(path, error)),
        }
    }

    fn connect(path: &Path, more: OpenFlags) -> Result<Self, HistoryError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
        let connect = || {
            let mut connection = Connection::open_with_flags(path, flags)?;
            schema::prepare(&mut connection)?;
            Ok(connection)
        };
        let connection = connect().map_err(|error| HistoryError::unusable(path, error))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a point, and comes back when it is on the disk.
    pub fn append(&mut self, series: &str, point: &Point) -> Result<Admission, HistoryError> {
        let Some(Time(at)) = point.at else {
            return Err(HistoryError::NoTime);
        };
        let known = self.insert(series, at, point);
        let known = known.map_err(|error| self.failed(error))?;
        let known = known.map(|body| self.point(&(at, body))).transpose()?;
        admit(known.as_ref(), point).map_err(|error| HistoryError::Conflict {
            path: self.path.clone(),
            series: series.to_owned(),
            error,
        })
    }

    /// Inserts a point; where something is known of its instant, that stays and is what comes back.
    fn insert(&mut self, series: &str, at: i64, point: &Point) -> rusqlite::Result<Option<String>> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let sql = "SELECT body FROM point WHERE series = ?1 AND at = ?2";
        let body = |row: &rusqlite::Row<'_>| row.get(0);
        let known = transaction
            .query_row(sql, params![series, at], body)
            .optional()?;
        if known.is_none() {
            let sql = "INSERT INTO point (series, at, body) VALUES (?1, ?2, ?3)";
            transaction.execute(sql, params![series, at, point.to_json()])?;
        }
        transaction.commit()?;
        Ok(known)
    }

    /// The newest point of a series, of those before a time where one is given.
    pub fn last(&self, series: &str, before: Option<Time>) -> Result<Option<Point>, HistoryError> {
        let before = before.map_or(i64::MAX, |Time(at)| at);
        self.one(
            "SELECT at, body FROM point WHERE series = ?1 AND at < ?2 ORDER BY at DESC LIMIT 1",
            params![series, before],
        )
    }

    /// The newest point of a series that is not after a time.
    pub fn at(&self, series: &str, time: Time) -> Result<Option<Point>, HistoryError> {
        self.last(series, Some(Time(time.0.saturating_add(1))))
    }

    /// The point of a series that is meant, where there is one.
    ///
    /// # Errors
    /// [`HistoryError`] where the history fails.
    pub fn find(&self, series: &str, which: Which) -> Result<Option<Point>, HistoryError> {
        match which {
            Which::Latest => self.last(series, None),
            Which::At(time) => self.at(series, time),
            Which::Previous => match self.last(series, None)? {
                Some(latest) => self.last(series, latest.at),
                None => Ok(None),
            },
        }
    }

    /// All points of a series since a time, the newest last.
    pub fn points(&self, series: &str, since: Option<Time>) -> Result<Vec<Point>, HistoryError> {
        let since = since.map_or(i64::MIN, |Time(at)| at);
        self.many(
            "SELECT at, body FROM point WHERE series = ?1 AND at >= ?2 ORDER BY at",
            params![series, since],
        )
    }

    /// The names of all series.
    pub fn series(&self) -> Result<Vec<String>, HistoryError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let sql = "SELECT DISTINCT series FROM point ORDER BY series";
            let mut statement = self.connection.prepare(sql)?;
            let names = statement.query_map([], |row| row.get(0))?;
            names.collect()
        };
        read().map_err(|error| self.failed(error))
    }

    /// Checks that there are points of a series.
    ///
    /// # Errors
    /// [`HistoryError::Empty`] and [`HistoryError::NoSeries`] where there are none.
    pub fn expect_series(&self, series: &str) -> Result<(), HistoryError> {
        let all = self.series()?;
        if all.iter().any(|name| name == series) {
            return Ok(());
        }
        let path = self.path.clone();
        Err(match all.is_empty() {
            true => HistoryError::Empty(path),
            false => HistoryError::NoSeries {
                path,
                series: series.to_owned(),
                all,
            },
        })
    }

    /// Removes the points before a time, of one series or of all; says how many.
    pub fn prune(&mut self, series: Option<&str>, before: Time) -> Result<usize, HistoryError> {
        let path = self.path.clone();
        let mut prune = || {
            let behavior = TransactionBehavior::Immediate;
            let transaction = self.connection.transaction_with_behavior(behavior)?;
            transaction.execute("INSERT INTO pruning (before) VALUES (?1)", [before.0])?;
            let removed = transaction.execute(
                "DELETE FROM point WHERE at < ?1 AND series = coalesce(?2, series)",
                params![before.0, series],
            )?;
            transaction.execute("DELETE FROM pruning", [])?;
            transaction.commit()?;
            Ok(removed)
        };
        prune().map_err(|error: rusqlite::Error| HistoryError::unusable(&path, error.into()))
    }

    fn one(&self, sql: &str, parameters: impl Params) -> Result<Option<Point>, HistoryError> {
        let row = self.connection.query_row(sql, parameters, of_row);
        let row = row.optional().map_err(|error| self.failed(error))?;
        row.map(|row| self.point(&row)).transpose()
    }

    fn many(&self, sql: &str, parameters: impl Params) -> Result<Vec<Point>, HistoryError> {
        let read = || -> rusqlite::Result<Vec<(i64, String)>> {
            let mut statement = self.connection.prepare(sql)?;
            let rows = statement.query_map(parameters, of_row)?;
            rows.collect()
        };
        let rows = read().map_err(|error| self.failed(error))?;
        rows.iter().map(|row| self.point(row)).collect()
    }

    fn point(&self, (at, body): &(i64, String)) -> Result<Point, HistoryError> {
        Point::from_json(body).map_err(|error| HistoryError::NoPoint {
            path: self.path.clone(),
            at: Time(*at),
            error,
        })
    }

    fn failed(&self, error: rusqlite::Error) -> HistoryError {
        let path = self.path.clone();
        HistoryError::Failed { path, error }
    }
}

fn of_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, String)> {
    Ok((row.get(0)?, row.get(1)?))
}
