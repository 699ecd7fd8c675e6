//! The one thread that writes: changes that wait together are committed together.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::{mpsc, oneshot};

use super::StoreError;

/// How many changes may wait: with what one holds it bounds memory.
const QUEUE: usize = 64;

/// How long a change waits for its place in the queue.
const PATIENCE: Duration = Duration::from_secs(5);

/// A change. What it says is told when it is on the disk, or when it cannot be.
type Change = Box<dyn FnOnce(&Connection) -> Told + Send>;

/// Tells what became of a change: it is given how the commit went.
type Told = Box<dyn FnOnce(&Result<(), StoreError>)>;

/// Hands changes to the thread.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Change>,
}

/// The thread that writes. It ends when nobody can hand it changes any more, with all of them written.
#[derive(Debug)]
pub struct Closing(JoinHandle<()>);

impl Closing {
    /// Waits for its end. Call it when every [`Store`](super::Store) is gone.
    pub fn wait(self) {
        // A panic in there was reported already.
        let _ = self.0.join();
    }
}

/// Starts the thread.
pub(super) fn start(connection: Connection) -> std::io::Result<(Writer, Closing)> {
    let (queue, changes) = mpsc::channel(QUEUE);
    let thread = thread::Builder::new().name("writer".to_owned());
    let thread = thread.spawn(move || run(connection, changes))?;
    Ok((Writer { queue }, Closing(thread)))
}

impl Writer {
    pub(super) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let change: Change = Box::new(move |connection| {
            let done = apart(connection, change);
            Box::new(move |committed| {
                let told = committed.clone().and(done.map_err(StoreError::from));
                // Who asked may be gone.
                let _ = sender.send(told);
            })
        });
        let sent = self.queue.send_timeout(change, PATIENCE).await;
        sent.map_err(|error| match error {
            SendTimeoutError::Timeout(_) => StoreError::Busy,
            SendTimeoutError::Closed(_) => StoreError::Closed,
        })?;
        let gone = |_| StoreError::Failed("the change was not made".to_owned());
        receiver.await.map_err(gone)?
    }

    pub(super) fn waiting(&self) -> usize {
        self.queue
            .max_capacity()
            .saturating_sub(self.queue.capacity())
    }
}

fn run(mut connection: Connection, mut changes: mpsc::Receiver<Change>) {
    while let Some(first) = changes.blocking_recv() {
        commit(&mut connection, first, &mut changes);
    }
}

/// Commits a change and those that wait behind it, then tells each.
fn commit(connection: &mut Connection, first: Change, changes: &mut mpsc::Receiver<Change>) {
    let behavior = TransactionBehavior::Immediate;
    let (told, committed) = match connection.transaction_with_behavior(behavior) {
        Ok(transaction) => {
            let mut told = vec![first(&transaction)];
            while told.len() < QUEUE
                && let Ok(next) = changes.try_recv()
            {
                told.push(next(&transaction));
            }
            (told, transaction.commit().map_err(StoreError::from))
        }
        // Nothing of the change is kept: its own transaction is never committed.
        Err(error) => (Vec::new(), Err(StoreError::from(error))),
    };
    if let Err(error) = &committed {
        tracing::error!(%error, "changes are not written");
    }
    for tell in told {
        tell(&committed);
    }
}

/// Makes a change of which nothing is left where it fails: those beside it stay.
fn apart<T>(
    connection: &Connection,
    change: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.execute_batch("SAVEPOINT change")?;
    let done = change(connection);
    if done.is_err() {
        connection.execute_batch("ROLLBACK TO change")?;
    }
    connection.execute_batch("RELEASE change")?;
    done
}
