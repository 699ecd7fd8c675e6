//! What tells machines about the service.

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::response::Response;

use super::clusters::fleet;
use super::results::json;
use crate::app::Shared;
use crate::metrics::Moment;
use crate::problem::Problem;

/// The `OpenAPI` description, in JSON.
#[derive(Clone, Debug)]
pub(crate) struct Description(pub(crate) String);

/// Whether the service lives
#[utoipa::path(get, path = "/healthz", tag = "service", security(()), responses((status = NO_CONTENT, description = "It does")))]
pub(crate) async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Whether the service is ready: its disk takes what is written
#[utoipa::path(get, path = "/readyz", tag = "service", security(()), responses((status = NO_CONTENT, description = "It is"), (status = SERVICE_UNAVAILABLE, description = "It is not")))]
pub(crate) async fn ready(State(app): State<Shared>) -> Result<StatusCode, Problem> {
    app.store.write(|_| Ok(())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// This description
#[utoipa::path(get, path = "/openapi.json", tag = "service", security(()), responses((status = OK, description = "OpenAPI 3.1", content_type = "application/json")))]
pub(crate) async fn description(Extension(Description(text)): Extension<Description>) -> Response {
    json(text)
}

/// What Prometheus asks for
#[utoipa::path(get, path = "/metrics", tag = "service", responses((status = OK, description = "The metrics", body = String, content_type = "application/openmetrics-text")))]
pub(crate) async fn metrics(State(app): State<Shared>) -> Result<Response, Problem> {
    let members = fleet(&app).await?;
    let scored = members.into_iter().filter_map(|member| {
        let (score, ran) = (member.score(), member.ran?);
        let score = score.and_then(|score| score.to_string().parse().ok());
        Some((member.cluster, score, ran.0))
    });
    let moment = Moment {
        waiting: app.store.waiting(),
        scores: scored.collect(),
    };
    let text = app
        .metrics
        .text(&moment)
        .map_err(|error| Problem::fault(&error))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
