//! Egress access and namespace isolation from the policies alone: static evidence.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Exposure, Item, PerType, Subject};
use crate::engine::{End, Engine, Governance, Scope};
use crate::model::{Cluster, Direction, Method, UnknownStates, WorkloadId};

/// Whether each (workload, direction) is governed; none where that cannot be known.
///
/// "A workload's direction is *governed* when traffic that no specific rule names (any peer, any
/// port) is still decided by a policy" (scoring, section 6.4), for all of the workload's pods.
/// "hostNetwork pods are left out."
pub(super) type Pairs = BTreeMap<(Arc<WorkloadId>, Direction), Option<bool>>;

/// All pairs of a namespace; none without a policy source.
pub(super) fn pairs(cluster: &Cluster, engine: &Engine, namespace: &str) -> Pairs {
    let mut pairs = Pairs::new();
    let objects = cluster.namespaces.get(namespace);
    let Some(objects) = objects.filter(|_| cluster.sources.policies) else {
        return pairs;
    };
    let unseen = cluster.may_be_governed_unseen(namespace);
    let running = objects.pods.values().filter(|known| known.is_running());
    for known in running.filter(|known| !known.pod.host_network) {
        for direction in [Direction::Egress, Direction::Ingress] {
            let subject = End::pod(known, None);
            let governed = match engine.governance(Scope::Enforced, subject, direction) {
                Governance::By(_) => Some(true),
                Governance::Nothing if !unseen => Some(false),
                Governance::Nothing | Governance::LabelsUnknown => None,
            };
            pairs
                .entry((known.workload.clone(), direction))
                .and_modify(|all| *all = worst(*all, governed))
                .or_insert(governed);
        }
    }
    pairs
}

/// Not governed, then not known, then governed.
fn worst(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (None, _) | (_, None) => None,
        (Some(true), Some(true)) => Some(true),
    }
}

/// Exposes a namespace: "`egress_access`: workloads whose egress is not governed / workloads of n.
/// `namespace_isolation`: ungoverned (workload, direction) pairs / all pairs" (scoring, section
/// 6.4).
pub(super) fn expose(pairs: &Pairs, method: &Method, exposures: &mut PerType<Exposure<'_>>) {
    for ((workload, direction), governed) in pairs {
        let at_risk = match (governed, method.unknown) {
            (Some(governed), _) => !governed,
            (None, UnknownStates::Unsecured) => true,
            (None, UnknownStates::Exclude) => continue,
        };
        if *direction == Direction::Egress {
            add(&mut exposures.egress_access, at_risk, workload, *direction);
        }
        add(
            &mut exposures.namespace_isolation,
            at_risk,
            workload,
            *direction,
        );
    }
}

fn add(
    exposure: &mut Exposure<'_>,
    at_risk: bool,
    workload: &Arc<WorkloadId>,
    direction: Direction,
) {
    exposure.share.whole = exposure.share.whole.saturating_add(1);
    if at_risk {
        exposure.share.part = exposure.share.part.saturating_add(1);
        exposure.items.push(Item {
            units: 1,
            subject: Subject::Ungoverned(workload.clone(), direction),
        });
    }
}
