//! Dismissals in a terminal.

use std::fmt::Write;
use std::path::Path;

use posture_core::points::Points;
use posture_core::report::{ActionReport, DismissalReport, Dismissals, Report};

use super::layout::{Column, Grid};
use super::numbers::{count, counted, decimal, signed};
use super::times::date_and_time;
use super::{FAIR, PLAIN, QUIET, STRONG, words};

/// What dismissing an action did.
pub(crate) fn dismissed(action: &ActionReport, file: &Path) -> String {
    let items = counted(action.item_count as u64, "item");
    let (id, gain) = (&action.id, signed(action.gain_max));
    let file = file.display();
    format!(
        "Dismissed {id}: {items}, {gain} points. It counts with `posture score --dismissals {file}`;\n\
         `posture revert {id} --dismissals {file}` takes it back.\n"
    )
}

/// The dismissals of a report in lines of at most `width` columns.
pub(crate) fn dismissals(report: &Report, width: usize) -> String {
    let all = &report.dismissals;
    let mut grid = Grid::new([
        Column::Left,
        Column::Left,
        Column::Right,
        Column::Right,
        Column::Spare,
        Column::Spare,
        Column::Wrapped,
    ]);
    let heads = [
        "Action", "State", "Points", "Items", "Until", "By", "Reason",
    ];
    grid.row(heads.map(|head| STRONG.text(head)));
    let states = [
        ("active", &all.active),
        ("expired", &all.expired),
        ("orphaned", &all.orphaned),
    ];
    let mut number = 0;
    for (state, dismissals) in states {
        for of in dismissals {
            number += 1;
            let paint = if state == "active" { PLAIN } else { FAIR };
            grid.row([
                PLAIN.text(&of.action),
                paint.text(state),
                PLAIN.text(points(of)),
                QUIET.text(count(of.item_count as u64)),
                QUIET.text(of.until.map_or_else(|| "-".to_owned(), date_and_time)),
                QUIET.text(&of.by),
                PLAIN.text(&of.reason),
            ]);
        }
    }
    if number == 0 {
        return "Nothing is dismissed.\n".to_owned();
    }
    let mut out = String::new();
    grid.render(width, &mut out);
    let _ = writeln!(
        out,
        "\nThe score is {}, and {} without dismissals.",
        words::score(report.score),
        words::score(report.score_without_dismissals)
    );
    out
}

/// What is dismissed: `6.3 points are dismissed; without dismissals the score is 73`.
pub(super) fn told(report: &Report) -> Option<String> {
    let Dismissals {
        active,
        expired,
        orphaned,
    } = &report.dismissals;
    let (over, about_nothing) = (expired.len() as u64, orphaned.len() as u64);
    let given = active.iter().map(|of| of.points).sum();
    let without = report
        .score_without_dismissals
        .filter(|_| !active.is_empty());
    let facts = [
        without.map(|without| {
            let (given, without) = (decimal(given), without.shown());
            format!("{given} points are dismissed: without dismissals the score is {without}")
        }),
        (over > 0).then(|| format!("{} over", counted(over, "dismissal"))),
        (about_nothing > 0).then(|| {
            format!(
                "{} about nothing that is at risk",
                counted(about_nothing, "dismissal")
            )
        }),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    (!facts.is_empty()).then(|| facts.join("; "))
}

fn points(of: &DismissalReport) -> String {
    match of.points {
        Points::ZERO => "0".to_owned(),
        points => decimal(points),
    }
}
