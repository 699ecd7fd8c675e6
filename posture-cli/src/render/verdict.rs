//! What policies decide about some traffic, in a terminal.

use std::fmt::Write;

use posture_core::ask::{Asked, Said, Sent, Side};
use posture_core::engine::explain::{Answer, Applies, PolicyStep, RuleStep, TierState, TierStep};
use posture_core::engine::{Reason, Scope, words};
use posture_core::model::{Order, RuleAction, TierAction};

use super::layout::{Column, Grid, Paint, Text};
use super::numbers::counted;
use super::table::{bold, issues, section};
use super::{FAIR, GOOD, PLAIN, POOR, QUIET, STRONG};

/// How many rules of a policy that do not match are shown.
const RULES: usize = 6;

/// How much of the way to a verdict is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Policies that govern the traffic.
    WhatMatters,
    /// All policies and rules that are asked.
    All,
}

/// An answer in lines of at most `width` columns.
pub(crate) fn verdict(asked: &Asked, shown: Shown, width: usize) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}  {}",
        bold(colour(asked.answer)).text(asked.answer.name()),
        STRONG.text(traffic(asked))
    );
    summary(asked, width, &mut out);
    for (side, direction, whose) in [
        (&asked.egress, "Egress", &asked.from),
        (&asked.ingress, "Ingress", &asked.to),
    ] {
        if let Some(side) = side {
            let title = format!("{direction} of {}, tier by tier", whose.name());
            let _ = writeln!(out, "\n{}", STRONG.text(title));
            walk(side, shown, width, &mut out);
        }
    }
    issues(&asked.issues, width, &mut out);
    out
}

/// `shop/web -> pay/api tcp/443`.
fn traffic(asked: &Asked) -> String {
    let sent = Sent {
        protocol: asked.protocol,
        port: asked.port,
        icmp: asked.icmp,
    };
    let sent = match sent {
        Sent::UNKNOWN => "any protocol and port".to_owned(),
        sent => sent.to_string(),
    };
    let scope = match asked.scope {
        Scope::Enforced => "",
        Scope::Staged => ", staged policies as if enforced",
    };
    format!("{} -> {} {sent}{scope}", asked.from.name(), asked.to.name())
}

fn summary(asked: &Asked, width: usize, out: &mut String) {
    let mut grid = Grid::new([Column::Left, Column::Wrapped]);
    let mut row = |about: &str, text: Text| grid.row([QUIET.text(about), text]);
    for (direction, side) in [("Egress", &asked.egress), ("Ingress", &asked.ingress)] {
        if let Some(side) = side {
            row(direction, colour(side.answer).text(side.told()));
        }
    }
    if let Some(staged) = &asked.staged {
        let still = if staged.answer == asked.answer {
            "still "
        } else {
            ""
        };
        let text = format!(
            "if staged policies were enforced, it would {still}be {}: {}",
            staged.answer.name(),
            staged.why
        );
        let paint = if staged.answer == asked.answer {
            PLAIN
        } else {
            FAIR
        };
        row("Staged", paint.text(text));
    }
    for hint in hints(asked) {
        row("To settle it", FAIR.text(hint));
    }
    row("From", PLAIN.text(end(&asked.from)));
    row("To", PLAIN.text(end(&asked.to)));
    for note in &asked.notes {
        row("Note", PLAIN.text(note));
    }
    section(&grid, width, out);
}

fn end(said: &Said) -> String {
    match said.address {
        Some(address) if address.to_string() == said.given => {
            format!("{address} is {}", said.is)
        }
        Some(address) => format!("{}, {address}", said.is),
        None => said.is.clone(),
    }
}

/// What would settle an answer that is not known.
fn hints(asked: &Asked) -> Vec<&'static str> {
    let sides = [&asked.egress, &asked.ingress].into_iter().flatten();
    let mut hints: Vec<&str> = sides
        .filter(|_| asked.answer == Answer::Unknown)
        .filter_map(Side::lacks)
        .map(|lacks| match (lacks, asked.port) {
            (Reason::Port, Some(_)) => {
                "rules name source ports, or ports by names of which the pods are not known"
            }
            (Reason::Port | Reason::Protocol, _) => {
                "say what is sent, such as `--port 443/tcp` or `--port icmp/8`"
            }
            (Reason::Domain, _) => {
                "say what the address was resolved from, such as `--domain example.com`"
            }
            (Reason::Labels, _) => {
                "pass the objects of the pod, its namespace and its service account"
            }
            (Reason::Peer, _) => {
                "name a pod or an address that is known, or pass the object that it is of"
            }
            (Reason::Service, _) => "pass the Services and EndpointSlices that rules name",
            (Reason::Http, _) => "nothing here: rules demand something of HTTP requests",
            (Reason::Rule, _) => "nothing here: rules demand something that is not understood",
        })
        .collect();
    hints.dedup();
    hints
}

fn walk(side: &Side, shown: Shown, width: usize, out: &mut String) {
    let explanation = &side.explanation;
    if explanation.tiers.is_empty() {
        let _ = writeln!(out, "  {}", QUIET.text("no policy is asked"));
    }
    for of in &explanation.tiers {
        tier(of, shown, width, out);
    }
}

fn tier(of: &TierStep, shown: Shown, width: usize, out: &mut String) {
    let default = match of.default_action {
        TierAction::Deny => "denies at its end",
        TierAction::Pass => "passes at its end",
    };
    let about = format!("{}, {default}", order(of.order));
    let _ = writeln!(
        out,
        "  {}  {}",
        STRONG.text(format!("tier {}", of.name)),
        QUIET.text(about)
    );
    if of.state == TierState::NotReached {
        let _ = writeln!(out, "    {}", QUIET.text("not reached"));
        return;
    }
    let (selected, others): (Vec<_>, Vec<_>) = of
        .policies
        .iter()
        .partition(|policy| policy.selects != Applies::No);
    let list = match shown {
        Shown::All => of.policies.iter().collect(),
        Shown::WhatMatters => selected,
    };
    for of in list {
        policy(of, shown, width, out);
    }
    let mut left = Vec::new();
    if shown == Shown::WhatMatters && !others.is_empty() && of.state == TierState::Asked {
        let others = others.len();
        left.push(match others {
            1 => "1 other policy does not govern it: --all".to_owned(),
            others => format!("{others} other policies do not govern it: --all"),
        });
    }
    if of.not_asked > 0 {
        let noun = if of.not_asked == 1 {
            "policy is"
        } else {
            "policies are"
        };
        left.push(format!("{} more {noun} not asked", of.not_asked));
    }
    for line in left {
        let _ = writeln!(out, "    {}", QUIET.text(line));
    }
    let mut grid = Grid::new([Column::Left, Column::Left, Column::Left, Column::Wrapped]);
    let blank = || PLAIN.text("");
    grid.row([blank(), blank(), QUIET.text("=>"), PLAIN.text(&of.end)]);
    grid.render(width, out);
}

fn policy(of: &PolicyStep, shown: Shown, width: usize, out: &mut String) {
    let name = words::policy(of.kind, &of.namespace, &of.name, of.part);
    let paint = if of.selects == Applies::No {
        QUIET
    } else {
        PLAIN
    };
    let staged = of.staged.map_or("", |_| ", staged");
    let _ = writeln!(
        out,
        "    {}  {}",
        paint.text(name),
        QUIET.text(format!("{}{staged}", order(of.order)))
    );
    let mut grid = Grid::new([
        Column::Left,
        Column::Left,
        Column::Left,
        Column::Right,
        Column::Left,
        Column::Left,
        Column::Wrapped,
    ]);
    let blank = || PLAIN.text("");
    let mut row = |index: Text, action: Text, matches: Text, text: Text| {
        grid.row([blank(), blank(), blank(), index, action, matches, text]);
    };
    match of.selects {
        Applies::No => row(blank(), QUIET.text("no"), QUIET.text(&of.why), blank()),
        Applies::Unknown => row(
            blank(),
            FAIR.text("may govern it"),
            FAIR.text(&of.why),
            blank(),
        ),
        Applies::Yes if of.rules.is_empty() => {
            row(blank(), QUIET.text("has no rules"), blank(), blank());
        }
        Applies::Yes => {}
    }
    let mut left_out = 0;
    let fails = |rule: &&RuleStep| rule.matches == Applies::No;
    let failing = of.rules.iter().filter(fails).count();
    for rule in &of.rules {
        let is_cut = shown == Shown::WhatMatters && failing > RULES && fails(&rule);
        if is_cut && (left_out > 0 || rule.index as usize >= RULES) {
            left_out += 1;
            continue;
        }
        let index = rule.index.to_string();
        let (paint, says) = match rule.matches {
            Applies::Yes => (PLAIN, GOOD.text("yes")),
            Applies::No => (QUIET, QUIET.text("no")),
            Applies::Unknown => (PLAIN, FAIR.text("unknown")),
        };
        let name = match rule.name.as_str() {
            "" => String::new(),
            name => format!(" ({name})"),
        };
        row(
            QUIET.text(index),
            action(rule),
            says,
            paint.text(format!("{}{name}", rule.criteria)),
        );
        if !rule.why.is_empty() {
            row(blank(), blank(), blank(), QUIET.text(&rule.why));
        }
    }
    grid.render(width, out);
    for (number, what) in [
        (left_out, "does not match: --all"),
        (of.not_asked, "is not asked"),
    ] {
        if number > 0 {
            let what = match number {
                1 => what.to_owned(),
                _ => what.replace("does", "do").replace("is not", "are not"),
            };
            let more = counted(number as u64, "more rule");
            let _ = writeln!(out, "      {}", QUIET.text(format!("{more} {what}")));
        }
    }
}

fn action(rule: &RuleStep) -> Text {
    let paint: Paint = match (rule.matches, rule.action) {
        (Applies::No, _) => QUIET,
        (_, RuleAction::Allow) => GOOD,
        (_, RuleAction::Deny) => POOR,
        (_, RuleAction::Pass | RuleAction::Log) => PLAIN,
    };
    paint.text(rule.action.name())
}

/// The order of a tier or policy, in words.
pub(super) fn order(order: Option<Order>) -> String {
    order.map_or_else(|| "no order".to_owned(), |order| format!("order {order}"))
}

const fn colour(answer: Answer) -> Paint {
    match answer {
        Answer::Allowed => GOOD,
        Answer::Denied => POOR,
        Answer::Unknown => FAIR,
    }
}
