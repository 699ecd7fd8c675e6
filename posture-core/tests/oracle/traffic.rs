//! Edges, their states, and what the policies alone say.

use std::collections::{BTreeMap, BTreeSet};

use posture_core::model::{
    Direction, End, EndKind, Evidence, Hit, HitAction, HitKind, IsolationScope, Method, Protocol,
    Record, Reporter, Trace, TrafficUnit, UnknownStates,
};
use posture_core::risk::RiskType;

use crate::answer::{Share, all_workloads};
use crate::common::Input;
use crate::objects::{KnownPod, Objects, Workload};
use crate::peers::{Located, Peer, locate, peer};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) workload: Workload,
    direction: Direction,
    peer: Peer,
    protocol: Protocol,
    /// None of a protocol without ports; its text, `*` where it is aggregated away.
    port: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Unsecured,
    Secured,
    Unknown,
}

#[derive(Clone)]
pub(crate) struct Seen {
    at: i64,
    state: State,
    connections: u64,
    bytes: u64,
}

impl Seen {
    pub(crate) fn is_known(&self) -> bool {
        self.state != State::Unknown
    }
}

/// Every edge with every record of it.
#[derive(Clone)]
pub(crate) struct Traffic {
    pub(crate) edges: BTreeMap<Edge, Vec<Seen>>,
}

impl Traffic {
    pub(crate) fn new(input: &Input, objects: &Objects<'_>) -> Self {
        let mut edges: BTreeMap<Edge, Vec<Seen>> = BTreeMap::new();
        for record in &input.records {
            let (direction, local, remote) = match record.reporter {
                Reporter::Source => (Direction::Egress, &record.source, &record.destination),
                Reporter::Destination => (Direction::Ingress, &record.destination, &record.source),
                Reporter::Forward | Reporter::Unknown => continue,
            };
            if local.kind != EndKind::Workload {
                continue;
            }
            let Some(located) = locate(objects, local).filter(|located| !located.host_network())
            else {
                continue;
            };
            let service = if direction == Direction::Egress {
                record.service
            } else {
                None
            };
            let state = state(input, objects, record, direction, &located);
            let edge = Edge {
                peer: peer(input, objects, remote, service),
                workload: located.workload,
                direction,
                protocol: record.protocol,
                port: match record.protocol {
                    Protocol::Icmp | Protocol::Icmp6 | Protocol::Number(_) => None,
                    _ => Some(
                        record
                            .destination
                            .port
                            .map_or("*".to_owned(), |port| port.to_string()),
                    ),
                },
            };
            let seen = Seen {
                at: record.end,
                state,
                connections: record.connections,
                bytes: record.bytes,
            };
            edges.entry(edge).or_default().push(seen);
        }
        Self { edges }
    }

    fn of(&self, namespace: &str) -> impl Iterator<Item = (&Edge, &Vec<Seen>)> {
        self.edges
            .iter()
            .filter(move |(edge, _)| edge.workload.namespace == namespace)
    }

    /// "workloads with an unsecured external edge" of "workloads of n with any external edge of
    /// known state"
    pub(crate) fn egress(
        &self,
        method: &Method,
        objects: &Objects<'_>,
        namespace: &str,
    ) -> (Share, usize) {
        let (mut bad, mut all) = (BTreeSet::new(), BTreeSet::new());
        for (edge, seen) in self.of(namespace) {
            let state = edge_state(method, seen);
            if is_external_egress(edge) && state != State::Unknown {
                all.insert(&edge.workload);
            }
            if is_external_egress(edge) && state == State::Unsecured {
                bad.insert(&edge.workload);
            }
            if all_workloads(method) {
                all.insert(&edge.workload);
            }
        }
        for known in objects.running().filter(|_| all_workloads(method)) {
            if known.workload.namespace == namespace && !known.pod.host_network {
                all.insert(&known.workload);
            }
        }
        ((bad.len() as u64, all.len() as u64), bad.len())
    }

    /// "unsecured boundary traffic" of "boundary traffic of known state"
    pub(crate) fn isolation(&self, method: &Method, namespace: &str) -> (Share, usize) {
        let (mut part, mut whole, mut items) = (0, 0, 0);
        for (edge, seen) in self.of(namespace) {
            let (unsecured, all) = isolation_units(method, edge, seen);
            part += unsecured;
            whole += all;
            items += usize::from(unsecured > 0);
        }
        ((part, whole), items)
    }

    /// The traffic once all that is at risk in a type in a namespace is addressed by policies:
    /// its unsecured edges are, and nothing else.
    pub(crate) fn secured(&self, method: &Method, risk_type: RiskType, namespace: &str) -> Self {
        let mut after = self.clone();
        for (edge, seen) in &mut after.edges {
            let at_risk = match risk_type {
                RiskType::EgressAccess => {
                    is_external_egress(edge) && edge_state(method, seen) == State::Unsecured
                }
                _ => isolation_units(method, edge, seen).0 > 0,
            };
            if edge.workload.namespace == namespace && at_risk {
                for seen in seen.iter_mut().filter(|seen| is_bad(method, seen.state)) {
                    seen.state = State::Secured;
                }
            }
        }
        after
    }
}

/// What an edge adds to part and whole of namespace isolation.
fn isolation_units(method: &Method, edge: &Edge, seen: &[Seen]) -> Share {
    let counted = match method.isolation_scope {
        IsolationScope::Boundary => is_boundary(edge),
        IsolationScope::BoundaryAndExternalEgress => is_boundary(edge) || is_external_egress(edge),
        IsolationScope::All => true,
    };
    let sum = |unit: &dyn Fn(&Seen) -> u64| -> Share {
        let of = |wanted: &dyn Fn(State) -> bool| -> u64 {
            seen.iter()
                .filter(|seen| wanted(seen.state))
                .map(unit)
                .sum()
        };
        let bad = of(&|state| is_bad(method, state));
        (bad, bad + of(&|state| state == State::Secured))
    };
    match (counted, method.traffic_unit) {
        (false, _) => (0, 0),
        (true, TrafficUnit::Edges) => match edge_state(method, seen) {
            State::Unsecured => (1, 1),
            State::Secured => (0, 1),
            State::Unknown => (0, 0),
        },
        (true, TrafficUnit::Connections) => sum(&|seen| seen.connections),
        (true, TrafficUnit::Bytes) => sum(&|seen| seen.bytes),
    }
}

/// Whether a record of this state counts as unsecured.
fn is_bad(method: &Method, state: State) -> bool {
    match state {
        State::Unsecured => true,
        State::Secured => false,
        State::Unknown => method.unknown == UnknownStates::Unsecured,
    }
}

fn is_external_egress(edge: &Edge) -> bool {
    edge.direction == Direction::Egress && matches!(edge.peer, Peer::External(_))
}

/// "egress to a workload of another namespace, ingress from another namespace or from outside"
fn is_boundary(edge: &Edge) -> bool {
    match &edge.peer {
        Peer::Workload(other) => other.namespace != edge.workload.namespace,
        Peer::External(_) => edge.direction == Direction::Ingress,
        Peer::Inside(_) | Peer::Unknown => false,
    }
}

/// "the worst one (unsecured, then secured, then unknown) seen within `settle` (300 s) of its
/// latest record"; with `unknown = unsecured` a record of unknown state is an unsecured one
fn edge_state(method: &Method, seen: &[Seen]) -> State {
    let latest = seen.iter().map(|seen| seen.at).max().unwrap();
    let recent = |state: State| {
        seen.iter()
            .any(|seen| seen.state == state && latest - seen.at <= i64::from(method.settle))
    };
    let unknown_counts = method.unknown == UnknownStates::Unsecured;
    if recent(State::Unsecured) || (unknown_counts && recent(State::Unknown)) {
        State::Unsecured
    } else if recent(State::Secured) {
        State::Secured
    } else {
        State::Unknown
    }
}

fn state(
    input: &Input,
    objects: &Objects<'_>,
    record: &Record<'_>,
    direction: Direction,
    located: &Located<'_>,
) -> State {
    if input.method().evidence == Evidence::Recorded {
        match &record.traces.enforced {
            Trace::Absent => {}
            // of an empty trace nothing can be said, as of none
            Trace::Hits(hits) if hits.is_empty() => {}
            Trace::Unparsable => return State::Unknown,
            Trace::Hits(hits) => return by_trace(hits),
        }
    }
    let local = if direction == Direction::Egress {
        &record.source
    } else {
        &record.destination
    };
    if !objects.policies_known || is_not_policed(input, objects, record, direction, located) {
        return State::Unknown;
    }
    match objects.governed(
        &located.workload.namespace,
        located.labels(local),
        direction == Direction::Egress,
    ) {
        Some(true) => State::Secured,
        Some(false) => State::Unsecured,
        None => State::Unknown,
    }
}

/// Traffic of a pod to itself or from its own node: policies are not asked.
fn is_not_policed(
    input: &Input,
    objects: &Objects<'_>,
    record: &Record<'_>,
    direction: Direction,
    located: &Located<'_>,
) -> bool {
    let (local, remote) = match direction {
        Direction::Egress => (&record.source, &record.destination),
        Direction::Ingress => (&record.destination, &record.source),
    };
    let address = |end: &End<'_>, pod: Option<&KnownPod<'_>>| {
        let only = pod.filter(|known| end.name == Some(&known.pod.name));
        let only = only.and_then(|known| match known.pod.addresses.as_slice() {
            [only] => Some(*only),
            _ => None,
        });
        Some(end.address.or(only)?.to_canonical())
    };
    let here = address(local, located.pod);
    match peer(input, objects, remote, None) {
        Peer::Workload(other) if other.namespace == located.workload.namespace => {
            let there = locate(objects, remote);
            here.is_some() && here == address(remote, there.and_then(|located| located.pod))
        }
        Peer::Inside(host) => {
            let known = located
                .pod
                .filter(|known| local.name == Some(&known.pod.name));
            let node = known.and_then(|known| known.pod.node.as_ref());
            direction == Direction::Ingress
                && node.is_some_and(|node| host == format!("host {node}"))
        }
        _ => false,
    }
}

/// "the last hit decides"
fn by_trace(hits: &[Hit]) -> State {
    let enforced = hits.iter().filter(|hit| !hit.staged);
    let Some(last) = enforced.max_by_key(|hit| hit.index) else {
        return State::Unknown;
    };
    if last.rule == Some(-2) && last.kind == HitKind::Unstated {
        return State::Unknown;
    }
    match last.action {
        HitAction::Allow if last.kind == HitKind::Profile => State::Unsecured,
        HitAction::Allow | HitAction::Deny => State::Secured,
        HitAction::Pass => State::Unknown,
    }
}

/// Whether each (workload, direction) is governed: by each of its pods.
pub(crate) type Pairs = BTreeMap<(Workload, Direction), Option<bool>>;

pub(crate) fn pairs(objects: &Objects<'_>) -> Pairs {
    let mut all: BTreeMap<(Workload, Direction), Vec<Option<bool>>> = BTreeMap::new();
    for known in objects
        .running()
        .filter(|known| objects.policies_known && !known.pod.host_network)
    {
        for direction in [Direction::Egress, Direction::Ingress] {
            let egress = direction == Direction::Egress;
            let governed = objects.governed(&known.pod.namespace, Some(&known.pod.labels), egress);
            all.entry((known.workload.clone(), direction))
                .or_default()
                .push(governed);
        }
    }
    let worst = |pods: Vec<Option<bool>>| {
        if pods.contains(&Some(false)) {
            Some(false)
        } else if pods.contains(&None) {
            None
        } else {
            Some(true)
        }
    };
    all.into_iter()
        .map(|(pair, pods)| (pair, worst(pods)))
        .collect()
}

/// Whether a pair is one of those that a type looks at in a namespace.
fn in_type((workload, direction): &(Workload, Direction), t: RiskType, namespace: &str) -> bool {
    workload.namespace == namespace
        && (t == RiskType::NamespaceIsolation || *direction == Direction::Egress)
}

/// "`egress_access`: workloads whose egress is not governed / workloads of n.
/// `namespace_isolation`: ungoverned (workload, direction) pairs / all pairs"
pub(crate) fn ungoverned(
    pairs: &Pairs,
    unknown_counts: bool,
    risk_type: RiskType,
    namespace: &str,
) -> (Share, usize) {
    let (mut part, mut whole) = (0, 0);
    for (pair, governed) in pairs {
        let known = governed.is_some() || unknown_counts;
        if in_type(pair, risk_type, namespace) && known {
            whole += 1;
            part += u64::from(*governed != Some(true));
        }
    }
    ((part, whole), usize::try_from(part).unwrap())
}

/// The pairs once all that is at risk in a type in a namespace is governed.
pub(crate) fn governed(
    pairs: &Pairs,
    unknown_counts: bool,
    risk_type: RiskType,
    namespace: &str,
) -> Pairs {
    let mut after = pairs.clone();
    for (pair, governed) in &mut after {
        let at_risk = *governed == Some(false) || (governed.is_none() && unknown_counts);
        if in_type(pair, risk_type, namespace) && at_risk {
            *governed = Some(true);
        }
    }
    after
}
