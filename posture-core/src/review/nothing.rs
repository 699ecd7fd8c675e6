//! Rules whose criteria exclude each other.

use super::covers::is_in;
use super::finding::{Finding, FindingKind};
use super::ports::holds_traffic;
use super::{Facts, each_rule};
use crate::engine::{family_of, words};
use crate::model::{EndMatch, Family, PortMatch, Protocol, Rule, TrafficMatch};

pub(super) fn find(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for (policy, direction, index, rule) in each_rule(facts) {
        if let Some(why) = why(rule, policy.kind.is_kubernetes()) {
            let message = format!("{} {}: {why}", rule.action, words::rule(rule));
            let finding = Finding::of(FindingKind::MatchesNothing, policy, message);
            findings.push(finding.at(direction, index));
        }
    }
}

/// Why a rule cannot name any traffic.
fn why(rule: &Rule, kubernetes: bool) -> Option<String> {
    ends("source", &rule.source)
        .or_else(|| ends("destination", &rule.destination))
        .or_else(|| all_of(&rule.traffic, &|one| traffic(one, &rule.except)))
        .or_else(|| source_ports(rule))
        .or_else(|| families(rule))
        .or_else(|| named_ports(rule, kubernetes))
}

/// Why none of several alternatives is possible; none where one is, or where there are none.
fn all_of<T>(any: &[T], why: &dyn Fn(&T) -> Option<String>) -> Option<String> {
    let reasons: Option<Vec<String>> = any.iter().map(why).collect();
    reasons?.into_iter().next()
}

fn ends(side: &str, any: &[EndMatch]) -> Option<String> {
    all_of(any, &|end| Some(format!("its {side} {}", self::end(end)?)))
}

fn end(end: &EndMatch) -> Option<String> {
    let nets = end.nets.as_deref();
    let (selector, not) = (end.selector.as_ref(), end.not_selector.as_ref());
    let not_nets = &end.not_nets;
    let left_out = |nets: &[ipnet::IpNet]| nets.iter().all(|net| is_in(net, not_nets));
    let families = families_of(end);
    Some(match (nets, selector, not) {
        (Some([]), ..) => "names nobody".to_owned(),
        (Some(nets), ..) if left_out(nets) => "leaves out all nets that it names".to_owned(),
        _ if families.is_empty() => {
            "names nets of one address family and leaves out nets of the other".to_owned()
        }
        (_, Some(selector), _) if selector.is_impossible() => {
            format!(
                "asks for what excludes itself: {}",
                words::selector(selector)
            )
        }
        (_, Some(selector), Some(not)) if selector.implies(not) => {
            "leaves out all that it selects".to_owned()
        }
        _ => return None,
    })
}

fn traffic(wanted: &TrafficMatch, except: &[TrafficMatch]) -> Option<String> {
    let ports = |protocol: &Protocol| !wanted.ports.is_empty() && !protocol.has_ports();
    let icmp = |protocol: &Protocol| {
        wanted.icmp.is_some() && !matches!(protocol, Protocol::Icmp | Protocol::Icmp6)
    };
    if let Some(protocol) = wanted.protocol.filter(ports) {
        return Some(format!("{} has no ports", words::protocol(protocol)));
    }
    if let Some(protocol) = wanted.protocol.filter(icmp) {
        return Some(format!("{} has no ICMP types", words::protocol(protocol)));
    }
    let left_out = except.iter().any(|except| holds_traffic(except, wanted));
    left_out.then(|| "it leaves out all protocols and ports that it names".to_owned())
}

fn source_ports(rule: &Rule) -> Option<String> {
    let wanted = !rule.source_ports.is_empty();
    let without = |one: &TrafficMatch| {
        let protocol = one.protocol.filter(|protocol| !protocol.has_ports());
        protocol.map(|protocol| format!("{} has no ports", words::protocol(protocol)))
    };
    wanted.then(|| all_of(&rule.traffic, &without))?
}

/// "v4 never matches v6"; "ICMP = 1 (v4 only)" (policy semantics, sections 3 and 5).
fn families(rule: &Rule) -> Option<String> {
    let of_ends = |ends: &[EndMatch]| match ends.is_empty() {
        true => BOTH.to_vec(),
        false => ends.iter().flat_map(families_of).collect(),
    };
    let (source, destination) = (of_ends(&rule.source), of_ends(&rule.destination));
    let of_traffic: Vec<Family> = match rule.traffic.is_empty() {
        true => BOTH.to_vec(),
        false => rule.traffic.iter().flat_map(families_of_traffic).collect(),
    };
    let possible = |family: &Family| {
        rule.family.is_none_or(|wanted| wanted == *family)
            && source.contains(family)
            && destination.contains(family)
            && of_traffic.contains(family)
    };
    (!BOTH.iter().any(possible))
        .then(|| "its criteria are of different address families".to_owned())
}

const BOTH: [Family; 2] = [Family::V4, Family::V6];

/// The families of the addresses that an end may have.
fn families_of(end: &EndMatch) -> Vec<Family> {
    let speaks =
        |nets: &[ipnet::IpNet], family| nets.iter().any(|net| family_of(net.addr()) == family);
    let wanted = |family: &Family| {
        end.nets.as_ref().is_none_or(|nets| speaks(nets, *family))
            && (end.not_nets.is_empty() || speaks(&end.not_nets, *family))
    };
    BOTH.into_iter().filter(wanted).collect()
}

fn families_of_traffic(wanted: &TrafficMatch) -> Vec<Family> {
    match wanted.protocol {
        Some(Protocol::Icmp) => vec![Family::V4],
        Some(Protocol::Icmp6) => vec![Family::V6],
        _ => BOTH.to_vec(),
    }
}

/// A port's name "never matches an ipBlock" (policy semantics, section 3).
fn named_ports(rule: &Rule, kubernetes: bool) -> Option<String> {
    let only_names = |one: &TrafficMatch| {
        let mut ports = one.ports.iter();
        !one.ports.is_empty() && ports.all(|port| matches!(port, PortMatch::Named(_)))
    };
    let nothing = kubernetes
        && !rule.traffic.is_empty()
        && rule.traffic.iter().all(only_names)
        && !rule.destination.is_empty()
        && rule.destination.iter().all(|end| end.nets.is_some());
    nothing.then(|| "an ipBlock has no ports with names".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{equals, from, net, tcp};
    use crate::model::RuleAction;

    fn told(change: impl FnOnce(&mut Rule)) -> Option<String> {
        let mut rule = Rule::new(RuleAction::Allow);
        change(&mut rule);
        why(&rule, false)
    }

    fn of_end(end: EndMatch) -> Option<String> {
        told(|rule| rule.source = vec![end].into())
    }

    #[test]
    fn ends_that_are_nobody() {
        let but = |nets: &str, not: &str| EndMatch {
            not_nets: vec![not.parse().unwrap()],
            ..net(nets)
        };
        let nobody = EndMatch {
            nets: Some(Vec::new()),
            ..EndMatch::default()
        };
        let left_out = EndMatch {
            not_selector: Some(Selector::Has("app".to_owned())),
            ..from(equals("app", "web"))
        };
        let both = from(equals("app", "web").and(equals("app", "db")));
        assert_eq!(of_end(net("10.0.0.0/8")), None);
        assert_eq!(of_end(but("10.0.0.0/8", "10.1.0.0/16")), None);
        assert_eq!(of_end(nobody).unwrap(), "its source names nobody");
        assert_eq!(
            of_end(but("10.1.0.0/16", "10.0.0.0/8")).unwrap(),
            "its source leaves out all nets that it names"
        );
        assert_eq!(
            of_end(but("10.1.0.0/16", "fd00::/8")).unwrap(),
            "its source names nets of one address family and leaves out nets of the other"
        );
        assert_eq!(
            of_end(left_out).unwrap(),
            "its source leaves out all that it selects"
        );
        assert!(
            of_end(both.clone())
                .unwrap()
                .starts_with("its source asks for what excludes")
        );
        // one alternative that is possible is enough
        assert_eq!(
            told(|rule| rule.source = vec![both, net("10.0.0.0/8")].into()),
            None
        );
    }

    use crate::selector::Selector;

    #[test]
    fn traffic_that_cannot_be() {
        let icmp_port = TrafficMatch {
            protocol: Some(Protocol::Icmp),
            ..tcp(&[80])
        };
        assert_eq!(
            told(|rule| rule.traffic = vec![icmp_port.clone()].into()).unwrap(),
            "icmp has no ports"
        );
        assert_eq!(
            told(|rule| rule.traffic = vec![icmp_port, tcp(&[80])].into()),
            None
        );
        assert_eq!(
            told(|rule| {
                rule.traffic = vec![tcp(&[80])].into();
                rule.except = vec![tcp(&[])];
            })
            .unwrap(),
            "it leaves out all protocols and ports that it names"
        );
        assert_eq!(
            told(|rule| {
                rule.source = vec![net("10.0.0.0/8")].into();
                rule.destination = vec![net("fd00::/8")].into();
            })
            .unwrap(),
            "its criteria are of different address families"
        );
    }

    #[test]
    fn names_of_ports_outside() {
        let mut rule = Rule::new(RuleAction::Allow);
        rule.destination = vec![net("10.0.0.0/8")].into();
        rule.traffic = vec![TrafficMatch {
            ports: vec![PortMatch::Named("http".to_owned())],
            ..tcp(&[])
        }]
        .into();
        assert_eq!(
            why(&rule, true).unwrap(),
            "an ipBlock has no ports with names"
        );
        assert_eq!(why(&rule, false), None);
    }
}
