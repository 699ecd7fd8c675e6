//! Policies, and what of them deserves a look, in a terminal.

use std::collections::BTreeSet;
use std::fmt::Write;

use posture_core::engine::words;
use posture_core::model::{Direction, StagedAction, TierAction};
use posture_core::review::{Finding, FindingKind, PolicyReview, Review, RuleReview};

use super::layout::{Column, Grid, Text, wrap};
use super::numbers::{count, counted};
use super::table::{heads, issues};
use super::verdict::order;
use super::{FAIR, PLAIN, QUIET, STRONG};

/// A review in lines of at most `width` columns, with so many findings of each kind.
pub(crate) fn policies(review: &Review, top: usize, width: usize) -> String {
    let mut out = String::new();
    let all = review.tiers.iter().flat_map(|tier| &tier.policies);
    let objects: BTreeSet<_> = all
        .map(|policy| (policy.kind, &policy.namespace, &policy.name))
        .collect();
    let number = objects.len();
    let noun = if number == 1 { "policy" } else { "policies" };
    let headline = format!(
        "{} {noun} in {}",
        count(number as u64),
        counted(review.tiers.len() as u64, "tier")
    );
    let findings = match review.findings.len() {
        0 => "nothing deserves a look".to_owned(),
        1 => "1 finding deserves a look".to_owned(),
        findings => format!("{} findings deserve a look", count(findings as u64)),
    };
    let _ = writeln!(out, "{}  {}", STRONG.text(headline), QUIET.text(findings));
    if number > 0 {
        list(review, width, &mut out);
    }
    for of_kind in review.findings.chunk_by(|a, b| a.kind == b.kind) {
        findings_of_kind(of_kind, top, width, &mut out);
    }
    issues(&review.issues, width, &mut out);
    out
}

fn list(review: &Review, width: usize, out: &mut String) {
    for tier in &review.tiers {
        let default = match tier.default_action {
            TierAction::Deny => "denies at its end",
            TierAction::Pass => "passes at its end",
        };
        let about = format!("{}, {default}", order(tier.order));
        let _ = writeln!(
            out,
            "\n{}  {}",
            STRONG.text(format!("Tier {}", tier.name)),
            QUIET.text(about)
        );
        let mut grid = Grid::new([
            Column::Right,
            Column::Wrapped,
            Column::Right,
            Column::SpareRight,
            Column::Right,
            Column::Right,
        ]);
        grid.row(heads([
            "Order",
            "Policy",
            "Pods",
            "Workloads",
            "Ingress",
            "Egress",
        ]));
        for policy in &tier.policies {
            grid.row(row(policy));
        }
        grid.render(width, out);
    }
}

fn row(policy: &PolicyReview) -> [Text; 6] {
    let staged = match policy.staged {
        Some(StagedAction::Delete) => " (stages a deletion)",
        Some(StagedAction::Ignore) => " (ignored)",
        Some(StagedAction::Learn) => " (learning)",
        Some(StagedAction::Set) | None => "",
    };
    let name = words::policy(policy.kind, &policy.namespace, &policy.name, policy.part);
    let order = policy.order;
    let order = order.map_or_else(|| "-".to_owned(), |order| order.to_string());
    let paint = if policy.staged.is_some() {
        QUIET
    } else {
        PLAIN
    };
    let [pods, workloads, ingress, egress] = numbers(policy);
    [
        QUIET.text(order),
        paint.text(format!("{name}{staged}")),
        pods,
        workloads,
        ingress,
        egress,
    ]
}

/// What it selects and how many rules it has; nothing where that has no effect.
fn numbers(policy: &PolicyReview) -> [Text; 4] {
    if let Some(StagedAction::Delete | StagedAction::Ignore) = policy.staged {
        return [(); 4].map(|()| QUIET.text("-"));
    }
    let number = |number: usize| {
        let more = if policy.may_select_more { "+" } else { "" };
        format!("{}{more}", count(number as u64))
    };
    let pods = if policy.pods == 0 { FAIR } else { PLAIN };
    [
        pods.text(number(policy.pods)),
        PLAIN.text(number(policy.workloads)),
        rules(policy.ingress.as_deref()),
        rules(policy.egress.as_deref()),
    ]
}

/// How many rules there are for a direction; a dash where it is not governed.
fn rules(rules: Option<&[RuleReview]>) -> Text {
    match rules {
        None => QUIET.text("-"),
        Some(rules) => PLAIN.text(counted(rules.len() as u64, "rule")),
    }
}

fn findings_of_kind(findings: &[Finding], top: usize, width: usize, out: &mut String) {
    let Some(kind) = findings.first().map(|finding| finding.kind) else {
        return;
    };
    let number = findings.len();
    let _ = writeln!(
        out,
        "\n{}  {}",
        paint(kind).text(kind.title()),
        QUIET.text(count(number as u64))
    );
    for finding in findings.iter().take(top) {
        lines(&place(finding), "  ", width, out);
        for line in wrap(&finding.message, width.saturating_sub(4)) {
            let _ = writeln!(out, "    {}", QUIET.text(line));
        }
    }
    if number > top {
        let left = number - top;
        let text = format!("{} more: --top {number}", count(left as u64));
        let _ = writeln!(out, "  {}", QUIET.text(text));
    }
}

fn lines(text: &str, indent: &str, width: usize, out: &mut String) {
    for line in wrap(text, width.saturating_sub(indent.len())) {
        let _ = writeln!(out, "{indent}{}", PLAIN.text(line));
    }
}

/// What a finding is about: `NetworkPolicy shop/web, rule 2 of ingress`.
fn place(finding: &Finding) -> String {
    let Some(policy) = &finding.policy else {
        return format!("namespace {}", finding.namespace);
    };
    let slash = if policy.namespace.is_empty() { "" } else { "/" };
    let part = policy.part.map(|part| format!(" [{part}]"));
    let part = part.unwrap_or_default();
    let name = format!(
        "{} {}{slash}{}{part}",
        policy.kind, policy.namespace, policy.name
    );
    match (finding.direction, finding.rule) {
        (Some(direction), Some(rule)) => format!("{name}, rule {rule} of {direction}"),
        (Some(Direction::Ingress), None) => format!("{name}, ingress"),
        (Some(Direction::Egress), None) => format!("{name}, egress"),
        (None, _) => name,
    }
}

/// What may be otherwise than was meant stands out.
const fn paint(kind: FindingKind) -> super::Paint {
    match kind {
        FindingKind::Unread
        | FindingKind::UnknownTier
        | FindingKind::NeverDecides
        | FindingKind::MatchesNothing
        | FindingKind::TiedOrder
        | FindingKind::AllowsAll => FAIR,
        _ => PLAIN,
    }
}
