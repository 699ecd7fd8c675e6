//! The tables, and how the database is opened.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// What tells this database from others: `PSVC`.
const APPLICATION: i32 = 0x5053_5643;

/// The version of the tables.
const VERSION: i32 = 2;

/// How long another process, such as a backup, is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Times are Unix seconds; bodies are packed with Zstandard.
const TABLES: &str = "
CREATE TABLE cluster (
    name TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    -- What is held of it, as the triggers below count: scans unpacked, flow logs packed.
    scan_bytes INTEGER NOT NULL DEFAULT 0,
    flow_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Objects and scans as they came; a name is replaced by the next of its name.
CREATE TABLE input (
    id INTEGER PRIMARY KEY,
    cluster TEXT NOT NULL REFERENCES cluster (name) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('objects', 'scan')),
    name TEXT NOT NULL,
    received INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (cluster, kind, name)
) STRICT;
CREATE TRIGGER scan_added AFTER INSERT ON input WHEN NEW.kind = 'scan' BEGIN
    UPDATE cluster SET scan_bytes = scan_bytes + NEW.bytes WHERE name = NEW.cluster;
END;
CREATE TRIGGER scan_replaced AFTER UPDATE OF bytes ON input WHEN NEW.kind = 'scan' BEGIN
    UPDATE cluster SET scan_bytes = scan_bytes + NEW.bytes - OLD.bytes WHERE name = NEW.cluster;
END;
CREATE TRIGGER scan_removed AFTER DELETE ON input WHEN OLD.kind = 'scan' BEGIN
    UPDATE cluster SET scan_bytes = scan_bytes - OLD.bytes WHERE name = OLD.cluster;
END;

-- Flow logs as they came. A delivery counts when it is complete: before that it was not acknowledged.
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster TEXT NOT NULL REFERENCES cluster (name) ON DELETE CASCADE,
    received INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    records INTEGER NOT NULL,
    bytes INTEGER NOT NULL DEFAULT 0,
    key TEXT,
    digest BLOB,
    answer TEXT
) STRICT;
CREATE INDEX delivery_of_cluster ON delivery (cluster, id);
CREATE UNIQUE INDEX delivery_by_key ON delivery (cluster, key) WHERE key IS NOT NULL;

CREATE TABLE part (
    id INTEGER PRIMARY KEY,
    delivery INTEGER NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX part_of_delivery ON part (delivery, id);
CREATE TRIGGER part_added AFTER INSERT ON part BEGIN
    UPDATE delivery SET bytes = bytes + length(NEW.body) WHERE id = NEW.delivery;
END;
CREATE TRIGGER delivery_grown AFTER UPDATE OF bytes ON delivery BEGIN
    UPDATE cluster SET flow_bytes = flow_bytes + NEW.bytes - OLD.bytes WHERE name = NEW.cluster;
END;
CREATE TRIGGER delivery_removed AFTER DELETE ON delivery BEGIN
    UPDATE cluster SET flow_bytes = flow_bytes - OLD.bytes WHERE name = OLD.cluster;
END;

-- What was made of the deliveries of an hour, so that it is made once. It can be made anew at any time.
CREATE TABLE tally (
    cluster TEXT NOT NULL REFERENCES cluster (name) ON DELETE CASCADE,
    hour INTEGER NOT NULL,
    made_of BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (cluster, hour)
) STRICT;

CREATE TABLE dismissal (
    id INTEGER PRIMARY KEY,
    cluster TEXT NOT NULL REFERENCES cluster (name) ON DELETE CASCADE,
    action TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX dismissal_of_cluster ON dismissal (cluster, action);

-- The last result of each cluster, and the input that it is made of.
CREATE TABLE result (
    cluster TEXT PRIMARY KEY REFERENCES cluster (name) ON DELETE CASCADE,
    ran INTEGER NOT NULL,
    summary TEXT NOT NULL,
    report TEXT NOT NULL,
    opened BLOB NOT NULL
) STRICT;
";

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// Another version of the service, or another program, made it.
    #[error("`{0}` is no database of this version of the service, expected one or a new file")]
    Foreign(PathBuf),
    /// The database says so.
    #[error("the database cannot be opened: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The thread that writes does not start.
    #[error("the thread that writes cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Opens a database to write it: what is committed survives a crash and the loss of power.
pub(super) fn open(path: &Path) -> Result<Connection, NotOpened> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get(0));
    let (application, version): (i32, i32) = (number("application_id")?, number("user_version")?);
    let count = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = connection.query_row(count, [], |row| row.get(0))?;
    match (application, version, tables) {
        (APPLICATION, VERSION, _) => Ok(connection),
        (0, 0, 0) => {
            let transaction = connection.transaction()?;
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
            transaction.commit()?;
            Ok(connection)
        }
        _ => Err(NotOpened::Foreign(path.to_owned())),
    }
}

/// Opens a database to read it.
pub(super) fn read(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}
