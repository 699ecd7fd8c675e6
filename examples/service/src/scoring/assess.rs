//! What is kept of a cluster, read and tallied.

use std::io::Cursor;
use std::num::NonZeroUsize;
use std::sync::Arc;

use posture::core::issue::Issues;
use posture::core::model::ModelError;
use posture::{Bundle, Intake, Opened, Prepared, Request};
use rusqlite::Connection;

use super::logs;
use crate::store::{StoreError, inputs};

/// Why a cluster cannot be assessed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AssessError {
    /// Nothing tells what is in it.
    #[error("there are no objects of cluster `{0}`, expected them before it is scored")]
    NoObjects(String),
    /// What was read makes no cluster.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for AssessError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Reads and tallies all that is kept of a cluster.
///
/// # Errors
/// [`AssessError`] where there are no objects, or the store fails.
pub(crate) fn assess(
    connection: &Connection,
    cluster: &str,
    request: &Request,
    threads: NonZeroUsize,
) -> Result<Opened, AssessError> {
    if inputs::objects_received(connection, cluster)?.is_none() {
        return Err(AssessError::NoObjects(cluster.to_owned()));
    }
    let files = inputs::all(connection, cluster)?;
    let (mut intake, mut with_logs) = (Intake::default(), Vec::new());
    for (name, bytes) in &files {
        if intake.add(name, Cursor::new(bytes)) {
            with_logs.push((name, bytes));
        }
    }
    let prepared = Prepared::new(intake, request.clone())?;
    let mut issues = Issues::default();
    let mut tallying = prepared.tallying(threads);
    for (name, bytes) in with_logs {
        tallying.read_file(name, Cursor::new(bytes), &mut issues);
    }
    logs::read(connection, cluster, &mut tallying, &mut issues)?;
    let tally = Arc::new(tallying.finish());
    Ok(Opened {
        prepared: Arc::new(prepared),
        tally,
        issues,
        made_of: Bundle {
            request: request.to_json(),
            files,
        },
    })
}
