//! Dismissals: risk that somebody decided to accept.
//!
//! "If you dismiss an action, the risk included in the action is ignored and will no longer affect
//! the cluster security score." (scoring, section 8)

mod apply;
mod snapshot;

use serde::{Deserialize, Serialize};

pub use apply::{Active, Dismissed, apply};
pub use snapshot::{ItemHash, MAX_LISTED, Snapshot};

use crate::remedy::ActionId;
use crate::risk::Item;
use crate::time::Time;

/// The decision to accept the risk of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dismissal {
    /// The action.
    pub action: ActionId,
    /// Why: required.
    pub reason: String,
    /// Who decided: required.
    pub by: String,
    /// When.
    pub at: Time,
    /// When it ends; it has no end where there is none. "Reason and actor are required, expiry is
    /// optional and judged against the clock that the caller passes in" (scoring, section 8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// Which items of the action it is about.
    #[serde(default)]
    pub covers: Covers,
    /// The items that it is about, where it is about items.
    #[serde(default, skip_serializing_if = "Snapshot::is_empty")]
    pub items: Snapshot,
}

/// Which items of an action a dismissal is about.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Covers {
    /// "By default only the items listed at that moment are covered (`covers: items`): a new item
    /// reopens the action with just the new ones." (scoring, section 8)
    #[default]
    Items,
    /// Every item that the action has or will have.
    Action,
}

/// A dismissal that says too little.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DismissalError {
    /// "Reason and actor are required".
    #[error("the dismissal of `{action}` has no `{missing}`, expected a text")]
    Missing {
        /// The action.
        action: ActionId,
        /// `reason` or `by`.
        missing: &'static str,
    },
    /// It is about items and names none.
    #[error("the dismissal of `{0}` names no items, expected `items`, or `covers: action`")]
    NoItems(ActionId),
    /// It ends, and nothing tells whether it has.
    #[error(
        "the dismissal of `{0}` ends at a time, which needs the current time, and `now` was not given"
    )]
    NoTime(ActionId),
}

impl Dismissal {
    /// Checks that it says all that it must; `now` is the present as far as the caller tells it.
    ///
    /// # Errors
    /// [`DismissalError`] names the action and what is missing.
    pub fn check(&self, now: Option<Time>) -> Result<(), DismissalError> {
        for (text, missing) in [(&self.reason, "reason"), (&self.by, "by")] {
            if text.trim().is_empty() {
                let action = self.action.clone();
                return Err(DismissalError::Missing { action, missing });
            }
        }
        if self.covers == Covers::Items && self.items.is_empty() {
            return Err(DismissalError::NoItems(self.action.clone()));
        }
        match (self.until, now) {
            (Some(_), None) => Err(DismissalError::NoTime(self.action.clone())),
            _ => Ok(()),
        }
    }

    /// Whether its time is over.
    pub fn is_expired(&self, now: Option<Time>) -> bool {
        self.until.zip(now).is_some_and(|(until, now)| now >= until)
    }

    /// Whether it is about an item of its action.
    pub fn covers(&self, item: &Item<'_>) -> bool {
        match self.covers {
            Covers::Items => self.items.holds(&item.subject.key()),
            Covers::Action => true,
        }
    }
}
