//! Connections: how they are accepted, and how they end.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::impatient::Impatient;
use crate::linger::Lingering;

/// How many connections are held at a time; others wait to be accepted.
const CONNECTIONS: usize = 1024;

/// How long the head of a request may take to arrive.
const HEAD: Duration = Duration::from_secs(15);

/// How long requests that are under way have at the end.
const GRACE: Duration = Duration::from_secs(20);

/// Serves until `end`, then finishes what is under way. Who reads nothing of an answer for longer than `patience`
/// is not waited for.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Duration,
    end: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut end = pin!(end);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut end => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Such as too many open files: those that are open end some time.
                tracing::warn!(%error, "no connection is accepted");
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(router.clone());
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(HEAD);
        let stream = Impatient::new(Lingering::new(stream), patience);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
        });
    }
    drop(listener);
    if timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests under way are broken off");
    }
}
