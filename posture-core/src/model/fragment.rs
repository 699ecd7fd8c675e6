//! What a reader makes of one file.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::{
    AddressRange, Controller, HostEndpoint, Labels, NetworkSet, Pod, Policy, PortMatch, Protocol,
    Scan, Tier, VexStatement,
};

/// Where a fact was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct Origin {
    /// The file, as the caller named it.
    pub file: Arc<str>,
    /// Where in the file: `items[3]`, `document 2`; empty for the whole file.
    pub at: String,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at.as_str() {
            "" => f.write_str(&self.file),
            at => write!(f, "{} {at}", self.file),
        }
    }
}

/// All that was read, of one file or of many: joined by [`Fragment::extend`], made sense of by
/// [`Cluster::build`](super::Cluster::build).
#[derive(Clone, Debug, Default)]
pub struct Fragment {
    /// Namespaces.
    pub namespaces: Vec<Namespace>,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Pods.
    pub pods: Vec<Pod>,
    /// Pods that only Calico's `WorkloadEndpoint`s tell of: one for each endpoint, without images.
    pub workload_endpoints: Vec<Pod>,
    /// Owners of pods.
    pub controllers: Vec<Controller>,
    /// Services.
    pub services: Vec<Service>,
    /// What tells the endpoints of Services.
    pub endpoint_slices: Vec<EndpointSlice>,
    /// Service accounts.
    pub service_accounts: Vec<ServiceAccount>,
    /// Policies of every kind that is evaluated.
    pub policies: Vec<Policy>,
    /// Tiers of policies.
    pub tiers: Vec<Tier>,
    /// Network sets, global ones too.
    pub network_sets: Vec<NetworkSet>,
    /// Host endpoints.
    pub host_endpoints: Vec<HostEndpoint>,
    /// Policies of kinds that are not evaluated.
    pub unread_policies: Vec<UnreadPolicy>,
    /// Address ranges of the cluster, apart from those of nodes.
    pub ranges: Vec<AddressRange>,
    /// Image scans.
    pub scans: Vec<Scan>,
    /// Statements of VEX on findings of scans.
    pub vex: Vec<VexStatement>,
    /// Which kinds of fact were asked for, even where none was found.
    pub sources: Sources,
}

/// Which kinds of fact the input speaks of: an empty typed list says that there are none, while
/// its absence says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// A pod, or a typed list of pods.
    pub pods: bool,
    /// A policy of any kind, or a typed list of one.
    pub policies: bool,
    /// An image scan, usable or not, or a typed list of them.
    pub scans: bool,
}

impl Fragment {
    /// How many facts there are of each kind, kinds without any left out.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let counts = [
            ("namespaces", self.namespaces.len()),
            ("nodes", self.nodes.len()),
            ("pods", self.pods.len()),
            ("controllers", self.controllers.len()),
            ("services", self.services.len()),
            ("endpoint slices", self.endpoint_slices.len()),
            ("service accounts", self.service_accounts.len()),
            ("policies", self.policies.len()),
            ("tiers", self.tiers.len()),
            ("network sets", self.network_sets.len()),
            ("host endpoints", self.host_endpoints.len()),
            ("policies not evaluated", self.unread_policies.len()),
            ("endpoints of pods", self.workload_endpoints.len()),
            ("address ranges", self.ranges.len()),
            ("scans", self.scans.len()),
            ("VEX statements", self.vex.len()),
        ];
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// Adds all of another fragment.
    pub fn extend(&mut self, other: Self) {
        self.namespaces.extend(other.namespaces);
        self.nodes.extend(other.nodes);
        self.pods.extend(other.pods);
        self.workload_endpoints.extend(other.workload_endpoints);
        self.controllers.extend(other.controllers);
        self.services.extend(other.services);
        self.endpoint_slices.extend(other.endpoint_slices);
        self.service_accounts.extend(other.service_accounts);
        self.policies.extend(other.policies);
        self.tiers.extend(other.tiers);
        self.network_sets.extend(other.network_sets);
        self.host_endpoints.extend(other.host_endpoints);
        self.unread_policies.extend(other.unread_policies);
        self.ranges.extend(other.ranges);
        self.scans.extend(other.scans);
        self.vex.extend(other.vex);
        self.sources = Sources {
            pods: self.sources.pods | other.sources.pods,
            policies: self.sources.policies | other.sources.policies,
            scans: self.sources.scans | other.sources.scans,
        };
    }
}

/// A namespace object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Namespace {
    /// `metadata.resourceVersion`, 0 where there is none.
    pub version: u64,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// Where it was read.
    pub origin: Origin,
}

/// A node: its addresses are the cluster's own, its pod ranges are the cluster's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// Its addresses, internal and external.
    pub addresses: Vec<IpAddr>,
    /// `spec.podCIDRs`.
    pub pod_cidrs: Vec<IpNet>,
    /// Where it was read.
    pub origin: Origin,
}

/// A Service: its addresses are the cluster's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Service {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// `spec.clusterIPs`, without `None`.
    pub addresses: Vec<IpAddr>,
    /// `spec.selector`: the pods behind it; none where it has no selector.
    pub selector: Option<Labels>,
    /// The ports of its pods that it sends to.
    pub targets: Vec<ServiceTarget>,
    /// Where it was read.
    pub origin: Origin,
}

/// A port of a Service's pods.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceTarget {
    /// The protocol.
    pub protocol: Protocol,
    /// `targetPort`, by number or name.
    pub port: PortMatch,
}

/// An `EndpointSlice`: endpoints of a Service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EndpointSlice {
    /// `metadata.resourceVersion`, 0 where there is none.
    pub version: u64,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The Service, by its label `kubernetes.io/service-name`.
    pub service: String,
    /// The addresses of its endpoints.
    pub addresses: Vec<IpAddr>,
    /// Their ports; one without a number stands for all ports.
    pub ports: Vec<(Protocol, Option<u16>)>,
    /// Where it was read.
    pub origin: Origin,
}

/// A service account: its labels are inherited by the pods that run as it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceAccount {
    /// `metadata.resourceVersion`, 0 where there is none.
    pub version: u64,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// Where it was read.
    pub origin: Origin,
}

/// A policy of a kind that is not evaluated here. It may govern any end, so an end that no other
/// policy selects is `unknown` where one is present; a staged policy governs nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnreadPolicy {
    /// Its kind.
    pub kind: String,
    /// Its namespace; empty for cluster-wide kinds.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Whether it is staged, so that it governs nothing.
    pub staged: bool,
    /// Where it was read.
    pub origin: Origin,
}
