//! Why the score is what it is, in a terminal: sums that can be checked.

use std::fmt::Write;

use posture_core::explain::{Explanation, Focus, NamespaceLoss, TypeLoss};
use posture_core::model::TrafficUnit;
use posture_core::points::{Points, Share};
use posture_core::report::{Evidence, Item};
use posture_core::score::Status;

use super::explain::item_lost;
use super::layout::{Column, Grid};
use super::numbers::{count, counted, exact};
use super::{PLAIN, QUIET, STRONG, missing, words};

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// What of the score.
    pub(crate) focus: &'a Focus,
    /// What is counted of traffic.
    pub(crate) unit: TrafficUnit,
    /// How many namespaces or items are listed, the most points first.
    pub(crate) limit: usize,
}

/// Points, what they were lost to, and more of it: the last line is the sum of the others.
struct Ledger(Grid);

/// An explanation in lines of at most `width` columns.
pub(crate) fn explanation(explanation: &Explanation, asked: &Asked<'_>, width: usize) -> String {
    let Focus {
        risk_type,
        namespace,
    } = asked.focus;
    let mut out = String::new();
    if let Status::NoData = explanation.status {
        let _ = writeln!(out, "{}", no_score(explanation));
        return out;
    }
    match (namespace, risk_type) {
        (Some(namespace), None) => of_namespace(explanation, namespace, asked, width, &mut out),
        (None, None) => of_score(explanation, asked, width, &mut out),
        (_, Some(_)) => {}
    }
    for of in &explanation.types {
        let heading = match namespace {
            Some(namespace) => format!("{} in {namespace}", of.risk_type.title()),
            None => of.risk_type.title().to_owned(),
        };
        match (of.namespaces.first(), namespace) {
            (None, _) if risk_type.is_none() => {}
            (None, None) => {
                let _ = writeln!(out, "{}  {}", STRONG.text(heading), at_risk(of, asked.unit));
            }
            (None, Some(_)) => {
                let _ = writeln!(out, "{}  loses nothing", STRONG.text(heading));
            }
            (Some(one), Some(_)) => items(heading, one, asked, width, &mut out),
            (Some(_), None) => namespaces(heading, explanation, of, asked, width, &mut out),
        }
    }
    dismissed(explanation, width, &mut out);
    let _ = writeln!(out, "{}", QUIET.text(closing(asked.focus)));
    out
}

/// 100 minus what each type loses.
fn of_score(explanation: &Explanation, asked: &Asked<'_>, width: usize, out: &mut String) {
    let _ = writeln!(out, "{}", STRONG.text("Score"));
    let mut ledger = Ledger::new();
    ledger.line("", Points::HUNDRED, "", "");
    for of in &explanation.types {
        let at_risk = at_risk(of, asked.unit);
        ledger.line("-", of.points, of.risk_type.title(), &at_risk);
    }
    if let Some(score) = explanation.score {
        ledger.sum(score, &format!("shown as {}", score.shown()));
    }
    ledger.render(width, out);
    if explanation.score.is_none() {
        let _ = writeln!(out, "{}", no_score(explanation));
    }
}

fn no_score(explanation: &Explanation) -> String {
    format!("no score: {}", missing::no_score(explanation.status))
}

/// What each type loses in a namespace.
fn of_namespace(
    explanation: &Explanation,
    namespace: &str,
    asked: &Asked<'_>,
    width: usize,
    out: &mut String,
) {
    let title = format!("What {namespace} costs the cluster's score");
    let _ = writeln!(out, "{}", STRONG.text(title));
    let mut ledger = Ledger::new();
    let mut sum = Points::ZERO;
    for of in &explanation.types {
        let Some(here) = of.namespaces.first() else {
            continue;
        };
        sum += here.points;
        let noun = words::counted_of(of.risk_type, of.evidence, asked.unit);
        let at_risk = share_of(here.at_risk, noun);
        ledger.line("", here.points, of.risk_type.title(), &at_risk);
    }
    ledger.sum(sum, "");
    ledger.render(width, out);
}

/// What each namespace loses in a type, and how that comes about.
fn namespaces(
    heading: String,
    explanation: &Explanation,
    of: &TypeLoss,
    asked: &Asked<'_>,
    width: usize,
    out: &mut String,
) {
    let _ = writeln!(out, "{}", STRONG.text(heading));
    let mut ledger = Ledger::new();
    let (told, others) = split(&of.namespaces, asked.limit);
    for here in told {
        let detail = match asked.focus.risk_type {
            Some(_) => derivation(here, of, explanation),
            None => share(here.at_risk, " of "),
        };
        ledger.line("", here.points, &here.namespace, &detail);
    }
    ledger.others(
        others.iter().map(|of| of.points),
        "namespace",
        of.namespaces.len(),
    );
    ledger.sum(of.points, "");
    ledger.render(width, out);
}

/// What each item loses of what a namespace loses in a type.
fn items(heading: String, here: &NamespaceLoss, asked: &Asked<'_>, width: usize, out: &mut String) {
    let _ = writeln!(out, "{}  {}", STRONG.text(heading), product(here));
    let mut ledger = Ledger::new();
    let (told, others) = split(&here.items, asked.limit);
    for item in told {
        ledger.item(item);
    }
    ledger.others(others.iter().map(|of| of.points), "item", here.items.len());
    ledger.sum(here.points, "");
    ledger.render(width, out);
}

/// What is at risk and costs nothing, since somebody accepted it.
fn dismissed(explanation: &Explanation, width: usize, out: &mut String) {
    if explanation.dismissed.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", STRONG.text("Dismissed, so not lost"));
    let mut ledger = Ledger::new();
    for of in &explanation.dismissed {
        let items = counted(of.item_count as u64, "item");
        ledger.line("", of.points, &of.action.to_string(), &items);
    }
    ledger.render(width, out);
}

/// What `--item` takes.
fn name(item: &Item) -> &str {
    match &item.evidence {
        Evidence::Image(image) => image.names.first().unwrap_or(&item.key),
        _ => &item.key,
    }
}

/// `100 x 25/100 x 1/4 = 6.25, of which 4/9`: what can be lost, by the weights of type and namespace, and
/// how much of that is.
fn derivation(here: &NamespaceLoss, of: &TypeLoss, explanation: &Explanation) -> String {
    let NamespaceLoss { weight, most, .. } = here;
    let Explanation {
        weights,
        namespace_weights,
        ..
    } = explanation;
    let most_of = format!(
        "100 x {}/{weights} x {weight}/{namespace_weights} = {most}",
        of.weight
    );
    format!(
        "{most_of}, of which {}{}",
        share(here.counted, "/"),
        one_is_enough(here)
    )
}

/// `4/9 of 6.25`.
fn product(here: &NamespaceLoss) -> String {
    format!(
        "{} of {}{}",
        share(here.counted, "/"),
        here.most,
        one_is_enough(here)
    )
}

/// Why more counts than is at risk.
fn one_is_enough(here: &NamespaceLoss) -> String {
    match here.counted == here.at_risk {
        true => String::new(),
        false => format!(
            ", since one is enough, and {} are bad",
            share(here.at_risk, " of ")
        ),
    }
}

fn at_risk(of: &TypeLoss, unit: TrafficUnit) -> String {
    match (of.evidence, of.at_risk.whole) {
        (None, _) => "not assessed".to_owned(),
        (_, 0) => "nothing it could be about".to_owned(),
        _ => share_of(
            of.at_risk,
            words::counted_of(of.risk_type, of.evidence, unit),
        ),
    }
}

fn share_of(share: Share, noun: &str) -> String {
    format!("{} of {}", count(share.part), counted(share.whole, noun))
}

fn share(share: Share, of: &str) -> String {
    format!("{}{of}{}", count(share.part), count(share.whole))
}

fn closing(focus: &Focus) -> &'static str {
    match (focus.namespace.is_some(), focus.risk_type.is_some()) {
        (true, _) => "The evidence of an item: --item KEY",
        (false, true) => "The items of a namespace: --namespace NAMESPACE",
        (false, false) => {
            "How each number comes about: --type TYPE; the items of a namespace: --namespace NAMESPACE"
        }
    }
}

/// The first of many, and the others; none is left alone.
fn split<T>(all: &[T], limit: usize) -> (&[T], &[T]) {
    all.split_at(limit.min(all.len()))
}

impl Ledger {
    fn new() -> Self {
        Self(Grid::new([
            Column::Right,
            Column::Right,
            Column::Wrapped,
            Column::Wrapped,
        ]))
    }

    fn line(&mut self, sign: &str, points: Points, to: &str, detail: &str) {
        self.0.row([
            PLAIN.text(sign),
            PLAIN.text(exact(points)),
            PLAIN.text(to),
            QUIET.text(detail),
        ]);
    }

    /// What was not listed, in one line.
    fn others(&mut self, points: impl ExactSizeIterator<Item = Points>, noun: &str, all: usize) {
        if points.len() > 0 {
            let number = counted(points.len() as u64, &format!("more {noun}"));
            self.line("", points.sum(), &format!("{number}: --rows {all}"), "");
        }
    }

    /// An item, and below what is known of it.
    fn item(&mut self, item: &Item) {
        self.line("", item.points, name(item), "");
        let detail = item_lost(item, item.points).detail;
        let blank = || PLAIN.text("");
        self.0.row([blank(), blank(), QUIET.text(detail), blank()]);
    }

    fn sum(&mut self, points: Points, detail: &str) {
        self.0.row([
            STRONG.text("="),
            STRONG.text(exact(points)),
            PLAIN.text(detail),
            PLAIN.text(""),
        ]);
    }

    fn render(&self, width: usize, out: &mut String) {
        self.0.render(width, out);
        out.push('\n');
    }
}
