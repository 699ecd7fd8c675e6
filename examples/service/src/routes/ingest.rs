//! What comes in: objects, scans and flow logs.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::in_turn;
use crate::app::{App, Shared};
use crate::extract::{Cluster, Key, ScanName};
use crate::ingest::body::{problem_of, reader, too_large};
use crate::ingest::document::{self, Understood};
use crate::ingest::flows::{self, Delivered, Received, Sender};
use crate::ingest::{too_many, unpacking};
use crate::problem::Problem;
use crate::store::inputs::{self, Input, Kind};
use crate::store::pack;

/// Replace the objects of a cluster
///
/// The body is what `posture score` reads: a `kubectl get -A -o json` dump, manifests in YAML, or an archive
/// of them, gzip or Zstandard around it or not. It takes the place of all objects before it. An archive may
/// hold scans and flow logs, too. What can be read in part is kept, and the issues say what cannot.
#[utoipa::path(post, path = "/clusters/{cluster}/objects", tag = "input", params(Cluster),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = OK, description = "Kept", body = Understood)))]
pub(crate) async fn objects(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Understood>, Problem> {
    keep(
        &app,
        cluster,
        Kind::Objects,
        inputs::OBJECTS.to_owned(),
        &headers,
        body,
    )
    .await
}

/// Add a scan to a cluster, or replace the one of its name
///
/// The body is a report of Trivy or Grype, `CycloneDX` with findings, or VEX.
#[utoipa::path(post, path = "/clusters/{cluster}/scans/{name}", tag = "input", params(Cluster, ScanName),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = OK, description = "Kept", body = Understood)))]
pub(crate) async fn scan(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
    ScanName { name }: ScanName,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Understood>, Problem> {
    keep(&app, cluster, Kind::Scan, name, &headers, body).await
}

/// Remove a scan
#[utoipa::path(delete, path = "/clusters/{cluster}/scans/{name}", tag = "input", params(Cluster, ScanName),
    responses((status = NO_CONTENT, description = "Removed")))]
pub(crate) async fn remove_scan(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
    ScanName { name }: ScanName,
) -> Result<StatusCode, Problem> {
    let named = name.clone();
    let remove =
        move |connection: &rusqlite::Connection| inputs::remove_scan(connection, &cluster, &named);
    match app.store.write(remove).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::missing("scan", &name)),
    }
}

/// Add flow logs to a cluster
///
/// The body is a flow log of Calico, Whisker, Goldmane or Hubble, read as it arrives, or columns or an archive
/// of them. An answer says that all of it is on the disk; before that, nothing of it counts. With an
/// `Idempotency-Key` a delivery may be tried again: it counts once, as long as flow logs are kept.
#[utoipa::path(post, path = "/clusters/{cluster}/flows", tag = "input",
    params(Cluster, ("idempotency-key" = Option<String>, Header, description = "What tells this delivery from others", min_length = 1, max_length = 255)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = OK, description = "On the disk", body = Delivered,
        headers(("Idempotency-Replayed" = bool, description = "The delivery was known, and counts once")))))]
pub(crate) async fn flows(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
    Key(key): Key,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    check_length(&headers, app.config.limits.flows)?;
    let sender = Sender { cluster, key };
    let receive = move |app: &App| flows::receive(app, &sender, body);
    match in_turn(&app, |gates| &gates.receiving, receive).await? {
        Received::New(delivered) => Ok(Json(delivered).into_response()),
        Received::Again(delivered) => {
            Ok(([("Idempotency-Replayed", "true")], Json(delivered)).into_response())
        }
    }
}

async fn keep(
    app: &Shared,
    cluster: String,
    kind: Kind,
    name: String,
    headers: &HeaderMap,
    body: Body,
) -> Result<Json<Understood>, Problem> {
    check_length(headers, app.config.limits.body)?;
    let (received, limits) = ((app.clock)(), app.config.limits);
    let read = move |app: &App| {
        let limits = &app.config.limits;
        let stream = reader(body, limits.body, limits.patience).map_err(problem_of)?;
        let bytes = document::read(stream)?;
        unpacking::check(&bytes, limits.body)?;
        let understood = document::understand(kind, &name, &bytes)?;
        let body = pack(&bytes).map_err(|error| Problem::fault(&error))?;
        Ok((
            Input {
                cluster,
                kind,
                name,
                received,
                bytes: bytes.len() as u64,
                body,
            },
            understood,
        ))
    };
    let (input, understood) = in_turn(app, |gates| &gates.whole, read).await?;
    let put = move |connection: &rusqlite::Connection| {
        if let Some(problem) = without_room(connection, &input, limits.scans)? {
            return Ok(Err(problem));
        }
        if !inputs::admit(connection, &input.cluster, received, limits.clusters)? {
            return Ok(Err(too_many(limits.clusters)));
        }
        inputs::put(connection, &input).map(Ok)
    };
    app.store.write(put).await??;
    Ok(Json(understood))
}

/// That there is no room for a scan beside the others of its cluster.
fn without_room(
    connection: &rusqlite::Connection,
    input: &Input,
    limit: u64,
) -> rusqlite::Result<Option<Problem>> {
    if input.kind != Kind::Scan {
        return Ok(None);
    }
    let others = inputs::bytes_of_other_scans(connection, &input.cluster, &input.name)?;
    let is_room = others.saturating_add(input.bytes) <= limit;
    let what = format!("the scans of cluster `{}` together", input.cluster);
    Ok((!is_room).then(|| Problem::full(&what, limit, "POSTURE_MAX_SCANS_MIB")))
}

/// Refuses a body that says itself that it is too long, before it comes.
fn check_length(headers: &HeaderMap, limit: u64) -> Result<(), Problem> {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match length {
        Some(length) if length > limit => Err(too_large(limit)),
        _ => Ok(()),
    }
}
