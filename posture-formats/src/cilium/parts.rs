//! The policies that a `spec` is put as.

use posture_core::model::{Direction, Order, Role, Rule, RuleAction, Tier};

use super::rule::{Fields, Reading};
use crate::object::Invalid;

/// The rules of a direction.
#[derive(Default)]
pub(super) struct Section {
    allow: Vec<Rule>,
    deny: Vec<Rule>,
    /// Whether what no rule allows is denied.
    isolates: bool,
}

/// A policy without its name and subject.
pub(super) struct PartOf {
    pub(super) role: Role,
    pub(super) tier: &'static str,
    pub(super) order: Order,
    pub(super) ingress: Option<Vec<Rule>>,
    pub(super) egress: Option<Vec<Rule>>,
}

impl Section {
    /// Reads `ingress` and `ingressDeny`, or the same of egress: "it isolates the direction iff it has
    /// at least one rule for it and enableDefaultDeny is not false there" (policy semantics, section
    /// 11).
    pub(super) fn read(
        reading: &mut Reading<'_>,
        direction: Direction,
        allow: Option<Vec<Fields<'_>>>,
        deny: Option<Vec<Fields<'_>>>,
        default_deny: Option<bool>,
    ) -> Result<Self, Invalid> {
        let (allow, deny) = (allow.unwrap_or_default(), deny.unwrap_or_default());
        let has_rules = !allow.is_empty() || !deny.is_empty();
        let mut section = Self {
            isolates: has_rules && default_deny != Some(false),
            ..Self::default()
        };
        for (rules, action) in [(allow, RuleAction::Allow), (deny, RuleAction::Deny)] {
            for (index, fields) in rules.into_iter().enumerate() {
                let (allow, deny) = reading.rule(direction, action, index, fields)?;
                section.allow.extend(allow);
                section.deny.extend(deny);
            }
        }
        Ok(section)
    }

    fn denied(&self) -> Option<Vec<Rule>> {
        Some(self.deny.clone()).filter(|rules| !rules.is_empty())
    }

    fn allowed(&self, isolates: bool) -> Option<Vec<Rule>> {
        let has_effect = self.isolates || !self.allow.is_empty();
        (has_effect && self.isolates == isolates).then(|| self.allow.clone())
    }
}

/// The policies that the rules of both directions are put as; one without rules where there are none,
/// so that the object is seen.
pub(super) fn parts(ingress: &Section, egress: &Section) -> Vec<PartOf> {
    let part = |role, tier, order, ingress, egress| PartOf {
        role,
        tier,
        order: Order::whole(order),
        ingress,
        egress,
    };
    let deny = part(
        Role::Deny,
        Tier::CILIUM,
        0,
        ingress.denied(),
        egress.denied(),
    );
    let allow = part(
        Role::Allow,
        Tier::CILIUM,
        1,
        ingress.allowed(false),
        egress.allowed(false),
    );
    let default_deny = part(
        Role::DefaultDeny,
        Tier::DEFAULT,
        1000,
        ingress.allowed(true),
        egress.allowed(true),
    );
    let governs = |part: &PartOf| part.ingress.is_some() || part.egress.is_some();
    let parts: Vec<PartOf> = [deny, allow].into_iter().filter(governs).collect();
    match parts.is_empty() || governs(&default_deny) {
        true => parts.into_iter().chain([default_deny]).collect(),
        false => parts,
    }
}
