//! Policies for what no policy addresses.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use posture::core::recommend::{Form, Granularity, Isolate};
use posture::{NoSuchNamespace, Recommended, Saved, WantedForm};
use serde::Deserialize;
use utoipa::IntoParams;

use super::computed;
use super::results::json;
use crate::app::Shared;
use crate::extract::{Asked, Cluster};
use crate::problem::Problem;
use crate::scoring::{RunError, saved};

/// What policies are wanted.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// One policy for each `namespace`, or for each `workload`
    #[param(value_type = Option<String>, pattern = "^(namespace|workload)$")]
    granularity: Option<Granularity>,
    /// Which kind of policy: `staged-calico`, `staged-kubernetes`, `calico` or `kubernetes`
    #[param(value_type = Option<String>, pattern = "^(staged-calico|staged-kubernetes|calico|kubernetes)$")]
    form: Option<Form>,
    /// The tier of Calico's policies
    tier: Option<String>,
    /// The order of Calico's policies in their tier
    order: Option<i32>,
    /// Which directions are isolated: those with `unsecured` traffic, or `both`
    #[param(value_type = Option<String>, pattern = "^(unsecured|both)$")]
    isolate: Option<Isolate>,
    /// Only for this namespace
    namespace: Option<String>,
}

/// Policies for the traffic that no policy addresses, proved before they are shown
///
/// What `posture recommend` says of the last result's input. `Accept: application/yaml` gives objects that can
/// be applied, with what was proved of them in comments.
#[utoipa::path(get, path = "/clusters/{cluster}/recommendations", tag = "results", params(Cluster, Wanted),
    responses((status = OK, description = "The policies", content(
        (ref("#/components/schemas/Recommendations") = "application/json"),
        (String = "application/yaml")))))]
pub(crate) async fn recommendations(
    State(app): State<Shared>,
    Cluster { cluster }: Cluster,
    Asked(asked): Asked<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let named: BTreeSet<String> = asked.namespace.iter().cloned().collect();
    let wanted = asked
        .form()
        .wanted()
        .map_err(|error| Problem::bad(&error))?;
    let recommended = computed(&app, move |app| {
        let last = app
            .store
            .read_here(|connection| saved(connection, &cluster))?;
        let (_, Saved { opened, .. }) = last.ok_or_else(|| RunError::NoResult(cluster.clone()))?;
        let recommended =
            opened
                .prepared
                .recommend(&opened.tally, opened.issues.clone(), &wanted, &named);
        recommended.map_err(|error: NoSuchNamespace| Problem::bad(&error))
    });
    let recommended = recommended.await?;
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    if !accept.contains("application/yaml") {
        return Ok(json(recommended.to_json()));
    }
    let yaml: String = recommended
        .recommendations
        .iter()
        .map(Recommended::to_yaml)
        .collect();
    Ok(([(header::CONTENT_TYPE, "application/yaml")], yaml).into_response())
}

impl Wanted {
    fn form(self) -> WantedForm {
        let usual = WantedForm::default();
        WantedForm {
            granularity: self.granularity.unwrap_or(usual.granularity),
            form: self.form.unwrap_or(usual.form),
            tier: self.tier,
            order: self.order,
            isolate: self.isolate.unwrap_or(usual.isolate),
        }
    }
}
