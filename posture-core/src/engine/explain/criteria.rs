//! Which criterion of a rule fails, or is not known.

use std::sync::Arc;

use super::ends::why_end;
use super::ports::{why_no_source_port, why_no_traffic};
use super::{First, first};
use crate::engine::rule::{ANYONE, Matcher, Side, beyond};
use crate::engine::{Match, Question, words};
use crate::model::{EndMatch, Policy, Rule};

/// Why a rule does not name the traffic, or what is not known of that: its first criterion that
/// fails, else its first one that is not known.
pub(super) fn why(question: &Question<'_>, policy: &Policy, rule: &Rule) -> String {
    let matcher = Matcher {
        question,
        wording: policy.kind.wording(),
    };
    let whom = destinations(rule);
    let traffic = Match::any(whom.iter().map(|who| sent(&matcher, rule, who)));
    let except = Match::any(whom.iter().map(|who| not_excepted(&matcher, rule, who)));
    let destination = question.destination();
    let ends = |whom: &[EndMatch], end, side| {
        Match::any(whom.iter().map(|who| matcher.end(who, end, side)))
    };
    let named = ends(&whom, destination, Side::Destination);
    first(&[
        First::new(matcher.family(rule), &|| {
            let family = rule.family.map_or("", words::family);
            format!("the traffic is not {family}")
        }),
        First::new(traffic, &|| why_no_traffic(&matcher, &rule.traffic)),
        First::new(except, &|| {
            format!("{} is left out", words::protocols(&rule.except))
        }),
        First::new(matcher.source_ports(rule), &|| {
            why_no_source_port(&matcher, rule)
        }),
        First::of_parts(matcher.source(rule), &|| {
            none_of(&rule.source, "source", &|who| {
                why_end(&matcher, who, question.source(), Side::Source)
            })
        }),
        First::of_parts(named, &|| {
            none_of(&whom, "destination", &|who| {
                why_end(&matcher, who, destination, Side::Destination)
            })
        }),
        First::of_parts(matcher.destination(rule), &|| {
            none_of(&whom, "destination", &|who| {
                why_neither(&matcher, rule, who)
            })
        }),
        First::new(beyond(rule), &String::new),
    ])
}

fn destinations(rule: &Rule) -> Arc<[EndMatch]> {
    match rule.destination.is_empty() {
        true => Arc::new([ANYONE.clone()]),
        false => rule.destination.clone(),
    }
}

fn sent(matcher: &Matcher<'_>, rule: &Rule, who: &EndMatch) -> Match {
    match rule.traffic.is_empty() {
        true => Match::Yes,
        false => matcher.any_traffic(&rule.traffic, who),
    }
}

fn not_excepted(matcher: &Matcher<'_>, rule: &Rule, who: &EndMatch) -> Match {
    matcher.any_traffic(&rule.except, who).not()
}

/// Of one destination: the end, or what is sent to it.
fn why_neither(matcher: &Matcher<'_>, rule: &Rule, who: &EndMatch) -> String {
    let end = matcher.question.destination();
    first(&[
        First::of_parts(matcher.end(who, end, Side::Destination), &|| {
            why_end(matcher, who, end, Side::Destination)
        }),
        First::new(sent(matcher, rule, who), &|| {
            why_no_traffic(matcher, &rule.traffic)
        }),
        First::new(not_excepted(matcher, rule, who), &|| {
            format!("{} is left out", words::protocols(&rule.except))
        }),
    ])
}

/// What each of several alternatives lacks.
fn none_of(any: &[EndMatch], side: &str, why: &dyn Fn(&EndMatch) -> String) -> String {
    match any {
        [one] => why(one),
        several => {
            let mut reasons: Vec<String> = Vec::new();
            for reason in several.iter().map(why).filter(|reason| !reason.is_empty()) {
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
            match reasons.as_slice() {
                [one] => one.clone(),
                _ => format!(
                    "{side} is none of {}: {}",
                    several.len(),
                    reasons.join("; ")
                ),
            }
        }
    }
}
