//! Bodies, packed with Zstandard.

use rusqlite::Connection;
use rusqlite::types::Type;

/// Little time for most of the gain: logs repeat themselves.
const LEVEL: i32 = 1;

/// Packs a body, to be kept.
///
/// # Errors
/// Those of memory.
pub fn pack(body: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::bulk::compress(body, LEVEL)
}

/// What [`pack`] packed.
pub(super) fn unpack(body: &[u8]) -> rusqlite::Result<Vec<u8>> {
    let unpacked = zstd::decode_all(body);
    unpacked
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, Box::new(error)))
}

/// The packed body that a statement gives for some parameters, unpacked; none where it gives no row.
pub(super) fn body(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> rusqlite::Result<Option<(i64, Vec<u8>)>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let body = unpack(row.get_ref(1)?.as_blob()?)?;
    Ok(Some((row.get(0)?, body)))
}
