//! The nouns: plain values that say what a cluster is and what was seen in it.
//!
//! Readers make a [`Fragment`] of every file; [`Cluster::build`] joins them once, checks them, and
//! resolves what refers to what. After that nothing in this crate can fail.

mod cluster;
mod flow;
mod fragment;
mod image;
mod method;
mod network;
mod network_set;
mod newest;
mod owner;
mod policy;
mod protocol;
mod service;
mod workload;

pub(crate) use cluster::AddressOwner;
pub use cluster::{Cluster, ModelError, NamespaceObjects, PodOf};
pub use flow::{
    Action, End, EndKind, Hit, HitAction, HitKind, Record, Reporter, ServiceRef, Trace, Traces,
};
pub use fragment::{
    EndpointSlice, Fragment, Namespace, Node, Origin, Service, ServiceAccount, ServiceTarget,
    Sources, UnreadPolicy,
};
pub use image::{CveSeverity, Digest, Finding, ImageIdentity, ImageName, OperatorLabels, Scan};
pub(crate) use method::in_words;
pub use method::{
    EgressDenominator, EndpointToHost, Evidence, HighRiskFrom, ImageShare, IsolationScope,
    Loopback, Method, MethodError, NetworkEvidence, PolicyModes, Preset, Scope, TieOrder,
    TrafficUnit, UnknownStates, Weights,
};
pub use network::{AddressClass, Network};
pub use network_set::{HostEndpoint, NetworkSet};
pub(crate) use owner::{strip_digits, strip_hash};
pub use policy::{
    EndMatch, Family, Icmp, Order, Policy, PolicyKind, PortMatch, Rule, RuleAction, ServiceName,
    StagedAction, Tier, TierAction, TrafficMatch,
};
pub use protocol::{Direction, Port, Protocol};
pub use service::{ServiceEndpoint, ServiceEndpoints};
pub use workload::{
    Container, ContainerRole, Controller, NamedPort, Owner, Phase, Pod, WorkloadId,
};

pub use crate::selector::Labels;
