//! The clusters: all of them, and what is kept of one.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use posture::core::points::Points;
use posture::core::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Shared;
use crate::extract::Cluster;
use crate::problem::Problem;
use crate::scoring::Summary;
use crate::store::{StoreError, deliveries, inputs, results};

/// All clusters.
#[derive(Serialize, ToSchema)]
pub(crate) struct Fleet {
    /// By risk: those without a score before all, then the lowest score first, then by name.
    pub(crate) clusters: Vec<Member>,
}

/// A cluster of the fleet.
#[derive(Serialize, ToSchema)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) cluster: String,
    /// When its input was last read.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) ran: Option<Time>,
    /// Its last result; null where there is none yet.
    pub(crate) result: Option<Summary>,
}

/// What is kept of a cluster.
#[derive(Serialize, ToSchema)]
pub(crate) struct Detail {
    /// The cluster.
    #[serde(flatten)]
    pub(crate) member: Member,
    /// When its objects came; null where there are none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) objects: Option<Time>,
    /// Its scans by name, and when each came.
    #[schema(value_type = BTreeMap<String, String>)]
    pub(crate) scans: BTreeMap<String, Time>,
    /// Its flow logs.
    pub(crate) flows: Flows,
}

/// The flow logs that are kept of a cluster: the next run reads them.
#[derive(Serialize, ToSchema)]
pub(crate) struct Flows {
    /// Deliveries.
    pub(crate) deliveries: u64,
    /// Their records.
    pub(crate) records: u64,
    /// Their bytes on the disk, packed.
    pub(crate) bytes: u64,
    /// When the last one came.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) last: Option<Time>,
}

/// All clusters, by risk
#[utoipa::path(get, path = "/clusters", tag = "clusters", responses((status = OK, description = "The fleet", body = Fleet)))]
pub(crate) async fn all(State(app): State<Shared>) -> Result<Json<Fleet>, Problem> {
    Ok(Json(Fleet {
        clusters: fleet(&app).await?,
    }))
}

/// What is kept of a cluster
#[utoipa::path(get, path = "/clusters/{cluster}", tag = "clusters", params(Cluster), responses((status = OK, description = "The cluster", body = Detail)))]
pub(crate) async fn one(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
) -> Result<Json<Detail>, Problem> {
    let mut all = fleet(&app).await?;
    let at = all.iter().position(|member| member.cluster == cluster);
    let at = at.ok_or_else(|| Problem::missing("cluster", &cluster))?;
    let member = all.swap_remove(at);
    let look = move |connection: &rusqlite::Connection| {
        Ok((
            inputs::objects_received(connection, &cluster)?,
            inputs::scans(connection, &cluster)?,
            deliveries::totals(connection, &cluster)?,
        ))
    };
    let (objects, scans, totals) = app.store.read(look).await?;
    let flows = Flows {
        deliveries: totals.deliveries,
        records: totals.records,
        bytes: totals.bytes,
        last: totals.last,
    };
    Ok(Json(Detail {
        member,
        objects,
        scans: scans.into_iter().collect(),
        flows,
    }))
}

/// Remove a cluster
///
/// Its objects, scans, flow logs, dismissals and last result are removed. Its history stays.
#[utoipa::path(delete, path = "/clusters/{cluster}", tag = "clusters", params(Cluster), responses((status = NO_CONTENT, description = "Removed")))]
pub(crate) async fn remove(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
) -> Result<StatusCode, Problem> {
    let name = cluster.clone();
    let remove = move |connection: &rusqlite::Connection| inputs::remove_cluster(connection, &name);
    match app.store.write(remove).await? {
        true => {
            app.metrics.forget(&cluster);
            Ok(StatusCode::NO_CONTENT)
        }
        false => Err(Problem::missing("cluster", &cluster)),
    }
}

/// All clusters, by risk.
pub(super) async fn fleet(app: &Shared) -> Result<Vec<Member>, Problem> {
    let all = app.store.read(results::all).await?;
    let member = |(cluster, scored): (String, Option<results::Scored>)| {
        let ran = scored.as_ref().map(|scored| scored.ran);
        let result = scored
            .map(|scored| serde_json::from_str(&scored.summary))
            .transpose();
        let result =
            result.map_err(|error: serde_json::Error| StoreError::Failed(error.to_string()))?;
        Ok(Member {
            cluster,
            ran,
            result,
        })
    };
    let mut members = all
        .into_iter()
        .map(member)
        .collect::<Result<Vec<_>, StoreError>>()?;
    members.sort_by_key(|member| member.result.as_ref().and_then(|result| result.score));
    Ok(members)
}

impl Member {
    /// Its score.
    pub(crate) fn score(&self) -> Option<Points> {
        self.result.as_ref().and_then(|result| result.score)
    }
}
