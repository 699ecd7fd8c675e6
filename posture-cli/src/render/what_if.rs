//! Two outcomes beside each other in a terminal.

use posture_core::points::Points;
use posture_core::risk::RiskType;
use posture_core::what_if::Outcome;
use schemars::JsonSchema;
use serde::Serialize;

use super::layout::{Column, Grid};
use super::numbers::signed;
use super::{GOOD, PLAIN, POOR, QUIET, STRONG, words};

/// What is, and what would be.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Tried {
    /// What is.
    pub(crate) now: Outcome,
    /// What would be.
    pub(crate) then: Outcome,
}

/// Two outcomes in lines of at most `width` columns.
pub(crate) fn what_if(tried: &Tried, width: usize) -> String {
    let Tried { now, then } = tried;
    let mut grid = Grid::new([Column::Left, Column::Right, Column::Right, Column::Right]);
    grid.row(["", "Now", "Then", "Change"].map(|head| STRONG.text(head)));
    let mut row = |name: &str, now: Option<Points>, then: Option<Points>| {
        let change = now.zip(then).map(|(now, then)| then - now);
        let paint = match change {
            Some(change) if change > Points::ZERO => GOOD,
            Some(change) if change < Points::ZERO => POOR,
            _ => QUIET,
        };
        let change = match change {
            Some(Points::ZERO) => "0".to_owned(),
            Some(change) => signed(change),
            None => "-".to_owned(),
        };
        grid.row([
            PLAIN.text(name),
            PLAIN.text(words::score(now)),
            STRONG.text(words::score(then)),
            paint.text(change),
        ]);
    };
    row(
        "Cluster Security Score",
        now.totals.score,
        then.totals.score,
    );
    if then.score_at_worst != then.totals.score {
        row(
            "  when scans find the worst",
            now.totals.score,
            then.score_at_worst,
        );
    }
    if now.score_without_dismissals != now.totals.score
        || then.score_without_dismissals != then.totals.score
    {
        let (now, then) = (now.score_without_dismissals, then.score_without_dismissals);
        row("  without dismissals", now, then);
    }
    for risk_type in RiskType::ALL {
        let (now, then) = (now.totals.types[risk_type], then.totals.types[risk_type]);
        row(risk_type.title(), now, then);
    }
    let mut out = String::new();
    grid.render(width, &mut out);
    out
}
