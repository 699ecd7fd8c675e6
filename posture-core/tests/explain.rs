//! Explanations of a score add up, and tell what the result tells.
//!
//! `PROPTEST_CASES` says how many inputs; 256 by default.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use common::{Input, any_input, tally};
use posture_core::assessment::Assessment;
use posture_core::edge::EdgeKey;
use posture_core::engine::Engine;
use posture_core::explain::{Explanation, Focus, Found, RowFinder, Rows, explain};
use posture_core::judge::Judge;
use posture_core::model::UnknownStates;
use posture_core::points::Points;
use posture_core::risk::{self, RiskType};
use posture_core::state::State;
use proptest::prelude::*;

/// What is made of the assessment of an input.
fn assessed<T>(input: &Input, then: impl FnOnce(&Assessment<'_>, &Engine) -> T) -> T {
    let (cluster, method) = (input.cluster(), input.method());
    let engine = Engine::new(&cluster, method.policy_modes);
    let images = risk::images(&cluster, method, input.request.now);
    let tally = tally(&cluster, method, &input.records);
    let assessment = Assessment::new(&cluster, &engine, &images, &tally, &input.request);
    then(&assessment, &engine)
}

fn within(namespace: &str) -> Focus {
    Focus {
        risk_type: None,
        namespace: Some(namespace.to_owned()),
    }
}

/// Every explanation of a namespace, down to its items.
fn by_namespace(assessment: &Assessment<'_>) -> BTreeMap<String, Explanation> {
    let names = assessment.risks.names();
    names
        .map(|name| (name.to_owned(), explain(assessment, &within(name)).unwrap()))
        .collect()
}

/// The rows of edges, found one by one.
fn rows(input: &Input, edges: BTreeSet<EdgeKey>, limit: usize) -> Rows {
    let cluster = input.cluster();
    let engine = Engine::new(&cluster, input.method().policy_modes);
    let mut judge = Judge::new(&cluster, &engine, input.method().evidence);
    let mut finder = RowFinder::new(edges, input.method(), limit);
    let file: Arc<str> = "flows".into();
    for (record, number) in input.records.iter().zip(1..) {
        finder.add(record, &mut judge, &file, &|| format!("line {number}"));
    }
    finder.finish(Vec::new())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// 100 - score = sum of types = sum of namespaces = sum of items
    #[test]
    fn every_sum_is_that_of_its_parts(input in any_input()) {
        let report = input.report();
        assessed(&input, |assessment, _| {
            let whole = explain(assessment, &Focus::default()).unwrap();
            prop_assert_eq!(whole.lost, whole.types.iter().map(|of| of.points).sum());
            prop_assert_eq!(whole.score, report.score);
            if let Some(score) = whole.score {
                prop_assert_eq!(Points::HUNDRED - score, whole.lost);
            }
            for (of, reported) in whole.types.iter().zip(&report.types) {
                prop_assert_eq!(of.points, of.namespaces.iter().map(|of| of.points).sum());
                prop_assert_eq!(of.points, reported.contribution);
                prop_assert_eq!((of.at_risk.part, of.at_risk.whole), (reported.part, reported.whole));
            }
            let mut items = Points::ZERO;
            for (namespace, explanation) in by_namespace(assessment) {
                for here in explanation.types.iter().flat_map(|of| &of.namespaces) {
                    prop_assert_eq!(&*here.namespace, namespace.as_str());
                    prop_assert_eq!(here.points, here.items.iter().map(|item| item.points).sum());
                    prop_assert_eq!(here.points, here.most.of(here.counted));
                    prop_assert_eq!(here.at_risk.part, here.items.iter().map(|item| item.units).sum::<u64>());
                    items += here.points;
                }
            }
            prop_assert_eq!(items, whole.lost);
            Ok(())
        })?;
    }

    /// the items of traffic lose what the actions about them list
    #[test]
    fn items_lose_what_the_result_says(input in any_input()) {
        let report = input.report();
        assessed(&input, |assessment, _| {
            let explained = by_namespace(assessment);
            let actions = report.actions.iter().filter(|action| action.risk_type.is_network());
            for action in actions {
                let types = &explained[&action.namespace].types;
                let of_type = types.iter().find(|of| of.risk_type == action.risk_type).unwrap();
                match of_type.namespaces.first() {
                    Some(here) => prop_assert_eq!(&here.items, &action.items, "{}", &action.id),
                    None => prop_assert!(action.items.iter().all(|item| item.points == Points::ZERO)),
                }
            }
            Ok(())
        })?;
    }

    /// every item is found by its key, with what it loses
    #[test]
    fn items_are_found_by_their_keys(input in any_input()) {
        assessed(&input, |assessment, engine| {
            for (namespace, explanation) in by_namespace(assessment) {
                for of in &explanation.types {
                    for item in of.namespaces.iter().flat_map(|here| &here.items) {
                        let found = Found::find(assessment, &within(&namespace), &item.key).unwrap();
                        let one = found.explain(assessment, engine, None);
                        prop_assert_eq!(&one.key, &item.key);
                        prop_assert_eq!(one.points, one.owed.iter().map(|owed| owed.points).sum());
                        let owed: Vec<(Points, u64)> = one.owed.iter()
                            .filter(|owed| owed.risk_type == of.risk_type)
                            .map(|owed| (owed.points, owed.units))
                            .collect();
                        prop_assert_eq!(owed, [(item.points, item.units)]);
                    }
                }
            }
            Ok(())
        })?;
    }

    /// the rows behind an item are all records of its edges; those that are kept are the newest that
    /// cost points
    #[test]
    fn rows_are_those_of_the_edges(input in any_input(), limit in 0_usize..4) {
        let wanted: Vec<BTreeSet<EdgeKey>> = assessed(&input, |assessment, _| {
            let names = assessment.risks.namespaces.iter();
            let exposures = names.flat_map(|of| RiskType::ALL.map(|t| &of.exposures[t]));
            let keys: BTreeSet<String> = exposures
                .flat_map(|of| of.items.iter().map(|item| item.subject.key()))
                .collect();
            let found = keys.iter().filter_map(|key| Found::find(assessment, &Focus::default(), key).ok());
            found.map(|found| found.edges()).filter(|edges| !edges.is_empty()).collect()
        });
        let cluster = input.cluster();
        let engine = Engine::new(&cluster, input.method().policy_modes);
        let mut judge = Judge::new(&cluster, &engine, input.method().evidence);
        let judged: Vec<_> = input.records.iter().zip(1..)
            .filter_map(|(record, number)| Some((record.end, number, judge.judge(record).ok()?)))
            .collect();
        for edges in wanted {
            let of_edges = || judged.iter().filter(|(_, _, judgement)| edges.contains(&judgement.edge));
            let costs = |state: State| match state {
                State::Unsecured => true,
                State::Secured => false,
                State::Unknown(_) => input.method().unknown == UnknownStates::Unsecured,
            };
            let mut costly: Vec<(i64, i32)> = of_edges()
                .filter(|(_, _, judgement)| costs(judgement.state))
                .map(|(end, number, _)| (*end, *number))
                .collect();
            costly.sort_unstable();
            let newest = costly.split_off(costly.len().saturating_sub(limit));
            let places: Vec<String> = newest.iter().map(|(_, number)| format!("line {number}")).collect();
            let unsecured = of_edges().filter(|(_, _, judgement)| judgement.state == State::Unsecured);

            let rows = rows(&input, edges.clone(), limit);
            let counts = rows.counts;
            prop_assert_eq!(counts.unsecured, unsecured.count() as u64);
            prop_assert_eq!(
                counts.unsecured + counts.secured + counts.unknown,
                of_edges().count() as u64
            );
            let found: Vec<&str> = rows.newest.iter().map(|row| row.at.as_str()).collect();
            prop_assert_eq!(found, places);
        }
    }
}
