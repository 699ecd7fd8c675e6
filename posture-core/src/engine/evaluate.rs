//! Kubernetes network policies, evaluated one by one.
//!
//! "Isolation is per direction and pod. Allowed iff (source not egress-isolated or some egress
//! rule allows) and (destination not ingress-isolated or some ingress rule allows). Additive, no
//! order, no deny" (policy semantics, section 3). Each call answers for one of both directions.
//!
//! What may be unknown is an `Option`: none is "not known", and `and`, `or` below keep it so only
//! where the other operand does not settle the answer (Kleene's strong logic).

use std::net::IpAddr;

use super::{Governance, Verdict};
use crate::model::{
    Direction, IpBlock, Labels, NamedPort, NetworkPolicy, Peer, PolicyPort, PortMatch, Protocol,
    Rule,
};
use crate::selector::LabelSelector;

/// The pod whose traffic is judged.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its namespace.
    pub namespace: &'a str,
    /// Its labels, where they are known.
    pub labels: Option<&'a Labels>,
}

/// The other end of the traffic.
#[derive(Clone, Copy, Debug)]
pub enum PeerEnd<'a> {
    /// A pod with a network of its own.
    Pod {
        /// Its namespace.
        namespace: &'a str,
        /// Labels of its namespace.
        namespace_labels: &'a Labels,
        /// Its labels, where they are known.
        labels: Option<&'a Labels>,
        /// Its addresses; none where they are not known.
        addresses: &'a [IpAddr],
    },
    /// An address that is no pod's: outside, a node, or a pod that shares its node's network.
    Address(IpAddr),
    /// Something whose address is not known.
    Unknown,
}

/// What is sent, and which way.
#[derive(Clone, Copy, Debug)]
pub struct Traffic<'a> {
    /// Seen from the subject.
    pub direction: Direction,
    /// The protocol.
    pub protocol: Protocol,
    /// The destination port, where it is known.
    pub port: Option<u16>,
    /// Named ports of the destination, where it is a pod that is known.
    pub named_ports: Option<&'a [NamedPort]>,
}

/// What the policies of the subject's namespace decide about the traffic.
pub fn evaluate<'p>(
    policies: &'p [NetworkPolicy],
    subject: Subject<'_>,
    peer: PeerEnd<'_>,
    traffic: Traffic<'_>,
) -> Verdict<'p> {
    let isolating = match governs(policies, subject, traffic.direction) {
        Governance::By(policy) => policy,
        Governance::Nothing => return Verdict::NotSelected,
        Governance::LabelsUnknown => return Verdict::LabelsUnknown,
    };
    let mut undecided = false;
    for policy in policies {
        let Some(rules) = policy.rules(traffic.direction) else {
            continue;
        };
        let selected = selects(policy, subject);
        for (index, rule) in rules.iter().enumerate() {
            let allows = and(selected, || rule_matches(rule, policy, peer, traffic));
            match allows {
                Some(true) => {
                    return Verdict::Allowed {
                        policy: &policy.name,
                        rule: index,
                        broad: rule.is_broad(),
                    };
                }
                Some(false) => {}
                None => undecided = true,
            }
        }
    }
    match undecided {
        true => Verdict::Undecided { policy: isolating },
        false => Verdict::Denied { policy: isolating },
    }
}

/// Whether any policy isolates the subject in a direction: the first one that does.
pub fn governs<'p>(
    policies: &'p [NetworkPolicy],
    subject: Subject<'_>,
    direction: Direction,
) -> Governance<'p> {
    let mut unknown = false;
    for policy in policies
        .iter()
        .filter(|policy| policy.rules(direction).is_some())
    {
        match selects(policy, subject) {
            Some(true) => return Governance::By(&policy.name),
            Some(false) => {}
            None => unknown = true,
        }
    }
    match unknown {
        true => Governance::LabelsUnknown,
        false => Governance::Nothing,
    }
}

fn selects(policy: &NetworkPolicy, subject: Subject<'_>) -> Option<bool> {
    match policy.namespace == subject.namespace {
        true => matches(&policy.selector, subject.labels),
        false => Some(false),
    }
}

fn rule_matches(
    rule: &Rule,
    policy: &NetworkPolicy,
    peer: PeerEnd<'_>,
    traffic: Traffic<'_>,
) -> Option<bool> {
    let peer_named = || any(&rule.peers, |allowed| peer_matches(allowed, policy, peer));
    let port_named = || any(&rule.ports, |allowed| port_matches(allowed, peer, traffic));
    and(
        if rule.peers.is_empty() {
            Some(true)
        } else {
            peer_named()
        },
        || {
            if rule.ports.is_empty() {
                Some(true)
            } else {
                port_named()
            }
        },
    )
}

fn peer_matches(allowed: &Peer, policy: &NetworkPolicy, peer: PeerEnd<'_>) -> Option<bool> {
    match (allowed, peer) {
        (_, PeerEnd::Unknown) => None,
        (Peer::Block(block), PeerEnd::Address(address)) => Some(block.contains(address)),
        (Peer::Block(block), PeerEnd::Pod { addresses, .. }) => block_holds(block, addresses),
        (Peer::Pods { .. }, PeerEnd::Address(_)) => Some(false),
        (
            Peer::Pods { namespaces, pods },
            PeerEnd::Pod {
                namespace,
                namespace_labels,
                labels,
                ..
            },
        ) => and(
            Some(match namespaces {
                Some(selector) => selector.matches(namespace_labels),
                None => namespace == policy.namespace,
            }),
            || {
                pods.as_ref()
                    .map_or(Some(true), |selector| matches(selector, labels))
            },
        ),
    }
}

/// Calico's reading: an address block holds pod addresses, too.
fn block_holds(block: &IpBlock, addresses: &[IpAddr]) -> Option<bool> {
    match addresses {
        [] => None,
        known => Some(known.iter().any(|address| block.contains(*address))),
    }
}

/// "A rule with ports never matches ICMP; a rule without matches every protocol" (policy
/// semantics, section 3).
fn port_matches(allowed: &PolicyPort, peer: PeerEnd<'_>, traffic: Traffic<'_>) -> Option<bool> {
    if traffic.protocol == Protocol::Unknown {
        return None;
    }
    if traffic.protocol != allowed.protocol {
        return Some(false);
    }
    match &allowed.ports {
        PortMatch::Any => Some(true),
        PortMatch::Range(first, last) => traffic.port.map(|port| (*first..=*last).contains(&port)),
        PortMatch::Named(name) => {
            let is_pod = match (traffic.direction, peer) {
                (Direction::Ingress, _) | (_, PeerEnd::Pod { .. }) => Some(true),
                (_, PeerEnd::Address(_)) => Some(false),
                (_, PeerEnd::Unknown) => None,
            };
            and(is_pod, || {
                let (ports, number) = (traffic.named_ports?, traffic.port?);
                Some(ports.iter().any(|port| {
                    port.name == *name && port.protocol == traffic.protocol && port.number == number
                }))
            })
        }
    }
}

fn matches(selector: &LabelSelector, labels: Option<&Labels>) -> Option<bool> {
    match labels {
        _ if selector.selects_all() => Some(true),
        Some(labels) => Some(selector.matches(labels)),
        None => None,
    }
}

fn and(first: Option<bool>, second: impl FnOnce() -> Option<bool>) -> Option<bool> {
    match first {
        Some(false) => Some(false),
        Some(true) => second(),
        None => second().filter(|holds| !holds),
    }
}

fn any<T>(items: &[T], holds: impl Fn(&T) -> Option<bool>) -> Option<bool> {
    let mut unknown = false;
    for item in items {
        match holds(item) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(false) }
}
