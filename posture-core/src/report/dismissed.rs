//! What was dismissed, and what became of it.

use serde::{Deserialize, Serialize};

use super::item::{self, Item};
use crate::dismissal::{Active, Covers, Dismissal, Dismissed};
use crate::points::Points;
use crate::request::Request;
use crate::time::Time;

/// What was dismissed: "Results list active, expired and orphaned dismissals" (scoring, section 8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dismissals {
    /// In force.
    pub active: Vec<DismissalReport>,
    /// Past their time.
    pub expired: Vec<DismissalReport>,
    /// About what is not at risk any more.
    pub orphaned: Vec<DismissalReport>,
}

/// A dismissal, and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DismissalReport {
    /// The action: `kind/namespace`.
    pub action: String,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Time,
    /// When it ends.
    pub until: Option<Time>,
    /// Which items it is about.
    pub covers: Covers,
    /// The points of the cluster's score that it gives back.
    pub points: Points,
    /// How many items at risk it covers.
    pub item_count: usize,
    /// These, the heaviest first, as many as were asked for.
    pub items: Vec<Item>,
}

pub(super) fn dismissals(dismissed: &Dismissed<'_>, request: &Request) -> Dismissals {
    let idle = |dismissals: &[&Dismissal]| {
        let report = |dismissal: &&Dismissal| report(dismissal, &[], Points::ZERO, request);
        dismissals.iter().map(report).collect()
    };
    let in_force =
        |active: &Active<'_>| report(active.dismissal, &active.items, active.points, request);
    Dismissals {
        active: dismissed.active.iter().map(in_force).collect(),
        expired: idle(&dismissed.expired),
        orphaned: idle(&dismissed.orphaned),
    }
}

fn report(
    dismissal: &Dismissal,
    items: &[(crate::risk::Item<'_>, Points)],
    points: Points,
    request: &Request,
) -> DismissalReport {
    DismissalReport {
        action: dismissal.action.to_string(),
        reason: dismissal.reason.clone(),
        by: dismissal.by.clone(),
        at: dismissal.at,
        until: dismissal.until,
        covers: dismissal.covers,
        points,
        item_count: items.len(),
        items: item::heaviest(items, request.max_items.places(), request),
    }
}
