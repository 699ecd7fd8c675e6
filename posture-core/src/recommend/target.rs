//! What policies are recommended for.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::action;
use crate::dismissal;
use crate::edge::EdgeKey;
use crate::engine::Engine;
use crate::model::{Cluster, Direction, WorkloadId};
use crate::request::Request;
use crate::risk::{self, Subject};
use crate::tally::{Edge, Tally};

/// Something that no policy addresses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Traffic that went through.
    Edge(EdgeKey),
    /// A direction of a workload, by static evidence.
    Direction(Arc<WorkloadId>, Direction),
}

impl Target {
    /// The workload.
    pub const fn workload(&self) -> &Arc<WorkloadId> {
        match self {
            Self::Edge(edge) => &edge.workload,
            Self::Direction(workload, _) => workload,
        }
    }

    /// Its direction.
    pub const fn direction(&self) -> Direction {
        match self {
            Self::Edge(edge) => edge.direction,
            Self::Direction(_, direction) => *direction,
        }
    }
}

/// The targets of each namespace, in order: what its network actions cover, but for traffic that was
/// denied.
pub(super) fn targets(
    cluster: &Cluster,
    engine: &Engine,
    tally: &Tally,
    request: &Request,
) -> BTreeMap<Arc<str>, Vec<Target>> {
    let method = &request.method;
    let images = risk::images(cluster, method, request.now);
    let mut risks = risk::assess(cluster, engine, &images, tally, method);
    dismissal::apply(&request.dismissals, &mut risks, method, request.now);
    let mut targets: BTreeMap<Arc<str>, Vec<Target>> = BTreeMap::new();
    for action in action::actions(&risks, method) {
        if !action.id.kind.risk_type().is_network() {
            continue;
        }
        let of = targets.entry(action.id.namespace.clone()).or_default();
        let went_through = |key: &EdgeKey, edge: &Edge| {
            let allowed = edge.is_allowed(method.settle);
            allowed.then(|| Target::Edge(key.clone()))
        };
        for (item, _) in &action.items {
            match &item.subject {
                Subject::Workload(_, edges) => {
                    let edges = edges.iter();
                    of.extend(edges.filter_map(|(key, edge)| went_through(key, edge)));
                }
                Subject::Edge(key, edge) => of.extend(went_through(key, edge)),
                Subject::Ungoverned(workload, direction) => {
                    of.push(Target::Direction(workload.clone(), *direction));
                }
                Subject::Image(_) => {}
            }
        }
    }
    for of in targets.values_mut() {
        of.sort_unstable();
        of.dedup();
    }
    targets
}
