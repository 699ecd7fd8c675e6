//! Clusters, their objects and their scans.

use posture::core::time::Time;
use rusqlite::{Connection, OptionalExtension, params};

use super::packed::unpack;

/// The name of the objects of a cluster.
pub const OBJECTS: &str = "objects";

/// What a document is to a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All its objects.
    Objects,
    /// One of its scans.
    Scan,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Objects => OBJECTS,
            Self::Scan => "scan",
        }
    }
}

/// A document of a cluster.
#[derive(Clone, Debug)]
pub struct Input {
    /// The cluster.
    pub cluster: String,
    /// What it is.
    pub kind: Kind,
    /// Its name, by which it is replaced.
    pub name: String,
    /// When it came.
    pub received: Time,
    /// How many bytes it has, unpacked.
    pub bytes: u64,
    /// What it holds, packed.
    pub body: Vec<u8>,
}

/// The name of a document in results: `objects`, or `scans/NAME`.
pub fn file_name(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Objects => name.to_owned(),
        Kind::Scan => format!("scans/{name}"),
    }
}

/// Makes a cluster where there is none of its name and fewer than `limit`; says whether there is one.
pub fn admit(
    connection: &Connection,
    cluster: &str,
    since: Time,
    limit: usize,
) -> rusqlite::Result<bool> {
    if exists(connection, cluster)? {
        return Ok(true);
    }
    let count: i64 = connection.query_row("SELECT count(*) FROM cluster", [], |row| row.get(0))?;
    let is_room = usize::try_from(count).is_ok_and(|count| count < limit);
    if is_room {
        let sql = "INSERT INTO cluster (name, since) VALUES (?1, ?2)";
        connection.execute(sql, params![cluster, since.0])?;
    }
    Ok(is_room)
}

/// Whether there is a cluster of this name.
pub fn exists(connection: &Connection, cluster: &str) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM cluster WHERE name = ?1")?;
    statement.exists([cluster])
}

/// Removes a cluster and all that is kept of it but its history; says whether there was one.
pub fn remove_cluster(connection: &Connection, cluster: &str) -> rusqlite::Result<bool> {
    let removed = connection.execute("DELETE FROM cluster WHERE name = ?1", [cluster])?;
    Ok(removed > 0)
}

/// Keeps a document in the place of the one of its name.
pub fn put(connection: &Connection, input: &Input) -> rusqlite::Result<()> {
    let sql = "INSERT INTO input (cluster, kind, name, received, bytes, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (cluster, kind, name) DO UPDATE SET received = excluded.received, bytes = excluded.bytes,
            body = excluded.body";
    let Input {
        cluster,
        kind,
        name,
        received,
        bytes,
        body,
    } = input;
    let bytes = i64::try_from(*bytes).unwrap_or(i64::MAX);
    connection.execute(
        sql,
        params![cluster, kind.name(), name, received.0, bytes, body],
    )?;
    Ok(())
}

/// How many bytes the scans of a cluster have together, unpacked, without the one of this name.
pub fn bytes_of_other_scans(
    connection: &Connection,
    cluster: &str,
    name: &str,
) -> rusqlite::Result<u64> {
    let sql = "SELECT scan_bytes - coalesce((SELECT bytes FROM input
            WHERE cluster = ?1 AND kind = 'scan' AND name = ?2), 0) FROM cluster WHERE name = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let bytes = statement.query_row([cluster, name], |row| row.get(0));
    Ok(bytes.optional()?.map_or(0, i64::unsigned_abs))
}

/// Removes a scan; says whether there was one.
pub fn remove_scan(connection: &Connection, cluster: &str, name: &str) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM input WHERE cluster = ?1 AND kind = 'scan' AND name = ?2";
    Ok(connection.execute(sql, [cluster, name])? > 0)
}

/// The documents of a cluster, unpacked: its objects, then its scans by name.
pub fn all(connection: &Connection, cluster: &str) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
    let sql = "SELECT kind, name, body FROM input WHERE cluster = ?1 ORDER BY kind, name";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([cluster], |row| {
        let (kind, name): (String, String) = (row.get(0)?, row.get(1)?);
        let kind = match kind.as_str() {
            "scan" => Kind::Scan,
            _ => Kind::Objects,
        };
        let body: Vec<u8> = row.get(2)?;
        Ok((file_name(kind, &name), unpack(&body)?))
    })?;
    rows.collect()
}

/// When the objects of a cluster came, where there are any.
pub fn objects_received(connection: &Connection, cluster: &str) -> rusqlite::Result<Option<Time>> {
    let sql = "SELECT received FROM input WHERE cluster = ?1 AND kind = 'objects'";
    let received = connection.query_row(sql, [cluster], |row| row.get(0));
    Ok(received.optional()?.map(Time))
}

/// The scans of a cluster by name, and when each came.
pub fn scans(connection: &Connection, cluster: &str) -> rusqlite::Result<Vec<(String, Time)>> {
    let sql = "SELECT name, received FROM input WHERE cluster = ?1 AND kind = 'scan' ORDER BY name";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([cluster], |row| Ok((row.get(0)?, Time(row.get(1)?))))?;
    rows.collect()
}
