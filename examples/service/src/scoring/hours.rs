//! The flow logs of a cluster, hour by hour: what was made of one that is over is kept, and read anew only where
//! its deliveries or the objects are others.

use std::num::NonZeroUsize;

use posture::Prepared;
use posture::core::issue::Issues;
use posture::core::tally::Tally;
use posture::core::time::Time;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::logs;
use crate::store::deliveries::{self, HOUR, Hour};
use crate::store::tallies::{self, Kept};
use crate::store::{StoreError, pack};

/// What is made of the flow logs of a cluster.
#[derive(Debug, Default)]
pub(super) struct Flows {
    /// Their tally.
    pub(super) tally: Tally,
    /// What must be told about them.
    pub(super) issues: Issues,
    /// What is to be kept, so that it is not made again.
    pub(super) fresh: Vec<Kept>,
}

/// A cluster whose flow logs are tallied.
pub(super) struct Cluster<'c> {
    /// Its name.
    pub(super) name: &'c str,
    /// Its objects, as they were read.
    pub(super) prepared: &'c Prepared,
    /// The SHA-256 of these: with other objects flow logs are judged in another way.
    pub(super) objects: [u8; 32],
}

/// Tallies all flow logs of a cluster: the same as if all were read anew, because "keeping maxima and sums makes the
/// tally of any split of the records mergeable" (scoring, section 6.2).
pub(super) fn tally(
    connection: &Connection,
    cluster: &Cluster<'_>,
    now: Time,
    threads: NonZeroUsize,
) -> Result<Flows, StoreError> {
    let mut all = Flows::default();
    for (number, hour) in deliveries::by_hour(connection, cluster.name)? {
        let made_of = made_of(cluster.objects, &hour);
        let kept = tallies::get(connection, cluster.name, number, &made_of)?;
        if let Some((tally, issues)) = kept.as_deref().and_then(opened) {
            all.tally.merge(tally);
            all.issues.extend(issues);
            continue;
        }
        let (mut tallying, mut issues) = (cluster.prepared.tallying(threads), Issues::default());
        logs::read(connection, &hour.deliveries, &mut tallying, &mut issues)?;
        let tally = tallying.finish();
        if number < now.0.div_euclid(HOUR) {
            let body = closed(&tally, &issues)?;
            // what is no smaller takes no less time
            if (body.len() as u64) < hour.bytes {
                all.fresh.push(Kept {
                    cluster: cluster.name.to_owned(),
                    hour: number,
                    made_of,
                    body,
                });
            }
        }
        all.tally.merge(tally);
        all.issues.extend(issues);
    }
    Ok(all)
}

/// What tells the input of an hour from any other: the objects and the deliveries, which never change. The request is
/// that of the process, as the tallies are.
fn made_of(objects: [u8; 32], hour: &Hour) -> Vec<u8> {
    let mut digest = Sha256::new_with_prefix(objects);
    for delivery in &hour.deliveries {
        digest.update(delivery.to_le_bytes());
    }
    digest.finalize().to_vec()
}

/// A tally and its issues as they are kept: a line of issues, and the tally behind it.
fn closed(tally: &Tally, issues: &Issues) -> Result<Vec<u8>, StoreError> {
    let failed = |error: &dyn std::fmt::Display| StoreError::Failed(error.to_string());
    let mut body = serde_json::to_vec(issues).map_err(|error| failed(&error))?;
    body.push(b'\n');
    body.extend(tally.to_bytes());
    pack(&body).map_err(|error| failed(&error))
}

/// What [`closed`] wrote.
fn opened(body: &[u8]) -> Option<(Tally, Issues)> {
    let end = body.iter().position(|byte| *byte == b'\n')?;
    let (issues, tally) = body.split_at_checked(end)?;
    let tally = Tally::from_bytes(tally.get(1..)?).ok()?;
    Some((tally, serde_json::from_slice(issues).ok()?))
}
