//! The plain evaluator: it asks one policy after the other, one rule after the other.
//!
//! Slow and obvious. The compiled engine is held to it, uses it for what bitmaps cannot tell, and
//! explanations are made with it.

use super::walk::{Effect, Selected, Walk};
use super::{
    Decider, End, Governance, Match, Outcome, Question, Sequence, Surroundings, Verdict, Who,
};
use crate::model::{Direction, EndpointToHost, Loopback, Policy, Rule};

/// What the policies of a sequence decide.
pub fn evaluate(sequence: &Sequence, question: &Question<'_>) -> Verdict {
    if let Some(outcome) = without_policies(question) {
        return Verdict { outcome, by: None };
    }
    let walk = walk(
        sequence,
        question.traffic.direction,
        &|policy| question.selects(policy),
        &|policy, rule| question.names(policy, rule),
    );
    at_the_host(question, walk.verdict())
}

/// Whether a policy decides about any traffic of the subject there may be: about traffic of which
/// nothing is known, each specific rule may apply or not, and what is left is "isolated by a
/// Kubernetes policy, ended by a tier default or a catch-all rule" (scoring, section 6.4).
pub fn governance(
    sequence: &Sequence,
    around: &Surroundings,
    subject: End<'_>,
    direction: Direction,
) -> Governance {
    let question = Question::of_anything(around, subject, direction);
    walk(
        sequence,
        direction,
        &|policy| question.selects(policy),
        &|policy, rule| question.names(policy, rule),
    )
    .governance()
}

/// Asks tier by tier: "rules in sequence; Allow and Deny end it; Pass leaves the tier for the next
/// [...]; Log goes on. No match: the tier's defaultAction. A tier with no such policy is skipped. A
/// policy with no rules still triggers the tier default" (policy semantics, section 4).
fn walk(
    sequence: &Sequence,
    direction: Direction,
    selects: &dyn Fn(&Policy) -> Match,
    names: &dyn Fn(&Policy, &Rule) -> Match,
) -> Walk {
    let mut walk = Walk::default();
    for tier in &sequence.tiers {
        if !walk.enter_tier() {
            break;
        }
        let mut selected = Selected::default();
        'policies: for (policy, of) in sequence.policies_of(tier) {
            let Some(rules) = of.rules(direction) else {
                continue;
            };
            let selects = selects(of);
            selected.add(policy, selects);
            if selects == Match::No {
                continue;
            }
            for (rule, index) in rules.iter().zip(0_u32..) {
                let decider = Decider {
                    policy,
                    rule: Some(index),
                };
                if walk.meet(Effect::of(rule), decider, selects.and(|| names(of, rule))) {
                    break 'policies;
                }
            }
        }
        walk.end_tier(tier.tier.default_action, selected);
    }
    walk
}

/// The traffic that policies are not asked about.
pub(super) fn without_policies(question: &Question<'_>) -> Option<Outcome> {
    let (subject, peer) = (&question.subject, &question.peer);
    let stays = subject.address.is_some()
        && subject.address == peer.address
        && matches!((subject.who, peer.who), (Who::Pod(a), Who::Pod(b)) if a.namespace == b.namespace);
    if stays && question.around.modes.loopback == Loopback::Allow {
        return Some(Outcome::Loopback);
    }
    let from_node = question.traffic.direction == Direction::Ingress && is_own_node(question);
    from_node.then_some(Outcome::OwnNode)
}

/// What the node does with traffic to itself that policies let through.
pub(super) fn at_the_host(question: &Question<'_>, verdict: Verdict) -> Verdict {
    match verdict.outcome.lets_through() == Some(true) && stops_at_the_host(question) {
        true => Verdict {
            outcome: Outcome::DroppedAtHost,
            by: None,
        },
        false => verdict,
    }
}

/// Whether the node stops what policies let through.
pub(super) fn stops_at_the_host(question: &Question<'_>) -> bool {
    question.around.modes.endpoint_to_host == EndpointToHost::Drop
        && question.traffic.direction == Direction::Egress
        && is_own_node(question)
}

/// "Traffic from a pod's own node is always allowed" (policy semantics, section 3).
fn is_own_node(question: &Question<'_>) -> bool {
    let Who::Pod(pod) = question.subject.who else {
        return false;
    };
    let own = |name: &str| pod.node == Some(name);
    pod.node.is_some()
        && match question.peer.who {
            Who::Host(Some(name)) => own(name),
            Who::Host(None) | Who::Address => {
                let mut nodes = question.around.nodes_of(&question.peer);
                nodes.any(|node| own(&node.name))
            }
            _ => false,
        }
}
