//! Who sends and who receives.

use std::net::IpAddr;

use ipnet::IpNet;

use super::domain::{Star, is_like};
use super::{Matcher, Side, family_of};
use crate::engine::{End, Match, Reason, Who};
use crate::model::{EndMatch, ServiceName, Wording};
use crate::selector::Selector;

impl Matcher<'_> {
    pub(in crate::engine) fn end(&self, wanted: &EndMatch, end: &End<'_>, side: Side) -> Match {
        let optional = |criterion: Option<Match>| criterion.unwrap_or(Match::Yes);
        let selector = wanted.selector.as_ref();
        let not_selector = wanted.not_selector.as_ref();
        optional(selector.map(|selector| self.selected(selector, end, side)))
            .and(|| optional(not_selector.map(|selector| self.selected(selector, end, side).not())))
            .and(|| {
                optional(
                    wanted
                        .nodes
                        .as_ref()
                        .map(|selector| self.node(selector, end)),
                )
            })
            .and(|| optional(wanted.entity.map(|entity| self.entity(entity, end))))
            .and(|| optional(wanted.nets.as_ref().map(|nets| self.nets(nets, end))))
            .and(|| not_nets(&wanted.not_nets, end))
            .and(|| {
                optional(
                    wanted
                        .service
                        .as_ref()
                        .map(|name| self.service(name, end, side)),
                )
            })
            .and(|| optional(wanted.domains.as_ref().map(|names| self.domains(names))))
    }

    /// "Selectors match the addresses of endpoints and of `NetworkSets` / `GlobalNetworkSets` by their
    /// labels; overlapping sets all count" (policy semantics, section 5).
    pub(in crate::engine) fn selected(
        &self,
        selector: &Selector,
        end: &End<'_>,
        side: Side,
    ) -> Match {
        let around = self.question.around;
        let itself = match end.who {
            Who::Pod(pod) => around.selects_pod(selector, &pod),
            Who::NetworkSet(namespace, name) => match around.set(namespace, name) {
                Some(set) => around.selects_set(selector, set).into(),
                None => Match::Unknown(Reason::Labels),
            },
            Who::Unknown => Match::Unknown(Reason::Peer),
            Who::Host(_) | Who::Address => Match::No,
        };
        itself
            .or(|| self.in_a_set(selector, end, side))
            .or(|| match (end.who, end.address) {
                (Who::Host(_) | Who::Address, Some(address)) => around
                    .host_endpoints_at(address)
                    .any(|endpoint| selector.matches(&endpoint.labels))
                    .into(),
                (Who::Host(_) | Who::Address, None) => match around.host_endpoints.is_empty() {
                    true => Match::No,
                    false => Match::Unknown(Reason::Peer),
                },
                _ => Match::No,
            })
    }

    pub(super) fn in_a_set(&self, selector: &Selector, end: &End<'_>, side: Side) -> Match {
        let around = self.question.around;
        let mut selected = around
            .network_sets
            .iter()
            .filter(|set| around.selects_set(selector, set))
            .peekable();
        if selected.peek().is_none() {
            return Match::No;
        }
        Match::any(selected.map(|set| {
            let holds = match (end.address, set.nets.is_empty()) {
                (_, true) => Match::No,
                (Some(address), false) => holds(&set.nets, address).into(),
                (None, false) => Match::Unknown(Reason::Peer),
            };
            holds.or(|| match (side, set.domains.is_empty()) {
                (Side::Destination, false) => self.domains(&set.domains),
                _ => Match::No,
            })
        }))
    }

    pub(in crate::engine) fn node(&self, selector: &Selector, end: &End<'_>) -> Match {
        match (end.who, end.address) {
            (Who::Pod(_), _) => Match::No,
            (Who::Unknown | Who::NetworkSet(..), _) | (Who::Host(None) | Who::Address, None) => {
                Match::Unknown(Reason::Peer)
            }
            (who, _) => {
                let mut nodes = self.question.around.nodes_of(end).peekable();
                let told = match who {
                    Who::Host(Some(_)) => nodes.peek().is_some(),
                    _ => !self.question.around.nodes.is_empty(),
                };
                match told {
                    true => nodes.any(|node| selector.matches(&node.labels)).into(),
                    false => Match::Unknown(Reason::Labels),
                }
            }
        }
    }

    /// "v4 never matches v6; `::ffff:a.b.c.d` is v4. Whether ipBlock matches pod addresses differs"
    /// (policy semantics, section 3).
    pub(in crate::engine) fn nets(&self, nets: &[IpNet], end: &End<'_>) -> Match {
        let spares_pods = self.blocks_spare_pods();
        match (end.who, end.address) {
            _ if nets.is_empty() => Match::No,
            (Who::Pod(_), _) if spares_pods => Match::No,
            (_, Some(address)) => holds(nets, address).into(),
            (_, None) => Match::Unknown(Reason::Peer),
        }
    }

    /// Whether address blocks hold no pods.
    pub(in crate::engine) fn blocks_spare_pods(&self) -> bool {
        self.wording == Wording::Kubernetes && !self.question.around.modes.ip_block_matches_pods
    }

    /// Of a source its address counts, of a destination its port as well.
    pub(in crate::engine) fn service(
        &self,
        name: &ServiceName,
        end: &End<'_>,
        side: Side,
    ) -> Match {
        let Some(endpoints) = self.question.around.services.get(name) else {
            return Match::Unknown(Reason::Service);
        };
        let Some(address) = end.address else {
            return match endpoints.is_empty() {
                true => Match::No,
                false => Match::Unknown(Reason::Peer),
            };
        };
        let traffic = &self.question.traffic;
        let at = endpoints
            .iter()
            .filter(|endpoint| endpoint.address == address);
        Match::any(at.map(|endpoint| {
            match (side, endpoint.port, traffic.port) {
                (Side::Source, _, _) => Match::Yes,
                (Side::Destination, None, _) => (endpoint.protocol == traffic.protocol).into(),
                (Side::Destination, Some(port), sent) => {
                    Match::from(endpoint.protocol == traffic.protocol)
                        .and(|| Match::known(sent.map(|sent| sent == port), Reason::Port))
                }
            }
        }))
    }

    pub(in crate::engine) fn domains(&self, wanted: &[String]) -> Match {
        let star = match self.wording {
            Wording::Cilium => Star::WithinLabel,
            Wording::Kubernetes | Wording::Calico => Star::Any,
        };
        match self.question.traffic.domains {
            [] => Match::Unknown(Reason::Domain),
            recorded => recorded
                .iter()
                .any(|name| wanted.iter().any(|pattern| is_like(pattern, name, star)))
                .into(),
        }
    }
}

/// "A rule with nets (or notNets) only of the other address family never matches" (policy
/// semantics, section 5).
pub(in crate::engine) fn not_nets(nets: &[IpNet], end: &End<'_>) -> Match {
    match end.address {
        _ if nets.is_empty() => Match::Yes,
        Some(address) => {
            let family = family_of(address);
            let speaks_of_it = nets.iter().any(|net| family_of(net.addr()) == family);
            (speaks_of_it && !holds(nets, address)).into()
        }
        None => Match::Unknown(Reason::Peer),
    }
}

fn holds(nets: &[IpNet], address: IpAddr) -> bool {
    nets.iter().any(|net| net.contains(&address))
}
