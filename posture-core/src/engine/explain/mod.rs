//! How policies come to their verdict: tier by tier, policy by policy, rule by rule.
//!
//! The walk is that of the plain evaluator, so the verdict is, too; what is added are the reasons.

mod criteria;
mod decision;
mod ends;
mod first;
mod labels;
mod ports;
mod steps;

use serde::Serialize;

pub use decision::{Answer, By, Decision};
pub use steps::{Applies, PolicyStep, RuleStep, TierState, TierStep};

use first::{First, first};

use super::walk::{Effect, Selected, Walk};
use super::{Decider, End, Engine, Match, Question, Scope, Sequence, Traffic, Verdict, reference};
use crate::model::{Direction, Policy};

/// How policies come to their verdict on one direction of some traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// Seen from the end whose policies are asked.
    pub direction: Direction,
    /// Which policies are asked.
    pub scope: Scope,
    /// What they decide.
    pub decision: Decision,
    /// Every tier that has policies, in the order in which they are asked. Where policies are not
    /// asked at all, none.
    pub tiers: Vec<TierStep>,
}

/// Explains what [`Engine::verdict`] answers.
pub fn explain(
    engine: &Engine,
    scope: Scope,
    subject: End<'_>,
    peer: End<'_>,
    traffic: Traffic<'_>,
) -> Explanation {
    let sequence = engine.sequence(scope);
    let question = Question {
        around: engine.surroundings(),
        subject,
        peer,
        traffic,
    };
    let (verdict, tiers) = if let Some(outcome) = reference::without_policies(&question) {
        (Verdict { outcome, by: None }, Vec::new())
    } else {
        let (walk, tiers) = steps(sequence, &question);
        (reference::at_the_host(&question, walk.verdict()), tiers)
    };
    Explanation {
        direction: traffic.direction,
        scope,
        decision: Decision::new(verdict, sequence, traffic.direction),
        tiers,
    }
}

fn steps(sequence: &Sequence, question: &Question<'_>) -> (Walk, Vec<TierStep>) {
    let mut walk = Walk::default();
    let mut reached = true;
    let mut tiers = Vec::new();
    for tier in &sequence.tiers {
        reached = reached && walk.enter_tier();
        let mut step = TierStep::new(&tier.tier);
        let mut selected = Selected::default();
        let mut ended = !reached;
        for (number, policy) in sequence.policies_of(tier) {
            if ended {
                step.not_asked += 1;
                continue;
            }
            let (mut asked, selects) = ask(policy, question);
            selected.add(number, selects);
            if selects != Match::No {
                ended = rules(&mut walk, (number, policy), selects, question, &mut asked);
            }
            step.policies.push(asked);
        }
        if reached {
            walk.end_tier(tier.tier.default_action, selected);
            step.conclude(selected.any, ended, question.traffic.direction);
        }
        tiers.push(step);
    }
    (walk, tiers)
}

/// Whether a policy governs the subject, and why not.
fn ask(policy: &Policy, question: &Question<'_>) -> (PolicyStep, Match) {
    let direction = question.traffic.direction;
    let mut step = PolicyStep::new(policy);
    if policy.rules(direction).is_none() {
        step.why = format!("it does not govern {direction}");
        return (step, Match::No);
    }
    let selects = question.selects(policy);
    step.selects = selects.into();
    if let (true, super::Who::Pod(pod)) = (selects != Match::Yes, question.subject.who) {
        let around = question.around;
        step.why = labels::why(&policy.subject, &|key| around.label_of_pod(&pod, key));
    }
    (step, selects)
}

/// Asks the rules of a policy; whether one of them ends the tier.
fn rules(
    walk: &mut Walk,
    (number, policy): (u32, &Policy),
    selects: Match,
    question: &Question<'_>,
    step: &mut PolicyStep,
) -> bool {
    let rules = policy.rules(question.traffic.direction).unwrap_or_default();
    for (rule, index) in rules.iter().zip(0_u32..) {
        let names = question.names(policy, rule);
        let decider = Decider {
            policy: number,
            rule: Some(index),
        };
        let ends = walk.meet(Effect::of(rule), decider, selects.and(|| names));
        step.rules.push(RuleStep {
            index,
            name: rule.name.clone(),
            action: rule.action,
            criteria: super::words::rule(rule),
            matches: names.into(),
            why: match names {
                Match::Yes => String::new(),
                _ => criteria::why(question, policy, rule),
            },
        });
        if ends {
            step.not_asked = rules.len().saturating_sub(step.rules.len());
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
