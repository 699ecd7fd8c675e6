//! What today's policies say of a record.

use std::borrow::Cow;

use super::Sides;
use crate::edge::Peer;
use crate::engine::{PeerEnd, Subject, Traffic, Verdict, evaluate};
use crate::model::{Cluster, Direction, End, Labels, NamedPort, PodOf, Record, name_label};
use crate::state::{State, UnknownReason};

/// What today's policies say of a record.
pub(super) struct Today {
    /// The state that they give it.
    pub(super) state: State,
    /// Whether the rule that allows it names neither peer nor port.
    pub(super) broad: bool,
}

impl Today {
    /// A state that no broad rule gave.
    pub(super) const fn narrowly(state: State) -> Self {
        Self {
            state,
            broad: false,
        }
    }
}

/// The state by the policies of the input: "secured when a policy decides (allow, deny or tier
/// default), unsecured when none selects the end or the verdict falls through to the default
/// allow" (scoring, section 6.1).
pub(super) fn judge(cluster: &Cluster, record: &Record<'_>, sides: &Sides<'_, '_>) -> Today {
    if !cluster.sources.policies {
        return Today::narrowly(State::Unknown(UnknownReason::NoPolicies));
    }
    let namespace = sides.located.workload.namespace.as_ref();
    let policies = cluster
        .objects(namespace)
        .map_or(&[][..], |objects| &objects.policies);
    if policies.is_empty() {
        return Today::narrowly(not_selected(cluster, namespace));
    }
    let subject = Subject {
        namespace,
        labels: labels(sides.located.pod, sides.local),
    };
    let destination = match sides.direction {
        Direction::Egress => sides.peer.pod,
        Direction::Ingress => sides.located.pod,
    };
    let named_ports = destination.map(named_ports);
    let traffic = Traffic {
        direction: sides.direction,
        protocol: record.protocol,
        port: record.destination.port,
        named_ports: named_ports.as_deref(),
    };
    let namespace_labels = namespace_labels(cluster, &sides.peer.peer);
    let peer = peer_end(sides, namespace_labels.as_ref());
    let (state, broad) = match evaluate(policies, subject, peer, traffic) {
        Verdict::NotSelected => (not_selected(cluster, namespace), false),
        Verdict::LabelsUnknown => (State::Unknown(UnknownReason::LabelsUnknown), false),
        Verdict::Allowed { broad, .. } => (State::Secured, broad),
        Verdict::Denied { .. } | Verdict::Undecided { .. } => (State::Secured, false),
    };
    Today { state, broad }
}

fn not_selected(cluster: &Cluster, namespace: &str) -> State {
    match cluster.may_be_governed_unseen(namespace) {
        true => State::Unknown(UnknownReason::UnreadPolicy),
        false => State::Unsecured,
    }
}

/// Labels of the namespace of a peer: "a namespace without an object has only" its name.
fn namespace_labels<'c>(cluster: &'c Cluster, peer: &Peer) -> Option<Cow<'c, Labels>> {
    let Peer::Workload(peer) = peer else {
        return None;
    };
    Some(match cluster.objects(&peer.namespace) {
        Some(objects) => Cow::Borrowed(&objects.labels),
        None => Cow::Owned(name_label(&peer.namespace)),
    })
}

/// A pod's own labels, else those that the record has of it.
fn labels<'a>(pod: Option<&'a PodOf>, end: &'a End<'_>) -> Option<&'a Labels> {
    pod.map(|known| &known.pod.labels).or(end.labels.as_deref())
}

fn named_ports(known: &PodOf) -> Vec<NamedPort> {
    known
        .pod
        .containers
        .iter()
        .flat_map(|container| container.ports.clone())
        .collect()
}

fn peer_end<'a>(
    sides: &'a Sides<'_, '_>,
    namespace_labels: Option<&'a Cow<'_, Labels>>,
) -> PeerEnd<'a> {
    let (peer, end) = (&sides.peer, sides.remote);
    match (&peer.peer, namespace_labels, end.address) {
        (Peer::Workload(workload), Some(namespace_labels), _) => PeerEnd::Pod {
            namespace: &workload.namespace,
            namespace_labels,
            labels: labels(peer.pod, end),
            addresses: match (peer.pod, &end.address) {
                (_, Some(address)) => std::slice::from_ref(address),
                (Some(known), None) => &known.pod.addresses,
                (None, None) => &[],
            },
        },
        (_, _, Some(address)) => PeerEnd::Address(address),
        _ => PeerEnd::Unknown,
    }
}
