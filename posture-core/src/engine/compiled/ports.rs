//! Port atoms (policy semantics, section 10).

use std::collections::BTreeSet;

use crate::engine::{Match, Reason};
use crate::model::{PortMatch, Protocol, Rule, TrafficMatch};

/// The protocols whose ports policies tell apart.
const WITH_PORTS: [Protocol; 3] = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];

/// What is sent, in pieces that no rule tells apart by protocol and port.
#[derive(Clone, Debug)]
pub(super) struct Ports {
    /// The first port of each piece and its number, by protocol and in order.
    borders: [Vec<(u16, u32)>; 3],
    /// Something of each piece: a protocol and a port, where it has ports and the port is known.
    pieces: Vec<(Protocol, Option<u16>)>,
}

/// The first pieces: of each protocol by its number with no known port, and of protocols that are not
/// known.
const FIXED: u32 = 256 + 1;

impl Ports {
    pub(super) fn new() -> Self {
        let by_number = (0..=u8::MAX).map(Protocol::from_number);
        let mut pieces: Vec<_> = by_number.map(|protocol| (protocol, None)).collect();
        pieces.push((Protocol::Unknown, None));
        pieces.extend(WITH_PORTS.map(|protocol| (protocol, Some(0))));
        Self {
            borders: [0, 1, 2].map(|protocol| vec![(0, FIXED + protocol)]),
            pieces,
        }
    }

    /// The piece that a protocol and port are in.
    pub(super) fn find(&self, protocol: Protocol, port: Option<u16>) -> u32 {
        let [tcp, udp, sctp] = &self.borders;
        match (protocol, port) {
            (Protocol::Tcp, Some(port)) => piece(tcp, port),
            (Protocol::Udp, Some(port)) => piece(udp, port),
            (Protocol::Sctp, Some(port)) => piece(sctp, port),
            (Protocol::Unknown, _) => FIXED - 1,
            (other, _) => u32::from(number(other)),
        }
    }

    pub(super) fn pieces(&self) -> &[(Protocol, Option<u16>)] {
        &self.pieces
    }

    /// Splits pieces where rules tell ports apart. Tells the piece that each new one was part of.
    pub(super) fn split(&mut self, sent: &[&TrafficMatch]) -> Vec<u32> {
        let mut wanted = [(); 3].map(|()| BTreeSet::new());
        for traffic in sent {
            for (protocol, borders) in WITH_PORTS.into_iter().zip(&mut wanted) {
                if traffic.protocol.is_none_or(|wanted| wanted == protocol) {
                    borders_of(traffic, borders);
                }
            }
        }
        let mut parents = Vec::new();
        for ((protocol, wanted), borders) in
            WITH_PORTS.into_iter().zip(wanted).zip(&mut self.borders)
        {
            let mut new = Vec::new();
            for port in wanted {
                if borders
                    .binary_search_by_key(&port, |(first, _)| *first)
                    .is_err()
                {
                    parents.push(piece(borders, port));
                    new.push((port, u32::try_from(self.pieces.len()).unwrap_or(u32::MAX)));
                    self.pieces.push((protocol, Some(port)));
                }
            }
            borders.extend(new);
            borders.sort_unstable();
        }
        parents
    }
}

/// The piece that a port is in.
fn piece(borders: &[(u16, u32)], port: u16) -> u32 {
    let at = borders.partition_point(|(first, _)| *first <= port);
    let border = at.checked_sub(1).and_then(|at| borders.get(at));
    border.map_or(FIXED - 1, |(_, piece)| *piece)
}

/// What a rule names of what is sent, as far as protocol and port tell.
pub(super) struct Sent {
    /// None: anything.
    wanted: Option<Vec<Ready>>,
    except: Vec<Ready>,
}

/// A [`TrafficMatch`], its ports in order.
struct Ready {
    protocol: Option<Protocol>,
    /// Ranges that do not touch, in order; none: all ports.
    ports: Option<Vec<(u16, u16)>>,
    /// Whether ports are named: what a name stands for is asked end by end.
    named: bool,
    icmp: bool,
}

impl Sent {
    pub(super) fn new(rule: &Rule) -> Self {
        let wanted = rule.traffic.iter().map(Ready::new).collect();
        Self {
            wanted: (!rule.traffic.is_empty()).then_some(wanted),
            except: rule.except.iter().map(Ready::new).collect(),
        }
    }

    pub(super) fn names(&self, protocol: Protocol, port: Option<u16>) -> Match {
        let any = |any: &[Ready]| Match::any(any.iter().map(|wanted| wanted.names(protocol, port)));
        let wanted = self.wanted.as_deref().map_or(Match::Yes, any);
        wanted.and(|| any(&self.except).not())
    }
}

impl Ready {
    fn new(wanted: &TrafficMatch) -> Self {
        let ranges = wanted.ports.iter().filter_map(|port| match port {
            PortMatch::Range(first, last) => Some((*first, *last)),
            PortMatch::Named(_) => None,
        });
        let mut ranges: Vec<(u16, u16)> = ranges.filter(|(first, last)| first <= last).collect();
        ranges.sort_unstable();
        ranges.dedup_by(|next, before| {
            let touch = next.0 <= before.1.saturating_add(1);
            before.1 = if touch {
                before.1.max(next.1)
            } else {
                before.1
            };
            touch
        });
        let is_named = |port: &PortMatch| matches!(port, PortMatch::Named(_));
        Self {
            protocol: wanted.protocol,
            ports: (!wanted.ports.is_empty()).then_some(ranges),
            named: wanted.ports.iter().any(is_named),
            icmp: wanted.icmp.is_some(),
        }
    }

    fn names(&self, protocol: Protocol, port: Option<u16>) -> Match {
        let unknown = Match::Unknown(Reason::Protocol);
        let is_it = match (self.protocol, protocol) {
            (None, _) => Match::Yes,
            (Some(_), Protocol::Unknown) => unknown,
            (Some(wanted), protocol) => (wanted == protocol).into(),
        };
        is_it
            .and(|| match (&self.ports, protocol) {
                (None, _) => Match::Yes,
                (Some(_), Protocol::Unknown) => unknown,
                (Some(_), protocol) if !protocol.has_ports() => Match::No,
                (Some(ranges), _) => self.port(ranges, port),
            })
            .and(|| if self.icmp { unknown } else { Match::Yes })
    }

    fn port(&self, ranges: &[(u16, u16)], port: Option<u16>) -> Match {
        let numbered = match port {
            None if ranges.is_empty() => Match::No,
            None => Match::Unknown(Reason::Port),
            Some(port) => {
                let behind = ranges.partition_point(|(first, _)| *first <= port);
                let range = behind.checked_sub(1).and_then(|at| ranges.get(at));
                range.is_some_and(|(_, last)| port <= *last).into()
            }
        };
        numbered.or(|| match self.named {
            true => Match::Unknown(Reason::Port),
            false => Match::No,
        })
    }
}

fn borders_of(traffic: &TrafficMatch, borders: &mut BTreeSet<u16>) {
    for port in &traffic.ports {
        if let PortMatch::Range(first, last) = port {
            borders.insert(*first);
            borders.extend(last.checked_add(1));
        }
    }
}

fn number(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
        Protocol::Sctp => 132,
        Protocol::Icmp => 1,
        Protocol::Icmp6 => 58,
        Protocol::Number(number) => number,
        Protocol::Unknown => u8::MAX,
    }
}
