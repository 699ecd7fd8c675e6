//! The last result of a cluster, and its history.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use posture::core::history::explain;
use posture::core::report::Report;
use posture::core::time::Time;
use posture_history::{History, HistoryError, Timeline, Which};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::apart;
use crate::app::{HISTORY, Shared};
use crate::extract::{Asked, Cluster};
use crate::openapi;
use crate::problem::Problem;
use crate::store::{inputs, results};

/// The actions of a result.
#[derive(Serialize, ToSchema)]
pub(crate) struct Actions {
    /// When the result was made.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Time>,
    /// The score.
    #[schema(value_type = Option<f64>)]
    score: Option<posture::core::points::Points>,
    /// Every action, best first.
    #[serde(rename = "actions")]
    #[schema(schema_with = openapi::actions)]
    all: Vec<posture::core::report::ActionReport>,
}

/// Which part of a history is asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Since {
    /// The first day or time, such as `2026-11-20` or `2026-11-20T10:00:00Z`; all points where none is given
    since: Option<String>,
}

/// Which points of a history are compared.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Between {
    /// The first: a day, a time, `latest` or `previous`
    #[serde(default = "previous")]
    #[param(default = "previous", required = false)]
    before: String,
    /// The second
    #[serde(default = "latest")]
    #[param(default = "latest", required = false)]
    after: String,
}

fn previous() -> String {
    "previous".to_owned()
}

fn latest() -> String {
    "latest".to_owned()
}

/// The last result of a cluster
///
/// What `posture score --format json` says of the same input (`posture schema result`), to the byte.
#[utoipa::path(get, path = "/clusters/{cluster}/result", tag = "results", params(Cluster),
    responses((status = OK, description = "The result", body = ref("#/components/schemas/Report"), content_type = "application/json")))]
pub(crate) async fn result(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
) -> Result<Response, Problem> {
    Ok(json(last(&app, cluster).await?))
}

/// What to do first
#[utoipa::path(get, path = "/clusters/{cluster}/actions", tag = "results", params(Cluster),
    responses((status = OK, description = "The actions of the last result", body = Actions)))]
pub(crate) async fn actions(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
) -> Result<Json<Actions>, Problem> {
    let Report {
        at, score, actions, ..
    } = parsed(&last(&app, cluster).await?)?;
    Ok(Json(Actions {
        at,
        score,
        all: actions,
    }))
}

/// How the score moved
///
/// What `posture history --format json` says (`posture schema history`).
#[utoipa::path(get, path = "/clusters/{cluster}/history", tag = "results", params(Cluster, Since),
    responses((status = OK, description = "Its points, the newest last", body = ref("#/components/schemas/Timeline"), content_type = "application/json")))]
pub(crate) async fn history(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
    Asked(Since { since }): Asked<Since>,
) -> Result<Response, Problem> {
    let since = since.as_deref().map(Time::of_day_or_time).transpose();
    let since = since.map_err(|error| Problem::bad(&error))?;
    let timeline = apart(&app, move |app| {
        let Some(history) = History::read(&app.config.data.join(HISTORY))? else {
            return Ok(Timeline::new(&cluster, None, Vec::new()));
        };
        let before = since
            .map(|since| history.last(&cluster, Some(since)))
            .transpose()?
            .flatten();
        Ok(Timeline::new(
            &cluster,
            before,
            history.points(&cluster, since)?,
        ))
    });
    Ok(json(timeline.await?.to_json()))
}

/// What made the score move
///
/// The difference of two points of the history, to the last unit, as `posture why --format json` says it.
#[utoipa::path(get, path = "/clusters/{cluster}/why", tag = "results", params(Cluster, Between),
    responses((status = OK, description = "The difference", body = ref("#/components/schemas/Delta"), content_type = "application/json")))]
pub(crate) async fn why(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
    Asked(Between { before, after }): Asked<Between>,
) -> Result<Response, Problem> {
    let which = |text: &str| text.parse::<Which>().map_err(|error| Problem::bad(&error));
    let ends = [(which(&before)?, before), (which(&after)?, after)];
    let delta = apart(&app, move |app| {
        let missing = |text: &str| Problem::missing("point of the history", text);
        let history = History::read(&app.config.data.join(HISTORY))?;
        let find = |(which, text): &(Which, String)| {
            let found = history
                .as_ref()
                .map(|history| history.find(&cluster, *which))
                .transpose()?;
            found.flatten().ok_or_else(|| missing(text))
        };
        let [before, after] = &ends;
        Ok(explain(&find(before)?, &find(after)?))
    });
    Ok(json(delta.await?.to_json()))
}

/// The last result of a cluster, in JSON.
pub(super) async fn last(app: &Shared, cluster: String) -> Result<String, Problem> {
    let name = cluster.clone();
    let look = move |connection: &rusqlite::Connection| {
        Ok((
            results::report(connection, &cluster)?,
            inputs::exists(connection, &cluster)?,
        ))
    };
    match app.store.read(look).await? {
        (Some(report), _) => Ok(report),
        (None, true) => Err(Problem::missing("result yet of cluster", &name)),
        (None, false) => Err(Problem::missing("cluster", &name)),
    }
}

/// A result that was kept.
pub(super) fn parsed(report: &str) -> Result<Report, Problem> {
    Report::from_json(report).map_err(|error| Problem::fault(&error))
}

/// An answer that is JSON already.
pub(super) fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        Self::fault(&error)
    }
}
