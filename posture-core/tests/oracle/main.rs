//! A second, slow and obvious scorer, written from the description of the method alone, and
//! compared with the report on inputs at random.

mod answer;
mod caps;
#[path = "../common/mod.rs"]
mod common;
mod images;
mod objects;
mod peers;
mod traffic;

use std::collections::BTreeMap;

use answer::{Action, Answer, answer};
use common::{Input, any_input, cells};
use posture_core::points::Points;
use posture_core::report::{Report, TypeStatus};
use posture_core::risk::RiskType;
use proptest::prelude::*;

fn compare(input: &Input) -> Result<(), TestCaseError> {
    let (report, expected) = (input.report(), answer(input));
    prop_assert_eq!(report.status, expected.status);
    compare_cells(&report, &expected)?;
    compare_scores(&report, &expected)?;
    compare_actions(&report, &expected)
}

fn compare_cells(report: &Report, expected: &Answer) -> Result<(), TestCaseError> {
    let found: BTreeMap<(String, RiskType), (u64, u64)> = cells(report)
        .into_iter()
        .map(|(key, cell)| (key, (cell.part, cell.whole)))
        .collect();
    let shares: BTreeMap<(String, RiskType), (u64, u64)> = expected
        .cells
        .iter()
        .map(|(key, cell)| (key.clone(), (cell.part, cell.whole)))
        .collect();
    prop_assert_eq!(found, shares);
    for ((namespace, risk_type), cell) in cells(report) {
        let exact = &expected.cells[&(namespace, risk_type)];
        prop_assert_eq!(i128::from(cell.contribution.units()), exact.contribution);
        prop_assert_eq!(cell.status, status(expected, risk_type, exact.whole));
    }
    for of in &report.types {
        let whole = expected
            .cells
            .iter()
            .filter(|((_, t), _)| *t == of.risk_type)
            .map(|(_, c)| c.whole)
            .sum();
        prop_assert_eq!(of.status, status(expected, of.risk_type, whole));
    }
    Ok(())
}

fn status(expected: &Answer, risk_type: RiskType, whole: u64) -> TypeStatus {
    match (expected.assessed_types.contains(&risk_type), whole) {
        (false, _) => TypeStatus::NotAssessed,
        (true, 0) => TypeStatus::NotApplicable,
        (true, _) => TypeStatus::Ok,
    }
}

fn compare_scores(report: &Report, expected: &Answer) -> Result<(), TestCaseError> {
    let units = |score: Option<Points>| score.map(|score| i128::from(score.units()));
    prop_assert_eq!(units(report.score), expected.score);
    prop_assert_eq!(units(report.assessed_score), expected.assessed);
    for of in &report.types {
        let score = expected.type_scores.get(&of.risk_type).copied();
        prop_assert_eq!(units(of.score), score, "{:?}", of.risk_type);
    }
    for of in &report.namespaces {
        let score = expected.namespace_scores.get(&of.namespace).copied();
        prop_assert_eq!(units(of.score), score, "{}", &of.namespace);
    }
    let risks: Vec<_> = report
        .namespaces
        .iter()
        .map(|of| (std::cmp::Reverse(of.risk), &of.namespace))
        .collect();
    prop_assert!(risks.is_sorted());
    Ok(())
}

fn compare_actions(report: &Report, expected: &Answer) -> Result<(), TestCaseError> {
    let found: Vec<_> = report
        .actions
        .iter()
        .map(|action| Action {
            id: action.id.clone(),
            gain: action.gain.units().into(),
            gain_max: action.gain_max.units().into(),
            part: action.part,
            items: action.item_count,
        })
        .collect();
    prop_assert_eq!(found, expected.actions.clone());
    for action in &report.actions {
        prop_assert_eq!(action.items.len(), action.item_count);
        // one unit each: no two items differ by more than the one unit that is left over
        if action.part == action.item_count as u64 && action.risk_type.is_network() {
            let points: Vec<_> = action.items.iter().map(|item| item.points).collect();
            prop_assert!(points.is_sorted_by(|a, b| a >= b));
            let spread = points
                .first()
                .zip(points.last())
                .map_or(0, |(most, least)| (*most - *least).units());
            prop_assert!(spread <= 1, "{}: {:?}", action.id, points);
        }
    }
    Ok(())
}

/// Many, because each is quick: 8 for each one that `PROPTEST_CASES` asks for.
fn cases() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig {
        cases: config.cases.saturating_mul(8),
        failure_persistence: None,
        ..config
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_report_is_what_the_description_says(mut input in any_input()) {
        // dismissals have laws of their own
        input.request.dismissals.clear();
        compare(&input)?;
    }
}
