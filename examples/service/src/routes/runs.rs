//! Runs on demand.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use posture_history::HistoryError;

use super::computed;
use crate::app::Shared;
use crate::extract::Cluster;
use crate::problem::Problem;
use crate::scoring::{self, AssessError, RunError, Summary};

/// Score a cluster now
///
/// Reads all that is kept of the cluster, appends the result to the history, and answers when both are on the
/// disk. Otherwise this happens by itself, every 24 hours if nothing else is configured.
#[utoipa::path(post, path = "/clusters/{cluster}/runs", tag = "results", params(Cluster),
    responses((status = OK, description = "Scored", body = Summary)))]
pub(crate) async fn run(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
) -> Result<Json<Summary>, Problem> {
    Ok(Json(
        computed(&app, move |app| Ok(scoring::run(app, &cluster)?)).await?,
    ))
}

impl From<RunError> for Problem {
    fn from(error: RunError) -> Self {
        let status = match &error {
            RunError::UnderWay(_)
            | RunError::NoResult(_)
            | RunError::NotOpened(_)
            | RunError::Assess(AssessError::NoObjects(_))
            | RunError::History(HistoryError::Conflict { .. }) => StatusCode::CONFLICT,
            RunError::Assess(AssessError::Model(_)) | RunError::Dismissal(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            RunError::Assess(AssessError::Store(error)) | RunError::Store(error) => {
                return error.clone().into();
            }
            RunError::History(_) => return Self::fault(&error),
        };
        Self::new(status, error.to_string())
    }
}
