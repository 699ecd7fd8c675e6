//! What made a score change.

use std::fmt::Write;

use posture_core::history::{Delta, Kind, Part, Unexplained};
use posture_core::points::Points;
use posture_core::risk::RiskType;

use super::layout::{Column, Grid, Text};
use super::numbers::{count, counted, signed};
use super::table::{heads, paragraph, section};
use super::{GOOD, PLAIN, POOR, QUIET, STRONG, times, words};

/// How many items of a part are told.
const TOLD: usize = 2;

/// A difference in lines of at most `width` columns: its parts, and their sum.
pub(crate) fn delta(delta: &Delta, top: usize, width: usize) -> String {
    let mut out = String::new();
    headline(delta, width, &mut out);
    let Some(sum) = delta.delta.filter(|_| !delta.parts.is_empty()) else {
        return out;
    };
    let mut grid = Grid::new([
        Column::Right,
        Column::Left,
        Column::Wrapped,
        Column::Spare,
        Column::Wrapped,
    ]);
    grid.row(heads(["Points", "Because", "Namespace", "Risk", ""]));
    let (shown, others) = delta.parts.split_at(top.min(delta.parts.len()));
    for part in shown {
        grid.row([
            exact(part.points),
            PLAIN.text(kind(part.kind)),
            PLAIN.text(&part.namespace),
            QUIET.text(part.risk_type.title()),
            QUIET.text(detail(part)),
        ]);
    }
    if !others.is_empty() {
        let rest = others.iter().map(|part| part.points).sum();
        let more = counted(others.len() as u64, "more part");
        let all = format!("--top {}", delta.parts.len());
        let mut row = vec![exact(rest), PLAIN.text(more)];
        row.extend(["", "", &all].map(|text| QUIET.text(text)));
        grid.row(row);
    }
    let mut row = vec![exact(sum), STRONG.text("in all")];
    row.extend(["", "", ""].map(|text| PLAIN.text(text)));
    grid.row(row);
    section(&grid, width, &mut out);
    out
}

fn headline(delta: &Delta, width: usize, out: &mut String) {
    let (before, after) = (
        words::score(delta.before.score),
        words::score(delta.after.score),
    );
    let change = match delta.delta {
        Some(Points::ZERO) | None => String::new(),
        Some(delta) if delta < Points::ZERO => format!("  {}", POOR.text(signed(delta))),
        Some(delta) => format!("  {}", GOOD.text(signed(delta))),
    };
    let title = STRONG.text("Cluster Security Score");
    let _ = writeln!(out, "{title}  {before} -> {after}{change}");
    let time =
        |at: Option<_>| at.map_or_else(|| "an unknown time".to_owned(), times::date_and_time);
    let (from, to) = (time(delta.before.at), time(delta.after.at));
    paragraph(&format!("from {from} to {to}"), "", width, out);
    for line in sums(delta).into_iter().chain(remarks(delta)) {
        paragraph(&line, "", width, out);
    }
}

/// The sum of each kind, the heaviest first, where there is more than one.
pub(super) fn sums(delta: &Delta) -> Option<String> {
    let mut kinds: Vec<(Kind, Points)> = delta
        .kinds
        .iter()
        .map(|(of, points)| (*of, *points))
        .collect();
    kinds.sort_by_key(|(_, points)| std::cmp::Reverse(points.units().unsigned_abs()));
    let told = kinds
        .iter()
        .map(|(of, points)| format!("{} {}", kind(*of), signed(*points)));
    (kinds.len() > 1).then(|| told.collect::<Vec<_>>().join(" · "))
}

/// What a person must know of a difference beside its parts.
pub(super) fn remarks(delta: &Delta) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(method_changes(&delta.method_changes));
    match delta.unexplained {
        Some(unexplained) => lines.push(format!("no difference: {}", without(unexplained))),
        None if delta.parts.is_empty() => lines.push("nothing changed".to_owned()),
        None => {}
    }
    if delta.parts.iter().any(|part| part.net) {
        lines.push(
            "net: not every item is known by name, so what was fixed while as much came new does not \
             show"
                .to_owned(),
        );
    }
    lines
}

/// What differs in how two results were scored, where anything does.
pub(super) fn method_changes(changes: &[String]) -> Option<String> {
    let told = changes.iter().map(|change| method_change(change));
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| format!("the method differs: {}", told.join(", ")))
}

/// A switch of the method, or what a type is judged from.
fn method_change(name: &str) -> String {
    let of_type = name.strip_prefix("evidence.");
    let risk_type = of_type.and_then(|of| RiskType::ALL.into_iter().find(|t| t.name() == of));
    match risk_type {
        Some(risk_type) => format!("evidence of {}", risk_type.title().to_lowercase()),
        None => format!("`{name}`"),
    }
}

/// That two results were not scored alike, so that their difference is not one of the cluster alone.
pub(crate) fn other_method(delta: &Delta) -> Option<String> {
    let changes = method_changes(&delta.method_changes)?;
    let since = match delta.before.at {
        Some(at) => format!("from {}", times::instant(at)),
        None => "before".to_owned(),
    };
    Some(format!("note: beside the result {since}, {changes}"))
}

const fn without(unexplained: Unexplained) -> &'static str {
    match unexplained {
        Unexplained::NoScoreBefore => "the earlier result has no score",
        Unexplained::NoScoreAfter => "the later result has no score",
        Unexplained::NoScores => "neither result has a score",
    }
}

/// What a part comes from, in a word or two.
pub(super) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Method => "changed method",
        Kind::Scope => "changed scope",
        Kind::Fixed => "fixed",
        Kind::Dismissed => "dismissed",
        Kind::Resized => "resized",
        Kind::Reverted => "reverted",
        Kind::Expired => "expired",
        Kind::New => "new",
    }
}

/// How many items a part is about, and the first of them.
pub(super) fn detail(part: &Part) -> String {
    let number = match (part.kind, part.count) {
        (Kind::Method, _) => return String::new(),
        (Kind::Scope, 0) => "shares 100 points with more or fewer namespaces".to_owned(),
        (Kind::Scope, _) if part.points < Points::ZERO => "the namespace came".to_owned(),
        (Kind::Scope, _) => "the namespace went".to_owned(),
        (Kind::Resized, 0) => "the same carries more or less".to_owned(),
        (Kind::Resized, by) => format!(
            "{} not at risk came or went",
            counted(by, noun(part.risk_type))
        ),
        (_, number) => counted(number, noun(part.risk_type)),
    };
    let net = if part.net { ", net" } else { "" };
    let mut text = format!("{number}{net}");
    for (position, item) in part.items.iter().take(TOLD).enumerate() {
        let before = if position == 0 { ": " } else { ", " };
        let name = item.name.as_deref().unwrap_or(&item.key);
        let _ = write!(text, "{before}{name}");
    }
    let told = part.items.len().min(TOLD) as u64;
    if told > 0 && part.count > told {
        let _ = write!(text, " and {} more", count(part.count - told));
    }
    text
}

const fn noun(risk_type: RiskType) -> &'static str {
    match risk_type {
        RiskType::HighRiskImages | RiskType::UnscannedImages => "image",
        RiskType::EgressAccess => "workload",
        RiskType::NamespaceIsolation => "item",
    }
}

/// The exact number, with its sign, as wide as all of its digits so that points stand below points.
fn exact(points: Points) -> Text {
    let sign = if points > Points::ZERO { "+" } else { "" };
    let text = format!("{sign}{points}");
    let fraction = text
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len() + 1);
    let paint = match points < Points::ZERO {
        true => POOR,
        false => GOOD,
    };
    paint.text(format!("{text}{:pad$}", "", pad = 10 - fraction.min(10)))
}
