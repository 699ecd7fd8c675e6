//! Tiers and policies in the order in which they are asked.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use serde::Serialize;

use crate::model::{Order, Part, Policy, PolicyKind, StagedAction, TieOrder, Tier};

/// Which policies are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Those that are enforced.
    Enforced,
    /// These, and the staged ones as if they were enforced.
    Staged,
}

/// Tiers and policies in the order in which they are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// The policies of all tiers.
    pub policies: Vec<Arc<Policy>>,
    /// The tiers that have policies.
    pub tiers: Vec<TierOf>,
}

/// Where policies are asked.
struct Places<'t> {
    /// The tiers that are known, in order.
    tiers: Vec<&'t Tier>,
    tie_order: TieOrder,
}

/// What decides where a policy is asked, the first thing first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place<'p> {
    tier: usize,
    unheard_of: Option<&'p str>,
    without_order: bool,
    order: Option<Order>,
    tie: String,
    key: (&'p str, &'p str, &'p str, Option<Part>),
    policy: &'p Arc<Policy>,
}

impl<'t> Places<'t> {
    fn new(tiers: impl IntoIterator<Item = &'t Tier>, tie_order: TieOrder) -> Self {
        let mut tiers: Vec<&Tier> = tiers.into_iter().collect();
        tiers.sort_by(|a, b| by_order(a.order, b.order).then_with(|| a.name.cmp(&b.name)));
        Self { tiers, tie_order }
    }

    fn of<'p>(&self, policy: &'p Arc<Policy>) -> Place<'p> {
        let tier = self.tiers.iter().position(|tier| tier.name == policy.tier);
        Place {
            unheard_of: tier.is_none().then_some(policy.tier.as_str()),
            tier: tier.unwrap_or(self.tiers.len()),
            without_order: policy.order.is_none(),
            order: policy.order,
            tie: tie_key(policy, self.tie_order),
            key: policy.key(),
            policy,
        }
    }

    fn tier(&self, name: &str) -> Tier {
        let known = self.tiers.iter().find(|tier| tier.name == name);
        known.map_or_else(|| unheard_of(name), |tier| (*tier).clone())
    }
}

/// A tier and its policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierOf {
    /// The tier.
    pub tier: Tier,
    /// Its policies, by their places in the sequence.
    pub policies: Range<u32>,
}

impl Sequence {
    /// The sequence of these policies, which are in order of kind, namespace and name: "Tiers by order
    /// ascending, nil last, ties by name"; "Policies in a tier by order ascending, nil last" (policy
    /// semantics, section 4). A tier that policies name and nobody tells of comes last, and denies at
    /// its end.
    pub fn new<'t>(
        policies: &[Arc<Policy>],
        tiers: impl IntoIterator<Item = &'t Tier>,
        scope: Scope,
        tie_order: TieOrder,
    ) -> Self {
        let asked = policies
            .iter()
            .filter(|policy| is_asked(policy, scope, policies));
        Self::of(asked, tiers, tie_order)
    }

    /// The sequence of these policies instead, most of which are the same values: those are in order
    /// already.
    pub(super) fn changed<'t>(
        &self,
        policies: &[Arc<Policy>],
        tiers: impl IntoIterator<Item = &'t Tier>,
        scope: Scope,
        tie_order: TieOrder,
    ) -> Self {
        let places = Places::new(tiers, tie_order);
        let (before, after) = (values(&self.policies), values(policies));
        let is_asked = |policy: &&Arc<Policy>| is_asked(policy, scope, policies);
        let stay = self
            .policies
            .iter()
            .filter(|policy| after.contains(&Arc::as_ptr(policy)));
        let mut all: Vec<&Arc<Policy>> = match scope {
            Scope::Enforced => stay.collect(),
            Scope::Staged => stay.filter(is_asked).collect(),
        };
        let come = policies
            .iter()
            .filter(|policy| !before.contains(&Arc::as_ptr(policy)));
        for policy in come.filter(is_asked) {
            let place = places.of(policy);
            let at = all.partition_point(|other| places.of(other) < place);
            all.insert(at, policy);
        }
        Self::in_order(all, &places)
    }

    /// The sequence of all of these policies, whatever is staged.
    pub(crate) fn of<'p, 't>(
        policies: impl IntoIterator<Item = &'p Arc<Policy>>,
        tiers: impl IntoIterator<Item = &'t Tier>,
        tie_order: TieOrder,
    ) -> Self {
        let places = Places::new(tiers, tie_order);
        let mut sorted: Vec<Place<'_>> = policies
            .into_iter()
            .map(|policy| places.of(policy))
            .collect();
        sorted.sort_unstable();
        Self::in_order(sorted.into_iter().map(|place| place.policy), &places)
    }

    fn in_order<'p>(
        policies: impl IntoIterator<Item = &'p Arc<Policy>>,
        places: &Places<'_>,
    ) -> Self {
        let mut sequence = Self::default();
        for (policy, number) in policies.into_iter().zip(0_u32..) {
            match sequence.tiers.last_mut() {
                Some(last) if last.tier.name == policy.tier => {
                    last.policies.end = number.saturating_add(1);
                }
                _ => sequence.tiers.push(TierOf {
                    tier: places.tier(&policy.tier),
                    policies: number..number.saturating_add(1),
                }),
            }
            sequence.policies.push(policy.clone());
        }
        sequence
    }

    /// A policy, by its place.
    pub fn policy(&self, number: u32) -> Option<&Policy> {
        self.policies.get(number as usize).map(Arc::as_ref)
    }

    /// The policies of a tier with their places.
    pub(crate) fn policies_of(&self, tier: &TierOf) -> impl Iterator<Item = (u32, &Policy)> {
        tier.policies
            .clone()
            .filter_map(|number| Some((number, self.policy(number)?)))
    }
}

/// Policies as values.
pub(super) fn values(policies: &[Arc<Policy>]) -> FxHashSet<*const Policy> {
    policies.iter().map(Arc::as_ptr).collect()
}

/// "Never enforced [...]. In the staged scope they are inserted at their sort position, and Delete
/// removes the enforced twin" (policy semantics, section 6).
fn is_asked(policy: &Policy, scope: Scope, all: &[Arc<Policy>]) -> bool {
    match (scope, policy.staged) {
        (_, None) => scope == Scope::Enforced || !is_deleted(policy, all),
        (Scope::Enforced, Some(_)) => false,
        (Scope::Staged, Some(action)) => {
            matches!(action, StagedAction::Set | StagedAction::Learn)
        }
    }
}

fn is_deleted(policy: &Policy, all: &[Arc<Policy>]) -> bool {
    let staged = match policy.kind {
        PolicyKind::NetworkPolicy => PolicyKind::StagedNetworkPolicy,
        PolicyKind::GlobalNetworkPolicy => PolicyKind::StagedGlobalNetworkPolicy,
        PolicyKind::KubernetesNetworkPolicy => PolicyKind::StagedKubernetesNetworkPolicy,
        _ => return false,
    };
    let key = (
        staged.name(),
        policy.namespace.as_str(),
        policy.name.as_str(),
    );
    let found = all.binary_search_by(|other| other.object().cmp(&key));
    let twin = found.ok().and_then(|at| all.get(at));
    twin.is_some_and(|twin| twin.staged == Some(StagedAction::Delete))
}

fn by_order<T: Ord>(a: Option<T>, b: Option<T>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

/// What tells policies of one order apart: "ties by comparing the string `name/namespace/kind` [...];
/// up to v3.31 names were tier-prefixed and without kind" (policy semantics, section 4).
fn tie_key(policy: &Policy, ties: TieOrder) -> String {
    let Policy {
        name,
        namespace,
        tier,
        kind,
        ..
    } = policy;
    match ties {
        TieOrder::Name => format!("{name}/{namespace}/{kind}"),
        TieOrder::TierPrefixed => {
            let prefix = match kind.is_kubernetes() {
                true => "knp.default.".to_owned(),
                false => format!("{tier}."),
            };
            let prefix = if name.starts_with(&prefix) {
                ""
            } else {
                &prefix
            };
            let slash = if namespace.is_empty() { "" } else { "/" };
            let staged = if kind.enforced().is_some() {
                "staged:"
            } else {
                ""
            };
            format!("{namespace}{slash}{staged}{prefix}{name}")
        }
    }
}

fn unheard_of(name: &str) -> Tier {
    Tier {
        version: 0,
        name: name.to_owned(),
        order: None,
        default_action: crate::model::TierAction::Deny,
        origin: crate::model::Origin::default(),
    }
}
