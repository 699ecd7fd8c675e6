//! What an action gains: "score after - score now, by recomputation with the covered items fixed"
//! (scoring, section 7).

use std::sync::Arc;

use super::ActionKind;
use super::overlap::also_fixed;
use crate::model::Method;
use crate::points::{Points, Share};
use crate::risk::{Exposure, PerType, RiskType};
use crate::score::Caps;

/// What is at stake in one namespace.
pub(super) struct Stakes<'s, 'a> {
    pub(super) namespace: &'s Arc<str>,
    pub(super) exposures: &'s PerType<Exposure<'a>>,
    pub(super) caps: &'s Caps,
}

/// The points that an action gains.
pub(super) struct Gain {
    /// Whatever turns out.
    pub(super) sure: Points,
    /// When all turns out well.
    pub(super) at_best: Points,
}

impl Stakes<'_, '_> {
    /// The points that a type costs here.
    pub(super) fn lost(&self, risk_type: RiskType) -> Points {
        self.cost(risk_type, self.exposures[risk_type].share)
    }

    /// The points of a type that come back when so many units are fixed.
    fn regained(&self, risk_type: RiskType, fixed: u64) -> Points {
        let after = self.exposures[risk_type].share.without(fixed);
        self.lost(risk_type) - self.cost(risk_type, after)
    }

    fn cost(&self, risk_type: RiskType, share: Share) -> Points {
        self.caps.contribution(risk_type, self.namespace, share)
    }
}

/// What fixing all items of an action gains: so many units of its own type, and what is fixed along
/// with them.
pub(super) fn gain(kind: ActionKind, fixed: u64, stakes: &Stakes<'_, '_>, method: &Method) -> Gain {
    let own = stakes.regained(kind.risk_type(), fixed);
    match kind {
        ActionKind::RemediateImages => certain(own),
        ActionKind::ScanImages => scan(own, fixed, stakes, method),
        ActionKind::SecureEgress => {
            certain(own + along(RiskType::EgressAccess, RiskType::NamespaceIsolation, stakes))
        }
        ActionKind::IsolateNamespace => {
            certain(own + along(RiskType::NamespaceIsolation, RiskType::EgressAccess, stakes))
        }
    }
}

const fn certain(gain: Points) -> Gain {
    Gain {
        sure: gain,
        at_best: gain,
    }
}

/// "A scan's outcome is unknown: `gain` is the guaranteed minimum (found bad), `gain_max` the best
/// case (found clean)". Found bad, an image stays a high-risk one, or becomes one where it did not
/// count as such before.
fn scan(scanned: Points, images: u64, stakes: &Stakes<'_, '_>, method: &Method) -> Gain {
    let high_risk = RiskType::HighRiskImages;
    if method.unscanned_is_high_risk {
        return Gain {
            sure: scanned,
            at_best: scanned + stakes.regained(high_risk, images),
        };
    }
    let now = stakes.exposures[high_risk].share;
    let found_bad = Share {
        part: now.part.saturating_add(images).min(now.whole),
        ..now
    };
    Gain {
        sure: scanned - (stakes.cost(high_risk, found_bad) - stakes.lost(high_risk)),
        at_best: scanned,
    }
}

/// The points of the other network type that come back when all of one is fixed.
fn along(fixed: RiskType, other: RiskType, stakes: &Stakes<'_, '_>) -> Points {
    let units = also_fixed(&stakes.exposures[fixed].items, &stakes.exposures[other]);
    stakes.regained(other, units)
}
