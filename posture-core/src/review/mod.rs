//! Policies in the order in which they are asked, and what of them deserves a look.
//!
//! What is found is certain: of rules, by what they say and not by what runs; of what they select,
//! by what was read. What cannot be proved is not said.

mod before;
mod broad;
mod covers;
mod finding;
mod labels;
mod listing;
mod nobody;
mod nothing;
mod order;
mod ports;
mod selected;
mod staged;
mod unread;

use std::collections::BTreeSet;

use serde::Serialize;

pub use finding::{Finding, FindingKind, PolicyName, RuleName};
pub use listing::{PolicyReview, RuleReview, TierReview};

use crate::engine::{Engine, Sequence};
use crate::issue::{Issue, Issues};
use crate::json;
use crate::model::{Cluster, Direction, Policy, Rule, StagedAction};
use selected::Selected;

/// Policies, and what of them deserves a look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Review {
    /// Tiers that have policies, and these, in the order in which they are asked; staged ones stand
    /// where they would be asked.
    pub tiers: Vec<TierReview>,
    /// What deserves a look.
    pub findings: Vec<Finding>,
    /// What a person must be told about the input.
    pub issues: Vec<Issue>,
}

/// What the findings are made of.
struct Facts<'c> {
    cluster: &'c Cluster,
    engine: &'c Engine,
    /// All policies, also those that are in neither scope.
    all: &'c Sequence,
    /// Whom each of them selects, in the same order.
    selected: Vec<Selected>,
    classes: Vec<selected::Class<'c>>,
}

/// Reviews the policies of a cluster.
pub fn review(cluster: &Cluster, engine: &Engine, issues: Issues) -> Review {
    let around = engine.surroundings();
    let all = Sequence::of(
        &cluster.policies,
        cluster.tiers.values(),
        around.modes.tie_order,
    );
    let classes = selected::classes(cluster);
    let selected = all
        .policies
        .iter()
        .map(|policy| selected::of(policy, &classes, cluster, around))
        .collect();
    let facts = Facts {
        cluster,
        engine,
        all: &all,
        selected,
        classes,
    };
    let mut findings = Vec::new();
    before::find(&facts, &mut findings);
    nothing::find(&facts, &mut findings);
    nobody::find(&facts, &mut findings);
    labels::find(&facts, &mut findings);
    broad::find(&facts, &mut findings);
    order::find(&facts, &mut findings);
    staged::find(&facts, &mut findings);
    unread::find(&facts, &mut findings);
    findings.sort_by_cached_key(|finding| (finding.kind, facts.place(finding), finding.clone()));
    Review {
        tiers: listing::tiers(&facts),
        findings,
        issues: issues.into_list(),
    }
}

impl Review {
    /// What of it is about a namespace: policies that are in it or select pods of it, and what is
    /// found of these.
    #[must_use]
    pub fn within(mut self, namespace: &str) -> Self {
        let is_within = |policy: &PolicyReview| {
            policy.namespace == namespace || policy.namespaces.iter().any(|of| of == namespace)
        };
        for tier in &mut self.tiers {
            tier.policies.retain(is_within);
        }
        self.tiers.retain(|tier| !tier.policies.is_empty());
        let left = self.tiers.iter().flat_map(|tier| &tier.policies);
        let left: BTreeSet<(&str, &str, &str)> = left
            .map(|policy| {
                let (namespace, name) = (policy.namespace.as_str(), policy.name.as_str());
                (policy.kind.name(), namespace, name)
            })
            .collect();
        self.findings.retain(|finding| {
            let policy = finding.policy.as_ref();
            let key = |of: &PolicyName| {
                left.contains(&(of.kind.as_str(), of.namespace.as_str(), of.name.as_str()))
            };
            let unread = finding.kind == FindingKind::Unread && finding.namespace.is_empty();
            finding.namespace == namespace || unread || policy.is_some_and(key)
        });
        self
    }

    /// The canonical JSON text: keys in this order, two spaces of indentation, a newline at the
    /// end.
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }
}

/// The policies that are asked in some scope, with whom they select.
fn asked<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = (&'f Policy, &'f Selected)> {
    let policies = facts.all.policies.iter().map(AsRef::as_ref);
    policies
        .zip(&facts.selected)
        .filter(|(policy, _)| has_effect(policy))
}

/// Whether a policy is asked in some scope.
const fn has_effect(policy: &Policy) -> bool {
    !matches!(
        policy.staged,
        Some(StagedAction::Delete | StagedAction::Ignore)
    )
}

/// Every rule of these, with its policy, direction and place.
fn each_rule<'f>(
    facts: &'f Facts<'_>,
) -> impl Iterator<Item = (&'f Policy, Direction, u32, &'f Rule)> {
    asked(facts).flat_map(|(policy, _)| {
        let directions = [Direction::Ingress, Direction::Egress].into_iter();
        directions.flat_map(move |direction| {
            let rules = policy.rules(direction).unwrap_or_default();
            let numbered = rules.iter().zip(0_u32..);
            numbered.map(move |(rule, index)| (policy, direction, index, rule))
        })
    })
}

impl Facts<'_> {
    /// Where the policy of a finding stands; last where it is about none.
    fn place(&self, finding: &Finding) -> usize {
        let policies = self.all.policies.iter();
        let is_it = |name: &PolicyName| policies.clone().position(|policy| name.is(policy));
        finding
            .policy
            .as_ref()
            .and_then(is_it)
            .unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests;
