//! What became of recommendations, in a terminal.

use std::fmt::Write;

use posture::{Recommendations, Recommended};
use posture_core::points::Points;

use super::layout::wrap;
use super::numbers::{count, counted};
use super::{FAIR, GOOD, PLAIN, QUIET, STRONG};

/// A line for each namespace and what must be known of it, in lines of at most `width` columns.
pub(crate) fn recommended(all: &Recommendations, width: usize) -> String {
    let mut out = String::new();
    let shown = all.recommendations.iter();
    let policies: usize = shown.map(|of| of.policies.len()).sum();
    let noun = if policies == 1 { "policy" } else { "policies" };
    let score = scores(all.score, all.score_with_all);
    let _ = writeln!(
        out,
        "{}  {}",
        STRONG.text(format!("{} {noun} recommended", count(policies as u64))),
        QUIET.text(score)
    );
    for of in &all.recommendations {
        namespace(of, width, &mut out);
    }
    if all.recommendations.is_empty() {
        let none = match all.score {
            Some(_) => "no traffic is known to be unsecured",
            None => "nothing is known of traffic, expected flow logs, or pods and network policies",
        };
        let _ = writeln!(out, "{}", QUIET.text(none));
    }
    out
}

fn scores(before: Option<Points>, after: Option<Points>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("score {} -> {}", before.shown(), after.shown()),
        _ => "no score".to_owned(),
    }
}

fn namespace(of: &Recommended, width: usize, out: &mut String) {
    let proof = &of.proof;
    let status = of
        .status
        .map_or("no traffic", posture_core::recommend::Status::name);
    if of.withheld.is_empty() {
        let _ = writeln!(
            out,
            "{}  {}",
            GOOD.text(&of.namespace),
            PLAIN.text(format!(
                "secures {} of {} at risk, would deny {}, {} not known, {}, {status}",
                count(proof.covered as u64),
                count(proof.targets as u64),
                count(proof.would_deny.len() as u64),
                counted(proof.unknown as u64, "edge"),
                scores(proof.score_before, proof.score_after),
            ))
        );
    } else {
        let _ = writeln!(
            out,
            "{}  {}",
            FAIR.text(&of.namespace),
            PLAIN.text("withheld")
        );
    }
    for line in of.withheld.iter().chain(&of.warnings) {
        for line in wrap(line, width.saturating_sub(2)) {
            let _ = writeln!(out, "  {}", QUIET.text(line));
        }
    }
}
