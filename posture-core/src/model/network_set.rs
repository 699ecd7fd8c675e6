//! Named sets of addresses, and host endpoints.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Labels, NamedPort, Origin};

/// A `NetworkSet` or `GlobalNetworkSet`: nets that rules select by labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetworkSet {
    /// `metadata.resourceVersion`, 0 where there is none.
    pub version: u64,
    /// Its namespace; empty for a global one.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its own labels.
    pub labels: Labels,
    /// Its nets, host bits masked.
    pub nets: Vec<IpNet>,
    /// Its domain names, in which `*` stands for any text; they count for egress only.
    pub domains: Vec<String>,
    /// Where it was read.
    pub origin: Origin,
}

/// A `HostEndpoint`: an interface of a node or host that rules select by labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostEndpoint {
    /// `metadata.resourceVersion`, 0 where there is none.
    pub version: u64,
    /// Its name.
    pub name: String,
    /// The name of its node.
    pub node: String,
    /// Its own labels.
    pub labels: Labels,
    /// `spec.expectedIPs`; where there are none, rules that select it by labels fit no address.
    pub addresses: Vec<IpAddr>,
    /// Its ports that have a name.
    pub ports: Vec<NamedPort>,
    /// Where it was read.
    pub origin: Origin,
}
