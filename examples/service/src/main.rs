//! Starts the service as the environment says.

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use posture_service::config::Config;
use posture_service::{clock, run};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

/// How often the schedule looks at the clock.
const TICK: Duration = Duration::from_secs(10);

/// How long work without an answer has at the end.
const LEAVE: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let done = Runtime::new().map_err(Into::into).and_then(|runtime| {
        let done = runtime.block_on(start());
        runtime.shutdown_timeout(LEAVE);
        done
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn start() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::read(&|name| env::var(name).ok())?;
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(config.log)
        .init();
    let listener = TcpListener::bind(config.listen).await?;
    tracing::info!(address = %listener.local_addr()?, data = %config.data.display(), "listening");
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let end = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending");
    };
    run(config, clock::system(), TICK, listener, end).await?;
    tracing::info!("ended");
    Ok(())
}
