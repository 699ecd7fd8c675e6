//! Reading and writing a history.

use std::fs;
use std::path::{Path, PathBuf};

use posture_core::history::{Admission, Point, admit};
use posture_core::time::Time;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, TransactionBehavior, params};

use super::schema::{self, Unusable};
use crate::exit::Failure;

/// A history that is open.
pub(crate) struct History {
    connection: Connection,
    path: PathBuf,
}

impl History {
    /// Opens a history; makes it, and its folder, where there is none.
    pub(crate) fn open_or_make(path: &Path) -> Result<Self, Failure> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        folder.map_or(Ok(()), fs::create_dir_all).map_err(|error| {
            let (path, kind) = (path.display(), error.kind());
            Failure::History(format!("the history `{path}` cannot be made: {kind}"))
        })?;
        Self::connect(path, OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a history, where there is one.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, Failure> {
        match path.exists() {
            true => Self::connect(path, OpenFlags::empty()).map(Some),
            false => Ok(None),
        }
    }

    fn connect(path: &Path, more: OpenFlags) -> Result<Self, Failure> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
        let connect = || {
            let mut connection = Connection::open_with_flags(path, flags)?;
            schema::prepare(&mut connection)?;
            Ok(connection)
        };
        let connection = connect().map_err(|error| unusable(path, &error))?;
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a point, and comes back when it is on the disk.
    pub(crate) fn append(&mut self, series: &str, point: &Point) -> Result<Admission, Failure> {
        let Some(Time(at)) = point.at else {
            return Err(Failure::Usage(
                "`--record`: the result has no time, expected `--now TIME`".to_owned(),
            ));
        };
        let known = self.insert(series, at, point);
        let known = known.map_err(|error| self.failed(&error))?;
        let known = known.map(|body| self.point(&(at, body))).transpose()?;
        admit(known.as_ref(), point).map_err(|error| {
            let path = self.path.display();
            Failure::History(format!("{error}: `{path}`, series `{series}`"))
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
    pub(crate) fn last(
        &self,
        series: &str,
        before: Option<Time>,
    ) -> Result<Option<Point>, Failure> {
        let before = before.map_or(i64::MAX, |Time(at)| at);
        self.one(
            "SELECT at, body FROM point WHERE series = ?1 AND at < ?2 ORDER BY at DESC LIMIT 1",
            params![series, before],
        )
    }

    /// The newest point of a series that is not after a time.
    pub(crate) fn at(&self, series: &str, time: Time) -> Result<Option<Point>, Failure> {
        self.last(series, Some(Time(time.0.saturating_add(1))))
    }

    /// All points of a series since a time, the newest last.
    pub(crate) fn points(&self, series: &str, since: Option<Time>) -> Result<Vec<Point>, Failure> {
        let since = since.map_or(i64::MIN, |Time(at)| at);
        self.many(
            "SELECT at, body FROM point WHERE series = ?1 AND at >= ?2 ORDER BY at",
            params![series, since],
        )
    }

    /// The names of all series.
    fn series(&self) -> Result<Vec<String>, Failure> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let sql = "SELECT DISTINCT series FROM point ORDER BY series";
            let mut statement = self.connection.prepare(sql)?;
            let names = statement.query_map([], |row| row.get(0))?;
            names.collect()
        };
        read().map_err(|error| self.failed(&error))
    }

    /// Checks that there are points of a series.
    pub(crate) fn expect_series(&self, series: &str) -> Result<(), Failure> {
        let all = self.series()?;
        if all.iter().any(|name| name == series) {
            return Ok(());
        }
        let path = self.path.display();
        Err(Failure::Usage(match all.is_empty() {
            true => format!(
                "the history `{path}` is empty, expected points: `posture score --record` adds them"
            ),
            false => format!(
                "the history `{path}` has no point of series `{series}`, expected `--series` with one \
                 of `{}`",
                all.join("`, `")
            ),
        }))
    }

    /// Removes the points before a time, of one series or of all; says how many.
    pub(crate) fn prune(&mut self, series: Option<&str>, before: Time) -> Result<usize, Failure> {
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
        prune().map_err(|error: rusqlite::Error| unusable(&path, &error.into()))
    }

    fn one(&self, sql: &str, parameters: impl Params) -> Result<Option<Point>, Failure> {
        let row = self.connection.query_row(sql, parameters, of_row);
        let row = row.optional().map_err(|error| self.failed(&error))?;
        row.map(|row| self.point(&row)).transpose()
    }

    fn many(&self, sql: &str, parameters: impl Params) -> Result<Vec<Point>, Failure> {
        let read = || -> rusqlite::Result<Vec<(i64, String)>> {
            let mut statement = self.connection.prepare(sql)?;
            let rows = statement.query_map(parameters, of_row)?;
            rows.collect()
        };
        let rows = read().map_err(|error| self.failed(&error))?;
        rows.iter().map(|row| self.point(row)).collect()
    }

    fn point(&self, (at, body): &(i64, String)) -> Result<Point, Failure> {
        Point::from_json(body).map_err(|error| {
            let path = self.path.display();
            let at = Time(*at);
            Failure::History(format!(
                "the point of `{at}` in the history `{path}` cannot be read: {error}"
            ))
        })
    }

    fn failed(&self, error: &rusqlite::Error) -> Failure {
        Failure::History(format!(
            "the history `{}` failed: {error}",
            self.path.display()
        ))
    }
}

fn of_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, String)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn unusable(path: &Path, error: &Unusable) -> Failure {
    let path = path.display();
    Failure::History(match error {
        Unusable::Newer(version) => format!(
            "the history `{path}` was made by a newer version of the program (its tables are of \
             version {version}), expected version 1: use that version, or another file"
        ),
        Unusable::Foreign => {
            format!("`{path}` is a database of something else, expected a history or a new file")
        }
        Unusable::Sqlite(error) => format!("the history `{path}` cannot be used: {error}"),
    })
}
