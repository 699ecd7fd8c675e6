//! Protocols and ports in words.

use super::list;
use crate::model::{Icmp, PortMatch, Protocol, TrafficMatch};

/// What is sent: `tcp 80, tcp 8000-8080 or udp 53`.
pub fn protocols(any: &[TrafficMatch]) -> String {
    list(any.iter().map(one))
}

fn one(wanted: &TrafficMatch) -> String {
    let mut text = wanted.protocol.map_or_else(
        || match wanted.ports.is_empty() {
            true => "any protocol".to_owned(),
            false => "port".to_owned(),
        },
        protocol,
    );
    if !wanted.ports.is_empty() {
        text = format!("{text} {}", ports(&wanted.ports));
    }
    if let Some(kind) = wanted.icmp {
        text = format!("{text} {}", icmp(kind));
    }
    text
}

/// A protocol by its name, or by its number where it has none here.
pub fn protocol(protocol: Protocol) -> String {
    match protocol {
        Protocol::Number(number) => format!("protocol {number}"),
        named => named.to_string(),
    }
}

/// Ports: `80, 8000-8080`.
pub fn ports(any: &[PortMatch]) -> String {
    let ports: Vec<String> = any.iter().map(port).collect();
    ports.join(", ")
}

fn port(port: &PortMatch) -> String {
    match port {
        PortMatch::Range(first, last) if first == last => first.to_string(),
        PortMatch::Range(first, last) => format!("{first}-{last}"),
        PortMatch::Named(name) => format!("`{name}`"),
    }
}

/// A type of ICMP message.
pub fn icmp(icmp: Icmp) -> String {
    match icmp.code {
        Some(code) => format!("type {} code {code}", icmp.kind),
        None => format!("type {}", icmp.kind),
    }
}
