//! Whether one rule names all traffic that another one names, as far as that can be told from the
//! two alone. True is certain; false is not.

use ipnet::IpNet;

use super::ports::{holds_ports, holds_traffic};
use crate::engine::family_of;
use crate::model::{EndMatch, PortMatch, Rule, TrafficMatch, Wording};
use crate::selector::Selector;

/// A rule, and in whose words it is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worded<'r> {
    pub(super) rule: &'r Rule,
    pub(super) wording: Wording,
}

impl Worded<'_> {
    /// Whether the rule names all traffic that another one names.
    pub(super) fn covers(self, other: Worded<'_>) -> bool {
        let (broad, narrow) = (self.rule, other.rule);
        broad.beyond.is_none()
            && (broad.family.is_none() || broad.family == narrow.family)
            && covers_source_ports(broad, narrow)
            && covers_except(broad, narrow)
            && self.covers_sources(other)
            && self.covers_destinations(other)
    }

    fn covers_sources(self, other: Worded<'_>) -> bool {
        self.rule.source.is_empty()
            || !other.rule.source.is_empty()
                && other.rule.source.iter().all(|narrow| {
                    let mut whom = self.rule.source.iter();
                    whom.any(|broad| self.covers_end(broad, other, narrow))
                })
    }

    fn covers_destinations(self, other: Worded<'_>) -> bool {
        let anyone = [EndMatch::default()];
        let or_anyone = |ends: &'_ [EndMatch]| match ends.is_empty() {
            true => anyone.to_vec(),
            false => ends.to_vec(),
        };
        let (broad, narrow) = (&self.rule.destination, &other.rule.destination);
        let broad = or_anyone(broad);
        or_anyone(narrow).iter().all(|narrow| {
            broad.iter().any(|broad| {
                self.covers_end(broad, other, narrow) && self.covers_traffic(broad, other)
            })
        })
    }

    /// A port's name says the same of both where both are worded alike, "never matches an ipBlock"
    /// of Kubernetes, and counts for the pods that are selected, of which the narrow end has no more.
    fn covers_traffic(self, whom: &EndMatch, other: Worded<'_>) -> bool {
        let names = self.wording == other.wording && !(self.is_kubernetes() && whom.nets.is_some());
        let (broad, narrow) = (&self.rule.traffic, &other.rule.traffic);
        broad.is_empty()
            || !narrow.is_empty()
                && narrow.iter().all(|narrow| {
                    let usable = |broad: &&TrafficMatch| names || !names_ports(&broad.ports);
                    let mut broad = broad.iter().filter(usable);
                    broad.any(|broad| holds_traffic(broad, narrow))
                })
    }

    fn covers_end(self, broad: &EndMatch, other: Worded<'_>, narrow: &EndMatch) -> bool {
        // a mode decides whether nets of Kubernetes' policies hold pods
        let alike = self.wording == other.wording || !self.is_kubernetes();
        let nets = |broad: &Vec<IpNet>| {
            let narrow = narrow.nets.as_ref();
            alike && narrow.is_some_and(|narrow| narrow.iter().all(|net| is_in(net, broad)))
        };
        is_implied(broad.selector.as_ref(), narrow.selector.as_ref())
            && is_implied(broad.nodes.as_ref(), narrow.nodes.as_ref())
            && (broad.entity.is_none() || broad.entity == narrow.entity)
            && broad.not_selector.as_ref().is_none_or(|broad| {
                let narrow = narrow.not_selector.as_ref();
                narrow.is_some_and(|narrow| broad.implies(narrow))
            })
            && broad.nets.as_ref().is_none_or(nets)
            && spares_no_more(&broad.not_nets, &narrow.not_nets)
            && (broad.service.is_none() || broad.service == narrow.service)
            && broad.domains.as_ref().is_none_or(|broad| {
                let narrow = narrow.domains.as_ref();
                self.wording == other.wording
                    && narrow.is_some_and(|narrow| narrow.iter().all(|name| broad.contains(name)))
            })
    }

    fn is_kubernetes(self) -> bool {
        self.wording == Wording::Kubernetes
    }
}

fn is_implied(broad: Option<&Selector>, narrow: Option<&Selector>) -> bool {
    broad.is_none_or(|broad| narrow.is_some_and(|narrow| narrow.implies(broad)))
}

/// Whether a net is in one of some nets.
pub(super) fn is_in(net: &IpNet, nets: &[IpNet]) -> bool {
    nets.iter().any(|broad| broad.contains(net))
}

/// "A rule with nets (or notNets) only of the other address family never matches" (policy semantics,
/// section 5): so what the narrow end leaves out must be of no more families, too.
fn spares_no_more(broad: &[IpNet], narrow: &[IpNet]) -> bool {
    let speaks_of_it = |net: &IpNet| {
        let family = family_of(net.addr());
        broad.iter().any(|net| family_of(net.addr()) == family)
    };
    broad.is_empty()
        || !narrow.is_empty()
            && broad.iter().all(|net| is_in(net, narrow))
            && narrow.iter().all(speaks_of_it)
}

fn covers_source_ports(broad: &Rule, narrow: &Rule) -> bool {
    let wanted = broad.source_ports.is_empty()
        || !narrow.source_ports.is_empty()
            && !names_ports(&broad.source_ports)
            && holds_ports(&broad.source_ports, &narrow.source_ports);
    let not = broad.not_source_ports.is_empty()
        || !names_ports(&broad.not_source_ports)
            && holds_ports(&narrow.not_source_ports, &broad.not_source_ports);
    wanted && not
}

/// What the broad rule leaves out, the narrow one leaves out, too.
fn covers_except(broad: &Rule, narrow: &Rule) -> bool {
    broad.except.iter().all(|left_out| {
        let mut known = narrow.except.iter();
        !names_ports(&left_out.ports) && known.any(|known| holds_traffic(known, left_out))
    })
}

fn names_ports(ports: &[PortMatch]) -> bool {
    let mut ports = ports.iter();
    ports.any(|port| matches!(port, PortMatch::Named(_)))
}

#[cfg(test)]
mod tests;
