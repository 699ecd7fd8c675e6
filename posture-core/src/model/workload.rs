//! Workloads and the pods that run them.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ImageIdentity, Labels, Origin, Protocol};

/// The identity of a workload: "the top controller of a pod [...], never a `ReplicaSet` or a pod
/// of a controller; a rollout must not change its identity" (scoring, section 1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WorkloadId {
    /// Its namespace.
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its kind; empty when only flow logs speak of it.
    pub kind: Arc<str>,
}

/// `namespace/name`; in the alternate form `namespace/Kind/name`, which tells two workloads of one
/// name apart.
impl fmt::Display for WorkloadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.namespace)?;
        if f.alternate() && !self.kind.is_empty() {
            write!(f, "{}/", self.kind)?;
        }
        f.write_str(&self.name)
    }
}

/// A controlling owner reference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// Kind of the owner; empty where only the name of the pod tells that there is one.
    pub kind: String,
    /// Name of the owner, in the same namespace.
    pub name: String,
}

/// An object that owns pods or other controllers: `Deployment`, `ReplicaSet`, `Job`, and so on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Controller {
    /// `metadata.resourceVersion`, 0 where there is none: the newer of two wins.
    pub version: u64,
    /// Its namespace.
    pub namespace: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What controls it.
    pub owner: Option<Owner>,
    /// Where it was read.
    pub origin: Origin,
}

/// Where a pod is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// `Succeeded`, `Failed`, or being deleted: no endpoint, nothing runs.
    Finished,
    /// `Pending` or `Unknown`.
    NotRunning,
    /// A manifest without status: what a controller would run. Dropped where live pods are known.
    Declared,
    /// `Running`.
    Running,
}

/// A pod.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pod {
    /// `metadata.resourceVersion`, 0 where there is none: the newer of two wins.
    pub version: u64,
    /// Where it is in its life; of two equally new ones the running one wins.
    pub phase: Phase,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// `metadata.generateName`, which flow logs show with a `*` behind.
    pub generate_name: Option<String>,
    /// Its own labels.
    pub labels: Labels,
    /// What controls it.
    pub owner: Option<Owner>,
    /// The name of its service account.
    pub service_account: String,
    /// Its node.
    pub node: Option<String>,
    /// Whether it shares its node's network: such pods are not policed as workloads.
    pub host_network: bool,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Its containers of every role.
    pub containers: Vec<Container>,
    /// Where it was read.
    pub origin: Origin,
}

/// What a container is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContainerRole {
    /// A container of the pod, or an init container that keeps running (a sidecar).
    Main,
    /// An init container: it ran before the others.
    Init,
    /// A debugging container that was added to the running pod.
    Ephemeral,
}

/// A container and the image it runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Container {
    /// Its name in the pod.
    pub name: String,
    /// What it is for.
    pub role: ContainerRole,
    /// Its image, as far as the pod's spec and status tell.
    pub image: ImageIdentity,
    /// Its ports that have a name.
    pub ports: Vec<NamedPort>,
}

/// A container port with a name, for policies that refer to ports by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedPort {
    /// The name.
    pub name: String,
    /// The protocol.
    pub protocol: Protocol,
    /// The port number.
    pub number: u16,
}
