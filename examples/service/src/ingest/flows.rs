//! Flow logs: read as they arrive, and kept as they came.

use std::io::{Cursor, Read};
use std::num::NonZeroUsize;

use axum::body::Body;
use posture::core::issue::{Issue, Issues};
use posture::formats::detect::{Content, HEAD, detect};
use posture::formats::flows::{Chunks, FlowLog, FlowReader};
use posture::{Intake, Prepared, Request};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use utoipa::ToSchema;

use super::body::{problem_of, reader, too_large};
use super::delivery::{Underway, another, under_way};
use super::tee::Tee;
use super::unpacking;
use crate::app::App;
use crate::config::Limits;
use crate::metrics::Cluster;
use crate::problem::Problem;
use crate::store::deliveries::{self, Completion, Known};

/// The name of flow logs in results.
pub(crate) const FILE: &str = "flows";

/// How many bytes are read at a time.
const CHUNK: u64 = 256 << 10;

/// Whose flow logs they are.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    /// The cluster.
    pub(crate) cluster: String,
    /// What tells a delivery from others; one that is given twice counts once.
    pub(crate) key: Option<String>,
}

/// What was read of flow logs, and is on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Delivered {
    /// How many records.
    pub(crate) records: u64,
    /// What a person must be told about them.
    #[schema(schema_with = crate::openapi::issues)]
    pub(crate) issues: Vec<Issue>,
}

/// An answer, and whether it was given before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Received {
    /// The delivery is new, and counts.
    New(Delivered),
    /// The delivery is known, and counts once.
    Again(Delivered),
}

/// Receives a delivery of flow logs on a thread that may wait.
///
/// # Errors
/// A [`Problem`]; then nothing of the delivery counts.
pub(crate) fn receive(app: &App, sender: &Sender, body: Body) -> Result<Received, Problem> {
    let limits = &app.config.limits;
    let stream = reader(body, limits.flows, limits.patience).map_err(problem_of)?;
    match known(app, sender)? {
        None => {
            let delivered = keep(app, sender, stream)?;
            let of = Cluster {
                cluster: sender.cluster.clone(),
            };
            app.metrics.deliveries.get_or_create(&of).inc();
            app.metrics
                .records
                .get_or_create(&of)
                .inc_by(delivered.records);
            Ok(Received::New(delivered))
        }
        Some(Known::UnderWay) => Err(under_way()),
        Some(known) => again(&known, stream).map(Received::Again),
    }
}

fn known(app: &App, sender: &Sender) -> Result<Option<Known>, Problem> {
    let Some(key) = &sender.key else {
        return Ok(None);
    };
    app.store
        .read_here(|connection| Ok(deliveries::known(connection, &sender.cluster, key)?))
}

/// The answer that was given, if the same is delivered.
fn again(known: &Known, mut stream: Box<dyn Read>) -> Result<Delivered, Problem> {
    let mut nothing = |_| Ok(());
    let mut tee = Tee::new(&mut stream, Some(Sha256::new()), &mut nothing);
    std::io::copy(&mut tee, &mut std::io::sink()).map_err(problem_of)?;
    match known {
        Known::Complete { digest, answer } if Some(digest) == tee.end().digest.as_ref() => {
            serde_json::from_str(answer).map_err(|error| Problem::fault(&error))
        }
        _ => Err(another(known)),
    }
}

fn keep(app: &App, sender: &Sender, mut stream: Box<dyn Read>) -> Result<Delivered, Problem> {
    let mut head = Vec::new();
    stream
        .by_ref()
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(problem_of)?;
    let content = detect(&head);
    let whole = Cursor::new(head).chain(stream);
    let mut underway = Underway::new(app, sender);
    let digest = sender.key.as_ref().map(|_| Sha256::new());
    let mut each = |part: Vec<u8>| underway.add(&part);
    let mut tee = Tee::new(whole, digest, &mut each);
    let (records, issues) = if let Content::FlowLog(log) = content {
        streamed(&mut tee, log)?
    } else {
        let _turn = Handle::current().block_on(app.turn(&app.gates.whole))?;
        held(&mut tee, &app.config.limits)?
    };
    let end = tee.end();
    let delivered = Delivered { records, issues };
    if records == 0 {
        return Err(Problem::unreadable("flow logs", delivered.issues));
    }
    let answer = serde_json::to_string(&delivered).map_err(|error| Problem::fault(&error))?;
    underway.complete(
        &end.last,
        Completion {
            records,
            digest: end.digest,
            answer,
        },
    )?;
    Ok(delivered)
}

/// Counts the records of a log without holding it in memory.
fn streamed(stream: &mut dyn Read, log: FlowLog) -> Result<(u64, Vec<Issue>), Problem> {
    let (mut records, mut issues) = (0, Issues::default());
    let mut reader = FlowReader::new(FILE, log);
    let mut chunks = Chunks::of_size(CHUNK, stream, log);
    let mut buffer = Vec::new();
    while let Some(chunk) = chunks.next(buffer).map_err(problem_of)? {
        reader.read(&chunk, &mut issues, &mut |_| records += 1);
        buffer = chunk.into_buffer();
    }
    Ok((records, issues.into_list()))
}

/// Counts the records of logs that are columns, or are in an archive.
fn held(stream: &mut dyn Read, limits: &Limits) -> Result<(u64, Vec<Issue>), Problem> {
    let mut bytes = Vec::new();
    stream
        .take(limits.body.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(problem_of)?;
    if bytes.len() as u64 > limits.body {
        return Err(too_large(limits.body));
    }
    unpacking::check(&bytes, limits.flows)?;
    let mut intake = Intake::default();
    let has_logs = intake.add_bytes(FILE, &bytes);
    let nobody = Prepared::new(intake, Request::default());
    let nobody = nobody.map_err(|error| Problem::unreadable(&error.to_string(), Vec::new()))?;
    let mut issues = nobody.issues.clone();
    let mut tallying = nobody.tallying(NonZeroUsize::MIN);
    if has_logs {
        tallying.read_file(FILE, Cursor::new(&bytes), &mut issues);
    }
    let records = tallying.logs().iter().map(|log| log.records).sum();
    Ok((records, issues.into_list()))
}
