//! Why no policy governs a direction of a workload.

use serde::Serialize;

use crate::engine::explain::Applies;
use crate::engine::{End, Engine, Governance, Match, PodEnd, Scope, Who, words};
use crate::model::{Cluster, Direction, PodOf, Policy, WorkloadId};

/// Why no policy governs a direction of a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ungoverned {
    /// The pod that was asked about: the first that is not governed.
    pub pod: String,
    /// Why, in words.
    pub why: String,
    /// The policies that select the pod, or may do so, in the order in which they are asked.
    pub policies: Vec<Selecting>,
}

/// A policy that selects a pod, or may do so, and does not govern it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Selecting {
    /// The policy, by kind and name.
    pub policy: String,
    /// Its tier.
    pub tier: String,
    /// Whether it selects the pod.
    pub selects: Applies,
    /// Why it does not govern it, in words.
    pub why: String,
}

impl Ungoverned {
    /// Asks the policies of a cluster; none where every pod is governed.
    pub(super) fn new(
        cluster: &Cluster,
        engine: &Engine,
        workload: &WorkloadId,
        direction: Direction,
    ) -> Option<Self> {
        let pods = cluster.namespaces.get(&workload.namespace)?.pods.values();
        let governance =
            |known: &PodOf| engine.governance(Scope::Enforced, End::pod(known, None), direction);
        let (known, governance) = pods
            .filter(|known| known.workload.as_ref() == workload)
            .filter(|known| known.is_running() && !known.pod.host_network)
            .map(|known| (known, governance(known)))
            .find(|(_, governance)| !matches!(governance, Governance::By(_)))?;
        let Who::Pod(end) = End::pod(known, None).who else {
            return None;
        };
        let policies: Vec<Selecting> = engine
            .sequence(Scope::Staged)
            .policies
            .iter()
            .filter_map(|policy| selecting(policy, &end, engine, direction))
            .collect();
        let selects = |of: &&Selecting| of.selects == Applies::Yes;
        let count = policies.iter().filter(selects).count();
        let why = match (governance, count) {
            _ if cluster.may_be_governed_unseen(&workload.namespace) => {
                "a policy that is not evaluated may govern it".to_owned()
            }
            (Governance::LabelsUnknown, _) => {
                format!("whether a policy governs {direction} depends on labels that are not known")
            }
            (_, 0) => "no policy selects it".to_owned(),
            (_, 1) => format!("one policy selects it, and does not govern all of its {direction}"),
            (_, count) => {
                format!("{count} policies select it, and none governs all of its {direction}")
            }
        };
        Some(Self {
            pod: known.pod.name.clone(),
            why,
            policies,
        })
    }
}

fn selecting(
    policy: &Policy,
    pod: &PodEnd<'_>,
    engine: &Engine,
    direction: Direction,
) -> Option<Selecting> {
    let selects = engine.surroundings().selects_pod(&policy.subject, pod);
    let why = match (selects, policy.staged, policy.rules(direction)) {
        (Match::No, ..) => return None,
        (Match::Unknown(reason), ..) => format!("whether it selects the pod: {}", reason.words()),
        (_, _, None) => format!("it has no rules for {direction}"),
        (_, Some(_), _) => "it is staged, and governs nothing yet".to_owned(),
        (_, None, Some(_)) => {
            format!(
                "it decides what its rules name alone: other {direction} goes on to the next tier"
            )
        }
    };
    Some(Selecting {
        policy: words::policy(policy.kind, &policy.namespace, &policy.name, policy.part),
        tier: policy.tier.clone(),
        selects: selects.into(),
        why,
    })
}
