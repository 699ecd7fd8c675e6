//! What is sent: protocols, ports and types of ICMP messages.

use super::Matcher;
use crate::engine::{End, Match, Reason, Who};
use crate::model::{EndMatch, NamedPort, PortMatch, Protocol, TrafficMatch, Wording};

impl Matcher<'_> {
    pub(in crate::engine) fn any_traffic(&self, any: &[TrafficMatch], who: &EndMatch) -> Match {
        Match::any(any.iter().map(|wanted| self.traffic(wanted, who)))
    }

    /// "A rule with ports never matches ICMP; a rule without matches every protocol" (policy
    /// semantics, section 3).
    pub(super) fn traffic(&self, wanted: &TrafficMatch, who: &EndMatch) -> Match {
        let traffic = &self.question.traffic;
        let protocol = match (wanted.protocol, traffic.protocol) {
            (None, _) => Match::Yes,
            (Some(_), Protocol::Unknown) => Match::Unknown(Reason::Protocol),
            (Some(wanted), protocol) => (wanted == protocol).into(),
        };
        protocol
            .and(|| match wanted.ports.is_empty() {
                true => Match::Yes,
                false => Match::known(self.has_ports(), Reason::Protocol).and(|| {
                    let end = self.question.destination();
                    let ports = wanted.ports.iter();
                    Match::any(ports.map(|port| self.port(port, traffic.port, end, who)))
                }),
            })
            .and(|| match (wanted.icmp, traffic.icmp) {
                (None, _) => Match::Yes,
                (Some(_), None) => Match::Unknown(Reason::Protocol),
                (Some(wanted), Some(sent)) => {
                    let code = wanted.code.is_none_or(|code| sent.code == Some(code));
                    (wanted.kind == sent.kind && code).into()
                }
            })
    }

    pub(super) fn has_ports(&self) -> Option<bool> {
        match self.question.traffic.protocol {
            Protocol::Unknown => None,
            protocol => Some(protocol.has_ports()),
        }
    }

    pub(super) fn port(
        &self,
        wanted: &PortMatch,
        port: Option<u16>,
        end: &End<'_>,
        who: &EndMatch,
    ) -> Match {
        match wanted {
            PortMatch::Range(first, last) => Match::known(
                port.map(|port| (*first..=*last).contains(&port)),
                Reason::Port,
            ),
            PortMatch::Named(name) => self.named_port(name, port, end, who),
        }
    }

    /// "never matches an ipBlock or external peer" (policy semantics, section 3); "named ports OR
    /// numeric, filtered by the positive selector" (section 5).
    pub(super) fn named_port(
        &self,
        name: &str,
        port: Option<u16>,
        end: &End<'_>,
        who: &EndMatch,
    ) -> Match {
        if self.wording == Wording::Kubernetes && who.nets.is_some() {
            return Match::No;
        }
        let protocol = self.question.traffic.protocol;
        if protocol == Protocol::Unknown {
            return Match::Unknown(Reason::Protocol);
        }
        let has_it = |ports: &[NamedPort]| {
            let is_it = |known: &&NamedPort| known.name == name && known.protocol == protocol;
            match port {
                None => match ports.iter().any(|known| is_it(&known)) {
                    true => Match::Unknown(Reason::Port),
                    false => Match::No,
                },
                Some(port) => ports
                    .iter()
                    .any(|known| is_it(&known) && known.number == port)
                    .into(),
            }
        };
        match (end.who, end.address) {
            (Who::Pod(pod), _) => {
                let fits = || match &who.selector {
                    Some(selector) => self.question.around.selects_pod(selector, &pod),
                    None => Match::Yes,
                };
                match pod.ports {
                    Some(ports) => has_it(ports).and(fits),
                    None => fits().and(|| Match::Unknown(Reason::Port)),
                }
            }
            (Who::Host(_) | Who::Address, Some(address)) if self.wording == Wording::Calico => {
                let at = self.question.around.host_endpoints_at(address);
                Match::any(at.map(|endpoint| {
                    let selector = who.selector.as_ref();
                    let fits = selector.is_none_or(|selector| selector.matches(&endpoint.labels));
                    has_it(&endpoint.ports).and(|| fits.into())
                }))
            }
            (Who::Unknown, _) => Match::Unknown(Reason::Peer),
            _ => Match::No,
        }
    }
}
