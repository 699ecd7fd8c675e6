//! A report as Markdown, for pull requests and wikis.

use std::fmt::Write;

use posture_core::history::Delta;
use posture_core::report::{NamespaceType, Report, TypeStatus};
use posture_core::score::Status;

use super::explain::{self, Lost};
use super::numbers::{count, counted, decimal, gain, signed};
use super::{Limits, delta, dismissals, missing, staged, times, words};

/// What a comment may have, in characters: the limit of code hosts.
const LONGEST: usize = 65_535;

/// A report as Markdown: what matters first, the rest folded away.
pub(crate) fn markdown(report: &Report, delta: Option<&Delta>, limits: &Limits) -> String {
    fit(limits, |limits| {
        let mut out = String::new();
        one(report, delta, limits, &mut out);
        out
    })
}

/// One report, at any length.
pub(super) fn one(report: &Report, delta: Option<&Delta>, limits: &Limits, out: &mut String) {
    headline(report, out);
    if let Some(delta) = delta {
        change(delta, limits.actions, out);
    }
    if report.status != Status::NoData {
        types(report, out);
    }
    actions(report, limits.actions, out);
    namespaces(report, limits.namespaces, out);
    if limits.explain {
        explanation(report, limits.items, out);
    }
    coverage(report, out);
    warnings(report, out);
}

/// The text, with fewer rows where it would be too long; cut off where that is not enough.
pub(super) fn fit(limits: &Limits, text: impl Fn(&Limits) -> String) -> String {
    let mut limits = *limits;
    loop {
        let whole = text(&limits);
        if whole.chars().count() <= LONGEST {
            return whole;
        }
        if limits.rows() == 0 {
            return cut(&whole);
        }
        limits = limits.halved();
    }
}

/// The lines that there is room for, with what is folded away closed.
fn cut(text: &str) -> String {
    const CLOSE: &str = "\n</details>\n";
    const REST: &str = "\nThe rest is left out: a comment has no room for it.\n";
    let mut left = LONGEST - REST.len() - CLOSE.len();
    let (mut out, mut is_open) = (String::new(), false);
    for line in text.split_inclusive('\n') {
        let length = line.chars().count();
        if length > left {
            break;
        }
        left -= length;
        out.push_str(line);
        is_open = (is_open || line.starts_with("<details>")) && !line.starts_with("</details>");
    }
    if is_open {
        out.push_str(CLOSE);
    }
    out.push_str(REST);
    out
}

fn headline(report: &Report, out: &mut String) {
    let shown = report
        .score
        .map_or_else(|| "none".to_owned(), |score| score.shown().to_string());
    let _ = writeln!(out, "## Cluster Security Score: {shown}\n");
    let mut facts = vec![words::status(report).to_owned()];
    facts.extend(words::trend(report));
    facts.extend(dismissals::told(report));
    facts.extend(
        report
            .at
            .map(|at| format!("as of {}", times::date_and_time(at))),
    );
    let _ = writeln!(out, "{}", facts.join(" · "));
    for line in missing::missing(report) {
        let _ = writeln!(out, "\n> {}", inline(&line));
    }
}

/// What made the score differ from the earlier one.
fn change(delta: &Delta, limit: usize, out: &mut String) {
    for line in delta::sums(delta).into_iter().chain(delta::remarks(delta)) {
        let _ = writeln!(out, "\n> {}", inline(&line));
    }
    if delta.parts.is_empty() || limit == 0 {
        return;
    }
    out.push_str("\n| Points | Because | Namespace | Risk | |\n|--:|---|---|---|---|\n");
    let (shown, others) = delta.parts.split_at(limit.min(delta.parts.len()));
    for part in shown {
        row(
            [
                signed(part.points),
                delta::kind(part.kind).to_owned(),
                part.namespace.clone(),
                part.risk_type.title().to_owned(),
                delta::detail(part),
            ],
            out,
        );
    }
    if !others.is_empty() {
        let rest = others.iter().map(|part| part.points).sum();
        let more = counted(others.len() as u64, "more part");
        row(
            [
                signed(rest),
                more,
                String::new(),
                String::new(),
                String::new(),
            ],
            out,
        );
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
    fold(
        &format!(
            "Namespaces by risk: {}",
            count(report.namespaces.len() as u64)
        ),
        out,
    );
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
    unfold(out);
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
    staged(report, limit, out);
}

fn staged(report: &Report, limit: usize, out: &mut String) {
    let lines = staged::staged(report, limit);
    if lines.is_empty() {
        return;
    }
    fold("If staged policies were enforced", out);
    out.push_str("| Action | Policy | Gain | Covers |\n|--:|---|--:|--:|\n");
    for line in lines {
        let gain = line.gain.map_or_else(String::new, signed);
        row([line.rank.to_string(), line.policy, gain, line.covers], out);
    }
    unfold(out);
}

fn explanation(report: &Report, items: usize, out: &mut String) {
    if let Some(lost) = explain::lost(report, items) {
        fold("Lost points, each sum above its parts", out);
        let _ = writeln!(out, "{} {} {}\n", lost.points, lost.to, lost.detail);
        list(&lost.parts, 0, out);
        unfold(out);
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
    fold("Coverage", out);
    for (about, text) in words::coverage(report) {
        let _ = writeln!(out, "- {about}: {}", inline(&text));
    }
    unfold(out);
}

fn warnings(report: &Report, out: &mut String) {
    let (total, lines) = words::warnings(&report.issues);
    if total == 0 {
        return;
    }
    fold(&format!("Warnings: {}", count(total)), out);
    for line in lines {
        let _ = writeln!(out, "- {}", inline(&line));
    }
    unfold(out);
}

/// Begins what is folded away.
fn fold(summary: &str, out: &mut String) {
    let _ = writeln!(out, "\n<details><summary>{summary}</summary>\n");
}

fn unfold(out: &mut String) {
    out.push_str("\n</details>\n");
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

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        namespaces: 100,
        actions: 100,
        items: usize::MAX,
        explain: false,
    };

    #[test]
    fn what_is_too_long_has_fewer_rows() {
        let rows = |limits: &Limits| "ä\n".repeat(limits.namespaces.saturating_mul(1_000));
        let text = fit(&LIMITS, rows);
        assert_eq!(text.lines().count(), 25_000); // 100, 50, 25
    }

    #[test]
    fn what_stays_too_long_is_cut_and_closed() {
        let text = fit(&LIMITS, |_| {
            format!("\n<details><summary>x</summary>\n{}", "ä\n".repeat(40_000))
        });
        assert!(text.chars().count() <= LONGEST);
        assert!(text.chars().count() > LONGEST - 100);
        assert!(
            text.contains("ä\n\n</details>\n\nThe rest"),
            "{}",
            &text[text.len() - 200..]
        );
        let open = format!("<details>\n</details>\n{}", "ä\n".repeat(40_000));
        assert_eq!(
            fit(&LIMITS, |_| open.clone()).matches("</details>").count(),
            1
        );
    }
}
