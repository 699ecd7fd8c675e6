//! Runs, and decisions: what makes a new result.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Instant;

use posture::NotOpened;
use posture::core::dismissal::Dismissal;
use posture::core::history::Point;
use posture::core::report::{Decision, NotDismissed};
use posture_history::HistoryError;
use tokio::runtime::Handle;

use super::assess::{AssessError, assess};
use super::conclude::{Summary, conclude, dismissed, request, saved};
use crate::app::{App, lock};
use crate::metrics::{Cluster, Run};
use crate::store::{StoreError, dismissals, inputs, results, tallies};

/// Why there is no new result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// The cluster is scored at the moment.
    #[error(
        "cluster `{0}` is scored at the moment, expected to be tried again when that has ended"
    )]
    UnderWay(String),
    /// It cannot be assessed.
    #[error(transparent)]
    Assess(#[from] AssessError),
    /// There is no result that a decision could be about.
    #[error("cluster `{0}` was not scored yet, expected a run before")]
    NoResult(String),
    /// The decision cannot be made.
    #[error(transparent)]
    Dismissal(#[from] NotDismissed),
    /// What a result is made of was kept by another version.
    #[error("the last result cannot be opened, expected a new run: {0}")]
    NotOpened(#[from] NotOpened),
    /// The history fails.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for RunError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A cluster that is marked as being scored.
struct Marked<'a> {
    app: &'a App,
    cluster: &'a str,
}

impl<'a> Marked<'a> {
    fn new(app: &'a App, cluster: &'a str) -> Result<Self, RunError> {
        match lock(&app.gates.running).insert(cluster.to_owned()) {
            true => Ok(Self { app, cluster }),
            false => Err(RunError::UnderWay(cluster.to_owned())),
        }
    }
}

impl Drop for Marked<'_> {
    fn drop(&mut self) {
        lock(&self.app.gates.running).remove(self.cluster);
    }
}

/// Scores a cluster, appends the result to the history and keeps it, on a thread that may wait.
///
/// # Errors
/// [`RunError`]; then the result before it stays.
pub(crate) fn run(app: &App, cluster: &str) -> Result<Summary, RunError> {
    let _marked = Marked::new(app, cluster)?;
    let exists = |connection: &_| inputs::exists(connection, cluster).map_err(StoreError::from);
    if !app.store.read_here(exists)? {
        return Err(AssessError::NoObjects(cluster.to_owned()).into());
    }
    let begun = Instant::now();
    let done = measured(app, cluster);
    let outcome = if done.is_ok() { "done" } else { "failed" };
    let of = Cluster {
        cluster: cluster.to_owned(),
    };
    app.metrics
        .run_seconds
        .get_or_create(&of)
        .observe(begun.elapsed().as_secs_f64());
    app.metrics
        .runs
        .get_or_create(&Run {
            cluster: of.cluster,
            outcome,
        })
        .inc();
    match &done {
        Ok(summary) => tracing::info!(
            cluster,
            score = summary.score.map(|score| score.to_string()),
            actions = summary.actions,
            seconds = begun.elapsed().as_secs_f64(),
            "scored"
        ),
        Err(error) => tracing::error!(cluster, %error, "not scored"),
    }
    done
}

fn measured(app: &App, cluster: &str) -> Result<Summary, RunError> {
    let now = (app.clock)();
    let threads = available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let asked = request(app, cluster, now, Vec::new())?;
    let (saved, tallies) = app
        .store
        .read_here(|connection| assess(connection, cluster, &asked, now, threads))?;
    let _held = lock(&app.gates.concluding);
    let dismissals = app
        .store
        .read_here(|connection| dismissed(connection, cluster))?;
    let request = request(app, cluster, now, dismissals)?;
    let conclusion = conclude(saved, &request);
    app.history()
        .append(cluster, &Point::of(&conclusion.report))?;
    let (kept, summary) = conclusion.kept(cluster, now)?;
    let keep = move |connection: &rusqlite::Connection| {
        results::put(connection, &kept)?;
        tallies
            .iter()
            .try_for_each(|tally| tallies::put(connection, tally))
    };
    Handle::current().block_on(app.store.write(keep))?;
    Ok(summary)
}

/// Accepts the risk of an action of the last result, which follows it at once; on a thread that may wait.
///
/// # Errors
/// [`RunError`]; then nothing has changed.
pub(crate) fn dismiss(app: &App, cluster: &str, decision: Decision) -> Result<Dismissal, RunError> {
    let _held = lock(&app.gates.concluding);
    let now = (app.clock)();
    let (last, mut all) = app.store.read_here(|connection| {
        let last = saved(connection, cluster)?;
        Ok::<_, RunError>((last, dismissed(connection, cluster)?))
    })?;
    let (ran, saved) = last.ok_or_else(|| RunError::NoResult(cluster.to_owned()))?;
    let before = saved
        .opened
        .report_of(&request(app, cluster, now, all.clone())?);
    let dismissal = before.dismissal(decision, Some(now))?;
    all.push(dismissal.clone());
    let (kept, _) = conclude(saved, &request(app, cluster, now, all)?).kept(cluster, ran)?;
    let (added, cluster) = (dismissal.clone(), cluster.to_owned());
    let change = move |connection: &rusqlite::Connection| {
        dismissals::add(connection, &cluster, &added)?;
        results::put(connection, &kept)
    };
    Handle::current().block_on(app.store.write(change))?;
    Ok(dismissal)
}

/// Takes all dismissals of an action back, and says how many there were; the last result follows at once.
///
/// # Errors
/// [`RunError`]; then nothing has changed.
pub(crate) fn revert(app: &App, cluster: &str, action: &str) -> Result<usize, RunError> {
    let _held = lock(&app.gates.concluding);
    let now = (app.clock)();
    let (last, all) = app.store.read_here(|connection| {
        let last = saved(connection, cluster)?;
        Ok::<_, RunError>((last, dismissed(connection, cluster)?))
    })?;
    let known = all.len();
    let left: Vec<Dismissal> = all
        .into_iter()
        .filter(|of| of.action.to_string() != action)
        .collect();
    let reverted = known - left.len();
    if reverted == 0 {
        return Ok(0);
    }
    let kept = match last {
        Some((ran, saved)) => {
            let conclusion = conclude(saved, &request(app, cluster, now, left)?);
            Some(conclusion.kept(cluster, ran)?.0)
        }
        None => None,
    };
    let (cluster, action) = (cluster.to_owned(), action.to_owned());
    let change = move |connection: &rusqlite::Connection| {
        dismissals::remove(connection, &cluster, &action)?;
        kept.map_or(Ok(()), |kept| results::put(connection, &kept))
    };
    Handle::current().block_on(app.store.write(change))?;
    Ok(reverted)
}
