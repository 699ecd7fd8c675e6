//! Several clusters: a table of all, then each by itself.

use std::collections::BTreeMap;
use std::fmt::Write;

use posture_core::history::Delta;
use posture_core::points::Points;
use posture_core::report::{Report, TypeReport, TypeStatus};
use posture_core::risk::RiskType;

use super::layout::{Column, Grid, Text};
use super::numbers::{decimal, gain};
use super::table::{self, bold, colour, heads, section};
use super::{GOOD, Limits, PLAIN, QUIET, STRONG, markdown, words};
use crate::fleet::Fleet;

/// All clusters in lines of at most `width` columns.
pub(crate) fn fleet(fleet: &Fleet, limits: &Limits, width: usize) -> String {
    let mut grid = Grid::new([
        Column::Wrapped,
        Column::Right,
        Column::Right,
        Column::SpareRight,
        Column::SpareRight,
        Column::SpareRight,
        Column::SpareRight,
        Column::Spare,
    ]);
    let [high_risk, unscanned, egress, isolation] = RiskType::ALL.map(table::short);
    grid.row(heads([
        "Clusters by risk",
        "Score",
        "Lost",
        high_risk,
        unscanned,
        egress,
        isolation,
        "",
    ]));
    for (name, report) in fleet.by_risk() {
        let score = report.score.map_or(QUIET, |score| bold(colour(score)));
        let mut row = vec![
            STRONG.text(name),
            score.text(words::score(report.score)),
            PLAIN.text(lost(report)),
        ];
        row.extend(RiskType::ALL.map(|risk_type| lost_by(report.risk_type(risk_type))));
        row.push(QUIET.text(words::status(report)));
        grid.row(row);
    }
    let mut out = String::new();
    grid.render(width, &mut out);
    first_actions(fleet, width, &mut out);
    for (name, report) in fleet.by_risk() {
        let line = "─".repeat(width.saturating_sub(name.chars().count() + 1));
        let _ = write!(out, "\n{} {}\n\n", STRONG.text(name), QUIET.text(line));
        out.push_str(&table::table(report, limits, width));
    }
    out
}

/// What to do first in each cluster, the best first.
fn first_actions(fleet: &Fleet, width: usize, out: &mut String) {
    let mut first: Vec<_> = fleet
        .clusters
        .iter()
        .filter_map(|(name, report)| Some((name, report.actions.first()?)))
        .collect();
    if first.is_empty() {
        return;
    }
    first.sort_by_key(|(_, action)| std::cmp::Reverse((action.gain, action.gain_max)));
    let mut grid = Grid::new([Column::Left, Column::Wrapped, Column::Right]);
    grid.row(heads(["First in", "Recommended action", "Gain"]));
    for (name, action) in first {
        grid.row([
            PLAIN.text(name),
            PLAIN.text(&action.title),
            GOOD.text(gain(action.gain, action.gain_max)),
        ]);
    }
    section(&grid, width, out);
}

/// All clusters as Markdown.
pub(crate) fn fleet_markdown(
    fleet: &Fleet,
    deltas: &BTreeMap<String, Delta>,
    limits: &Limits,
) -> String {
    markdown::fit(limits, |limits| {
        let mut out = markdown_table(fleet);
        for (name, report) in fleet.by_risk() {
            let _ = write!(out, "\n# {}\n\n", markdown::inline(name));
            markdown::one(report, deltas.get(name), limits, &mut out);
        }
        out
    })
}

fn markdown_table(fleet: &Fleet) -> String {
    let mut out = String::from("# Clusters by risk\n\n");
    out.push_str("| Cluster | Score | Lost | High-risk images | Unscanned images | Egress access | Namespace isolation | Status |\n");
    out.push_str("|---|--:|--:|--:|--:|--:|--:|---|\n");
    for (name, report) in fleet.by_risk() {
        let mut cells = vec![name.to_owned(), words::score(report.score), lost(report)];
        let of = |risk_type| plain_lost(report.risk_type(risk_type));
        cells.extend(RiskType::ALL.map(of));
        cells.push(words::status(report).to_owned());
        markdown::row(cells, &mut out);
    }
    out
}

fn lost(report: &Report) -> String {
    match report.score {
        Some(score) => decimal(Points::HUNDRED - score),
        None => "-".to_owned(),
    }
}

fn lost_by(of: Option<&TypeReport>) -> Text {
    let is_lost = of.is_some_and(|of| of.contribution > Points::ZERO);
    let paint = if is_lost { PLAIN } else { QUIET };
    paint.text(plain_lost(of))
}

fn plain_lost(of: Option<&TypeReport>) -> String {
    match of {
        Some(of) if of.status != TypeStatus::NotAssessed => decimal(of.contribution),
        _ => "-".to_owned(),
    }
}
