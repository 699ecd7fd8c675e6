//! Rules: what they do, and with which traffic.

use std::fmt;
use std::sync::Arc;

use ipnet::IpNet;
use serde::Serialize;

use crate::model::Protocol;
use crate::selector::Selector;

/// A rule: it applies where all of its criteria hold. Rules repeat each other's lists, and may share them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// What it does.
    pub action: RuleAction,
    /// Its own name; empty where it has none.
    pub name: String,
    /// Only traffic of this address family.
    pub family: Option<Family>,
    /// What is sent: any of these; none listed: anything.
    pub traffic: Arc<[TrafficMatch]>,
    /// What is not meant: none of these.
    pub except: Vec<TrafficMatch>,
    /// Ports of the source: any of these; none listed: any.
    pub source_ports: Vec<PortMatch>,
    /// None of these ports of the source.
    pub not_source_ports: Vec<PortMatch>,
    /// Who sends: any of these; none listed: anyone.
    pub source: Arc<[EndMatch]>,
    /// Who receives: any of these; none listed: anyone.
    pub destination: Arc<[EndMatch]>,
    /// What it demands besides, of which nothing here tells whether it holds.
    pub beyond: Option<Beyond>,
}

/// What a rule demands that nothing tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Beyond {
    /// Something of HTTP requests, of which a record of layer 4 tells nothing.
    Http,
    /// Something that is not understood here.
    NotUnderstood,
}

/// What a rule does with the traffic that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RuleAction {
    /// Lets it through.
    Allow,
    /// Stops it.
    Deny,
    /// Leaves it to the next tier.
    Pass,
    /// Notes it; the next rule is asked.
    Log,
}

/// A family of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// A protocol with destination ports or an ICMP type: all that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrafficMatch {
    /// The protocol; none: any.
    pub protocol: Option<Protocol>,
    /// The destination port: any of these; none listed: any, and protocols without ports.
    pub ports: Vec<PortMatch>,
    /// The type of ICMP message.
    pub icmp: Option<Icmp>,
}

/// Which ports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortMatch {
    /// From the first to the last, both included.
    Range(u16, u16),
    /// The ports with this name on the containers of the endpoint.
    Named(String),
}

/// A type of ICMP message, "with or without code" (policy semantics, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Icmp {
    /// The type.
    #[serde(rename = "type")]
    pub kind: u8,
    /// The code; none: any.
    pub code: Option<u8>,
}

/// One end of traffic: all that is given must hold. Empty: any end.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndMatch {
    /// Endpoints and network sets by their labels, all selectors of the rule in one: an address
    /// fits when it is that of a fitting endpoint, or in a net of a fitting network set.
    pub selector: Option<Selector>,
    /// No address of endpoints or network sets with these labels. Where there is a `selector` as
    /// well, it is part of that: "the rule is limited to matching known endpoints", each by itself.
    pub not_selector: Option<Selector>,
    /// Nodes by their labels: an address fits when it is that of a fitting node.
    pub nodes: Option<Selector>,
    /// What it is to the cluster.
    pub entity: Option<Entity>,
    /// The address is in any of these nets; none: any address.
    pub nets: Option<Vec<IpNet>>,
    /// The address is in none of these nets.
    pub not_nets: Vec<IpNet>,
    /// The address, and of a destination the port too, is that of an endpoint of this Service.
    pub service: Option<ServiceName>,
    /// The address was resolved from any of these domain names, in which `*` stands for any text;
    /// none: any address.
    pub domains: Option<Vec<String>>,
}

/// What an end is to the cluster, in Cilium's words (policy semantics, section 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// What is outside of it: no pod, no node.
    World,
    /// What is inside of it: pods, nodes and its API server.
    Cluster,
    /// The node that the pod runs on, and what shares that one's network.
    Host,
    /// Any other node.
    RemoteNode,
    /// The API server of Kubernetes.
    ApiServer,
    /// What the input never tells of: endpoints of Cilium itself, and what it does not manage.
    Hidden,
}

/// A Service, by namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceName {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Rule {
    /// A rule for all traffic.
    pub fn new(action: RuleAction) -> Self {
        Self {
            action,
            name: String::new(),
            family: None,
            traffic: Arc::default(),
            except: Vec::new(),
            source_ports: Vec::new(),
            not_source_ports: Vec::new(),
            source: Arc::default(),
            destination: Arc::default(),
            beyond: None,
        }
    }

    /// Whether the rule names neither peer nor port, nor anything else of the traffic.
    pub fn is_broad(&self) -> bool {
        self.family.is_none()
            && self.traffic.is_empty()
            && self.except.is_empty()
            && self.source_ports.is_empty()
            && self.not_source_ports.is_empty()
            && self.source.is_empty()
            && self.destination.is_empty()
            && self.beyond.is_none()
    }
}

impl RuleAction {
    /// Its name, as in a policy.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
            Self::Pass => "Pass",
            Self::Log => "Log",
        }
    }
}

impl fmt::Display for RuleAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
