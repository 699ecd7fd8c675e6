//! What the scores would be under other policies.

use std::sync::Arc;

use posture_core::engine::Engine;
use posture_core::issue::{Issues, Severity};
use posture_core::model::{Cluster, Policy};
use posture_core::replay::{Replay, changes};
use posture_core::request::Request;
use posture_core::risk::{Images, States};
use posture_core::tally::Tally;
use posture_core::what_if::{Outcome, Scenario, WhatIf};

/// Why policies cannot be tried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoliciesError {
    /// Something is wrong with them.
    #[error("{file}: {message}")]
    Issue {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// There are none.
    #[error("no policies were read, expected manifests of some")]
    None,
}

/// The policies of what was read, as if they were enforced, staged ones too.
///
/// # Errors
/// [`PoliciesError`] for a warning about them, and where there are none.
pub fn enforced(cluster: Cluster, issues: Issues) -> Result<Vec<Policy>, PoliciesError> {
    let mut issues = issues.into_list().into_iter();
    if let Some(issue) = issues.find(|issue| issue.severity == Severity::Warning) {
        let (file, message) = (issue.file, issue.message);
        return Err(PoliciesError::Issue { file, message });
    }
    if cluster.policies.is_empty() {
        return Err(PoliciesError::None);
    }
    let policies = cluster.policies.into_iter().map(Arc::unwrap_or_clone);
    Ok(policies.map(as_enforced).collect())
}

/// A policy as if it were enforced.
pub(crate) fn as_enforced(policy: Policy) -> Policy {
    Policy {
        kind: policy.kind.enforced().unwrap_or(policy.kind),
        staged: None,
        ..policy
    }
}

/// What the scores would be in a scenario in which policies are enforced beside the cluster's own: all
/// traffic that was seen is asked of them.
pub fn try_policies(
    cluster: &Cluster,
    engine: &Engine,
    images: &Images<'_>,
    tally: &Tally,
    request: &Request,
    scenario: Scenario,
    policies: Vec<Policy>,
) -> Outcome {
    let governed = cluster.with_policies(policies);
    let governing = Engine::new(&governed, request.method.policy_modes);
    let scenario = Scenario {
        states: states((cluster, engine), (&governed, &governing), tally),
        ..scenario
    };
    WhatIf::new(&governed, &governing, images, tally, request).try_out(scenario)
}

/// The states of the edges that another cluster's policies change. Where no policies were given, there
/// are none today: what a record tells of others stays as it was recorded.
pub(super) fn states(
    (cluster, engine): (&Cluster, &Engine),
    (governed, governing): (&Cluster, &Engine),
    tally: &Tally,
) -> States {
    let cluster = cluster.with_policies([]);
    let mut today = Replay::new(&cluster, engine);
    let mut then = today.with(governed, governing);
    let changes = changes(&mut today, &mut then, tally.edges()).into_iter();
    changes
        .map(|change| (change.edge, change.to.state))
        .collect()
}
