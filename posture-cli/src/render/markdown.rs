//! A report as Markdown, for pull requests and wikis.

use std::fmt::Write;

use posture_core::report::{NamespaceType, Report, TypeStatus};
use posture_core::score::Status;

use super::explain::{self, Lost};
use super::numbers::{count, counted, decimal, gain};
use super::{Limits, times, words};

/// A report as Markdown.
pub(crate) fn markdown(report: &Report, limits: &Limits) -> String {
    let mut out = String::new();
    headline(report, &mut out);
    if report.status != Status::NoData {
        types(report, &mut out);
    }
    namespaces(report, limits.namespaces, &mut out);
    actions(report, limits.actions, &mut out);
    if limits.explain {
        explanation(report, limits.items, &mut out);
    }
    coverage(report, &mut out);
    warnings(report, &mut out);
    out
}

fn headline(report: &Report, out: &mut String) {
    let shown = report
        .score
        .map_or_else(|| "none".to_owned(), |score| score.shown().to_string());
    let _ = writeln!(out, "## Cluster Security Score: {shown}\n");
    let mut facts = vec![words::status(report).to_owned()];
    facts.extend(words::trend(report));
    facts.extend(
        report
            .at
            .map(|at| format!("as of {}", times::date_and_time(at))),
    );
    let _ = writeln!(out, "{}", facts.join(" · "));
    for line in words::missing(report) {
        let _ = writeln!(out, "\n> {}", inline(&line));
    }
}

fn types(report: &Report, out: &mut String) {
    out.push_str("\n| Risk | Score | Lost | Weight | At risk | Evidence |\n");
    out.push_str("|---|--:|--:|--:|---|---|\n");
    for of in &report.types {
        let lost = match of.status {
            TypeStatus::NotAssessed => "-".to_owned(),
            _ => decimal(of.contribution),
        };
        row(
            [
                of.risk_type.title().to_owned(),
                words::score(of.score),
                lost,
                of.weight.to_string(),
                words::at_risk(of, report.method.traffic_unit),
                words::evidence(of).to_owned(),
            ],
            out,
        );
    }
}

fn namespaces(report: &Report, limit: usize, out: &mut String) {
    let assessed = report
        .types
        .iter()
        .any(|of| of.status != TypeStatus::NotAssessed);
    if report.namespaces.is_empty() || !assessed || limit == 0 {
        return;
    }
    out.push_str("\n### Namespaces by risk\n\n");
    out.push_str("| Namespace | Score | Lost | High-risk images | Unscanned images | Egress access | Namespace isolation |\n");
    out.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for namespace in report.namespaces.iter().take(limit) {
        let mut cells = vec![
            namespace.namespace.clone(),
            words::score(namespace.score),
            decimal(namespace.risk),
        ];
        cells.extend(namespace.types.values().map(share));
        row(cells, out);
    }
    more(report.namespaces.len(), limit, "namespace", out);
}

fn share(of: &NamespaceType) -> String {
    match of.status {
        TypeStatus::Ok => format!("{}/{}", count(of.part), count(of.whole)),
        TypeStatus::NotApplicable | TypeStatus::NotAssessed => "-".to_owned(),
    }
}

fn actions(report: &Report, limit: usize, out: &mut String) {
    if report.actions.is_empty() || limit == 0 {
        return;
    }
    out.push_str("\n### Recommended actions\n\n");
    out.push_str("| | Action | Severity | Gain | At risk |\n|--:|---|---|--:|--:|\n");
    for action in report.actions.iter().take(limit) {
        row(
            [
                action.rank.to_string(),
                action.title.clone(),
                words::severity(action.severity).to_owned(),
                gain(action.gain, action.gain_max),
                format!("{} of {}", count(action.part), count(action.whole)),
            ],
            out,
        );
    }
    more(report.actions.len(), limit, "action", out);
}

fn explanation(report: &Report, items: usize, out: &mut String) {
    if let Some(lost) = explain::lost(report, items) {
        let _ = writeln!(
            out,
            "\n<details><summary>Lost points, each sum above its parts</summary>\n"
        );
        let _ = writeln!(out, "{} {} {}\n", lost.points, lost.to, lost.detail);
        list(&lost.parts, 0, out);
        out.push_str("\n</details>\n");
    }
}

fn list(lost: &[Lost], depth: usize, out: &mut String) {
    for one in lost {
        let indent = 2 * depth;
        let strong = if depth == 0 { "**" } else { "" };
        let _ = write!(
            out,
            "{:indent$}- {} {strong}{}{strong}",
            "",
            one.points,
            inline(&one.to)
        );
        let _ = match one.detail.as_str() {
            "" => writeln!(out),
            detail => writeln!(out, ": {}", inline(detail)),
        };
        list(&one.parts, depth + 1, out);
    }
}

fn coverage(report: &Report, out: &mut String) {
    out.push_str("\n### Coverage\n\n");
    for (about, text) in words::coverage(report) {
        let _ = writeln!(out, "- {about}: {}", inline(&text));
    }
}

fn warnings(report: &Report, out: &mut String) {
    let (total, lines) = words::warnings(&report.issues);
    if total == 0 {
        return;
    }
    let _ = writeln!(out, "\n### Warnings: {}\n", count(total));
    for line in lines {
        let _ = writeln!(out, "- {}", inline(&line));
    }
}

pub(super) fn row(cells: impl IntoIterator<Item = String>, out: &mut String) {
    for cell in cells {
        let _ = write!(out, "| {} ", inline(&cell));
    }
    out.push_str("|\n");
}

fn more(all: usize, shown: usize, noun: &str, out: &mut String) {
    if all > shown {
        let left = counted((all - shown) as u64, &format!("more {noun}"));
        let _ = writeln!(out, "\n{left}");
    }
}

/// Text that stays one line and means no markup; code in backticks stays code.
pub(super) fn inline(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '|' | '*' | '[' => {
                out.push('\\');
                out.push(character);
            }
            '<' => out.push_str("&lt;"),
            character if character.is_control() => out.push(' '),
            character => out.push(character),
        }
    }
    out
}
