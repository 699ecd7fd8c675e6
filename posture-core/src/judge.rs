//! Whether the traffic of a record is secured: by its recorded trace, else by today's policies.

use std::borrow::Cow;

use crate::edge::{EdgeKey, Peer};
use crate::engine::{PeerEnd, Subject, Traffic, Verdict, evaluate};
use crate::locate::{Located, LocatedPeer, Locator};
use crate::model::{
    Cluster, Direction, End, EndKind, Evidence, Labels, NamedPort, PodOf, Port, Record, Reporter,
    name_label,
};
use crate::state::{State, UnknownReason};
use crate::trace::{enforced_state, pending_hit, state_of};

/// Why a record judges nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unjudged {
    /// It was reported by a node that forwarded the traffic.
    Forwarded,
    /// The end that it speaks for is no workload.
    NotAWorkload,
    /// The end that it speaks for shares its node's network.
    HostNetwork,
}

/// What a record says of one edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The edge.
    pub edge: EdgeKey,
    /// The edge's state in this record.
    pub state: State,
    /// Whether the rule that allows the traffic is known to name neither peer nor port: an
    /// allow-all counts as secured ("do not include misconfigurations") and is flagged.
    pub broad: bool,
    /// Unsecured by its trace, secured by what is enforced now: "A trace is frozen for the life
    /// of a connection" (scoring, section 6.1).
    pub awaiting_reconnect: bool,
    /// Not secured by its trace, and secured if staged policies were enforced.
    pub secured_if_staged_enforced: bool,
}

/// Judges the records of one cluster.
///
/// Remembers the names that records repeat, and nothing that changes an answer.
#[derive(Debug)]
pub struct Judge<'c> {
    cluster: &'c Cluster,
    evidence: Evidence,
    locator: Locator<'c>,
}

impl<'c> Judge<'c> {
    /// A judge for a cluster; `evidence` says whether traces or today's policies decide.
    pub fn new(cluster: &'c Cluster, evidence: Evidence) -> Self {
        Self {
            cluster,
            evidence,
            locator: Locator::new(cluster),
        }
    }

    /// What a record says: "A source-reported record speaks for egress only, a
    /// destination-reported one for ingress only, forwarded ones for neither" (scoring, section
    /// 6.1).
    ///
    /// # Errors
    /// [`Unjudged`] for a record that speaks for no workload.
    pub fn judge(&mut self, record: &Record<'_>) -> Result<Judgement, Unjudged> {
        let (direction, local, remote) = match record.reporter {
            Reporter::Source => (Direction::Egress, &record.source, &record.destination),
            Reporter::Destination => (Direction::Ingress, &record.destination, &record.source),
            Reporter::Forward => return Err(Unjudged::Forwarded),
        };
        if local.kind != EndKind::Workload {
            return Err(Unjudged::NotAWorkload);
        }
        let located = self.locator.workload(local).ok_or(Unjudged::NotAWorkload)?;
        if located.shares_host_network() {
            return Err(Unjudged::HostNetwork);
        }
        let service = record.service.filter(|_| direction == Direction::Egress);
        let peer = self.locator.peer(remote, service);

        let recorded = match self.evidence {
            Evidence::Recorded => enforced_state(&record.traces.enforced),
            Evidence::Current => None,
        };
        let today = match recorded {
            None | Some(State::Unsecured) => {
                self.evaluate(record, direction, local, &located, remote, &peer)
            }
            Some(_) => Today::not_needed(),
        };
        let state = recorded.unwrap_or(today.state);
        let pending =
            pending_hit(&record.traces.pending).filter(|hit| state_of(hit) == State::Secured);
        Ok(Judgement {
            state,
            broad: today.broad && state == State::Secured,
            awaiting_reconnect: recorded == Some(State::Unsecured)
                && (today.state == State::Secured || pending.is_some_and(|hit| !hit.staged)),
            secured_if_staged_enforced: state != State::Secured
                && pending.is_some_and(|hit| hit.staged),
            edge: EdgeKey {
                workload: located.workload,
                direction,
                peer: peer.peer,
                protocol: record.protocol,
                port: Port::of(record.protocol, record.destination.port),
            },
        })
    }

    /// The state by the policies of the input: "secured when a policy decides (allow, deny or
    /// tier default), unsecured when none selects the end or the verdict falls through to the
    /// default allow" (scoring, section 6.1).
    fn evaluate(
        &self,
        record: &Record<'_>,
        direction: Direction,
        local: &End<'_>,
        located: &Located<'c>,
        remote: &End<'_>,
        peer: &LocatedPeer<'c>,
    ) -> Today {
        if !self.cluster.sources.policies {
            return Today::unknown(UnknownReason::NoPolicies);
        }
        let namespace = located.workload.namespace.as_ref();
        let Some(objects) = self
            .cluster
            .objects(namespace)
            .filter(|o| !o.policies.is_empty())
        else {
            return self.not_selected(namespace);
        };
        let subject = Subject {
            namespace,
            labels: labels(located.pod, local),
        };
        let destination = match direction {
            Direction::Egress => peer.pod,
            Direction::Ingress => located.pod,
        };
        let named_ports = destination.map(named_ports);
        let traffic = Traffic {
            direction,
            protocol: record.protocol,
            port: record.destination.port,
            named_ports: named_ports.as_deref(),
        };
        let peer_namespace_labels = self.namespace_labels(&peer.peer);
        let peer = peer_end(peer, remote, peer_namespace_labels.as_ref());
        match evaluate(&objects.policies, subject, peer, traffic) {
            Verdict::NotSelected => self.not_selected(namespace),
            Verdict::LabelsUnknown => Today::unknown(UnknownReason::LabelsUnknown),
            Verdict::Allowed { broad, .. } => Today {
                state: State::Secured,
                broad,
            },
            Verdict::Denied { .. } | Verdict::Undecided { .. } => Today {
                state: State::Secured,
                broad: false,
            },
        }
    }

    fn not_selected(&self, namespace: &str) -> Today {
        match self.cluster.may_be_governed_unseen(namespace) {
            true => Today::unknown(UnknownReason::UnreadPolicy),
            false => Today {
                state: State::Unsecured,
                broad: false,
            },
        }
    }

    /// Labels of the namespace of a peer: "a namespace without an object has only" its name.
    fn namespace_labels(&self, peer: &Peer) -> Option<Cow<'c, Labels>> {
        let Peer::Workload(peer) = peer else {
            return None;
        };
        Some(match self.cluster.objects(&peer.namespace) {
            Some(objects) => Cow::Borrowed(&objects.labels),
            None => Cow::Owned(name_label(&peer.namespace)),
        })
    }
}

/// What today's policies say of a record.
struct Today {
    state: State,
    broad: bool,
}

impl Today {
    const fn unknown(reason: UnknownReason) -> Self {
        Self {
            state: State::Unknown(reason),
            broad: false,
        }
    }

    /// The recorded trace says enough.
    const fn not_needed() -> Self {
        Self::unknown(UnknownReason::NoPolicies)
    }
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
    peer: &'a LocatedPeer<'_>,
    end: &'a End<'_>,
    namespace_labels: Option<&'a Cow<'_, Labels>>,
) -> PeerEnd<'a> {
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
