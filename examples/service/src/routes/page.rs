//! The dashboard of a cluster.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::computed;
use crate::app::Shared;
use crate::extract::Cluster;
use crate::problem::Problem;
use crate::scoring::{RunError, saved};

/// The dashboard of a cluster
///
/// The last result and the whole input that it is made of, in one page. A browser asks for a name and a
/// password: any name, and a token to read with. The page connects to nothing.
#[utoipa::path(get, path = "/clusters/{cluster}/page", tag = "pages", params(Cluster),
    responses((status = OK, description = "The page", body = String, content_type = "text/html")))]
pub(crate) async fn page(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
) -> Result<Response, Problem> {
    let filled = computed(&app, move |app| {
        let missing = "the service has no dashboard, expected one in POSTURE_PAGE";
        let template = app.page.as_deref();
        let template = template.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, missing))?;
        let last = app
            .store
            .read_here(|connection| saved(connection, &cluster))?;
        let (_, saved) = last.ok_or_else(|| RunError::NoResult(cluster.clone()))?;
        let fault = |error| Problem::fault(&error);
        let policy = posture_page::content_policy(template).map_err(fault)?;
        let policy = format!("{policy}; frame-ancestors 'none'");
        Ok((policy, posture_page::fill(template, &saved).map_err(fault)?))
    });
    let (policy, page) = filled.await?;
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response())
}
