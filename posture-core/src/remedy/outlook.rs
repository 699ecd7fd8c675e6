//! How much is at risk after remedies whose outcome may not be known.

use super::{ActionKind, Fixed};
use crate::points::{Points, Share};
use crate::risk::{Exposure, PerType, RiskType};
use crate::score::NamespaceCaps;

/// How much of a namespace is at risk: "A scan's outcome is unknown: `gain` is the guaranteed minimum
/// (found bad), `gain_max` the best case (found clean); for the others both are equal" (scoring,
/// section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// When scans find nothing.
    pub at_best: PerType<Share>,
    /// When scans find the worst in every image.
    pub at_worst: PerType<Share>,
}

impl Outlook {
    /// Before any remedy.
    pub fn new(shares: PerType<Share>) -> Self {
        Self {
            at_best: shares,
            at_worst: shares,
        }
    }

    /// After the items of an action are fixed. Found bad, an image stays a high-risk one, or becomes
    /// one where it did not count as such before.
    #[must_use]
    pub fn after(
        &self,
        kind: ActionKind,
        fixed: &Fixed,
        exposures: &PerType<Exposure<'_>>,
    ) -> Self {
        let fixed = PerType::new(|risk_type| fixed.units(risk_type, exposures));
        let after = |shares: &PerType<Share>| {
            PerType::new(|risk_type: RiskType| shares[risk_type].without(fixed[risk_type]))
        };
        let mut outlook = Self {
            at_best: after(&self.at_best),
            at_worst: after(&self.at_worst),
        };
        if kind == ActionKind::ScanImages {
            let Share { part, whole } = &mut outlook.at_worst.high_risk_images;
            *part = part.saturating_add(fixed.unscanned_images).min(*whole);
        }
        outlook
    }

    /// The points that come back against an earlier outlook: "score after - score now, by
    /// recomputation with the covered items fixed" (scoring, section 7).
    pub fn gain_since(&self, before: &Self, caps: NamespaceCaps) -> Gain {
        Gain {
            sure: caps.risk(&before.at_worst) - caps.risk(&self.at_worst),
            at_best: caps.risk(&before.at_best) - caps.risk(&self.at_best),
        }
    }
}

/// The points that a remedy gains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gain {
    /// Whatever turns out.
    pub sure: Points,
    /// When all turns out well.
    pub at_best: Points,
}
