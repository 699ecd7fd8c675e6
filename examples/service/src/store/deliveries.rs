//! Flow logs as they came: what the next run tallies.

use std::collections::BTreeMap;

use posture::core::time::Time;
use rusqlite::{Connection, OptionalExtension, params};

use super::packed;

/// The seconds of an hour.
pub const HOUR: i64 = 3600;

/// A delivery of flow logs that begins.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The cluster.
    pub cluster: String,
    /// When it came.
    pub received: Time,
    /// What tells it from others, where its sender says so.
    pub key: Option<String>,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Its delivery is under way.
    UnderWay,
    /// Its delivery is complete.
    Complete {
        /// The SHA-256 of what was delivered.
        digest: Vec<u8>,
        /// What was answered.
        answer: String,
    },
}

/// What is acknowledged of a delivery.
#[derive(Clone, Debug)]
pub struct Completion {
    /// How many records are in it.
    pub records: u64,
    /// The SHA-256 of it, where it has a key.
    pub digest: Option<Vec<u8>>,
    /// What is answered.
    pub answer: String,
}

/// The deliveries that came in an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// Their names, in the order in which they began.
    pub deliveries: Vec<i64>,
    /// How many bytes they have, packed.
    pub bytes: u64,
}

/// All deliveries of a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many there are.
    pub deliveries: u64,
    /// How many records are in them.
    pub records: u64,
    /// How many bytes they have, packed, with what is under way.
    pub bytes: u64,
    /// When the last one came.
    pub last: Option<Time>,
}

/// What is known of a key of a cluster.
pub fn known(connection: &Connection, cluster: &str, key: &str) -> rusqlite::Result<Option<Known>> {
    let sql = "SELECT digest, answer FROM delivery WHERE cluster = ?1 AND key = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let known = statement.query_row([cluster, key], |row| {
        let (digest, answer): (Option<_>, Option<_>) = (row.get(0)?, row.get(1)?);
        let complete = digest.zip(answer);
        Ok(
            complete.map_or(Known::UnderWay, |(digest, answer)| Known::Complete {
                digest,
                answer,
            }),
        )
    });
    known.optional()
}

/// Begins a delivery, and names it.
pub fn begin(connection: &Connection, delivery: &Delivery) -> rusqlite::Result<i64> {
    let Delivery {
        cluster,
        received,
        key,
    } = delivery;
    let sql = "INSERT INTO delivery (cluster, received, key, complete, records) VALUES (?1, ?2, ?3, 0, 0)";
    let mut statement = connection.prepare_cached(sql)?;
    statement.insert(params![cluster, received.0, key])
}

/// Adds a part to a delivery, packed.
pub fn add(connection: &Connection, delivery: i64, body: &[u8]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO part (delivery, body) VALUES (?1, ?2)";
    let mut statement = connection.prepare_cached(sql)?;
    statement.execute(params![delivery, body])?;
    Ok(())
}

/// Completes a delivery: it counts from now on.
pub fn complete(connection: &Connection, delivery: i64, with: &Completion) -> rusqlite::Result<()> {
    let sql =
        "UPDATE delivery SET complete = 1, records = ?2, digest = ?3, answer = ?4 WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let records = i64::try_from(with.records).unwrap_or(i64::MAX);
    // An answer is only given again by its key.
    let answer = with.digest.as_ref().map(|_| &with.answer);
    statement.execute(params![delivery, records, with.digest, answer])?;
    Ok(())
}

/// Removes a delivery that is not acknowledged.
pub fn abandon(connection: &Connection, delivery: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM delivery WHERE id = ?1 AND complete = 0";
    connection.execute(sql, [delivery])?;
    forget_empty(connection)
}

/// Removes all deliveries that are not acknowledged.
pub fn abandon_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM delivery WHERE complete = 0", [])?;
    forget_empty(connection)
}

/// Removes clusters of which nothing was acknowledged.
fn forget_empty(connection: &Connection) -> rusqlite::Result<()> {
    let sql = "DELETE FROM cluster WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.cluster = cluster.name)
        AND NOT EXISTS (SELECT 1 FROM input WHERE input.cluster = cluster.name)
        AND NOT EXISTS (SELECT 1 FROM result WHERE result.cluster = cluster.name)";
    connection.execute(sql, [])?;
    Ok(())
}

/// Removes so many deliveries at most that came before a time; says how many there were.
pub fn prune(connection: &Connection, before: Time, limit: u32) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM delivery WHERE id IN
        (SELECT id FROM delivery WHERE received < ?1 AND complete = 1 ORDER BY id LIMIT ?2)";
    connection.execute(sql, params![before.0, limit])
}

/// The deliveries of a cluster that are complete, by the hour in which they came.
pub fn by_hour(connection: &Connection, cluster: &str) -> rusqlite::Result<BTreeMap<i64, Hour>> {
    let sql =
        "SELECT id, received, bytes FROM delivery WHERE cluster = ?1 AND complete = 1 ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([cluster])?;
    let mut hours: BTreeMap<i64, Hour> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let received: i64 = row.get(1)?;
        let hour = hours.entry(received.div_euclid(HOUR)).or_default();
        hour.deliveries.push(row.get(0)?);
        hour.bytes = hour
            .bytes
            .saturating_add(row.get::<_, i64>(2)?.unsigned_abs());
    }
    Ok(hours)
}

/// The next part of a delivery after one, unpacked, and its name.
pub fn next_part(
    connection: &Connection,
    delivery: i64,
    after: i64,
) -> rusqlite::Result<Option<(i64, Vec<u8>)>> {
    let sql = "SELECT id, body FROM part WHERE delivery = ?1 AND id > ?2 ORDER BY id LIMIT 1";
    packed::body(connection, sql, [delivery, after])
}

/// What there is of a cluster.
pub fn totals(connection: &Connection, cluster: &str) -> rusqlite::Result<Totals> {
    let sql = "SELECT count(*), coalesce(sum(records), 0), max(received) FROM delivery
        WHERE cluster = ?1 AND complete = 1";
    let bytes = bytes(connection, cluster)?;
    connection.query_row(sql, [cluster], |row| {
        let number = |column| row.get(column).map(|value: i64| value.unsigned_abs());
        Ok(Totals {
            deliveries: number(0)?,
            records: number(1)?,
            bytes,
            last: row.get::<_, Option<i64>>(2)?.map(Time),
        })
    })
}

/// How many bytes the flow logs of a cluster have, packed, with what is under way.
pub fn bytes(connection: &Connection, cluster: &str) -> rusqlite::Result<u64> {
    let mut statement =
        connection.prepare_cached("SELECT flow_bytes FROM cluster WHERE name = ?1")?;
    let bytes = statement.query_row([cluster], |row| row.get(0));
    Ok(bytes.optional()?.map_or(0, i64::unsigned_abs))
}
