//! The dismissals of clusters.

use posture::core::dismissal::Dismissal;
use posture::core::json;
use rusqlite::types::Type;
use rusqlite::{Connection, params};

/// Adds a dismissal.
pub fn add(connection: &Connection, cluster: &str, dismissal: &Dismissal) -> rusqlite::Result<()> {
    let body = serde_json::to_string(dismissal)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let sql = "INSERT INTO dismissal (cluster, action, body) VALUES (?1, ?2, ?3)";
    connection.execute(sql, params![cluster, dismissal.action.to_string(), body])?;
    Ok(())
}

/// Removes all dismissals of an action; says how many there were.
pub fn remove(connection: &Connection, cluster: &str, action: &str) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM dismissal WHERE cluster = ?1 AND action = ?2";
    connection.execute(sql, [cluster, action])
}

/// The dismissals of a cluster, as they were added.
pub fn all(connection: &Connection, cluster: &str) -> rusqlite::Result<Vec<Dismissal>> {
    let sql = "SELECT body FROM dismissal WHERE cluster = ?1 ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([cluster], |row| {
        let body: String = row.get(0)?;
        json::from_str(&body).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
        })
    })?;
    rows.collect()
}
