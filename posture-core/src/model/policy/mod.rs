//! Policies of every kind, in one model: tiers of policies, policies of rules.
//!
//! Kubernetes' kinds are put as Calico does it: a `NetworkPolicy` has rules that allow, in the tier
//! `default`, whose end denies; an `AdminNetworkPolicy` has a tier before it and a
//! `BaselineAdminNetworkPolicy` one behind, both of whose ends pass. What Cilium's policies deny is in
//! a tier before `default`, whose end passes, too. So one evaluation serves them all.

mod kind;
mod order;
mod part;
mod rule;
mod tier;

use super::{Direction, Origin};
use crate::selector::Selector;

pub use kind::{PolicyKind, StagedAction, Wording};
pub use order::Order;
pub use part::{Part, Role};
pub use rule::{
    Beyond, EndMatch, Entity, Family, Icmp, PortMatch, Rule, RuleAction, ServiceName, TrafficMatch,
};
pub use tier::{Tier, TierAction};

/// A policy, its defaults made explicit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Policy {
    /// `metadata.resourceVersion`, 0 where there is none.
    pub version: u64,
    /// Its kind.
    pub kind: PolicyKind,
    /// Its namespace; empty for cluster-wide kinds.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Which part of its object it is, where that is put as several policies.
    pub part: Option<Part>,
    /// The name of its tier.
    pub tier: String,
    /// Its place in the tier: "Policies in a tier by order ascending, nil last" (policy semantics,
    /// section 4). Priorities of network-policy-api are orders.
    pub order: Option<Order>,
    /// What is staged, of a staged kind; none of an enforced one.
    pub staged: Option<StagedAction>,
    /// Which endpoints it governs, all its selectors in one.
    pub subject: Selector,
    /// Ingress rules, where it governs ingress.
    pub ingress: Option<Vec<Rule>>,
    /// Egress rules, where it governs egress.
    pub egress: Option<Vec<Rule>>,
    /// Where it was read.
    pub origin: Origin,
}

impl Policy {
    /// What tells it from others: kind, namespace and name, and the part of the object.
    pub fn key(&self) -> (&str, &str, &str, Option<Part>) {
        let (kind, namespace, name) = self.object();
        (kind, namespace, name, self.part)
    }

    /// What tells its object from others: kind, namespace and name.
    pub fn object(&self) -> (&str, &str, &str) {
        (self.kind.name(), &self.namespace, &self.name)
    }

    /// The rules for a direction, where the policy governs it.
    pub fn rules(&self, direction: Direction) -> Option<&[Rule]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }
}
