//! The last result of each cluster.

use std::collections::BTreeMap;

use posture::core::time::Time;
use rusqlite::{Connection, OptionalExtension, params};

use super::packed;

/// The last result of a cluster.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The cluster.
    pub cluster: String,
    /// When its input was last read; a dismissal makes a new result without a new run.
    pub ran: Time,
    /// What the fleet shows of it, in JSON.
    pub summary: String,
    /// The result's canonical JSON.
    pub report: String,
    /// What it is made of ([`Saved::to_bytes`](posture::Saved::to_bytes)), packed.
    pub opened: Vec<u8>,
}

/// What there is of a cluster.
#[derive(Clone, Debug)]
pub struct Scored {
    /// When its input was last read.
    pub ran: Time,
    /// What the fleet shows of its result, in JSON.
    pub summary: String,
}

/// Keeps a result in the place of the one before. A result of a cluster that was removed is of nobody.
pub fn put(connection: &Connection, result: &Kept) -> rusqlite::Result<()> {
    let sql = "INSERT INTO result (cluster, ran, summary, report, opened)
        SELECT name, ?2, ?3, ?4, ?5 FROM cluster WHERE name = ?1
        ON CONFLICT (cluster) DO UPDATE SET ran = excluded.ran, summary = excluded.summary,
            report = excluded.report, opened = excluded.opened";
    let Kept {
        cluster,
        ran,
        summary,
        report,
        opened,
    } = result;
    connection.execute(sql, params![cluster, ran.0, summary, report, opened])?;
    Ok(())
}

/// The last result of a cluster, in JSON.
pub fn report(connection: &Connection, cluster: &str) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT report FROM result WHERE cluster = ?1";
    connection
        .query_row(sql, [cluster], |row| row.get(0))
        .optional()
}

/// What the last result of a cluster is made of, and when that was read.
pub fn opened(connection: &Connection, cluster: &str) -> rusqlite::Result<Option<(Time, Vec<u8>)>> {
    let sql = "SELECT ran, opened FROM result WHERE cluster = ?1";
    let found = packed::body(connection, sql, [cluster])?;
    Ok(found.map(|(ran, opened)| (Time(ran), opened)))
}

/// Every cluster, and what there is of its last result.
pub fn all(connection: &Connection) -> rusqlite::Result<BTreeMap<String, Option<Scored>>> {
    let sql = "SELECT name, ran, summary FROM cluster LEFT JOIN result ON cluster = name";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let (ran, summary): (Option<i64>, Option<String>) = (row.get(1)?, row.get(2)?);
        let scored = ran.zip(summary);
        Ok((
            row.get(0)?,
            scored.map(|(ran, summary)| Scored {
                ran: Time(ran),
                summary,
            }),
        ))
    })?;
    rows.collect()
}

/// The clusters that have objects, and when each was last scored.
pub fn last_runs(connection: &Connection) -> rusqlite::Result<BTreeMap<String, Option<Time>>> {
    let sql =
        "SELECT input.cluster, ran FROM input LEFT JOIN result ON result.cluster = input.cluster
        WHERE kind = 'objects'";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let ran: Option<i64> = row.get(1)?;
        Ok((row.get(0)?, ran.map(Time)))
    })?;
    rows.collect()
}
