//! What is kept of a cluster, read and tallied.

use std::io::Cursor;
use std::num::NonZeroUsize;
use std::sync::Arc;

use posture::core::issue::Issues;
use posture::core::model::ModelError;
use posture::core::time::Time;
use posture::{Bundle, Intake, Opened, Prepared, Request, Saved};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::hours::{self, Cluster, Flows};
use crate::store::tallies::Kept;
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

/// Reads and tallies all that is kept of a cluster; gives the tallies, too, that are to be kept.
///
/// # Errors
/// [`AssessError`] where there are no objects, or the store fails.
pub(crate) fn assess(
    connection: &Connection,
    cluster: &str,
    request: &Request,
    now: Time,
    threads: NonZeroUsize,
) -> Result<(Saved, Vec<Kept>), AssessError> {
    if inputs::objects_received(connection, cluster)?.is_none() {
        return Err(AssessError::NoObjects(cluster.to_owned()));
    }
    let files = inputs::all(connection, cluster)?;
    // scans tell nothing of policies
    let objects = files.iter().filter(|(name, _)| name == inputs::OBJECTS);
    let objects = objects.fold(Sha256::new(), |digest, (_, bytes)| {
        digest.chain_update(bytes)
    });
    let (mut intake, mut with_logs) = (Intake::default(), Vec::new());
    for (name, bytes) in &files {
        if intake.add_bytes(name, bytes) {
            with_logs.push((name, bytes));
        }
    }
    let prepared = Prepared::new(intake, request.clone())?;
    let mut issues = Issues::default();
    let mut tallying = prepared.tallying(threads);
    for (name, bytes) in with_logs {
        tallying.read_file(name, Cursor::new(bytes), &mut issues);
    }
    let mut tally = tallying.finish();
    let of = Cluster {
        name: cluster,
        prepared: &prepared,
        objects: objects.finalize().into(),
    };
    let flows = hours::tally(connection, &of, now, threads)?;
    let Flows {
        tally: of_flows,
        issues: more,
        fresh,
    } = flows;
    tally.merge(of_flows);
    issues.extend(more);
    let saved = Saved {
        opened: Opened {
            prepared: Arc::new(prepared),
            tally: Arc::new(tally),
            issues,
        },
        made_of: Bundle {
            request: request.to_json(),
            files,
        },
    };
    Ok((saved, fresh))
}
