//! Tallies of hours that are over: what does not change is read once.

use posture::core::time::Time;
use rusqlite::{Connection, OptionalExtension, params};

use super::deliveries::HOUR;
use super::packed::unpack;

/// The tally of an hour.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The cluster.
    pub cluster: String,
    /// The hour, counted from 1970.
    pub hour: i64,
    /// What tells the input that it is made of from any other.
    pub made_of: Vec<u8>,
    /// The tally and what was told of its flow logs, packed.
    pub body: Vec<u8>,
}

/// Keeps a tally in the place of the one of its hour. One of a cluster that was removed is of nobody.
pub fn put(connection: &Connection, tally: &Kept) -> rusqlite::Result<()> {
    let sql = "INSERT INTO tally (cluster, hour, made_of, body) SELECT name, ?2, ?3, ?4 FROM cluster WHERE name = ?1
        ON CONFLICT (cluster, hour) DO UPDATE SET made_of = excluded.made_of, body = excluded.body";
    let Kept {
        cluster,
        hour,
        made_of,
        body,
    } = tally;
    connection.execute(sql, params![cluster, hour, made_of, body])?;
    Ok(())
}

/// The tally of an hour that is made of this very input, unpacked.
pub fn get(
    connection: &Connection,
    cluster: &str,
    hour: i64,
    made_of: &[u8],
) -> rusqlite::Result<Option<Vec<u8>>> {
    let sql = "SELECT body FROM tally WHERE cluster = ?1 AND hour = ?2 AND made_of = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let body = statement.query_row(params![cluster, hour, made_of], |row| {
        unpack(row.get_ref(0)?.as_blob()?)
    });
    body.optional()
}

/// Removes the tallies of hours that ended before a time.
pub fn prune(connection: &Connection, before: Time) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM tally WHERE hour < ?1";
    connection.execute(sql, [before.0.div_euclid(HOUR)])
}

/// Removes all: another version of the service may judge in another way.
pub fn clear(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM tally", [])?;
    Ok(())
}
