//! What the service keeps: one database of `SQLite`, written by one thread and read by many.

pub mod deliveries;
pub mod dismissals;
pub mod inputs;
mod packed;
pub mod results;
mod schema;
pub mod tallies;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;

pub use packed::pack;
pub use schema::NotOpened;
pub use writer::Closing;
use writer::Writer;

/// The name of the database in the data folder.
pub const FILE: &str = "service.db";

/// How many connections wait to be read with.
const IDLE: usize = 8;

/// The database of a service.
#[derive(Clone, Debug)]
pub struct Store {
    /// Closed before the writer is: who closes last clears the log away, which a reader cannot.
    readers: Arc<Readers>,
    writer: Writer,
}

/// Connections to read with: nobody waits for another, nor for who writes.
#[derive(Debug)]
struct Readers {
    path: Box<Path>,
    idle: Mutex<Vec<Connection>>,
}

/// Why something was not read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// More is written than the disk takes: the queue stayed full.
    #[error("the disk takes no more at the moment, expected to be tried again")]
    Busy,
    /// The service ends.
    #[error("the service ends, expected to be tried again")]
    Closed,
    /// The database says so.
    #[error("the database failed: {0}")]
    Failed(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Store {
    /// Opens the database of a folder, makes it where there is none, and starts the thread that writes.
    /// Deliveries that were not acknowledged are removed.
    ///
    /// # Errors
    /// [`NotOpened`] says why it cannot be used.
    pub fn open(folder: &Path) -> Result<(Self, Closing), NotOpened> {
        let path = folder.join(FILE);
        let connection = schema::open(&path)?;
        deliveries::abandon_all(&connection)?;
        tallies::clear(&connection)?;
        let (writer, closing) = writer::start(connection)?;
        let readers = Arc::new(Readers {
            path: path.into(),
            idle: Mutex::default(),
        });
        Ok((Self { readers, writer }, closing))
    }

    /// Changes something, and comes back when it is on the disk.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was changed, unless the database failed while it was committing.
    pub async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.write(change).await
    }

    /// Reads something, on a thread that may wait.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.clone();
        let look = move || store.read_here(|connection| look(connection).map_err(StoreError::from));
        let read = tokio::task::spawn_blocking(look).await;
        read.map_err(|error| StoreError::Failed(error.to_string()))?
    }

    /// Reads something on this thread.
    ///
    /// # Errors
    /// What `look` says, or [`StoreError::Failed`].
    pub fn read_here<T, F: From<StoreError>>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, F>,
    ) -> Result<T, F> {
        let connection = self.readers.take().map_err(StoreError::from)?;
        let read = look(&connection);
        self.readers.put(connection);
        read
    }

    /// How many changes wait to be written.
    pub fn waiting(&self) -> usize {
        self.writer.waiting()
    }
}

impl Readers {
    fn take(&self) -> rusqlite::Result<Connection> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.map_or_else(|| schema::read(&self.path), Ok)
    }

    fn put(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(connection);
        }
    }
}
