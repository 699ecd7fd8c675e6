//! What staged policies would cover of the actions, if they were enforced.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::edge::EdgeKey;
use crate::engine::{End, Engine, Governance, Scope, words};
use crate::model::{Cluster, Direction, Method, Policy, StagedAction, WorkloadId};
use crate::points::Points;
use crate::remedy::{Fixed, Outlook};
use crate::replay::Replay;
use crate::risk::{Item, Risks, Subject};
use crate::score::Caps;
use crate::tally::{Edge, EdgeState};

/// What a staged policy would cover of an action, if it alone were enforced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StagedCoverage {
    /// The policy: its kind, namespace and name; null where traces alone tell, of all staged ones
    /// together.
    pub policy: Option<String>,
    /// How many of the action's items it would cover.
    pub items: usize,
    /// The points of the cluster's score that this would gain.
    pub gain: Points,
    /// What tells it.
    pub by: StagedEvidence,
}

/// What tells what staged policies would cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StagedEvidence {
    /// The policies, asked about the items.
    Evaluation,
    /// What records tell of policies that are not in the input.
    PendingTraces,
}

/// The coverage of each action, in their order: "by evaluation where the input has staged policies,
/// else by pending traces" (scoring, section 7).
pub(crate) fn coverage(
    cluster: &Cluster,
    engine: &Engine,
    risks: &Risks<'_>,
    actions: &[Action<'_>],
    method: &Method,
) -> Vec<Vec<StagedCoverage>> {
    let caps = Caps::of(risks, method);
    let judged = Judged { risks, caps: &caps };
    let mut coverage = vec![Vec::new(); actions.len()];
    let network = || {
        let all = actions.iter().enumerate();
        all.filter(|(_, action)| action.id.kind.risk_type().is_network())
    };
    if network().next().is_none() {
        return coverage;
    }
    if !engine.has_staged() {
        for (index, action) in network() {
            let covered = judged.of(action, None, is_pending);
            if let Some(list) = coverage.get_mut(index) {
                list.extend(covered);
            }
        }
        return coverage;
    }
    let mut today = Replay::new(cluster, engine);
    for round in rounds(cluster) {
        let policies = round.iter().filter_map(|staged| enforced(staged));
        let governed = cluster.with_policies(policies);
        let with = Engine::new(&governed, method.policy_modes);
        let mut then = today.with(&governed, &with);
        for staged in round {
            let name = words::policy(staged.kind, &staged.namespace, &staged.name, staged.part);
            let concerned = network().filter(|(_, action)| {
                staged.namespace.is_empty() || staged.namespace == action.id.namespace.as_ref()
            });
            for (index, action) in concerned {
                let mut secures = |key: &EdgeKey, edge: &Edge| {
                    then.edge(key, edge).state == EdgeState::Secured
                        && today.edge(key, edge).state != EdgeState::Secured
                };
                let covered = judged.of(action, Some(name.clone()), |item| match &item.subject {
                    Subject::Workload(_, edges) => {
                        edges.iter().all(|(key, edge)| secures(key, edge))
                    }
                    Subject::Edge(key, edge) => secures(key, edge),
                    Subject::Ungoverned(workload, direction) => {
                        governs(cluster, &with, workload, *direction)
                    }
                    Subject::Image(_) => false,
                });
                if let Some(list) = coverage.get_mut(index) {
                    list.extend(covered);
                }
            }
        }
    }
    coverage
}

/// Staged policies that can be asked about together, as if each alone were enforced: one of each
/// namespace, since none governs pods of another, and each cluster-wide one by itself.
fn rounds(cluster: &Cluster) -> Vec<Vec<&Policy>> {
    let mut rounds: Vec<Vec<&Policy>> = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let all = cluster.policies.iter().map(Arc::as_ref);
    let (of_namespaces, of_all): (Vec<_>, Vec<_>) = all
        .filter(|staged| enforced(staged).is_some())
        .partition(|staged| !staged.namespace.is_empty());
    for staged in of_namespaces {
        let before = seen.entry(&staged.namespace).or_default();
        match rounds.get_mut(*before) {
            Some(round) => round.push(staged),
            None => rounds.push(vec![staged]),
        }
        *before = before.saturating_add(1);
    }
    rounds.extend(of_all.into_iter().map(|staged| vec![staged]));
    rounds
}

/// What the score was made of.
struct Judged<'j, 'a> {
    risks: &'j Risks<'a>,
    caps: &'j Caps,
}

impl Judged<'_, '_> {
    /// The coverage of an action, where any of its items is covered.
    fn of(
        &self,
        action: &Action<'_>,
        policy: Option<String>,
        mut is_covered: impl FnMut(&Item<'_>) -> bool,
    ) -> Option<StagedCoverage> {
        let items = action.items.iter().map(|(item, _)| item);
        let covered = items.filter(|item| is_covered(item));
        let covered: FxHashSet<String> = covered.map(|item| item.subject.key()).collect();
        let place = self.risks.place(&action.id.namespace)?;
        let risk = self.risks.namespaces.get(place)?;
        let chosen = |item: &Item<'_>| covered.contains(&item.subject.key());
        (!covered.is_empty()).then(|| {
            let fixed = Fixed::by(action.id.kind, &risk.exposures, chosen);
            let now = Outlook::new(risk.shares());
            let then = now.after(action.id.kind, &fixed, &risk.exposures);
            StagedCoverage {
                by: match policy {
                    Some(_) => StagedEvidence::Evaluation,
                    None => StagedEvidence::PendingTraces,
                },
                policy,
                items: covered.len(),
                gain: then.gain_since(&now, self.caps.at(place)).sure,
            }
        })
    }
}

/// Whether traces tell that staged policies would secure all of an item.
fn is_pending(item: &Item<'_>) -> bool {
    let pending = |edge: &Edge| {
        let pending = edge.secured_if_staged_enforced;
        pending.is_some() && pending == edge.unsecured.last
    };
    match &item.subject {
        Subject::Workload(_, edges) => edges.iter().all(|(_, edge)| pending(edge)),
        Subject::Edge(_, edge) => pending(edge),
        Subject::Ungoverned(..) | Subject::Image(_) => false,
    }
}

/// A staged policy as it would be enforced; none where it would have no rules.
fn enforced(policy: &Policy) -> Option<Policy> {
    match policy.staged? {
        StagedAction::Set | StagedAction::Learn => Some(Policy {
            kind: policy.kind.enforced()?,
            staged: None,
            ..policy.clone()
        }),
        StagedAction::Delete | StagedAction::Ignore => None,
    }
}

/// Whether a policy decides about all traffic of a workload's pods in a direction.
fn governs(
    cluster: &Cluster,
    engine: &Engine,
    workload: &Arc<WorkloadId>,
    direction: Direction,
) -> bool {
    let pods = cluster.running_pods();
    let mut own = pods.filter(|known| known.workload == *workload && !known.pod.host_network);
    own.all(|known| {
        let governance = engine.governance(Scope::Enforced, End::pod(known, None), direction);
        matches!(governance, Governance::By(_))
    })
}
