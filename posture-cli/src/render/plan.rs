//! A plan in a terminal.

use std::fmt::Write;

use posture_core::plan::{Plan, Step};
use posture_core::points::Points;

use super::layout::{Column, Grid};
use super::numbers::{count, counted, gain};
use super::{GOOD, PLAIN, QUIET, STRONG, words};

/// A plan in lines of at most `width` columns.
pub(crate) fn plan(plan: &Plan, target: Option<Points>, width: usize) -> String {
    let Some(start) = plan.score else {
        return "There is no score to start from: see `posture score`.\n".to_owned();
    };
    let mut grid = Grid::new([
        Column::Right,
        Column::Wrapped,
        Column::SpareRight,
        Column::Right,
        Column::Right,
    ]);
    grid.row(["", "Action", "Items", "Gain", "Score"].map(|head| STRONG.text(head)));
    grid.row([
        PLAIN.text(""),
        QUIET.text("as it is"),
        PLAIN.text(""),
        PLAIN.text(""),
        STRONG.text(words::score(Some(start))),
    ]);
    for (step, number) in plan.steps.iter().zip(1_u64..) {
        grid.row([
            QUIET.text(number.to_string()),
            PLAIN.text(step.action.to_string()),
            QUIET.text(count(step.item_count as u64)),
            GOOD.text(gain(step.gain, step.gain_max)),
            STRONG.text(score(step)),
        ]);
    }
    let mut out = String::new();
    grid.render(width, &mut out);
    let _ = writeln!(out, "\n{}", closing(plan, start, target));
    out
}

/// The score after a step: a range where scans are among what was done.
fn score(step: &Step) -> String {
    let [least, most] = [step.score, step.score_max].map(|score| words::score(Some(score)));
    match least == most {
        true => least,
        false => format!("{least} to {most}"),
    }
}

fn closing(plan: &Plan, start: Points, target: Option<Points>) -> String {
    let steps = counted(plan.steps.len() as u64, "step");
    let (least, most) = plan
        .steps
        .last()
        .map_or((start, start), |last| (last.score, last.score_max));
    match target {
        Some(target) if start >= target => format!("The score is {} already.", start.shown()),
        Some(target) if least >= target => format!("{steps} reach {target}."),
        Some(target) if most >= target => format!(
            "{steps} reach {target} if scans find nothing; what they find has actions of its own."
        ),
        Some(target) => format!("No actions reach {target}: all {steps} lead to {most}."),
        None if most == Points::HUNDRED => "Nothing is left to gain.".to_owned(),
        None => {
            "More steps with `--steps N`, the way to a score with `--target POINTS`.".to_owned()
        }
    }
}
