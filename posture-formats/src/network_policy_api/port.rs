//! What is sent: protocols and destination ports.

use posture_core::model::{PortMatch, Protocol, TrafficMatch};
use serde::Deserialize;

use crate::object::Invalid;
use crate::object::port::{self, PortProtocol};

/// An element of `ports` of an `AdminNetworkPolicy`.
#[derive(Deserialize)]
#[serde(try_from = "AdminFields")]
pub(super) struct AdminPort(TrafficMatch);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct AdminFields {
    port_number: Option<Number>,
    port_range: Option<Range>,
    named_port: Option<String>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Number {
    protocol: Option<PortProtocol>,
    port: i64,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Range {
    protocol: Option<PortProtocol>,
    start: i64,
    end: i64,
}

/// An element of `protocols` of a `ClusterNetworkPolicy`: "`protocols: [{tcp: {destinationPort:
/// {number | range}}}, {udp}, {sctp}, {destinationNamedPort}]`" (policy semantics, section 7).
#[derive(Deserialize)]
#[serde(try_from = "ClusterFields")]
pub(super) struct ClusterProtocol(TrafficMatch);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct ClusterFields {
    tcp: Option<Destination>,
    udp: Option<Destination>,
    sctp: Option<Destination>,
    destination_named_port: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Destination {
    destination_port: Option<DestinationPort>,
}

#[derive(Deserialize)]
#[serde(try_from = "DestinationFields")]
struct DestinationPort(PortMatch);

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct DestinationFields {
    number: Option<i64>,
    range: Option<Range>,
}

impl From<AdminPort> for TrafficMatch {
    fn from(AdminPort(traffic): AdminPort) -> Self {
        traffic
    }
}

impl From<ClusterProtocol> for TrafficMatch {
    fn from(ClusterProtocol(traffic): ClusterProtocol) -> Self {
        traffic
    }
}

impl TryFrom<AdminFields> for AdminPort {
    type Error = Invalid;

    fn try_from(fields: AdminFields) -> Result<Self, Invalid> {
        let named = fields.named_port.filter(|name| !name.is_empty());
        Ok(Self(match (fields.port_number, fields.port_range, named) {
            (Some(of), None, None) => traffic(of.protocol, range(of.port, of.port)?),
            (None, Some(of), None) => traffic(of.protocol, range(of.start, of.end)?),
            (None, None, Some(name)) => named_port(name),
            _ => {
                let message = "a port is told by one of portNumber, portRange and namedPort";
                return Err(Invalid::new(message));
            }
        }))
    }
}

impl TryFrom<ClusterFields> for ClusterProtocol {
    type Error = Invalid;

    fn try_from(fields: ClusterFields) -> Result<Self, Invalid> {
        let named = fields
            .destination_named_port
            .filter(|name| !name.is_empty());
        let of = |protocol, of: Destination| TrafficMatch {
            protocol: Some(protocol),
            ports: of.destination_port.map(|port| port.0).into_iter().collect(),
            icmp: None,
        };
        Ok(Self(match (fields.tcp, fields.udp, fields.sctp, named) {
            (Some(tcp), None, None, None) => of(Protocol::Tcp, tcp),
            (None, Some(udp), None, None) => of(Protocol::Udp, udp),
            (None, None, Some(sctp), None) => of(Protocol::Sctp, sctp),
            (None, None, None, Some(name)) => named_port(name),
            _ => {
                let message =
                    "a protocol is told by one of tcp, udp, sctp and destinationNamedPort";
                return Err(Invalid::new(message));
            }
        }))
    }
}

impl TryFrom<DestinationFields> for DestinationPort {
    type Error = Invalid;

    fn try_from(fields: DestinationFields) -> Result<Self, Invalid> {
        match (fields.number, fields.range) {
            (Some(number), None) => range(number, number).map(Self),
            (None, Some(of)) => range(of.start, of.end).map(Self),
            _ => Err(Invalid::new("a port is told by one of number and range")),
        }
    }
}

fn traffic(protocol: Option<PortProtocol>, port: PortMatch) -> TrafficMatch {
    TrafficMatch {
        protocol: Some(protocol.unwrap_or_default().0),
        ports: vec![port],
        icmp: None,
    }
}

fn range(start: i64, end: i64) -> Result<PortMatch, Invalid> {
    let (start, end) = (port::number(start)?, port::number(end)?);
    if end < start {
        let message = format!("end `{end}` of a port range is below its start `{start}`");
        return Err(Invalid::new(message));
    }
    Ok(PortMatch::Range(start, end))
}

/// A port by name, of whichever protocol it has.
fn named_port(name: String) -> TrafficMatch {
    TrafficMatch {
        protocol: None,
        ports: vec![PortMatch::Named(name)],
        icmp: None,
    }
}
