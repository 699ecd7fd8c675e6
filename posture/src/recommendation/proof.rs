//! What recommended policies make of the traffic that was seen.

use posture_core::edge::EdgeKey;
use posture_core::engine::{End, Engine, Governance, Scope};
use posture_core::model::{Direction, WorkloadId};
use posture_core::points::Points;
use posture_core::recommend::{Recommendation, Target};
use posture_core::replay::{Change, Replay};
use posture_core::request::Request;
use posture_core::tally::EdgeState;
use serde::Serialize;

use super::Observed;

/// How many edges a reason names.
const NAMED: usize = 3;

/// What recommended policies make of the traffic that was seen. Edges are named as items of actions
/// are, as many as were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proof {
    /// Unsecured edges that went through, and directions of workloads, that the policies are for.
    pub targets: usize,
    /// How many of them the policies secure.
    pub covered: usize,
    /// Unsecured edges that today's policies secure: they wait for their connections to be made anew.
    pub awaiting_reconnect: usize,
    /// Edges that went through, and still would.
    pub allowed: usize,
    /// Edges that went through, and would not.
    pub would_deny: Vec<String>,
    /// Edges that were denied, and would go through.
    pub would_allow: Vec<String>,
    /// Edges that went through, and of which it is not known whether they still would.
    pub unknown: usize,
    /// The first of them.
    pub unknown_edges: Vec<String>,
    /// The score before; null where there is none.
    pub score_before: Option<Points>,
    /// The score after.
    pub score_after: Option<Points>,
    /// The difference.
    pub gain: Option<Points>,
}

/// What policies said.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) changes: Vec<Change>,
    covered: usize,
    allowed: usize,
    would_deny: Vec<EdgeKey>,
    would_allow: Vec<EdgeKey>,
    denied_already: usize,
    unknown: Vec<EdgeKey>,
}

/// Asks the policies of an engine, those that are recommended among them, about all edges that they may
/// govern.
pub(super) fn ask(observed: &Observed<'_>, engine: &Engine, of: &Recommendation) -> Asked {
    let mut before = Replay::new(observed.cluster, observed.engine);
    let mut after = before.with(observed.cluster, engine);
    let method = &observed.request.method;
    let mut asked = Asked::default();
    let is_target = |key: &EdgeKey| {
        let key = Target::Edge(key.clone());
        of.targets.binary_search(&key).is_ok()
    };
    for (key, edge) in observed.tally.edges() {
        if key.workload.namespace != of.namespace || !of.directions.contains(&key.direction) {
            continue;
        }
        let (was, is) = (before.edge(key, edge), after.edge(key, edge));
        if was.state != is.state {
            asked.changes.push(Change {
                edge: key.clone(),
                to: is,
            });
        }
        if is.state == EdgeState::Secured && is_target(key) {
            asked.covered += 1;
        }
        match (edge.is_allowed(method.settle), was.allowed, is.allowed) {
            (true, _, Some(true)) => asked.allowed += 1,
            (true, Some(false), Some(false)) => asked.denied_already += 1,
            (true, _, Some(false)) => asked.would_deny.push(key.clone()),
            (true, _, None) => asked.unknown.push(key.clone()),
            (false, Some(false), Some(true)) => asked.would_allow.push(key.clone()),
            (false, ..) => {}
        }
    }
    let directions = of.targets.iter().filter_map(|target| match target {
        Target::Direction(workload, direction) => Some((workload, *direction)),
        Target::Edge(_) => None,
    });
    asked.covered += directions
        .filter(|(workload, direction)| governs(observed, engine, workload, *direction))
        .count();
    asked
}

/// Whether a policy decides about all traffic of a workload in a direction.
fn governs(
    observed: &Observed<'_>,
    engine: &Engine,
    workload: &WorkloadId,
    direction: Direction,
) -> bool {
    let pods = observed.cluster.running_pods();
    let mut own = pods.filter(|known| *known.workload == *workload && !known.pod.host_network);
    own.all(|known| {
        let governance = engine.governance(Scope::Enforced, End::pod(known, None), direction);
        matches!(governance, Governance::By(_))
    })
}

/// Why policies are not to be shown.
pub(super) fn objections(asked: &Asked, of: &Recommendation) -> Vec<String> {
    let mut objections = Vec::new();
    for obstacle in &of.obstacles {
        match &obstacle.edge {
            None => objections.push(obstacle.reason.clone()),
            Some(edge) if asked.would_deny.contains(edge) || asked.unknown.contains(edge) => {
                objections.push(format!("no rule can allow {edge}: {}", obstacle.reason));
            }
            Some(_) => {}
        }
    }
    let is_told = |edge: &&EdgeKey| {
        let mut obstacles = of.obstacles.iter();
        !obstacles.any(|obstacle| obstacle.edge.as_ref() == Some(*edge))
    };
    let denied: Vec<&EdgeKey> = asked.would_deny.iter().filter(is_told).collect();
    if !denied.is_empty() {
        objections.push(format!("it would deny {}", listed(&denied)));
    }
    objections
}

/// What a person must know of what policies said.
pub(super) fn warnings(asked: &Asked) -> Vec<String> {
    let mut warnings = Vec::new();
    if asked.denied_already > 0 {
        warnings.push(format!(
            "{} that went through would not today, by policies that are there already",
            edges(asked.denied_already)
        ));
    }
    if !asked.would_allow.is_empty() {
        let denied: Vec<&EdgeKey> = asked.would_allow.iter().collect();
        warnings.push(format!(
            "what was denied would go through: {}",
            listed(&denied)
        ));
    }
    warnings
}

fn edges(number: usize) -> String {
    match number {
        1 => "1 edge".to_owned(),
        number => format!("{number} edges"),
    }
}

fn listed(all: &[&EdgeKey]) -> String {
    let named: Vec<String> = all.iter().take(NAMED).map(ToString::to_string).collect();
    let more = match all.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{}{more}", named.join(", "))
}

impl Proof {
    pub(super) fn of(
        asked: &Asked,
        of: &Recommendation,
        [before, after]: [Option<Points>; 2],
        request: &Request,
    ) -> Self {
        let named = |edges: &[EdgeKey]| -> Vec<String> {
            let edges = edges.iter().take(request.max_items.limit());
            edges.map(|edge| format!("{edge:#}")).collect()
        };
        Self {
            targets: of.targets.len(),
            covered: asked.covered,
            awaiting_reconnect: of.awaiting.len(),
            allowed: asked.allowed,
            would_deny: named(&asked.would_deny),
            would_allow: named(&asked.would_allow),
            unknown: asked.unknown.len(),
            unknown_edges: named(&asked.unknown),
            score_before: before,
            score_after: after,
            gain: after.zip(before).map(|(after, before)| after - before),
        }
    }
}
