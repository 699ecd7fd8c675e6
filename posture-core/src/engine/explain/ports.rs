//! Why what is sent is not what a rule means.

use crate::engine::rule::Matcher;
use crate::engine::words::{self, list};
use crate::engine::{End, Who};
use crate::model::{NamedPort, PortMatch, Protocol, Rule, TrafficMatch};

/// Why what is sent is none of what is meant: the protocol, else the ICMP type, else the port.
pub(super) fn why_no_traffic(matcher: &Matcher<'_>, wanted: &[TrafficMatch]) -> String {
    let traffic = &matcher.question.traffic;
    let known = traffic.protocol != Protocol::Unknown;
    let fits =
        |one: &&TrafficMatch| !known || one.protocol.is_none_or(|one| one == traffic.protocol);
    let of_protocol: Vec<&TrafficMatch> = wanted.iter().filter(fits).collect();
    let sent = words::protocol(traffic.protocol);
    if of_protocol.is_empty() {
        let mut protocols: Vec<Protocol> = wanted.iter().filter_map(|one| one.protocol).collect();
        protocols.sort_unstable();
        protocols.dedup();
        let wanted = list(protocols.into_iter().map(words::protocol));
        return format!("protocol {sent} is not {wanted}");
    }
    let types: Vec<String> = of_protocol
        .iter()
        .filter_map(|one| one.icmp.map(words::icmp))
        .collect();
    if let (Some(icmp), false) = (traffic.icmp, types.is_empty()) {
        return format!("{sent} {} is not {}", words::icmp(icmp), list(types));
    }
    if known && !traffic.protocol.has_ports() {
        return format!("{sent} has no ports");
    }
    let ports: Vec<PortMatch> = of_protocol
        .iter()
        .flat_map(|one| one.ports.clone())
        .collect();
    let end = matcher.question.destination();
    why_no_port(
        "destination port",
        traffic.port,
        &ports,
        end,
        traffic.protocol,
    )
}

/// Why the port of the source is not one that is meant.
pub(super) fn why_no_source_port(matcher: &Matcher<'_>, rule: &Rule) -> String {
    let traffic = &matcher.question.traffic;
    let sent = words::protocol(traffic.protocol);
    match (traffic.source_port, rule.source_ports.as_slice()) {
        _ if !traffic.protocol.has_ports() => format!("{sent} has no ports"),
        (Some(port), []) => format!("source port {port} is left out"),
        (port, wanted) => {
            let end = matcher.question.source();
            why_no_port("source port", port, wanted, end, traffic.protocol)
        }
    }
}

fn why_no_port(
    which: &str,
    port: Option<u16>,
    wanted: &[PortMatch],
    end: &End<'_>,
    protocol: Protocol,
) -> String {
    let known: Vec<String> = wanted
        .iter()
        .filter_map(|port| match port {
            PortMatch::Named(name) => Some(meaning(name, end, protocol)),
            PortMatch::Range(..) => None,
        })
        .collect();
    let meanings = match known.is_empty() {
        true => String::new(),
        false => format!(" ({})", known.join(", ")),
    };
    let number = port.map(|port| format!(" {port}")).unwrap_or_default();
    format!("{which}{number} is not {}{meanings}", words::ports(wanted))
}

/// What a port's name stands for at an end.
fn meaning(name: &str, end: &End<'_>, protocol: Protocol) -> String {
    let ports = match end.who {
        Who::Pod(pod) => pod.ports.unwrap_or_default(),
        _ => &[],
    };
    let is_it = |port: &&NamedPort| {
        port.name == name && (protocol == Protocol::Unknown || port.protocol == protocol)
    };
    let numbers: Vec<String> = ports
        .iter()
        .filter(is_it)
        .map(|port| port.number.to_string())
        .collect();
    match numbers.is_empty() {
        true => format!("no port is named `{name}` there"),
        false => format!("`{name}` is {}", list(numbers)),
    }
}
