//! The compiled engine against the plain evaluator, on clusters and questions at random.

mod clusters;
mod policies;
mod questions;

use clusters::any_cluster;
use policies::policy as any_policy;
use std::sync::Arc;

use posture_core::engine::{Cached, Engine, Governance, Outcome, Question, Scope, reference};
use posture_core::model::{Cluster, Direction, Policy, Rule, Tier};
use proptest::prelude::*;
use questions::{Asked, any_question};

const QUESTIONS: usize = 60;

fn cases() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig {
        cases: config.cases.saturating_mul(4),
        failure_persistence: None,
        ..config
    }
}

/// Of what takes long.
fn few() -> ProptestConfig {
    let config = cases();
    ProptestConfig {
        cases: config.cases.div_ceil(32),
        ..config
    }
}

/// Verdicts from room for few are those of the engine, whatever was remembered before.
fn compare_cached(
    engine: &Engine,
    cluster: &Cluster,
    asked: &[Asked],
) -> Result<(), TestCaseError> {
    let mut cached = Cached::new(engine, 16);
    for asked in asked.iter().chain(asked) {
        for scope in [Scope::Enforced, Scope::Staged] {
            let (subject, peer) = (asked.subject(cluster), asked.peer(cluster));
            let verdict = engine.verdict(scope, subject, peer, asked.traffic());
            prop_assert_eq!(
                cached.verdict(scope, subject, peer, asked.traffic()),
                verdict
            );
        }
    }
    Ok(())
}

/// "No allocation per verdict", whatever is asked.
fn count_allocations(engine: &Engine, cluster: &Cluster, asked: &[Asked]) -> u64 {
    let mut cached = Cached::new(engine, 16);
    let counted = allocation_counter::measure(|| {
        for asked in asked {
            let (subject, peer) = (asked.subject(cluster), asked.peer(cluster));
            for scope in [Scope::Enforced, Scope::Staged] {
                std::hint::black_box(engine.verdict(scope, subject, peer, asked.traffic()));
                std::hint::black_box(cached.verdict(scope, subject, peer, asked.traffic()));
                std::hint::black_box(engine.governance(scope, subject, Direction::Egress));
            }
        }
    });
    counted.count_total
}

/// Whether a policy decides, or none is asked: "a namespace whose every pair is governed has share 0
/// in both network types by traffic" (scoring, section 12).
fn is_decided(outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotSelected | Outcome::Passed => false,
        Outcome::Unknown { possible, .. } => possible.is_governed(),
        _ => true,
    }
}

fn compare(
    engine: &Engine,
    cluster: &Cluster,
    policies: &[Arc<Policy>],
    asked: &[Asked],
) -> Result<(), TestCaseError> {
    for scope in [Scope::Enforced, Scope::Staged] {
        let sequence = engine.surroundings().sequence(policies, scope);
        prop_assert_eq!(&sequence, engine.sequence(scope));
        for asked in asked {
            let (subject, peer) = (asked.subject(cluster), asked.peer(cluster));
            let question = Question {
                around: engine.surroundings(),
                subject,
                peer,
                traffic: asked.traffic(),
            };
            let plain = reference::evaluate(&sequence, &question);
            let verdict = engine.verdict(scope, subject, peer, asked.traffic());
            prop_assert_eq!(
                verdict,
                plain,
                "{:?} {:?} {:#?}",
                scope,
                question.traffic,
                asked
            );
            for direction in [Direction::Egress, Direction::Ingress] {
                let plain =
                    reference::governance(&sequence, engine.surroundings(), subject, direction);
                let compiled = engine.governance(scope, subject, direction);
                prop_assert_eq!(compiled, plain, "{:?} {:?}", scope, direction);
                let decided = direction != asked.traffic().direction || is_decided(verdict.outcome);
                prop_assert!(
                    !matches!(plain, Governance::By(_)) || decided,
                    "{:?} {:?} {:#?}",
                    verdict,
                    plain,
                    asked
                );
            }
        }
    }
    Ok(())
}

/// The engine without a policy, which goes from the list, too.
fn without(
    engine: &Engine,
    cluster: &Cluster,
    policies: &mut Vec<Arc<Policy>>,
    policy: &Policy,
) -> Engine {
    policies.retain(|other| other.object() != policy.object());
    engine.without_policy(cluster, policy.kind, &policy.namespace, &policy.name)
}

/// The engine with one more policy, or another in place of one, which comes to the list, too.
fn with(
    engine: &Engine,
    cluster: &Cluster,
    policies: &mut Vec<Arc<Policy>>,
    policy: Policy,
) -> Engine {
    policies.retain(|other| other.key() != policy.key());
    policies.push(policy.clone().into());
    policies.sort_by(|a, b| a.key().cmp(&b.key()));
    engine.with_policy(cluster, policy)
}

/// What rules take over of each other, so that they share it.
type Taken = (prop::sample::Index, [bool; 4]);

/// The cluster, in whose policies rules share lists.
fn sharing(cluster: &Cluster, taken: &[Taken]) -> Cluster {
    let policies = cluster.policies.iter();
    let mut policies: Vec<Policy> = policies.map(|policy| policy.as_ref().clone()).collect();
    let rules = |policy: &Policy| [policy.ingress.clone(), policy.egress.clone()];
    let all: Vec<Rule> = policies
        .iter()
        .flat_map(rules)
        .flatten()
        .flatten()
        .collect();
    let mut taken = taken.iter().cycle();
    let ours = policies.iter_mut();
    let ours = ours.flat_map(|policy| policy.ingress.iter_mut().chain(&mut policy.egress));
    for rule in ours.flatten() {
        if let Some((from, [source, destination, both, traffic])) = taken.next() {
            let from = from.get(&all);
            if *source {
                rule.source.clone_from(&from.source);
            }
            if *destination {
                rule.destination.clone_from(&from.destination);
            }
            if *both {
                rule.destination.clone_from(&rule.source);
            }
            if *traffic {
                rule.traffic.clone_from(&from.traffic);
            }
        }
    }
    cluster.with_policies(policies)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_compiled_engine_decides_as_the_plain_evaluator(
        (cluster, modes) in any_cluster(),
        taken in prop::collection::vec(any::<Taken>(), 0..6),
        asked in prop::collection::vec(any_question(), QUESTIONS),
    ) {
        let cluster = sharing(&cluster, &taken);
        let engine = Engine::new(&cluster, modes);
        compare(&engine, &cluster, &cluster.policies, &asked)?;
        compare_cached(&engine, &cluster, &asked)?;
        prop_assert_eq!(count_allocations(&engine, &cluster, &asked), 0);
    }

    #[test]
    fn a_changed_engine_is_as_one_made_anew(
        (cluster, modes) in any_cluster(),
        changes in prop::collection::vec((any_policy(), prop::bool::weighted(0.3)), 1..12),
        asked in prop::collection::vec(any_question(), QUESTIONS / 3),
    ) {
        let mut engine = Engine::new(&cluster, modes);
        let mut policies = cluster.policies.clone();
        for (policy, goes) in changes {
            engine = match goes {
                true => without(&engine, &cluster, &mut policies, &policy),
                false => with(&engine, &cluster, &mut policies, policy),
            };
            compare(&engine, &cluster, &policies, &asked)?;
        }
    }
}

proptest! {
    #![proptest_config(few())]

    /// More rules of one tier than a page has, some of which go and come.
    #[test]
    fn pages_of_many_rules_decide_as_the_plain_evaluator(
        (cluster, modes) in any_cluster(),
        many in prop::collection::vec(any_policy(), 400..500),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_policy()), 1..4),
        asked in prop::collection::vec(any_question(), QUESTIONS / 10),
    ) {
        let named = many.into_iter().enumerate().map(|(number, policy)| Policy {
            name: format!("{}-{number}", policy.name),
            tier: Tier::DEFAULT.to_owned(),
            ..policy
        });
        let cluster = cluster.with_policies(named);
        let mut engine = Engine::new(&cluster, modes);
        compare(&engine, &cluster, &cluster.policies, &asked)?;
        let mut policies = cluster.policies.clone();
        for (gone, new) in changes {
            let gone = gone.get(&policies).clone();
            engine = without(&engine, &cluster, &mut policies, &gone);
            let name = format!("{}-between", gone.name);
            let tier = Tier::DEFAULT.to_owned();
            engine = with(&engine, &cluster, &mut policies, Policy { name, tier, ..new });
        }
        compare(&engine, &cluster, &policies, &asked)?;
    }
}
