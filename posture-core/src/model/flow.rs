//! Flow-log records and the policy traces that come with them.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use super::{Labels, Protocol};

/// One row of a flow log: an aggregate of connections over an interval, never one connection.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// Start of the interval, Unix seconds.
    pub start: i64,
    /// End of the interval, Unix seconds: when the row's state was last seen.
    pub end: i64,
    /// What happened to the traffic.
    pub action: Action,
    /// Which end reported it.
    pub reporter: Reporter,
    /// Its protocol.
    pub protocol: Protocol,
    /// The initiating end.
    pub source: End<'a>,
    /// The other end.
    pub destination: End<'a>,
    /// The Service that the traffic was sent to, before translation.
    pub service: Option<ServiceRef<'a>>,
    /// Domain names that the destination address was resolved from.
    pub domains: Vec<Cow<'a, str>>,
    /// What the policies decided, as recorded.
    pub traces: Arc<Traces>,
    /// Flows that were active in the interval.
    pub connections: u64,
    /// Bytes in both directions.
    pub bytes: u64,
}

/// What happened to the traffic of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub enum Action {
    /// It went through.
    Allow,
    /// It was stopped.
    Deny,
}

/// Which end reported a record, and so which direction it speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub enum Reporter {
    /// The source: speaks for its egress.
    Source,
    /// The destination: speaks for its ingress.
    Destination,
    /// A node that forwarded the traffic: speaks for neither end.
    Forward,
    /// The log does not tell, or not which end began: speaks for neither end.
    Unknown,
}

/// One end of a record, as the log names it.
#[derive(Clone, Debug)]
pub struct End<'a> {
    /// What the log says it is.
    pub kind: EndKind,
    /// Its namespace.
    pub namespace: Option<&'a str>,
    /// Its exact name.
    pub name: Option<&'a str>,
    /// The name that rows are aggregated by: a pod's `generateName` and `*`, a network's `pub`.
    pub aggregate: Option<&'a str>,
    /// Its address.
    pub address: Option<IpAddr>,
    /// Its port.
    pub port: Option<u16>,
    /// Its labels.
    pub labels: Option<Arc<Labels>>,
}

/// What a flow log says an end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub enum EndKind {
    /// A pod (`wep`).
    Workload,
    /// A node or host (`hep`).
    Host,
    /// A network set (`ns`).
    NetworkSet,
    /// An address that is none of these (`net`).
    Network,
    /// No workload; the log does not tell which of the others.
    Unknown,
}

/// A Service, by namespace and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceRef<'a> {
    /// Its namespace.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
}

/// The policy traces of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct Traces {
    /// What enforced policies decided when the connection began. Staged hits may be among them:
    /// old records mix both.
    pub enforced: Trace,
    /// What would be decided now if staged policies were enforced.
    pub pending: Trace,
}

/// A recorded policy trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub enum Trace {
    /// None, null, or empty: nothing was recorded, so policies are evaluated.
    #[default]
    Absent,
    /// A trace is there and cannot be read.
    Unparsable,
    /// The hits, by index.
    Hits(Vec<Hit>),
}

/// One policy that a connection met.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub struct Hit {
    /// Its place in the trace.
    pub index: u32,
    /// The tier; `__PROFILE__` for profiles.
    pub tier: Box<str>,
    /// The policy, with namespace where it has one, as recorded.
    pub policy: Box<str>,
    /// What decided.
    pub kind: HitKind,
    /// Whether the policy is staged.
    pub staged: bool,
    /// What it decided.
    pub action: HitAction,
    /// Which rule: -1 is the end of the tier, -2 is not known, none in old records.
    pub rule: Option<i32>,
}

/// What kind of thing a hit names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub enum HitKind {
    /// A policy, by a kind that the trace states.
    Policy,
    /// A profile: no policy addressed the traffic.
    Profile,
    /// A policy, as far as its name tells; older traces state no kind.
    Unstated,
}

/// What a hit decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
pub enum HitAction {
    /// The traffic may pass.
    Allow,
    /// The traffic is stopped.
    Deny,
    /// The next tier, or the profiles, decide.
    Pass,
}
