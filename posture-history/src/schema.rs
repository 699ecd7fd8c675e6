//! The tables of a history, and how a file is known to be one.

use std::ffi::OsString;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

/// What tells a history from other databases: `PSTR`.
const APPLICATION: i32 = 0x5053_5452;

/// The version of the tables.
const VERSION: i32 = 1;

/// How long another process is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long until it is asked again, where the database does not wait by itself.
const PAUSE: Duration = Duration::from_millis(20);

/// Points by series and time, in Unix seconds. A point can be added and read; it is removed by
/// pruning alone, which says before what time, in the same transaction.
const TABLES: &str = "
CREATE TABLE point (
    series TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (series, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE pruning (before INTEGER NOT NULL) STRICT;

CREATE TRIGGER point_is_not_changed BEFORE UPDATE ON point
BEGIN
    SELECT RAISE(ABORT, 'points are appended and never changed');
END;

CREATE TRIGGER point_is_not_replaced BEFORE INSERT ON point
WHEN EXISTS (SELECT 1 FROM point WHERE series = NEW.series AND at = NEW.at)
BEGIN
    SELECT RAISE(ABORT, 'points are appended and never changed');
END;

CREATE TRIGGER point_is_not_removed BEFORE DELETE ON point
WHEN NOT EXISTS (SELECT 1 FROM pruning WHERE OLD.at < before)
BEGIN
    SELECT RAISE(ABORT, 'points are removed by `posture history prune` alone');
END;
";

/// Why a file is no history that can be used.
#[derive(Debug)]
pub(crate) enum Unusable {
    /// A newer version of the program made it.
    Newer(i32),
    /// It is a database of something else.
    Foreign,
    /// The database says so.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Unusable {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Makes a connection ready: what is acknowledged survives a crash and the loss of power, and other
/// processes are waited for.
pub(crate) fn prepare(connection: &mut Connection) -> Result<(), Unusable> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    patiently(|| make(connection))?;
    patiently(|| write_ahead(connection).map_err(Unusable::Sqlite))
}

/// Opens a history to read it; none where the tables are not made yet.
///
/// Even a reader has to make a file beside a database that is written ahead. Where it cannot, nobody
/// can write, and the database is read as one that does not change, unless what was written last is in
/// that file alone.
pub(crate) fn read(path: &Path) -> Result<Option<Connection>, Unusable> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).map_err(Unusable::Sqlite);
    match opened.and_then(if_made) {
        Err(Unusable::Sqlite(error)) if is_closed(&error) && !has_more(path) => {
            let unchanging = format!("file:{}?immutable=1", escaped(path));
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            if_made(Connection::open_with_flags(unchanging, flags)?)
        }
        read => read,
    }
}

fn if_made(connection: Connection) -> Result<Option<Connection>, Unusable> {
    connection.busy_timeout(PATIENCE)?;
    let made = patiently(|| is_made(&connection))?;
    Ok(made.then_some(connection))
}

/// Whether the file beside the database holds something that is not in it yet.
fn has_more(path: &Path) -> bool {
    let mut beside = OsString::from(path);
    beside.push("-wal");
    Path::new(&beside)
        .metadata()
        .is_ok_and(|meta| meta.len() > 0)
}

/// A path as a part of an address.
fn escaped(path: &Path) -> String {
    let plain = path.to_string_lossy();
    let plain = plain.replace('%', "%25").replace('?', "%3f");
    plain.replace('#', "%23")
}

fn is_closed(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
    )
}

/// Makes the tables where there are none.
fn make(connection: &mut Connection) -> Result<(), Unusable> {
    let transaction = connection.transaction()?;
    if is_made(&transaction)? {
        return Ok(());
    }
    drop(transaction);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // another process may have been first
    if !is_made(&transaction)? {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    Ok(transaction.commit()?)
}

/// Whether the tables are there, and nothing else is.
fn is_made(connection: &Connection) -> Result<bool, Unusable> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get(0));
    let (application, version): (i32, i32) = (number("application_id")?, number("user_version")?);
    let count = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = connection.query_row(count, [], |row| row.get(0))?;
    match (application, version, tables) {
        (APPLICATION, VERSION, _) => Ok(true),
        (APPLICATION, newer, _) => Err(Unusable::Newer(newer)),
        (0, 0, 0) => Ok(false),
        _ => Err(Unusable::Foreign),
    }
}

/// Has readers and writers not wait for each other.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let text = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
    let mode = connection.pragma_query_value(None, "journal_mode", text)?;
    if mode != "wal" {
        connection.pragma_update_and_check(None, "journal_mode", "wal", text)?;
    }
    Ok(())
}

/// Tries again while another process is in the way.
fn patiently<T>(mut attempt: impl FnMut() -> Result<T, Unusable>) -> Result<T, Unusable> {
    let mut left = PATIENCE;
    loop {
        match attempt() {
            Err(Unusable::Sqlite(error)) if is_busy(&error) && !left.is_zero() => {
                thread::sleep(PAUSE);
                left = left.saturating_sub(PAUSE);
            }
            done => return done,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}
