//! A delivery on its way to the disk.

use axum::http::StatusCode;
use tokio::runtime::Handle;

use super::flows::Sender;
use crate::app::App;
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
        let (limit, now) = (self.app.config.limits.clusters, (self.app.clock)());
        let body = pack(part).map_err(|error| Problem::fault(&error))?;
        let change = move |connection: &rusqlite::Connection| {
            let delivery = match begun {
                Some(delivery) => Ok(delivery),
                None => sender.begin(connection, now, limit)?,
            };
            if let Ok(delivery) = delivery {
                deliveries::add(connection, delivery, &body)?;
            }
            Ok(delivery)
        };
        self.begun = Some(Handle::current().block_on(self.app.store.write(change))??);
        Ok(())
    }

    /// Adds the last part and completes the delivery: when this comes back, it is on the disk.
    pub(super) fn complete(mut self, last: &[u8], completion: Completion) -> Result<(), Problem> {
        let begun = self.begun.take();
        let sender = self.sender.clone();
        let (limit, now) = (self.app.config.limits.clusters, (self.app.clock)());
        let body = pack(last).map_err(|error| Problem::fault(&error))?;
        let change = move |connection: &rusqlite::Connection| {
            let delivery = match begun {
                Some(delivery) => delivery,
                None => match sender.begin(connection, now, limit)? {
                    Ok(delivery) => delivery,
                    Err(problem) => return Ok(Err(problem)),
                },
            };
            deliveries::add(connection, delivery, &body)?;
            deliveries::complete(connection, delivery, &completion)?;
            Ok(Ok(()))
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
    /// Begins a delivery, unless its key is known or there are too many clusters.
    fn begin(
        &self,
        connection: &rusqlite::Connection,
        received: posture::core::time::Time,
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

/// That there are as many clusters as there may be.
pub(crate) fn too_many(limit: usize) -> Problem {
    let detail = format!("there are {limit} clusters, expected the name of one of them");
    Problem::new(StatusCode::FORBIDDEN, detail)
}
