//! What would be different.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::dismissal::Dismissal;
use crate::model::Weights;
use crate::remedy::{ActionId, ActionKind};
use crate::risk::States;
use crate::time::Time;

/// What would be different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// Actions that are done: the items that they cover now are fixed, dismissed ones too.
    pub done: BTreeSet<ActionId>,
    /// What is dismissed.
    pub dismissals: Vec<Dismissal>,
    /// The weights of the types.
    pub weights: Weights,
    /// Namespaces that are taken out of scope.
    pub left_out: BTreeSet<Arc<str>>,
    /// States that edges have under other policies, as a replay gives them.
    pub states: States,
}

/// What is dismissed and done in a namespace.
pub(super) struct OfNamespace<'s> {
    /// What is in force.
    pub(super) dismissals: Vec<&'s Dismissal>,
    /// In order.
    pub(super) done: Vec<ActionKind>,
}

impl OfNamespace<'_> {
    /// Whether it is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.dismissals.is_empty() && self.done.is_empty()
    }
}

impl Scenario {
    /// What is dismissed and done in a namespace.
    pub(super) fn of(&self, namespace: &str, now: Option<Time>) -> OfNamespace<'_> {
        let dismissals = self.dismissals.iter().filter(|dismissal| {
            dismissal.action.namespace.as_ref() == namespace && !dismissal.is_expired(now)
        });
        let is_done = |kind: &ActionKind| {
            let mut done = self.done.iter();
            done.any(|id| id.kind == *kind && id.namespace.as_ref() == namespace)
        };
        OfNamespace {
            dismissals: dismissals.collect(),
            done: ActionKind::ALL.into_iter().filter(is_done).collect(),
        }
    }

    /// The namespaces whose shares may differ between two scenarios.
    pub(super) fn moved<'s>(&'s self, other: &'s Self) -> BTreeSet<&'s str> {
        let mut moved: BTreeSet<&str> = BTreeSet::new();
        let done = self.done.symmetric_difference(&other.done);
        moved.extend(done.map(|id| id.namespace.as_ref()));
        for (one, other) in [(self, other), (other, self)] {
            if one.dismissals != other.dismissals {
                let dismissals = one.dismissals.iter();
                let changed = dismissals.filter(|of| !other.dismissals.contains(of));
                moved.extend(changed.map(|of| of.action.namespace.as_ref()));
            }
            if one.states != other.states {
                let states = one.states.iter();
                let changed = states.filter(|(key, state)| other.states.get(*key) != Some(*state));
                moved.extend(changed.map(|(key, _)| key.workload.namespace.as_ref()));
            }
        }
        moved
    }
}
