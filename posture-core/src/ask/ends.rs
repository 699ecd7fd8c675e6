//! The two ends of the traffic that is asked about.

use std::net::IpAddr;

use super::answer::Sides;
use super::find::Found;
use crate::engine::{End, family_of, words};
use crate::model::{Family, Protocol};

/// The two ends of the traffic: of workloads with several pods, one of them.
#[derive(Clone, Debug)]
pub(super) struct Ends<'f> {
    from: &'f Found<'f>,
    to: &'f Found<'f>,
    pub(super) from_pod: usize,
    pub(super) to_pod: usize,
    /// That of the addresses; none where it makes no difference.
    pub(super) family: Option<Family>,
}

impl<'f> Ends<'f> {
    /// The first pods; of one workload two that differ, since a pod does not send to itself.
    pub(super) fn new(from: &'f Found<'f>, to: &'f Found<'f>, protocol: Protocol) -> Self {
        let to_pod = match (from, to) {
            (Found::Pods(one, _), Found::Pods(other, _)) if other.len() > 1 => {
                let first = one.first().map(|known| known.id);
                other.iter().position(|known| Some(known.id) != first)
            }
            _ => None,
        };
        Self {
            from,
            to,
            from_pod: 0,
            to_pod: to_pod.unwrap_or(0),
            family: family(from, to, protocol),
        }
    }

    fn is_of_family(&self, address: &IpAddr) -> bool {
        self.family
            .is_none_or(|family| family_of(*address) == family)
    }

    pub(super) fn from(&self) -> End<'_> {
        self.from
            .end(self.from_pod, |address| self.is_of_family(address))
    }

    pub(super) fn to(&self) -> End<'_> {
        self.to
            .end(self.to_pod, |address| self.is_of_family(address))
    }

    /// What is taken for granted.
    pub(super) fn notes(&self) -> Vec<String> {
        let both = |found: &Found<'_>| {
            let addresses = found.addresses();
            let v4 = addresses.iter().any(IpAddr::is_ipv4);
            v4 && addresses.iter().any(IpAddr::is_ipv6)
        };
        match self.family {
            Some(family) if both(self.from) && both(self.to) => vec![format!(
                "both ends have IPv4 and IPv6 addresses; this is about {}",
                words::family(family)
            )],
            _ => Vec::new(),
        }
    }

    /// The pods of both workloads that get another answer.
    pub(super) fn others(&self, decided: &Sides, ask: &dyn Fn(&Ends<'_>) -> Sides) -> Vec<String> {
        let mut others = Vec::new();
        for (found, is_from) in [(self.from, true), (self.to, false)] {
            let Found::Pods(pods, _) = found else {
                continue;
            };
            let answers = pods.iter().enumerate().filter_map(|(at, known)| {
                let ends = match is_from {
                    true => Self {
                        from_pod: at,
                        ..self.clone()
                    },
                    false => Self {
                        to_pod: at,
                        ..self.clone()
                    },
                };
                let answer = ask(&ends).answer();
                (answer != decided.answer() && !ends.is_one_pod())
                    .then(|| format!("{} ({})", known.pod.name, answer.name()))
            });
            let answers: Vec<String> = answers.collect();
            if let Some(first) = answers.first() {
                let more = match answers.len() - 1 {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                let whose = pods.first().map(|known| known.workload.to_string());
                others.push(format!(
                    "not all pods of {} get this answer: {first}{more}",
                    whose.unwrap_or_default()
                ));
            }
        }
        others
    }

    /// Whether a pod would send to itself.
    fn is_one_pod(&self) -> bool {
        let from = id(self.from, self.from_pod);
        from.is_some() && from == id(self.to, self.to_pod)
    }
}

fn id(found: &Found<'_>, pod: usize) -> Option<u32> {
    match found {
        Found::Pods(pods, _) => pods.get(pod).map(|known| known.id),
        _ => None,
    }
}

/// The family of addresses that the traffic has: the protocol's, else the first that both ends have.
fn family(from: &Found<'_>, to: &Found<'_>, protocol: Protocol) -> Option<Family> {
    let families = |found: &Found<'_>| -> Vec<Family> {
        found.addresses().into_iter().map(family_of).collect()
    };
    let (from, to) = (families(from), families(to));
    match protocol {
        Protocol::Icmp => Some(Family::V4),
        Protocol::Icmp6 => Some(Family::V6),
        _ if from.is_empty() => to.first().copied(),
        _ if to.is_empty() => from.first().copied(),
        _ => from.into_iter().find(|family| to.contains(family)),
    }
}
