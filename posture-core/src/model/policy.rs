//! Kubernetes `NetworkPolicy` (networking.k8s.io/v1), after defaulting.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Direction, Origin, Protocol};
use crate::selector::LabelSelector;

/// A Kubernetes network policy with its types made explicit.
///
/// "policyTypes default: always Ingress; plus Egress iff egress rules exist. Egress rules are
/// ignored when Egress is not in policyTypes" (policy semantics, section 3): the reader applies
/// it, so that here a direction is governed exactly when its rules are present.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetworkPolicy {
    /// `metadata.resourceVersion`, 0 where there is none.
    pub version: u64,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The pods of its namespace that it selects.
    pub selector: LabelSelector,
    /// Ingress rules, where it governs ingress; none of them: deny all.
    pub ingress: Option<Vec<Rule>>,
    /// Egress rules, where it governs egress; none of them: deny all.
    pub egress: Option<Vec<Rule>>,
    /// Where it was read.
    pub origin: Origin,
}

impl NetworkPolicy {
    /// The rules for a direction, where the policy governs it.
    pub fn rules(&self, direction: Direction) -> Option<&[Rule]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }
}

/// What a rule allows: any of the peers on any of the ports.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Who; none listed: any peer, external and nodes included.
    pub peers: Vec<Peer>,
    /// What; none listed: all ports and protocols.
    pub ports: Vec<PolicyPort>,
}

impl Rule {
    /// Whether the rule names neither peer nor port.
    pub fn is_broad(&self) -> bool {
        self.peers.is_empty() && self.ports.is_empty()
    }
}

/// Who a rule allows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// Pods by labels: "podSelector alone = own namespace; namespaceSelector alone = all pods
    /// there; both in one element = AND" (policy semantics, section 3).
    Pods {
        /// Which namespaces; none: the policy's own.
        namespaces: Option<LabelSelector>,
        /// Which pods there; none: all.
        pods: Option<LabelSelector>,
    },
    /// Addresses.
    Block(IpBlock),
}

/// A network minus others. An IPv4 network never holds an IPv6 address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IpBlock {
    /// The network, host bits masked.
    pub cidr: IpNet,
    /// What is not part of it.
    pub except: Vec<IpNet>,
}

impl IpBlock {
    /// Whether an address (IPv4-mapped ones as IPv4) is in the block.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.cidr.contains(&address) && !self.except.iter().any(|net| net.contains(&address))
    }
}

/// A protocol and ports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyPort {
    /// The protocol; "null protocol = TCP".
    pub protocol: Protocol,
    /// The ports.
    pub ports: PortMatch,
}

/// Which ports of a protocol.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PortMatch {
    /// All.
    Any,
    /// From the first to the last, both included.
    Range(u16, u16),
    /// The ports with this name on the destination pod's containers; "never matches an ipBlock
    /// or external peer".
    Named(String),
}
