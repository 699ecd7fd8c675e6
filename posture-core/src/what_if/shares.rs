//! How much of a namespace is at risk in a scenario, and what it loses.

use super::scenario::OfNamespace;
use crate::points::{Points, Share};
use crate::remedy::{Fixed, Outlook};
use crate::risk::{Exposure, PerType};
use crate::score::{Loss, NamespaceCaps};

/// How much of a namespace is at risk.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    /// Without what is dismissed or done, when scans that are done find nothing.
    at_best: PerType<Share>,
    /// Where anything is dismissed or done: else it is all the same.
    others: Option<Box<Others>>,
}

/// How much else of a namespace may be at risk.
#[derive(Clone, Debug)]
struct Others {
    /// Without what is dismissed or done, when scans that are done find the worst.
    at_worst: PerType<Share>,
    /// Without what is done.
    undismissed: PerType<Share>,
}

/// What is lost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lost {
    /// When scans that are done find nothing.
    pub(super) at_best: Loss,
    /// The points of the cluster's score when they find the worst.
    pub(super) at_worst: Points,
    /// The points of the cluster's score if nothing were dismissed.
    pub(super) undismissed: Points,
}

impl Shares {
    /// What is at risk, where nothing is dismissed or done.
    pub(super) const fn as_seen(seen: PerType<Share>) -> Self {
        Self {
            at_best: seen,
            others: None,
        }
    }

    /// What stays at risk of what is seen of a namespace.
    pub(super) fn changed(seen: PerType<Exposure<'_>>, changes: &OfNamespace<'_>) -> Self {
        let mut undismissed = seen.clone();
        for kind in &changes.done {
            // what is done is done, whoever accepted its risk
            Fixed::by(*kind, &undismissed, |_| true).take_out(&mut undismissed);
        }
        let Outlook { at_best, at_worst } = after(seen, changes).1;
        Self {
            at_best,
            others: Some(Box::new(Others {
                at_worst,
                undismissed: PerType::new(|risk_type| undismissed[risk_type].share),
            })),
        }
    }

    /// Without what is dismissed or done, when scans that are done find nothing.
    pub(super) const fn at_best(&self) -> &PerType<Share> {
        &self.at_best
    }

    /// What the namespace loses: `caps` are what it can cost, `assessed` what it can where only assessed
    /// types count, if not all are.
    pub(super) fn lost(&self, caps: NamespaceCaps, assessed: Option<NamespaceCaps>) -> Lost {
        let loss = Loss::new(&self.at_best, caps, assessed);
        let (at_worst, undismissed) = match &self.others {
            None => (loss.risk(), loss.risk()),
            Some(others) => (caps.risk(&others.at_worst), caps.risk(&others.undismissed)),
        };
        Lost {
            at_best: loss,
            at_worst,
            undismissed,
        }
    }
}

/// What stays at risk of what is seen of a namespace, without what is dismissed or done, and how much.
pub(super) fn after<'a>(
    mut left: PerType<Exposure<'a>>,
    changes: &OfNamespace<'_>,
) -> (PerType<Exposure<'a>>, Outlook) {
    for dismissal in &changes.dismissals {
        let fixed = Fixed::by(dismissal.action.kind, &left, |item| dismissal.covers(item));
        fixed.take_out(&mut left);
    }
    let mut outlook = Outlook::new(PerType::new(|risk_type| left[risk_type].share));
    for kind in &changes.done {
        let fixed = Fixed::by(*kind, &left, |_| true);
        outlook = outlook.after(*kind, &fixed, &left);
        fixed.take_out(&mut left);
    }
    (left, outlook)
}

impl Lost {
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            at_best: self.at_best + other.at_best,
            at_worst: self.at_worst + other.at_worst,
            undismissed: self.undismissed + other.undismissed,
        }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self {
            at_best: self.at_best - other.at_best,
            at_worst: self.at_worst - other.at_worst,
            undismissed: self.undismissed - other.undismissed,
        }
    }
}
