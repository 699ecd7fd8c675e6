//! What today's policies say of a record.

use super::Sides;
use crate::edge::Peer;
use crate::engine::{Cached, End, Outcome, PodEnd, Reason, Scope, Traffic, Who};
use crate::locate::LocatedPeer;
use crate::model::{Cluster, End as RecordEnd, PodOf, Record};
use crate::state::{State, UnknownReason};

/// What today's policies say of some traffic.
#[derive(Clone, Copy)]
pub(crate) struct Today {
    /// The state that they give it.
    pub(crate) state: State,
    /// Whether the rule that allows it names neither peer nor port.
    pub(super) broad: bool,
    /// Whether it goes through; none where that is not known.
    pub(crate) allowed: Option<bool>,
}

impl Today {
    /// A state of which nothing more is told.
    pub(super) const fn narrowly(state: State) -> Self {
        Self {
            state,
            broad: false,
            allowed: None,
        }
    }
}

/// What the policies of the input say of a record.
pub(super) fn judge(
    cluster: &Cluster,
    engine: &mut Cached<'_>,
    scope: Scope,
    record: &Record<'_>,
    sides: &Sides<'_, '_>,
) -> Today {
    let (ends, traffic) = asked(cluster, record, sides);
    ask(cluster, engine, scope, ends, traffic)
}

/// The ends of some traffic, as policies are asked about them.
#[derive(Clone, Copy)]
pub(crate) struct Ends<'a> {
    /// The namespace of the end whose policies are asked.
    pub(crate) namespace: &'a str,
    /// That end.
    pub(crate) local: End<'a>,
    /// The other one.
    pub(crate) remote: End<'a>,
}

/// What policies are asked of a record.
pub(super) fn asked<'a>(
    cluster: &Cluster,
    record: &'a Record<'_>,
    sides: &'a Sides<'_, '_>,
) -> (Ends<'a>, Traffic<'a>) {
    let namespace = sides.located.workload.namespace.as_ref();
    let ends = Ends {
        namespace,
        local: pod(sides.located.pod, namespace, sides.local),
        remote: peer(cluster, &sides.peer, sides.remote),
    };
    let traffic = Traffic {
        direction: sides.direction,
        protocol: record.protocol,
        icmp: None,
        source_port: record.source.port,
        port: record.destination.port,
        domains: &record.domains,
    };
    (ends, traffic)
}

/// The state by the policies of the input: "secured when a policy decides (allow, deny or tier
/// default), unsecured when none selects the end or the verdict falls through to the default
/// allow" (scoring, section 6.1).
pub(crate) fn ask(
    cluster: &Cluster,
    engine: &mut Cached<'_>,
    scope: Scope,
    ends: Ends<'_>,
    traffic: Traffic<'_>,
) -> Today {
    if !cluster.sources.policies {
        return Today::narrowly(State::Unknown(UnknownReason::NoPolicies));
    }
    let outcome = engine
        .verdict(scope, ends.local, ends.remote, traffic)
        .outcome;
    let state = match outcome {
        Outcome::Allowed { .. }
        | Outcome::Denied
        | Outcome::DeniedByTier
        | Outcome::DroppedAtHost => State::Secured,
        Outcome::Unknown { possible, .. } if possible.is_governed() => State::Secured,
        Outcome::Unknown { reason, .. } => State::Unknown(unknown(reason)),
        Outcome::Loopback | Outcome::OwnNode => State::Unknown(UnknownReason::NotPoliced),
        Outcome::NotSelected | Outcome::Passed => {
            match cluster.may_be_governed_unseen(ends.namespace) {
                true => State::Unknown(UnknownReason::UnreadPolicy),
                false => State::Unsecured,
            }
        }
    };
    Today {
        state,
        broad: matches!(outcome, Outcome::Allowed { broad: true }),
        allowed: outcome.lets_through(),
    }
}

const fn unknown(reason: Reason) -> UnknownReason {
    match reason {
        Reason::Labels => UnknownReason::LabelsUnknown,
        Reason::Peer => UnknownReason::PeerUnknown,
        Reason::Protocol | Reason::Port => UnknownReason::PortUnknown,
        Reason::Service => UnknownReason::ServiceUnknown,
        Reason::Domain | Reason::Http => UnknownReason::AboveLayerFour,
        Reason::Rule => UnknownReason::UnreadPolicy,
    }
}

/// A pod that a record names: the one of its name, else one that stands for those of its workload
/// and whose address says nothing of theirs.
pub(crate) fn pod<'a>(
    known: Option<&'a PodOf>,
    namespace: &'a str,
    end: &'a RecordEnd<'_>,
) -> End<'a> {
    match known {
        Some(known) if end.name == Some(&known.pod.name) => End::pod(known, end.address),
        Some(known) => End::one_of(known, end.address),
        None => End {
            who: Who::Pod(PodEnd {
                id: None,
                namespace,
                labels: end.labels.as_deref(),
                service_account: None,
                ports: None,
                node: None,
            }),
            address: end.address.map(|address| address.to_canonical()),
        },
    }
}

/// The other end of an edge that a record names.
pub(crate) fn peer<'a>(
    cluster: &Cluster,
    peer: &'a LocatedPeer<'_>,
    end: &'a RecordEnd<'_>,
) -> End<'a> {
    let address = end.address.map(|address| address.to_canonical());
    let who = match &peer.peer {
        Peer::Workload(workload) => return pod(peer.pod, &workload.namespace, end),
        Peer::Host { name } => Who::Host(Some(name.as_ref()).filter(|name| !name.is_empty())),
        Peer::NetworkSet { namespace, name } => Who::NetworkSet(namespace, name),
        // "Evaluate after Service translation": its own address tells nothing of who is behind it
        Peer::Service { .. } if address.is_none_or(|address| cluster.is_service(address)) => {
            return End::UNKNOWN;
        }
        Peer::Cluster | Peer::Unknown => Who::Unknown,
        Peer::Service { .. } | Peer::Local | Peer::Metadata | Peer::Private | Peer::Public => {
            Who::Address
        }
    };
    End { who, address }
}
