//! The laws of dismissals, plans and what-if (scoring, sections 7, 8 and 12), each held against inputs
//! at random.
//!
//! `PROPTEST_CASES` says how many; 256 by default.

mod common;

use std::collections::BTreeMap;

use common::{Input, any_input, default_input, dismissal, tally};
use posture_core::assessment::Assessment;
use posture_core::dismissal::{Covers, Dismissal};
use posture_core::engine::Engine;
use posture_core::model::{Cluster, ImageShare, Weights};
use posture_core::plan::{Goal, Left};
use posture_core::points::Points;
use posture_core::report::Report;
use posture_core::request::Request;
use posture_core::risk::{self, PerType, States};
use posture_core::tally::{EdgeState, Tally};
use posture_core::what_if::{NamespaceOutcome, Outcome, Scenario, WhatIf};
use posture_core::{conclude, issue::Issues};
use proptest::prelude::*;

fn cases() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        max_global_rejects: u32::MAX,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]

    /// dismiss then revert = identity; dismissing never lowers the score; "the score rises by exactly
    /// the `gain_max` shown, no other namespace moves"
    #[test]
    fn dismissing_gives_the_gain(input in any_input(), which: prop::sample::Index, all: bool) {
        let before = input.report();
        prop_assume!(!before.actions.is_empty());
        let action = which.get(&before.actions);
        let covers = if all { Covers::Action } else { Covers::Items };
        let mut dismissed = input.clone();
        dismissed.request.dismissals.push(dismissal(action, covers, usize::MAX, None));
        let after = dismissed.report();
        prop_assert_eq!(
            after.score.map(|score| score - action.gain_max),
            before.score,
        );
        prop_assert_eq!(after.score_without_dismissals, before.score_without_dismissals);
        let risks = |report: &Report| -> BTreeMap<String, Points> {
            let others = report.namespaces.iter().filter(|of| of.namespace != action.namespace);
            others.map(|of| (of.namespace.clone(), of.risk)).collect()
        };
        prop_assert_eq!(risks(&after), risks(&before));
        prop_assert!(after.actions.iter().all(|other| other.id != action.id));
        let newest = after.dismissals.active.last().expect("it is in force");
        prop_assert_eq!((&newest.action, newest.points), (&action.id, action.gain_max));
        let items: Points = newest.items.iter().map(|item| item.points).sum();
        prop_assert_eq!(items, newest.points);

        dismissed.request.dismissals.pop();
        prop_assert_eq!(dismissed.report().to_json(), before.to_json());
    }

    /// what dismissals give back is all that lies between the two scores; each is in one list
    #[test]
    fn dismissals_add_up(input in any_input()) {
        let report = input.report();
        let lists = &report.dismissals;
        let given: Points = lists.active.iter().map(|of| of.points).sum();
        if let Some((score, without)) = report.score.zip(report.score_without_dismissals) {
            prop_assert_eq!(score - without, given);
            prop_assert!(given >= Points::ZERO);
        }
        let listed = lists.active.len() + lists.expired.len() + lists.orphaned.len();
        prop_assert_eq!(listed, input.request.dismissals.len());
        let mut bare = input.clone();
        bare.request.dismissals.clear();
        prop_assert_eq!(bare.report().score, report.score_without_dismissals);
    }

    /// a dismissal of some items leaves an action with just the others
    #[test]
    fn new_items_reopen(input in default_input(), which: prop::sample::Index) {
        let before = input.report();
        prop_assume!(!before.actions.is_empty());
        let action = which.get(&before.actions);
        let mut dismissed = input.clone();
        dismissed.request.dismissals.push(dismissal(action, Covers::Items, 1, None));
        let after = dismissed.report();
        let left = after.actions.iter().find(|other| other.id == action.id);
        let keys = |items: &[posture_core::report::Item]| -> Vec<String> {
            let mut keys: Vec<String> = items.iter().map(|item| item.key.clone()).collect();
            keys.sort();
            keys
        };
        let mut expected = keys(&action.items);
        expected.retain(|key| *key != action.items[0].key);
        prop_assert_eq!(left.map_or_else(Vec::new, |left| keys(&left.items)), expected);
    }

    /// what is done is done, whoever accepted its risk: without dismissals the score is that of doing it
    /// where nothing is dismissed
    #[test]
    fn done_counts_without_dismissals(input in any_input(), which: prop::sample::Index) {
        let mut bare = input.clone();
        bare.request.dismissals.clear();
        let actions = bare.report().actions;
        prop_assume!(!actions.is_empty());
        let id = which.get(&actions).id.parse().expect("an id that was written");
        with(&input, |cluster, engine, tally| {
            let images = risk::images(cluster, input.method(), input.request.now);
            let mut what_if = WhatIf::new(cluster, engine, &images, tally, &input.request);
            let done = Scenario { done: [id].into(), ..what_if.scenario().clone() };
            let alone = Scenario { dismissals: Vec::new(), ..done.clone() };
            let dismissed = what_if.try_out(done);
            prop_assert_eq!(
                dismissed.score_without_dismissals,
                what_if.try_out(alone).totals.score
            );
            Ok(())
        })?;
    }

    /// every step says what doing it alone does to the score; a whole plan leaves nothing to gain
    #[test]
    fn plans_run_to_the_end(input in any_input()) {
        with(&input, |cluster, engine, tally| {
            let images = risk::images(cluster, input.method(), input.request.now);
            let assessment = Assessment::new(cluster, engine, &images, tally, &input.request);
            let Some(score) = assessment.score.totals.score else { return Ok(()) };
            let steps = assessment.plan(Goal::Steps(usize::MAX)).steps;
            let mut scenario = Scenario {
                dismissals: input.request.dismissals.clone(),
                weights: input.method().weights,
                ..Scenario::default()
            };
            let mut what_if = WhatIf::new(cluster, engine, &images, tally, &input.request);
            let (mut at_worst, mut at_best) = (score, score);
            for (done, step) in steps.iter().enumerate() {
                let rest = what_if.plan(Goal::Steps(usize::MAX)).steps;
                prop_assert_eq!(rest.as_slice(), &steps[done..]);
                at_worst += step.gain;
                at_best += step.gain_max;
                prop_assert_eq!((step.score, step.score_max), (at_worst, at_best));
                scenario.done.insert(step.action.clone());
                let outcome = what_if.try_out(scenario.clone());
                prop_assert_eq!(outcome.totals.score, Some(step.score_max));
                prop_assert_eq!(outcome.score_at_worst, Some(step.score));
            }
            let first = assessment.actions().first().map(|action| action.id.clone());
            prop_assert_eq!(steps.first().map(|step| step.action.clone()), first);
            // with `any`, some points no action gains alone
            if input.method().image_share == ImageShare::Proportional {
                prop_assert_eq!(at_best, Points::HUNDRED);
            }
            let reached = assessment.plan(Goal::Score(score)).steps;
            prop_assert!(reached.is_empty());
            Ok(())
        })?;
    }

    /// "the fewest actions that reach a score": no smaller set of actions does, by trying all
    #[test]
    fn plans_are_shortest(input in default_input(), target in 0_i64..=100) {
        with(&input, |cluster, engine, tally| {
            let images = risk::images(cluster, input.method(), input.request.now);
            let assessment = Assessment::new(cluster, engine, &images, tally, &input.request);
            let actions = assessment.actions();
            if assessment.score.totals.score.is_none() || actions.len() > 8 {
                return Ok(());
            }
            let target = Points::from_units(target * 1_000_000_000);
            let steps = assessment.plan(Goal::Score(target)).steps;
            let mut what_if = WhatIf::new(cluster, engine, &images, tally, &input.request);
            let mut scenario = what_if.scenario().clone();
            let mut reaches = |set: u32| {
                let chosen = actions.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
                scenario.done = chosen.map(|(_, action)| action.id.clone()).collect();
                what_if.try_out(scenario.clone()).score_at_worst >= Some(target)
            };
            let sets = 0..1_u32 << actions.len();
            let fewest = sets.filter(|set| reaches(*set)).map(u32::count_ones).min();
            match fewest {
                Some(fewest) => prop_assert_eq!(steps.len(), fewest as usize),
                None => prop_assert!(steps.last().is_none_or(|last| last.score < target)),
            }
            Ok(())
        })?;
    }

    /// an outcome is the same, to the bit, as that of a fresh assessment of changed input, whatever was
    /// tried out before
    #[test]
    fn what_if_is_what_will_be(
        input in any_input(),
        seeds in prop::collection::vec((any::<u64>(), weights()), 1..5),
    ) {
        with(&input, |cluster, engine, tally| {
            let images = risk::images(cluster, input.method(), input.request.now);
            let mut what_if = WhatIf::new(cluster, engine, &images, tally, &input.request);
            let now = conclude(cluster, engine, tally, &input.request, Issues::default());
            assert_same(&what_if, &what_if.outcome(), &now)?;
            for (seed, weights) in seeds {
                let scenario = scenario(&input, &now, tally, seed, weights);
                let outcome = what_if.try_out(scenario.clone());
                let fresh = fresh(&input, cluster, engine, tally, &scenario);
                assert_same(&what_if, &outcome, &fresh)?;
            }
            Ok(())
        })?;
    }
}

fn weights() -> impl Strategy<Value = Weights> {
    (1_u32..50, 0_u32..50, 0_u32..50, 0_u32..50).prop_map(|(a, b, c, d)| Weights {
        high_risk_images: a,
        unscanned_images: b,
        egress_access: c,
        namespace_isolation: d,
    })
}

type Tested = Result<(), TestCaseError>;

fn with(input: &Input, then: impl FnOnce(&Cluster, &Engine, &Tally) -> Tested) -> Tested {
    let cluster = input.cluster();
    let engine = Engine::new(&cluster, input.method().policy_modes);
    let tally = tally(&cluster, input.method(), &input.records);
    then(&cluster, &engine, &tally)
}

/// A scenario of everything but actions that are done: these have their test above.
fn scenario(input: &Input, now: &Report, tally: &Tally, seed: u64, weights: Weights) -> Scenario {
    let bit = |at: u32| seed.rotate_right(at) & 1 == 1;
    let dismissals: Vec<Dismissal> = now
        .actions
        .iter()
        .zip(0..)
        .filter(|(_, at)| bit(*at))
        .map(|(action, at)| dismissal(action, Covers::Items, 1 + at as usize, None))
        .collect();
    let left_out = now
        .namespaces
        .iter()
        .zip(20..)
        .filter(|(_, at)| bit(*at) && bit(at + 20));
    let mut states = States::default();
    for ((key, _), at) in tally.edges().into_iter().zip(10..) {
        if bit(at) {
            let state = if bit(at + 1) {
                EdgeState::Secured
            } else {
                EdgeState::Unsecured
            };
            states.insert(key.clone(), state);
        }
    }
    Scenario {
        dismissals: if bit(50) {
            input.request.dismissals.clone()
        } else {
            dismissals
        },
        weights: if bit(51) {
            input.method().weights
        } else {
            weights
        },
        left_out: left_out
            .map(|(of, _)| of.namespace.as_str().into())
            .collect(),
        states,
        ..Scenario::default()
    }
}

/// The input changed as a scenario says, assessed from the start.
fn fresh(
    input: &Input,
    cluster: &Cluster,
    engine: &Engine,
    tally: &Tally,
    scenario: &Scenario,
) -> Report {
    let mut request: Request = input.request.clone();
    request.dismissals.clone_from(&scenario.dismissals);
    request.method.weights = scenario.weights;
    let left_out = scenario.left_out.iter().map(ToString::to_string);
    request.method.scope.exclude.extend(left_out);
    let states = scenario.states.iter().map(|(key, state)| (key, *state));
    let tally = tally.with_states(states);
    conclude(cluster, engine, &tally, &request, Issues::default())
}

fn assert_same(what_if: &WhatIf<'_>, outcome: &Outcome, report: &Report) -> Tested {
    prop_assert_eq!(outcome.totals.status, report.status);
    prop_assert_eq!(outcome.totals.score, report.score);
    prop_assert_eq!(outcome.totals.assessed_score, report.assessed_score);
    prop_assert_eq!(outcome.score_at_worst, report.score);
    prop_assert_eq!(
        outcome.score_without_dismissals,
        report.score_without_dismissals
    );
    for of_type in &report.types {
        prop_assert_eq!(outcome.totals.types[of_type.risk_type], of_type.score);
    }
    let namespaces = report.namespaces.iter().map(|of| NamespaceOutcome {
        namespace: of.namespace.as_str().into(),
        score: of.score,
        risk: of.risk,
        types: PerType::new(|risk_type| of.types[&risk_type].contribution),
    });
    prop_assert_eq!(what_if.namespaces(), namespaces.collect::<Vec<_>>());
    let actions = report.actions.iter().map(|action| Left {
        action: action.id.parse().expect("an id that was written"),
        item_count: action.item_count,
        gain: action.gain,
        gain_max: action.gain_max,
    });
    prop_assert_eq!(what_if.left(), actions.collect::<Vec<_>>());
    Ok(())
}
