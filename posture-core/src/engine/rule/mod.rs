//! Whether a rule names some traffic, criterion by criterion (policy semantics, sections 3, 5 and 7).

mod domain;
pub(super) mod end;
mod entity;
mod port;

use std::net::IpAddr;

use super::{End, Match, Reason, Surroundings, Traffic, Who};
use crate::model::{
    Beyond, Direction, EndMatch, Family, Policy, PortMatch, Protocol, Rule, Wording,
};

/// Everything that a rule is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// What rules can speak of apart from the ends.
    pub around: &'a Surroundings,
    /// The end whose policies are asked.
    pub subject: End<'a>,
    /// The other end.
    pub peer: End<'a>,
    /// What is sent between them.
    pub traffic: Traffic<'a>,
}

impl<'a> Question<'a> {
    /// The question about traffic of which nothing is known, not even which address of the subject it
    /// is sent from or to.
    pub(super) const fn of_anything(
        around: &'a Surroundings,
        subject: End<'a>,
        direction: Direction,
    ) -> Self {
        Self {
            around,
            subject: End {
                address: None,
                ..subject
            },
            peer: End::UNKNOWN,
            traffic: Traffic::new(direction, Protocol::Unknown, None),
        }
    }

    /// Whether a policy selects the subject.
    pub(super) fn selects(&self, policy: &Policy) -> Match {
        match self.subject.who {
            Who::Pod(pod) => self.around.selects_pod(&policy.subject, &pod),
            _ => Match::No,
        }
    }

    /// Whether a rule of a policy names the traffic: "All criteria `ANDed`, lists inside one criterion
    /// `ORed`; negative criteria must hold too" (policy semantics, section 5).
    pub(super) fn names(&self, policy: &Policy, rule: &Rule) -> Match {
        let matcher = Matcher {
            question: self,
            wording: policy.kind.wording(),
        };
        matcher
            .family(rule)
            .and(|| matcher.source_ports(rule))
            .and(|| matcher.source(rule))
            .and(|| matcher.destination(rule))
            .and(|| beyond(rule))
    }

    pub(super) fn source(&self) -> &End<'_> {
        match self.traffic.direction {
            Direction::Egress => &self.subject,
            Direction::Ingress => &self.peer,
        }
    }

    pub(super) fn destination(&self) -> &End<'_> {
        match self.traffic.direction {
            Direction::Egress => &self.peer,
            Direction::Ingress => &self.subject,
        }
    }
}

/// What a rule demands that nothing tells.
pub(super) fn beyond(rule: &Rule) -> Match {
    match rule.beyond {
        None => Match::Yes,
        Some(Beyond::Http) => Match::Unknown(Reason::Http),
        Some(Beyond::NotUnderstood) => Match::Unknown(Reason::Rule),
    }
}

/// A question, put to the rules of a policy in their words.
pub(super) struct Matcher<'q> {
    pub(super) question: &'q Question<'q>,
    pub(super) wording: Wording,
}

impl Matcher<'_> {
    pub(super) fn family(&self, rule: &Rule) -> Match {
        let Some(wanted) = rule.family else {
            return Match::Yes;
        };
        Match::known(
            self.family_of_traffic().map(|family| family == wanted),
            Reason::Peer,
        )
    }

    fn family_of_traffic(&self) -> Option<Family> {
        match (self.question.traffic.protocol, self.question.peer.address) {
            (Protocol::Icmp, _) => Some(Family::V4),
            (Protocol::Icmp6, _) => Some(Family::V6),
            (_, Some(address)) => Some(family_of(address)),
            (_, None) => self.question.subject.address.map(family_of),
        }
    }

    pub(super) fn source_ports(&self, rule: &Rule) -> Match {
        if rule.source_ports.is_empty() && rule.not_source_ports.is_empty() {
            return Match::Yes;
        }
        let (end, port) = (self.question.source(), self.question.traffic.source_port);
        let named = |ports: &[PortMatch]| {
            Match::any(
                rule.source
                    .iter()
                    .chain(rule.source.is_empty().then_some(&ANYONE))
                    .map(|who| {
                        Match::any(ports.iter().map(|wanted| self.port(wanted, port, end, who)))
                    }),
            )
        };
        let protocol = Match::known(self.has_ports(), Reason::Protocol);
        let wanted = match rule.source_ports.is_empty() {
            true => Match::Yes,
            false => protocol.and(|| named(&rule.source_ports)),
        };
        wanted.and(|| named(&rule.not_source_ports).not())
    }

    pub(super) fn source(&self, rule: &Rule) -> Match {
        if rule.source.is_empty() {
            return Match::Yes;
        }
        let end = self.question.source();
        let whom = rule.source.iter();
        Match::any(whom.map(|who| self.end(who, end, Side::Source)))
    }

    /// The destination and what is sent to it, together: "Named port: resolved on the destination
    /// pod's containers" (policy semantics, section 3), of those that fit.
    pub(super) fn destination(&self, rule: &Rule) -> Match {
        let end = self.question.destination();
        let whom = rule.destination.iter();
        Match::any(
            whom.chain(rule.destination.is_empty().then_some(&ANYONE))
                .map(|who| {
                    self.end(who, end, Side::Destination)
                        .and(|| match rule.traffic.is_empty() {
                            true => Match::Yes,
                            false => self.any_traffic(&rule.traffic, who),
                        })
                        .and(|| self.any_traffic(&rule.except, who).not())
                }),
        )
    }
}

/// Which end of the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Source,
    Destination,
}

pub(super) static ANYONE: EndMatch = EndMatch {
    selector: None,
    not_selector: None,
    nodes: None,
    entity: None,
    nets: None,
    not_nets: Vec::new(),
    service: None,
    domains: None,
};

pub(crate) fn family_of(address: IpAddr) -> Family {
    match address {
        IpAddr::V4(_) => Family::V4,
        IpAddr::V6(_) => Family::V6,
    }
}
