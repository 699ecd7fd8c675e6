//! Records of traffic between ends of every kind.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use posture_core::model::{
    Action, End, EndKind, Hit, HitAction, HitKind, Protocol, Record, Reporter, ServiceRef, Trace,
    Traces,
};
use posture_core::state::State;
use proptest::prelude::*;

use super::names::{ADDRESSES, GHOST, NAMESPACES, NODES, NOW, PODS, node_address, pod_address};
use super::policies::labels;

/// How a log names a pod.
#[derive(Clone, Copy, Debug)]
enum Naming {
    Both,
    Name,
    Aggregate,
    Neither,
}

fn workload() -> impl Strategy<Value = End<'static>> {
    let naming = prop_oneof![
        4 => Just(Naming::Both),
        2 => Just(Naming::Name),
        2 => Just(Naming::Aggregate),
        1 => Just(Naming::Neither),
    ];
    let namespaces = 0..=NAMESPACES.len();
    let labels = prop::option::weighted(0.5, labels());
    (namespaces, 0..PODS.len(), naming, any::<bool>(), labels).prop_map(
        |(namespace, number, naming, address, labels)| {
            let pod = &PODS[number];
            End {
                kind: EndKind::Workload,
                namespace: Some(NAMESPACES.get(namespace).unwrap_or(&GHOST)),
                name: matches!(naming, Naming::Both | Naming::Name).then_some(pod.name),
                aggregate: match naming {
                    Naming::Both | Naming::Aggregate => Some(pod.aggregate),
                    Naming::Name | Naming::Neither => None,
                },
                address: address.then(|| pod_address(namespace, number)),
                port: None,
                labels: labels.map(Arc::new),
            }
        },
    )
}

fn address() -> impl Strategy<Value = Option<IpAddr>> {
    let any_public = (1..60_u8).prop_map(|last| IpAddr::from([9, 9, 9, last]));
    let listed = prop::sample::select(ADDRESSES.to_vec()).prop_map(|text| text.parse().unwrap());
    prop::option::weighted(0.8, prop_oneof![1 => any_public, 2 => listed])
}

fn host() -> impl Strategy<Value = End<'static>> {
    (0..NODES.len(), any::<bool>()).prop_map(|(node, address)| End {
        kind: EndKind::Host,
        namespace: None,
        name: Some(NODES[node]),
        aggregate: None,
        address: address.then(|| node_address(node)),
        port: None,
        labels: None,
    })
}

fn network() -> impl Strategy<Value = End<'static>> {
    let aggregate = prop::sample::select(vec![Some("pub"), Some("pvt"), None]);
    let kind = prop_oneof![4 => Just(EndKind::Network), 1 => Just(EndKind::Unknown)];
    (kind, address(), aggregate).prop_map(|(kind, address, aggregate)| End {
        kind,
        namespace: None,
        name: None,
        aggregate,
        address,
        port: None,
        labels: None,
    })
}

fn network_set() -> impl Strategy<Value = End<'static>> {
    let namespace = prop::option::of(prop::sample::select(NAMESPACES.to_vec()));
    (address(), namespace).prop_map(|(address, namespace)| End {
        kind: EndKind::NetworkSet,
        namespace,
        name: Some("partners"),
        aggregate: None,
        address,
        port: None,
        labels: None,
    })
}

fn end() -> impl Strategy<Value = End<'static>> {
    prop_oneof![5 => workload(), 1 => host(), 3 => network(), 1 => network_set()]
}

fn hit() -> impl Strategy<Value = Hit> {
    let kind = prop::sample::select(vec![HitKind::Policy, HitKind::Profile, HitKind::Unstated]);
    let action = prop::sample::select(vec![HitAction::Allow, HitAction::Deny, HitAction::Pass]);
    let rule = prop::sample::select(vec![None, Some(0), Some(-1), Some(-2)]);
    (kind, prop::bool::weighted(0.3), action, rule).prop_map(|(kind, staged, action, rule)| Hit {
        index: 0,
        tier: "default".into(),
        policy: "p".into(),
        kind,
        staged,
        action,
        rule,
    })
}

fn trace() -> impl Strategy<Value = Trace> {
    let hits = prop::collection::vec(hit(), 0..4).prop_map(|mut hits| {
        for (hit, index) in hits.iter_mut().zip(0..) {
            hit.index = index;
        }
        Trace::Hits(hits)
    });
    prop_oneof![5 => Just(Trace::Absent), 1 => Just(Trace::Unparsable), 8 => hits]
}

/// When records end, around the borders of `settle`.
fn time() -> impl Strategy<Value = i64> {
    let before = prop::sample::select(vec![0, 1, 60, 299, 300, 301, 599, 600, 601]);
    before.prop_map(|before| NOW - before)
}

fn service() -> impl Strategy<Value = Option<ServiceRef<'static>>> {
    let namespace = prop::sample::select(NAMESPACES.to_vec());
    prop::option::weighted(
        0.2,
        namespace.prop_map(|namespace| ServiceRef {
            namespace,
            name: "front",
        }),
    )
}

/// A record with all but its ends at random.
fn record_between(
    source: BoxedStrategy<End<'static>>,
    destination: BoxedStrategy<End<'static>>,
) -> impl Strategy<Value = Record<'static>> {
    let reporter = prop_oneof![
        6 => Just(Reporter::Source),
        6 => Just(Reporter::Destination),
        1 => Just(Reporter::Forward),
        1 => Just(Reporter::Unknown),
    ];
    let protocol = prop_oneof![
        6 => Just(Protocol::Tcp),
        2 => Just(Protocol::Udp),
        1 => Just(Protocol::Icmp),
        1 => Just(Protocol::Unknown),
    ];
    let port = prop::sample::select(vec![None, Some(80), Some(443), Some(9)]);
    let domain = prop::option::weighted(0.3, prop::sample::select(vec!["x.example", "y.example"]));
    let kinds = (reporter, protocol, port, service(), domain);
    let sums = (0..4_u64, 0..3000_u64, prop::bool::weighted(0.2));
    (kinds, source, destination, time(), trace(), trace(), sums).prop_map(
        |(
            (reporter, protocol, port, service, domain),
            source,
            mut destination,
            end,
            enforced,
            pending,
            sums,
        )| {
            destination.port = port;
            Record {
                start: end - 60,
                end,
                action: match sums.2 {
                    true => Action::Deny,
                    false => Action::Allow,
                },
                reporter,
                protocol,
                source,
                destination,
                service,
                domains: domain.map(Cow::Borrowed).into_iter().collect(),
                traces: Arc::new(Traces { enforced, pending }),
                connections: sums.0,
                bytes: sums.1,
            }
        },
    )
}

/// Records, or none at all; some of them again, seen at another time with another trace.
pub(crate) fn records() -> impl Strategy<Value = Vec<Record<'static>>> {
    let record = || record_between(end().boxed(), end().boxed());
    let again = (any::<prop::sample::Index>(), time(), trace());
    (
        prop_oneof![
            1 => Just(Vec::new()).boxed(),
            5 => prop::collection::vec(record(), 0..16).boxed(),
        ],
        prop::collection::vec(again, 0..8),
    )
        .prop_map(|(mut records, again)| {
            for (which, end, enforced) in again {
                if !records.is_empty() {
                    let mut record = which.get(&records).clone();
                    (record.start, record.end) = (end - 60, end);
                    let pending = record.traces.pending.clone();
                    record.traces = Arc::new(Traces { enforced, pending });
                    records.push(record);
                }
            }
            records
        })
}

/// The record with a trace of this state: an allow by a policy, or by a profile alone, or one
/// that cannot be read.
pub(crate) fn traced(record: &Record<'static>, state: State) -> Record<'static> {
    let allow = |kind| {
        Trace::Hits(vec![Hit {
            index: 0,
            tier: "default".into(),
            policy: "p".into(),
            kind,
            staged: false,
            action: HitAction::Allow,
            rule: Some(0),
        }])
    };
    let enforced = match state {
        State::Secured => allow(HitKind::Policy),
        State::Unsecured => allow(HitKind::Profile),
        State::Unknown(_) => Trace::Unparsable,
    };
    let pending = record.traces.pending.clone();
    Record {
        traces: Arc::new(Traces { enforced, pending }),
        ..record.clone()
    }
}

/// Records of one edge: the Internet reaches a workload from these addresses.
pub(crate) fn from_clients(clients: &[IpAddr]) -> Vec<Record<'static>> {
    let end = |kind| End {
        kind,
        namespace: None,
        name: None,
        aggregate: None,
        address: None,
        port: Some(443),
        labels: None,
    };
    let record = |client: &IpAddr| Record {
        start: NOW - 60,
        end: NOW,
        action: Action::Allow,
        reporter: Reporter::Destination,
        protocol: Protocol::Tcp,
        source: End {
            address: Some(*client),
            ..end(EndKind::Network)
        },
        destination: End {
            namespace: Some(NAMESPACES[0]),
            aggregate: Some(PODS[0].aggregate),
            ..end(EndKind::Workload)
        },
        service: None,
        domains: Vec::new(),
        traces: Arc::default(),
        connections: 1,
        bytes: 1,
    };
    clients.iter().map(record).collect()
}
