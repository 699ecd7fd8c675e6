//! A report in a terminal.

use std::fmt::Write;

use posture_core::action::ActionSeverity;
use posture_core::issue::Issue;
use posture_core::points::Points;
use posture_core::report::{NamespaceType, Report, TypeStatus};
use posture_core::risk::RiskType;
use posture_core::score::Status;
use unicode_width::UnicodeWidthStr;

use super::dismissals;
use super::explain::{self, Lost};
use super::layout::{Column, Grid, Paint, Text, wrap};
use super::numbers::{count, counted, decimal, gain, signed};
use super::{FAIR, GOOD, Limits, PLAIN, POOR, QUIET, STRONG, missing, staged, words};

/// The longest bar of a score.
const LONGEST_BAR: usize = 50;

/// A shorter bar says nothing.
const SHORTEST_BAR: usize = 10;

/// Digits of a score before and behind the point, and the point.
const EXACT_WIDTH: usize = 13;

/// A report in lines of at most `width` columns.
pub(crate) fn table(report: &Report, limits: &Limits, width: usize) -> String {
    let mut out = String::new();
    headline(report, width, &mut out);
    if report.status != Status::NoData {
        types(report, width, &mut out);
    }
    namespaces(report, limits.namespaces, width, &mut out);
    actions(report, limits.actions, width, &mut out);
    staged(report, limits.actions, width, &mut out);
    if limits.explain {
        explanation(report, limits.items, width, &mut out);
    }
    coverage(report, width, &mut out);
    issues(&report.issues, width, &mut out);
    out
}

fn headline(report: &Report, width: usize, out: &mut String) {
    let title = "Cluster Security Score";
    let status = words::status(report);
    let shown = words::score(report.score);
    let taken = title.len() + shown.len() + status.len() + 6;
    let bar = bar(report.score, width.saturating_sub(taken).min(LONGEST_BAR));
    let _ = write!(out, "{}  ", STRONG.text(title));
    if let Some(score) = report.score {
        let _ = write!(out, "{}  {bar}", bold(colour(score)).text(shown));
    }
    let _ = writeln!(out, "{}", QUIET.text(status));
    for line in words::trend(report)
        .into_iter()
        .chain(dismissals::told(report))
        .chain(missing::missing(report))
    {
        paragraph(&line, "", width, out);
    }
}

/// A heavy line as long as the score, a light one for what is lost, and a gap; nothing where there
/// is no room. As with the score, neither hides the last lost point nor the last one left.
fn bar(score: Option<Points>, length: usize) -> String {
    let (Some(score), SHORTEST_BAR..) = (score, length) else {
        return String::new();
    };
    let shown = usize::try_from(score.shown()).unwrap_or_default();
    let least = usize::from(shown > 0);
    let most = length - usize::from(shown < 100);
    let filled = ((shown * length + 50) / 100).clamp(least, most);
    let (heavy, light) = ("━".repeat(filled), "─".repeat(length - filled));
    format!("{}{}  ", colour(score).text(heavy), QUIET.text(light))
}

fn types(report: &Report, width: usize, out: &mut String) {
    let mut grid = Grid::new([
        Column::Left,
        Column::Right,
        Column::Right,
        Column::SpareRight,
        Column::Left,
        Column::Spare,
    ]);
    grid.row(heads([
        "Risk", "Score", "Lost", "Weight", "At risk", "Evidence",
    ]));
    for of in &report.types {
        let assessed = of.status != TypeStatus::NotAssessed;
        let paint = if of.contribution > Points::ZERO {
            PLAIN
        } else {
            QUIET
        };
        grid.row([
            PLAIN.text(of.risk_type.title()),
            of.score.map_or(QUIET, colour).text(words::score(of.score)),
            paint.text(if assessed {
                decimal(of.contribution)
            } else {
                "-".to_owned()
            }),
            QUIET.text(of.weight.to_string()),
            paint.text(words::at_risk(of, report.method.traffic_unit)),
            QUIET.text(words::evidence(of)),
        ]);
    }
    section(&grid, width, out);
}

fn namespaces(report: &Report, limit: usize, width: usize, out: &mut String) {
    let assessed: Vec<RiskType> = report
        .types
        .iter()
        .filter(|of| of.status != TypeStatus::NotAssessed)
        .map(|of| of.risk_type)
        .collect();
    if report.namespaces.is_empty() || assessed.is_empty() || limit == 0 {
        return;
    }
    let mut columns = vec![Column::Wrapped, Column::SpareRight, Column::Right];
    columns.extend(assessed.iter().map(|_| Column::Right));
    let mut grid = Grid::new(columns);
    let mut head = heads(["Namespaces by risk", "Score", "Lost"]);
    head.extend(
        assessed
            .iter()
            .map(|risk_type| QUIET.text(short(*risk_type))),
    );
    grid.row(head);
    for namespace in report.namespaces.iter().take(limit) {
        let mut row = vec![
            PLAIN.text(&namespace.namespace),
            namespace
                .score
                .map_or(QUIET, colour)
                .text(words::score(namespace.score)),
            PLAIN.text(decimal(namespace.risk)),
        ];
        let shares = assessed
            .iter()
            .map(|risk_type| namespace.types.get(risk_type).map(share));
        row.extend(shares.map(|share| share.unwrap_or_else(|| PLAIN.text(""))));
        grid.row(row);
    }
    section(&grid, width, out);
    more(report.namespaces.len(), limit, "namespace", out);
}

pub(super) const fn short(risk_type: RiskType) -> &'static str {
    match risk_type {
        RiskType::HighRiskImages => "High-risk",
        RiskType::UnscannedImages => "Unscanned",
        RiskType::EgressAccess => "Egress",
        RiskType::NamespaceIsolation => "Isolation",
    }
}

fn share(of: &NamespaceType) -> Text {
    match of.status {
        TypeStatus::Ok if of.part > 0 => {
            PLAIN.text(format!("{}/{}", count(of.part), count(of.whole)))
        }
        TypeStatus::Ok => QUIET.text(format!("0/{}", count(of.whole))),
        TypeStatus::NotApplicable | TypeStatus::NotAssessed => QUIET.text("-"),
    }
}

fn actions(report: &Report, limit: usize, width: usize, out: &mut String) {
    if report.actions.is_empty() || limit == 0 {
        return;
    }
    let mut grid = Grid::new([
        Column::Right,
        Column::Wrapped,
        Column::Left,
        Column::Right,
        Column::SpareRight,
    ]);
    grid.row(heads([
        "",
        "Recommended actions",
        "Severity",
        "Gain",
        "At risk",
    ]));
    for action in report.actions.iter().take(limit) {
        grid.row([
            QUIET.text(action.rank.to_string()),
            PLAIN.text(&action.title),
            chip(action.severity),
            GOOD.text(gain(action.gain, action.gain_max)),
            QUIET.text(format!("{} of {}", count(action.part), count(action.whole))),
        ]);
    }
    section(&grid, width, out);
    more(report.actions.len(), limit, "action", out);
    let mut shown = report.actions.iter().take(limit);
    if shown.any(|action| action.risk_type.is_network()) {
        let hint = "`posture recommend` writes network policies for them";
        for line in wrap(hint, width) {
            let _ = writeln!(out, "{}", QUIET.text(line));
        }
    }
}

/// What enforcing a staged policy would do about the actions above.
fn staged(report: &Report, limit: usize, width: usize, out: &mut String) {
    let lines = staged::staged(report, limit);
    if lines.is_empty() {
        return;
    }
    let mut grid = Grid::new([
        Column::Right,
        Column::Wrapped,
        Column::Right,
        Column::SpareRight,
    ]);
    grid.row(heads([
        "",
        "If staged policies were enforced",
        "Gain",
        "Covers",
    ]));
    for line in lines {
        grid.row([
            QUIET.text(line.rank.to_string()),
            PLAIN.text(line.policy),
            GOOD.text(line.gain.map_or_else(String::new, signed)),
            QUIET.text(line.covers),
        ]);
    }
    section(&grid, width, out);
}

fn chip(severity: ActionSeverity) -> Text {
    let paint = match severity {
        ActionSeverity::Critical => bold(POOR),
        ActionSeverity::High => POOR,
        ActionSeverity::Medium => FAIR,
        ActionSeverity::Low => QUIET,
    };
    paint.text(words::severity(severity))
}

fn explanation(report: &Report, items: usize, width: usize, out: &mut String) {
    if let Some(lost) = explain::lost(report, items) {
        let _ = writeln!(
            out,
            "\n{}",
            QUIET.text("Lost points, each sum above its parts")
        );
        explained(&lost, 0, width, out);
    }
}

/// A line of an explanation and those of its parts: exact points, aligned at the decimal point,
/// and what they were lost to; what is known of it behind it, or below where there is no room.
fn explained(lost: &Lost, depth: usize, width: usize, out: &mut String) {
    let exact = lost.points.to_string();
    let before = exact.find('.').unwrap_or(exact.len());
    let number = format!("{:pad$}{exact}", "", pad = 3_usize.saturating_sub(before));
    let indent = EXACT_WIDTH + 2 + 2 * depth;
    let room = width.saturating_sub(indent).max(20);

    let paint = if depth <= 1 { STRONG } else { PLAIN };
    let to = wrap(&lost.to, room);
    let end = to.last().map_or(0, |line| line.width());
    let mut lines: Vec<String> = to
        .into_iter()
        .map(|line| paint.text(line).to_string())
        .collect();
    let beside = end + 2 + lost.detail.width() <= room;
    match lines.last_mut() {
        _ if lost.detail.is_empty() => {}
        Some(line) if beside => *line = format!("{line}  {}", QUIET.text(&lost.detail)),
        _ => {
            let below = wrap(&lost.detail, room.saturating_sub(2)).into_iter();
            lines.extend(below.map(|line| format!("  {}", QUIET.text(line))));
        }
    }
    for (position, line) in lines.iter().enumerate() {
        let number = if position == 0 { number.as_str() } else { "" };
        let _ = writeln!(out, "{number:indent$}{line}");
    }
    for part in &lost.parts {
        explained(part, depth + 1, width, out);
    }
}

fn coverage(report: &Report, width: usize, out: &mut String) {
    let mut grid = Grid::new([Column::Left, Column::Wrapped]);
    for (about, text) in words::coverage(report) {
        grid.row([QUIET.text(about), PLAIN.text(text)]);
    }
    section(&grid, width, out);
}

/// What a person must be told about the input.
/// The warnings among some issues, in lines of at most `width` columns; nothing where there are none.
pub(crate) fn warnings(issues: &[Issue], width: usize) -> String {
    let mut out = String::new();
    let (total, lines) = words::warnings(issues);
    if total > 0 {
        let _ = writeln!(out, "{}", FAIR.text(counted(total, "warning")));
    }
    for line in lines {
        paragraph(&line, "  ", width, &mut out);
    }
    out
}

pub(super) fn issues(issues: &[Issue], width: usize, out: &mut String) {
    let warnings = warnings(issues, width);
    if !warnings.is_empty() {
        out.push('\n');
        out.push_str(&warnings);
    }
    if let Some(notes) = words::notes(issues) {
        let _ = writeln!(out, "\n{}", QUIET.text(notes));
    }
}

pub(super) fn section(grid: &Grid, width: usize, out: &mut String) {
    out.push('\n');
    grid.render(width, out);
}

pub(super) fn heads<const N: usize>(titles: [&str; N]) -> Vec<Text> {
    titles.iter().map(|title| QUIET.text(*title)).collect()
}

fn more(all: usize, shown: usize, noun: &str, out: &mut String) {
    if all > shown {
        let left = counted((all - shown) as u64, &format!("more {noun}"));
        let text = format!("{left}: --top {all}");
        let _ = writeln!(out, "{}", QUIET.text(text));
    }
}

pub(super) fn paragraph(text: &str, indent: &str, width: usize, out: &mut String) {
    for (position, line) in wrap(text, width.saturating_sub(indent.len() + 2))
        .iter()
        .enumerate()
    {
        let hanging = if position > 0 { "  " } else { "" };
        let _ = writeln!(out, "{indent}{hanging}{}", PLAIN.text(line));
    }
}

/// Only a colour: the method knows no grades.
pub(super) const fn colour(score: Points) -> Paint {
    match score.units() {
        80_000_000_000.. => GOOD,
        50_000_000_000.. => FAIR,
        _ => POOR,
    }
}

pub(super) const fn bold(paint: Paint) -> Paint {
    Paint(paint.0.bold())
}
