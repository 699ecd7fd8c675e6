//! Tiers.

use serde::Serialize;

use super::Order;
use crate::model::Origin;

/// A tier: policies that are asked together, before those of the next tier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tier {
    /// `metadata.resourceVersion`, 0 where there is none.
    pub version: u64,
    /// Its name.
    pub name: String,
    /// Its place: "Tiers by order ascending, nil last, ties by name" (policy semantics, section 4).
    pub order: Option<Order>,
    /// What happens to traffic that no rule of the tier decides.
    pub default_action: TierAction,
    /// Where it was read.
    pub origin: Origin,
}

/// What a tier does with traffic that its policies govern and none of their rules decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TierAction {
    /// Stops it.
    #[default]
    Deny,
    /// Leaves it to the next tier.
    Pass,
}

impl Tier {
    /// The tier of Kubernetes network policies, and of Calico's that name none.
    pub const DEFAULT: &str = "default";
    /// The tier of policies that administrators put before all others.
    pub const KUBE_ADMIN: &str = "kube-admin";
    /// The tier of what Cilium's policies deny, and of what they allow without isolating.
    pub const CILIUM: &str = "cilium";
    /// The tier of what applies where no other policy does.
    pub const KUBE_BASELINE: &str = "kube-baseline";

    /// "Built in: kube-admin 1 000 (default Pass), default 1 000 000 (Deny), kube-baseline
    /// 10 000 000 (Pass)" (policy semantics, section 4); and "a tier `cilium`, order 900 000, whose end
    /// passes" (policy semantics, section 11).
    pub fn built_in() -> [Self; 4] {
        let tier = |name: &str, order, default_action| Self {
            version: 0,
            name: name.to_owned(),
            order: Some(Order::whole(order)),
            default_action,
            origin: Origin::default(),
        };
        [
            tier(Self::KUBE_ADMIN, 1_000, TierAction::Pass),
            tier(Self::CILIUM, 900_000, TierAction::Pass),
            tier(Self::DEFAULT, 1_000_000, TierAction::Deny),
            tier(Self::KUBE_BASELINE, 10_000_000, TierAction::Pass),
        ]
    }
}
