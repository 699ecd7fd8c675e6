//! What is asked: ends of which more or less is known, and what goes between them.

use std::borrow::Cow;
use std::net::IpAddr;

use posture_core::engine::{End, PodEnd, Traffic, Who};
use posture_core::model::{Cluster, Direction, Icmp, Labels, PodOf, Protocol};
use proptest::prelude::*;
use proptest::sample::select;

use crate::clusters::{
    ADDRESSES, NAMESPACES, NODES, PODS, SETS, labels, node_address, pod_address, pod_address_6,
};

/// An end, without its cluster.
#[derive(Clone, Debug)]
enum Of {
    /// A pod by its name, or one like it, and an address.
    Pod(usize, u8, Known, bool),
    /// A pod that only a record speaks of.
    Recorded(usize, Option<Labels>, Option<IpAddr>),
    Host(Option<usize>, Option<IpAddr>),
    Set(usize, Option<IpAddr>),
    At(Option<IpAddr>),
    Unknown(Option<IpAddr>),
}

/// What is known of a pod's address.
#[derive(Clone, Copy, Debug)]
enum Known {
    Nothing,
    First,
    Other,
    Wrong,
}

/// A question.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    subject: Of,
    peer: Of,
    direction: Direction,
    protocol: Protocol,
    icmp: Option<Icmp>,
    source_port: Option<u16>,
    port: Option<u16>,
    domains: Vec<Cow<'static, str>>,
}

fn address() -> impl Strategy<Value = IpAddr> {
    select(ADDRESSES.to_vec()).prop_map(|text| text.parse().unwrap())
}

fn pod() -> impl Strategy<Value = Of> {
    let known = select(vec![
        Known::Nothing,
        Known::First,
        Known::First,
        Known::Other,
        Known::Wrong,
    ]);
    let stored = (0..NAMESPACES.len(), 0..PODS, known, any::<bool>());
    let recorded = (
        0..NAMESPACES.len(),
        prop::option::of(labels()),
        prop::option::of(address()),
    );
    prop_oneof![
        5 => stored.prop_map(|(namespace, number, known, exact)| Of::Pod(namespace, number, known, exact)),
        1 => recorded.prop_map(|(namespace, labels, address)| Of::Recorded(namespace, labels, address)),
    ]
}

fn any_end() -> impl Strategy<Value = Of> {
    let set = (0..SETS.len(), prop::option::weighted(0.3, address()));
    prop_oneof![
        4 => pod(),
        3 => prop::option::weighted(0.8, address()).prop_map(Of::At),
        1 => host(),
        1 => set.prop_map(|(set, address)| Of::Set(set, address)),
        1 => prop::option::weighted(0.3, address()).prop_map(Of::Unknown),
    ]
}

/// A node, at its address or at one that nobody tells of.
fn host() -> impl Strategy<Value = Of> {
    let node = prop::option::of(0..NODES.len());
    let elsewhere = prop::option::weighted(0.3, address());
    (node, elsewhere, any::<bool>()).prop_map(|(node, elsewhere, at)| {
        let own = at.then(|| node_address(node.unwrap_or(0)));
        Of::Host(node, elsewhere.or(own))
    })
}

/// A question.
pub(crate) fn any_question() -> impl Strategy<Value = Asked> {
    let protocol = select(vec![
        Protocol::Tcp,
        Protocol::Tcp,
        Protocol::Tcp,
        Protocol::Udp,
        Protocol::Sctp,
        Protocol::Icmp,
        Protocol::Icmp6,
        Protocol::Number(136),
        Protocol::Number(4),
        Protocol::Unknown,
    ]);
    let port =
        || prop::option::weighted(0.8, select(vec![0, 1, 79, 80, 81, 442, 443, 444, 65_535]));
    let icmp = prop::option::of((select(vec![8, 3]), prop::option::of(0..2_u8)))
        .prop_map(|icmp| icmp.map(|(kind, code)| Icmp { kind, code }));
    let domains = prop::collection::vec(select(vec!["example.com", "www.example.com"]), 0..2);
    let domains = domains.prop_map(|names| names.into_iter().map(Cow::Borrowed).collect());
    let subject = prop_oneof![9 => pod(), 1 => any_end()];
    let sent = (protocol, icmp, port(), port(), domains);
    (subject, any_end(), any::<bool>(), sent).prop_map(|(subject, peer, egress, sent)| Asked {
        subject,
        peer,
        direction: if egress {
            Direction::Egress
        } else {
            Direction::Ingress
        },
        protocol: sent.0,
        icmp: sent
            .1
            .filter(|_| matches!(sent.0, Protocol::Icmp | Protocol::Icmp6)),
        source_port: sent.2,
        port: sent.3,
        domains: sent.4,
    })
}

impl Asked {
    pub(crate) fn subject<'a>(&'a self, cluster: &'a Cluster) -> End<'a> {
        end(&self.subject, cluster)
    }

    pub(crate) fn peer<'a>(&'a self, cluster: &'a Cluster) -> End<'a> {
        end(&self.peer, cluster)
    }

    pub(crate) fn traffic(&self) -> Traffic<'_> {
        Traffic {
            direction: self.direction,
            protocol: self.protocol,
            icmp: self.icmp,
            source_port: self.source_port,
            port: self.port,
            domains: &self.domains,
        }
    }
}

fn end<'a>(of: &'a Of, cluster: &'a Cluster) -> End<'a> {
    match of {
        Of::Pod(namespace, number, known, exact) => {
            let objects = cluster.objects(NAMESPACES[*namespace]);
            let pod = objects.and_then(|objects| {
                objects
                    .pods
                    .get(["p0", "p1", "p2", "p3"][usize::from(*number)])
            });
            match pod.filter(|known| !known.pod.host_network) {
                Some(pod) => known_pod(pod, *namespace, *number, *known, *exact),
                None => End::UNKNOWN,
            }
        }
        Of::Recorded(namespace, labels, address) => End {
            who: Who::Pod(PodEnd {
                id: None,
                namespace: NAMESPACES[*namespace],
                labels: labels.as_ref(),
                service_account: None,
                ports: None,
                node: None,
            }),
            address: *address,
        },
        Of::Host(node, at) => End {
            who: Who::Host(node.map(|node| NODES[node])),
            address: *at,
        },
        Of::Set(set, address) => {
            let (namespace, name) = SETS[*set];
            End {
                who: Who::NetworkSet(namespace, name),
                address: *address,
            }
        }
        Of::At(Some(address)) => End::at(*address),
        Of::At(None) => End {
            who: Who::Address,
            address: None,
        },
        Of::Unknown(address) => End {
            who: Who::Unknown,
            address: *address,
        },
    }
}

fn known_pod(pod: &PodOf, namespace: usize, number: u8, known: Known, exact: bool) -> End<'_> {
    let address = match known {
        Known::Nothing => None,
        Known::First => pod.pod.addresses.first().copied(),
        Known::Other => Some(pod_address_6(namespace, number)),
        Known::Wrong => Some(pod_address(namespace, number.wrapping_add(100))),
    };
    match exact {
        true => End::pod(pod, address),
        false => End::one_of(pod, address),
    }
}
