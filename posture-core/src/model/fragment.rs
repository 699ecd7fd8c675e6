//! What a reader makes of one file.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::{Controller, Labels, NetworkPolicy, Pod, Scan};

/// Where a fact was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Owners of pods.
    pub controllers: Vec<Controller>,
    /// Services.
    pub services: Vec<Service>,
    /// Kubernetes network policies.
    pub policies: Vec<NetworkPolicy>,
    /// Policies of kinds that are not evaluated.
    pub unread_policies: Vec<UnreadPolicy>,
    /// Image scans.
    pub scans: Vec<Scan>,
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
    /// Adds all of another fragment.
    pub fn extend(&mut self, other: Self) {
        self.namespaces.extend(other.namespaces);
        self.nodes.extend(other.nodes);
        self.pods.extend(other.pods);
        self.controllers.extend(other.controllers);
        self.services.extend(other.services);
        self.policies.extend(other.policies);
        self.unread_policies.extend(other.unread_policies);
        self.scans.extend(other.scans);
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
