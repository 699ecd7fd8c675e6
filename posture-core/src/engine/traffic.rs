//! What policies are asked about: two ends, and what goes between them.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::model::{Direction, Icmp, Labels, NamedPort, PodOf, Protocol};

/// One end of some traffic, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct End<'a> {
    /// Who it is.
    pub who: Who<'a>,
    /// Its address.
    pub address: Option<IpAddr>,
}

/// Who an end is.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// A pod with a network of its own.
    Pod(PodEnd<'a>),
    /// A node, or a pod that shares its node's network; by name where it is known.
    Host(Option<&'a str>),
    /// A network set, by namespace and name.
    NetworkSet(&'a str, &'a str),
    /// Whatever has the address.
    Address,
    /// Not known.
    Unknown,
}

/// A pod, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct PodEnd<'a> {
    /// Its number in the cluster; none where only a record speaks of it.
    pub id: Option<u32>,
    /// Its namespace.
    pub namespace: &'a str,
    /// Its own labels.
    pub labels: Option<&'a Labels>,
    /// Its service account.
    pub service_account: Option<&'a str>,
    /// The named ports of its containers.
    pub ports: Option<&'a [NamedPort]>,
    /// Its node.
    pub node: Option<&'a str>,
}

/// What is sent, and which way.
#[derive(Clone, Copy, Debug)]
pub struct Traffic<'a> {
    /// Seen from the end whose policies are asked.
    pub direction: Direction,
    /// The protocol.
    pub protocol: Protocol,
    /// The type of ICMP message.
    pub icmp: Option<Icmp>,
    /// The port of the source.
    pub source_port: Option<u16>,
    /// The port of the destination.
    pub port: Option<u16>,
    /// Domain names that the destination's address was resolved from.
    pub domains: &'a [Cow<'a, str>],
}

impl<'a> End<'a> {
    /// An end of which nothing is known.
    pub const UNKNOWN: Self = Self {
        who: Who::Unknown,
        address: None,
    };

    /// A pod of a cluster, at an address where that is known. Where it is not, the pod's own address
    /// is taken if it has just one.
    pub fn pod(known: &'a PodOf, address: Option<IpAddr>) -> Self {
        let only = match known.pod.addresses.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let node = known.pod.node.as_deref();
        Self::of(known, node, address.or(only))
    }

    /// A pod like one of a cluster: its address and node are not known by that one's.
    pub fn one_of(known: &'a PodOf, address: Option<IpAddr>) -> Self {
        Self::of(known, None, address)
    }

    fn of(known: &'a PodOf, node: Option<&'a str>, address: Option<IpAddr>) -> Self {
        Self {
            who: Who::Pod(PodEnd {
                id: Some(known.id),
                namespace: &known.workload.namespace,
                labels: Some(&known.pod.labels),
                service_account: Some(&known.pod.service_account),
                ports: Some(&known.ports),
                node,
            }),
            address: address.map(|address| address.to_canonical()),
        }
    }

    /// What is no pod, by its address.
    pub fn at(address: IpAddr) -> Self {
        Self {
            who: Who::Address,
            address: Some(address.to_canonical()),
        }
    }
}

impl Traffic<'_> {
    /// Traffic of which no more is known than a protocol and a destination port.
    pub const fn new(direction: Direction, protocol: Protocol, port: Option<u16>) -> Self {
        Self {
            direction,
            protocol,
            icmp: None,
            source_port: None,
            port,
            domains: &[],
        }
    }
}
