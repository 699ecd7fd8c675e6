//! Directions, protocols and ports.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which way traffic goes, seen from the end that a policy would govern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the workload.
    Egress,
    /// To the workload.
    Ingress,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Egress => "egress",
            Self::Ingress => "ingress",
        })
    }
}

/// A layer-4 protocol, by the name that flow logs use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// Transmission Control Protocol (6).
    Tcp,
    /// User Datagram Protocol (17).
    Udp,
    /// Stream Control Transmission Protocol (132).
    Sctp,
    /// ICMP for IPv4 (1).
    Icmp,
    /// ICMP for IPv6 (58).
    Icmp6,
    /// Any other protocol, by its IANA number.
    Number(u8),
    /// Not known, or aggregated away.
    Unknown,
}

impl Protocol {
    /// The protocol with an IANA number.
    pub const fn from_number(number: u8) -> Self {
        match number {
            6 => Self::Tcp,
            17 => Self::Udp,
            132 => Self::Sctp,
            1 => Self::Icmp,
            58 => Self::Icmp6,
            other => Self::Number(other),
        }
    }

    /// The protocol with a name or a decimal number, in any case; none for other texts.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "tcp" => Self::Tcp,
            "udp" => Self::Udp,
            "sctp" => Self::Sctp,
            "icmp" => Self::Icmp,
            "icmp6" | "icmpv6" => Self::Icmp6,
            "-" | "" => Self::Unknown,
            "udplite" => Self::Number(136),
            number => Self::from_number(number.parse().ok()?),
        })
    }

    /// Whether the protocol has ports.
    pub const fn has_ports(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp | Self::Sctp)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp => f.write_str("tcp"),
            Self::Udp => f.write_str("udp"),
            Self::Sctp => f.write_str("sctp"),
            Self::Icmp => f.write_str("icmp"),
            Self::Icmp6 => f.write_str("icmp6"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Unknown => f.write_str("any"),
        }
    }
}

/// The destination port of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Port {
    /// The protocol has no ports.
    None,
    /// Aggregated away: "A destination port of an aggregated record that is null is its own
    /// value" (scoring, section 6.3).
    Aggregated,
    /// A port number.
    Number(u16),
}

impl Port {
    /// The port of a record with this protocol.
    pub const fn of(protocol: Protocol, port: Option<u16>) -> Self {
        match (protocol, port) {
            (Protocol::Tcp | Protocol::Udp | Protocol::Sctp | Protocol::Unknown, Some(port)) => {
                Self::Number(port)
            }
            (Protocol::Tcp | Protocol::Udp | Protocol::Sctp | Protocol::Unknown, None) => {
                Self::Aggregated
            }
            _ => Self::None,
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Aggregated => f.write_str("*"),
            Self::Number(port) => write!(f, "{port}"),
        }
    }
}
