//! A namespace in a scenario: how much of it is at risk, and what it loses.

use super::Scenario;
use crate::dismissal::Dismissal;
use crate::points::{Points, Share};
use crate::remedy::{ActionKind, Fixed, Outlook};
use crate::risk::{Exposure, PerType, RiskType};
use crate::score::{Loss, NamespaceCaps};
use crate::time::Time;

/// A namespace in a scenario.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// The namespace's weight; none where it is left out.
    pub(super) weight: Option<u32>,
    pub(super) shares: Shares,
    pub(super) caps: NamespaceCaps,
    /// What it can cost where only assessed types count.
    pub(super) assessed_caps: NamespaceCaps,
}

/// How much is at risk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    /// Without what is dismissed or done.
    outlook: Outlook,
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
    /// What stays at risk of what is seen of a namespace.
    pub(super) fn new(
        namespace: &str,
        seen: &PerType<Exposure<'_>>,
        scenario: &Scenario,
        now: Option<Time>,
    ) -> Self {
        let shares = PerType::new(|risk_type| seen[risk_type].share);
        let of_it = |dismissal: &&Dismissal| {
            dismissal.action.namespace.as_ref() == namespace && !dismissal.is_expired(now)
        };
        let dismissals: Vec<&Dismissal> = scenario.dismissals.iter().filter(of_it).collect();
        let is_done = |kind: &ActionKind| {
            let mut done = scenario.done.iter();
            done.any(|id| id.kind == *kind && id.namespace.as_ref() == namespace)
        };
        let done: Vec<ActionKind> = ActionKind::ALL.into_iter().filter(is_done).collect();
        if dismissals.is_empty() && done.is_empty() {
            return Self {
                outlook: Outlook::new(shares),
                undismissed: shares,
            };
        }
        let mut left = seen.clone();
        for dismissal in dismissals {
            let fixed = Fixed::by(dismissal.action.kind, &left, |item| dismissal.covers(item));
            fixed.take_out(&mut left);
        }
        let mut outlook = Outlook::new(PerType::new(|risk_type| left[risk_type].share));
        let mut undismissed = shares;
        for kind in done {
            let fixed = Fixed::by(kind, &left, |_| true);
            outlook = outlook.after(kind, &fixed, &left);
            for risk_type in RiskType::ALL {
                let units = fixed.units(risk_type, &left);
                undismissed[risk_type] = undismissed[risk_type].without(units);
            }
            fixed.take_out(&mut left);
        }
        Self {
            outlook,
            undismissed,
        }
    }
}

impl Standing {
    /// What the namespace loses.
    pub(super) fn lost(&self) -> Lost {
        let Shares {
            outlook: Outlook { at_best, at_worst },
            undismissed,
        } = self.shares;
        let loss = Loss::new(&at_best, self.caps, self.assessed_caps);
        let risk = |shares: &PerType<Share>| match *shares == at_best {
            true => loss.risk(),
            false => self.caps.risk(shares),
        };
        Lost {
            at_best: loss,
            at_worst: risk(&at_worst),
            undismissed: risk(&undismissed),
        }
    }
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
