//! What every route shares.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use posture_history::{History, HistoryError};
use posture_page::PageError;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::clock::Clock;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::store::{Closing, NotOpened, Store};

/// The name of the history in the data folder.
pub const HISTORY: &str = "history.db";

/// A service, as its routes share it.
pub type Shared = Arc<App>;

/// A service.
pub struct App {
    /// How it runs.
    pub config: Config,
    /// What it keeps.
    pub store: Store,
    /// Tells the present.
    pub clock: Clock,
    /// What it measures.
    pub metrics: Metrics,
    /// The dashboard, where there is one.
    pub page: Option<String>,
    /// How much is done at a time.
    pub gates: Gates,
    history: Mutex<History>,
}

/// How much is done at a time: what waits holds no memory.
#[derive(Debug)]
pub struct Gates {
    /// Bodies that are received.
    pub receiving: Semaphore,
    /// Documents that are held whole: objects of large clusters have hundreds of megabytes.
    pub whole: Semaphore,
    /// Clusters that are scored, opened or asked for recommendations.
    pub computing: Semaphore,
    /// A result follows from the dismissals that are known: who makes one of them holds this.
    pub concluding: Mutex<()>,
    /// The clusters that are scored at the moment, or wait for it.
    pub running: Mutex<BTreeSet<String>>,
}

impl Default for Gates {
    fn default() -> Self {
        Self {
            receiving: Semaphore::new(32),
            whole: Semaphore::new(2),
            computing: Semaphore::new(1),
            concluding: Mutex::default(),
            running: Mutex::default(),
        }
    }
}

/// Why a service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its folder cannot be made.
    #[error("the folder `{0}` cannot be made: {1}")]
    Folder(PathBuf, io::ErrorKind),
    /// Its database cannot be opened.
    #[error(transparent)]
    Store(#[from] NotOpened),
    /// Its history cannot be opened.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The dashboard cannot be read.
    #[error("POSTURE_PAGE: `{0}` cannot be read: {1}")]
    Unreadable(PathBuf, io::ErrorKind),
    /// The dashboard is none.
    #[error("POSTURE_PAGE: `{0}`: {1}")]
    Page(PathBuf, PageError),
}

impl App {
    /// Opens what a service keeps. The thread that writes ends when the service is dropped.
    ///
    /// # Errors
    /// [`StartError`] says what cannot be opened.
    pub fn open(config: Config, clock: Clock) -> Result<(Self, Closing), StartError> {
        let folder = config.data.as_path();
        let made = fs::create_dir_all(folder);
        made.map_err(|error| StartError::Folder(folder.to_owned(), error.kind()))?;
        let (store, closing) = Store::open(folder)?;
        let history = History::open_or_make(&folder.join(HISTORY))?;
        let page = config.page.as_deref().map(page).transpose()?;
        let app = Self {
            store,
            clock,
            metrics: Metrics::new(),
            page,
            gates: Gates::default(),
            history: Mutex::new(history),
            config,
        };
        Ok((app, closing))
    }

    /// Waits for a turn at a gate, as long as the service has patience.
    ///
    /// # Errors
    /// A [`Problem`] that asks to try again.
    pub(crate) async fn turn<'g>(
        &self,
        gate: &'g Semaphore,
    ) -> Result<SemaphorePermit<'g>, Problem> {
        match timeout(self.config.limits.patience, gate.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(Problem::later(
                "too much is done at the moment, expected to be tried again",
            )),
        }
    }

    /// The history, for whoever holds it alone.
    pub fn history(&self) -> MutexGuard<'_, History> {
        lock(&self.history)
    }
}

/// What a lock guards here is whole even where a thread that held it has panicked.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn page(path: &Path) -> Result<String, StartError> {
    let page = fs::read_to_string(path);
    let page = page.map_err(|error| StartError::Unreadable(path.to_owned(), error.kind()))?;
    match posture_page::content_policy(&page) {
        Ok(_) => Ok(page),
        Err(error) => Err(StartError::Page(path.to_owned(), error)),
    }
}
