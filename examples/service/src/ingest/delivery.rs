//! A delivery on its way to the disk.

use axum::http::StatusCode;
use posture::core::time::Time;
use tokio::runtime::Handle;

use super::flows::Sender;
use crate::app::App;
use crate::config::Limits;
use crate::problem::Problem;
use crate::store::deliveries::{self, Completion, Delivery, Known};
use crate::store::{StoreError, inputs, pack};

/// A delivery of which some parts may be on the disk. None of them counts before all are.
pub(super) struct Underway<'a> {
    app: &'a App,
    sender: &'a Sender,
    begun: Option<i64>,
}

impl<'a> Underway<'a> {
    pub(super) fn new(app: &'a App, sender: &'a Sender) -> Self {
        Self {
            app,
            sender,
            begun: None,
        }
    }

    /// Adds a part.
    pub(super) fn add(&mut self, part: &[u8]) -> Result<(), Problem> {
        let (begun, sender) = (self.begun, self.sender.clone());
        let (limits, now) = (self.app.config.limits, (self.app.clock)());
        let body = pack(part).map_err(|error| Problem::fault(&error))?;
        let change = move |connection: &rusqlite::Connection| {
            sender.add(connection, begun, &body, now, &limits)
        };
        self.begun = Some(Handle::current().block_on(self.app.store.write(change))??);
        Ok(())
    }

    /// Adds the last part and completes the delivery: when this comes back, it is on the disk.
    pub(super) fn complete(mut self, last: &[u8], completion: Completion) -> Result<(), Problem> {
        let begun = self.begun.take();
        let sender = self.sender.clone();
        let (limits, now) = (self.app.config.limits, (self.app.clock)());
        let body = pack(last).map_err(|error| Problem::fault(&error))?;
        let change = move |connection: &rusqlite::Connection| {
            let added = sender.add(connection, begun, &body, now, &limits)?;
            if let Ok(delivery) = added {
                deliveries::complete(connection, delivery, &completion)?;
            }
            Ok(added.map(|_| ()))
        };
        let done = Handle::current().block_on(self.app.store.write(change));
        let done = done.map_err(Problem::from).flatten();
        if done.is_err() {
            self.begun = begun;
        }
        done
    }
}

impl Drop for Underway<'_> {
    /// Removes what is not complete.
    fn drop(&mut self) {
        let Some(delivery) = self.begun else { return };
        loop {
            let change =
                move |connection: &rusqlite::Connection| deliveries::abandon(connection, delivery);
            match Handle::current().block_on(self.app.store.write(change)) {
                // Until it is gone, nobody can deliver anything by its key.
                Err(StoreError::Busy) => {}
                Err(error) => {
                    tracing::warn!(%error, "parts of a delivery are removed at the next start");
                    return;
                }
                Ok(()) => return,
            }
        }
    }
}

impl Sender {
    /// Adds a part to a delivery, which begins with its first one; not where there is no room for it.
    fn add(
        &self,
        connection: &rusqlite::Connection,
        begun: Option<i64>,
        body: &[u8],
        now: Time,
        limits: &Limits,
    ) -> rusqlite::Result<Result<i64, Problem>> {
        let kept = deliveries::bytes(connection, &self.cluster)?;
        if kept.saturating_add(body.len() as u64) > limits.kept_flows {
            return Ok(Err(no_room(&self.cluster, limits.kept_flows)));
        }
        let delivery = match begun {
            Some(delivery) => Ok(delivery),
            None => self.begin(connection, now, limits.clusters)?,
        };
        if let Ok(delivery) = delivery {
            deliveries::add(connection, delivery, body)?;
        }
        Ok(delivery)
    }

    /// Begins a delivery, unless its key is known or there are too many clusters.
    fn begin(
        &self,
        connection: &rusqlite::Connection,
        received: Time,
        limit: usize,
    ) -> rusqlite::Result<Result<i64, Problem>> {
        let Self { cluster, key } = self;
        if !inputs::admit(connection, cluster, received, limit)? {
            return Ok(Err(too_many(limit)));
        }
        if let Some(key) = key
            && deliveries::known(connection, cluster, key)?.is_some()
        {
            return Ok(Err(under_way()));
        }
        let delivery = Delivery {
            cluster: cluster.clone(),
            received,
            key: key.clone(),
        };
        deliveries::begin(connection, &delivery).map(Ok)
    }
}

/// That a delivery of the same key is not at its end yet.
pub(super) fn under_way() -> Problem {
    let detail =
        "a delivery with this key is under way, expected to be tried again when it has ended";
    Problem {
        retry_after: Some(1),
        ..Problem::new(StatusCode::CONFLICT, detail)
    }
}

/// That a key was used for something else.
pub(super) fn another(known: &Known) -> Problem {
    match known {
        Known::UnderWay => under_way(),
        Known::Complete { .. } => {
            let detail = "this key was used for another delivery, expected a new key for each";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        }
    }
}

/// That no more flow logs of a cluster are kept. The oldest are forgotten at the end of their window, and
/// not for newer ones.
fn no_room(cluster: &str, limit: u64) -> Problem {
    let what = format!("the flow logs that are kept of cluster `{cluster}`");
    Problem::full(&what, limit, "POSTURE_MAX_KEPT_FLOWS_MIB")
}

/// That there are as many clusters as there may be.
pub(crate) fn too_many(limit: usize) -> Problem {
    let detail = format!("there are {limit} clusters, expected the name of one of them");
    Problem::new(StatusCode::FORBIDDEN, detail)
}
