//! From an input that is held open to a result that is kept.

use posture::core::dismissal::Dismissal;
use posture::core::points::Points;
use posture::core::report::Report;
use posture::core::request::{MaxItems, Previous, Request};
use posture::core::score::Status;
use posture::core::time::Time;
use posture::{Bundle, Saved};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::RunError;
use crate::app::App;
use crate::store::results::{self, Kept};
use crate::store::{StoreError, dismissals, pack};

/// A result with every item, and what it is made of.
pub(crate) struct Conclusion {
    /// The result.
    pub(crate) report: Report,
    /// The input, with the request of this result.
    pub(crate) saved: Saved,
}

/// What the fleet shows of a result.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Summary {
    /// When the result was made.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Option<Time>,
    /// The Cluster Security Score, 0 to 100; null where there is none.
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 100)]
    pub(crate) score: Option<Points>,
    /// Whether there is a score.
    #[schema(value_type = String)]
    pub(crate) status: Status,
    /// The score minus that of the run before.
    #[schema(value_type = Option<f64>)]
    pub(crate) delta: Option<Points>,
    /// How many namespaces count.
    pub(crate) namespaces: usize,
    /// How many actions are recommended.
    pub(crate) actions: usize,
    /// How many things a person must be told about the input.
    pub(crate) issues: usize,
}

/// The request of a run: as the service is configured, with the present, the dismissals and the last
/// point of the history, and for every item.
pub(super) fn request(
    app: &App,
    cluster: &str,
    now: Time,
    dismissals: Vec<Dismissal>,
) -> Result<Request, RunError> {
    let last = app.history().last(cluster, Some(now))?;
    Ok(Request {
        now: Some(now),
        dismissals,
        previous: last.map(|point| Previous {
            scoring_version: point.scoring_version,
            score: point.score,
            at: point.at,
        }),
        max_items: MaxItems::All,
        ..app.config.request.clone()
    })
}

/// The result of a request over an input.
pub(super) fn conclude(saved: Saved, request: &Request) -> Conclusion {
    let report = saved.opened.report_of(request);
    let shown = Request {
        max_items: MaxItems::default(),
        ..request.clone()
    };
    let made_of = Bundle {
        request: shown.to_json(),
        ..saved.made_of
    };
    Conclusion {
        report,
        saved: Saved { made_of, ..saved },
    }
}

impl Conclusion {
    /// What is kept of it, with no more items than a person looks at.
    pub(super) fn kept(self, cluster: &str, ran: Time) -> Result<(Kept, Summary), RunError> {
        let Self { report, saved } = self;
        let report = report.listing(MaxItems::default());
        let summary = Summary {
            at: report.at,
            score: report.score,
            status: report.status,
            delta: report.delta,
            namespaces: report.namespaces.len(),
            actions: report.actions.len(),
            issues: report.issues.len(),
        };
        let failed = |error: &dyn std::fmt::Display| StoreError::Failed(error.to_string());
        let kept = Kept {
            cluster: cluster.to_owned(),
            ran,
            summary: serde_json::to_string(&summary).map_err(|error| failed(&error))?,
            report: report.to_json(),
            opened: pack(&saved.to_bytes()).map_err(|error| failed(&error))?,
        };
        Ok((kept, summary))
    }
}

/// The input of the last result of a cluster, and when it was read; none where there is no result.
///
/// # Errors
/// [`RunError`] where it cannot be opened any more.
pub(crate) fn saved(
    connection: &Connection,
    cluster: &str,
) -> Result<Option<(Time, Saved)>, RunError> {
    let Some((ran, bytes)) = results::opened(connection, cluster)? else {
        return Ok(None);
    };
    Ok(Some((ran, Saved::from_bytes(&bytes)?)))
}

pub(super) fn dismissed(
    connection: &Connection,
    cluster: &str,
) -> Result<Vec<Dismissal>, RunError> {
    Ok(dismissals::all(connection, cluster)?)
}
