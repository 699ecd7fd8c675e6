//! When clusters are scored, and what is forgotten.

use std::collections::BTreeMap;
use std::time::Duration;

use posture::core::time::Time;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::app::Shared;
use crate::clock::{after, before};
use crate::scoring;
use crate::store::{StoreError, deliveries, results, tallies};

/// How many deliveries are forgotten in one change: others wait for it.
const FORGOTTEN: u32 = 1000;

/// The clusters that are to be scored now: those that never were, and those whose last run is an interval
/// ago. A run that lies in the future is of a clock that was wrong, and counts as none.
pub fn due(last_runs: &BTreeMap<String, Option<Time>>, interval: Duration, now: Time) -> Vec<&str> {
    let is_due = |last: Time| now >= after(last, interval) || now < last;
    let due = last_runs.iter().filter(|(_, last)| last.is_none_or(is_due));
    due.map(|(cluster, _)| cluster.as_str()).collect()
}

/// Scores what is due and forgets what is over, and looks again each time that `tick` has gone by.
pub async fn keep(app: Shared, tick: Duration) {
    loop {
        if let Err(error) = once(&app).await {
            tracing::error!(%error, "the schedule could not be kept");
        }
        sleep(tick).await;
    }
}

/// Scores what is due and forgets what is over.
///
/// # Errors
/// [`StoreError`]. A cluster that cannot be scored is logged, and the others are scored all the same.
pub async fn once(app: &Shared) -> Result<(), StoreError> {
    let now = (app.clock)();
    forget(app, before(now, app.config.flow_window)).await?;
    let last_runs = app.store.read(results::last_runs).await?;
    for cluster in due(&last_runs, app.config.interval, now) {
        let Ok(_permit) = app.gates.computing.acquire().await else {
            return Ok(());
        };
        let (app, cluster) = (app.clone(), cluster.to_owned());
        let run = spawn_blocking(move || scoring::run(&app, &cluster));
        // What went wrong is logged by the run, and a panic by the runtime.
        let _ = run.await;
    }
    Ok(())
}

/// Removes flow logs that came before a time, and what was made of them alone.
async fn forget(app: &Shared, before: Time) -> Result<(), StoreError> {
    loop {
        let prune = move |connection: &rusqlite::Connection| {
            tallies::prune(connection, before)?;
            deliveries::prune(connection, before, FORGOTTEN)
        };
        let forgotten = app.store.write(prune).await?;
        if forgotten < FORGOTTEN as usize {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    #[test]
    fn what_is_due() {
        let last = |at: Option<i64>| BTreeMap::from([("east".to_owned(), at.map(Time))]);
        let is_due = |at, now| !due(&last(at), DAY, Time(now)).is_empty();
        assert!(is_due(None, 0));
        assert!(!is_due(Some(100), 100));
        assert!(!is_due(Some(100), 86_499));
        assert!(is_due(Some(100), 86_500));
        assert!(is_due(Some(100), 10 * 86_400));
        assert!(is_due(Some(100), 99));
    }

    #[test]
    fn clusters_are_due_by_themselves() {
        let all = [("a", Some(0)), ("b", Some(50)), ("c", None)];
        let all = all.map(|(name, at)| (name.to_owned(), at.map(Time)));
        assert_eq!(due(&all.into(), DAY, Time(86_410)), ["a", "c"]);
    }
}
