//! Risk that somebody accepts.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use posture::core::dismissal::{Covers, Dismissal};
use posture::core::json::to_text;
use posture::core::remedy::ActionId;
use posture::core::report::Decision;
use posture::core::time::Time;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::computed;
use super::results::{json, last, parsed};
use crate::app::Shared;
use crate::extract::{Cluster, Told, parameter};
use crate::problem::Problem;
use crate::scoring;

/// A decision to accept the risk of an action.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionForm {
    /// The action, such as `isolate-namespace/shop`.
    #[schema(value_type = String, pattern = "^(remediate-images|scan-images|secure-egress|isolate-namespace)/.+$", example = "isolate-namespace/shop")]
    action: ActionId,
    /// Why.
    #[schema(min_length = 1)]
    reason: String,
    /// Who decides.
    #[schema(min_length = 1)]
    by: String,
    /// When it ends; without end where it is not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
    /// `items`: those that the action lists now; `action`: every one that it has or will have.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^(items|action)$")]
    covers: Covers,
}

/// The action of a path.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Action {
    /// The action, its slash written as `%2F`
    #[param(example = "isolate-namespace/shop")]
    action: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Action {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let action = parameter(parts, state, "action").await?;
        Ok(Self { action })
    }
}

/// What is dismissed: in force, over, and about nothing any more
#[utoipa::path(get, path = "/clusters/{cluster}/dismissals", tag = "decisions", params(Cluster),
    responses((status = OK, description = "The dismissals of the last result", body = ref("#/components/schemas/Dismissals"), content_type = "application/json")))]
pub(crate) async fn all(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
) -> Result<Response, Problem> {
    let report = parsed(&last(&app, cluster).await?)?;
    Ok(json(to_text(&report.dismissals)))
}

/// Accept the risk of an action: it no longer affects the score
///
/// The last result follows at once, the history with the next run.
#[utoipa::path(post, path = "/clusters/{cluster}/dismissals", tag = "decisions", params(Cluster), request_body = DecisionForm,
    responses((status = CREATED, description = "Dismissed", body = ref("#/components/schemas/Dismissal"), content_type = "application/json")))]
pub(crate) async fn dismiss(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
    Told(form): Told<DecisionForm>,
) -> Result<(StatusCode, Json<Dismissal>), Problem> {
    let DecisionForm {
        action,
        reason,
        by,
        until,
        covers,
    } = form;
    let at = (app.clock)();
    let decision = Decision {
        action,
        reason,
        by,
        at,
        until,
        covers,
    };
    tracing::info!(cluster, action = %decision.action, by = decision.by, "dismissal asked for");
    let done = computed(&app, move |app| {
        Ok(scoring::dismiss(app, &cluster, decision)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(done)))
}

/// Take all dismissals of an action back: its risk counts again
#[utoipa::path(delete, path = "/clusters/{cluster}/dismissals/{action}", tag = "decisions", params(Cluster, Action),
    responses((status = NO_CONTENT, description = "Reverted")))]
pub(crate) async fn revert(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
    Action { action }: Action,
) -> Result<StatusCode, Problem> {
    let named = action.clone();
    tracing::info!(cluster, action, "revert asked for");
    match computed(&app, move |app| {
        Ok(scoring::revert(app, &cluster, &action)?)
    })
    .await?
    {
        0 => Err(Problem::missing("dismissal of", &named)),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}
