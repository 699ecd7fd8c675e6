//! The nouns: plain values that say what a cluster is and what was seen in it.
//!
//! Readers make a [`Fragment`] of every file; [`Cluster::build`] joins them once, checks them, and
//! resolves what refers to what. After that nothing in this crate can fail.

mod cluster;
mod flow;
mod fragment;
mod image;
mod method;
mod namespace_objects;
mod network;
mod network_set;
mod newest;
mod ordered;
mod owner;
mod platform;
mod policy;
mod protocol;
mod purl;
mod service;
mod vex;
mod with_policies;
mod workload;
mod workload_endpoint;

pub(crate) use cluster::AddressOwner;
pub use cluster::{Cluster, ModelError};
pub use flow::{
    Action, End, EndKind, Hit, HitAction, HitKind, Record, Reporter, ServiceRef, Trace, Traces,
};
pub use fragment::{
    EndpointSlice, Fragment, Namespace, Node, Origin, Service, ServiceAccount, ServiceTarget,
    Sources, UnreadPolicy,
};
pub use image::{
    Bom, CveSeverity, Digest, Finding, ImageIdentity, ImageName, OperatorLabels, Scan,
};
pub(crate) use method::in_words;
pub use method::{
    EgressDenominator, EndpointToHost, Evidence, HighRiskFrom, ImageShare, IsolationScope,
    Loopback, Method, MethodError, NetworkEvidence, PolicyModes, Preset, Scope, TieOrder,
    TrafficUnit, UnknownStates, Weights,
};
pub use namespace_objects::{NamespaceObjects, PodOf};
pub use network::{AddressClass, AddressRange, Network, RangeSource};
pub use network_set::{HostEndpoint, NetworkSet};
pub(crate) use owner::{strip_digits, strip_hash};
pub use platform::Platform;
pub use policy::{
    Beyond, EndMatch, Entity, Family, Icmp, Order, Part, Policy, PolicyKind, PortMatch, Role, Rule,
    RuleAction, ServiceName, StagedAction, Tier, TierAction, TrafficMatch, Wording,
};
pub use protocol::{Direction, Port, Protocol};
pub use purl::{Purl, percent_decoded};
pub use service::{ServiceEndpoint, ServiceEndpoints};
pub use vex::{VexProduct, VexStatement, VexSubject, VexUse};
pub use workload::{
    Container, ContainerRole, Controller, NamedPort, Owner, Phase, Pod, WorkloadId,
};

pub use crate::selector::Labels;
