//! The security posture of Kubernetes clusters as a service.
//!
//! Data flows one way:
//!
//! ```text
//! bodies -> ingest -> store -> scoring -> store, history -> routes
//!                              ^ schedule, runs, decisions
//! ```
//!
//! What is acknowledged is on the disk; what is shown was computed before. The score is what
//! `posture score` makes of the same files.

pub mod app;
pub mod auth;
pub mod clock;
pub mod config;
mod extract;
mod impatient;
mod ingest;
mod linger;
pub mod metrics;
mod openapi;
mod problem;
mod routes;
pub mod schedule;
mod scoring;
pub mod server;
pub mod store;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app::{App, StartError};
use clock::Clock;
use config::Config;
pub use routes::router;
use tokio::net::TcpListener;
use tokio::time::timeout;

/// How long the store has to close.
const LEAVE: Duration = Duration::from_secs(10);

/// Runs a service on a listener until `end`: what is under way then is finished, and all that was
/// acknowledged is on the disk. The schedule looks each `tick` at the clock.
///
/// # Errors
/// [`StartError`] says what cannot be opened.
pub async fn run(
    config: Config,
    clock: Clock,
    tick: Duration,
    listener: TcpListener,
    end: impl Future<Output = ()>,
) -> Result<(), StartError> {
    let (app, closing) = App::open(config, clock)?;
    let app = Arc::new(app);
    let schedule = tokio::spawn(schedule::keep(app.clone(), tick));
    let patience = app.config.limits.patience;
    server::serve(listener, router(app.clone()), patience, end).await;
    schedule.abort();
    drop(app);
    // A run or a connection that does not end holds the store. What it was to write was not acknowledged.
    let (closed, all) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        closing.wait();
        let _ = closed.send(());
    });
    if timeout(LEAVE, all).await.is_err() {
        tracing::warn!("what is under way is broken off");
    }
    Ok(())
}
