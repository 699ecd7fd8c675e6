//! From a decision about an action of a result to a dismissal.

use super::{ActionReport, Report};
use crate::dismissal::{Covers, Dismissal, DismissalError, Snapshot};
use crate::remedy::ActionId;
use crate::time::Time;

/// How many actions an error names.
const NAMED: usize = 5;

/// A decision to accept the risk of an action; which items it is about follows from a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The action.
    pub action: ActionId,
    /// Why.
    pub reason: String,
    /// Who decides.
    pub by: String,
    /// When.
    pub at: Time,
    /// When it ends; it has no end where there is none.
    pub until: Option<Time>,
    /// The items that the action lists now, or every one that it has or will have.
    pub covers: Covers,
}

/// Why an action cannot be dismissed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDismissed {
    /// Somebody did before, and it has nothing new.
    #[error("`{action}` is dismissed already, by {by}: expected it to be reverted before")]
    Already {
        /// The action.
        action: ActionId,
        /// Who did.
        by: String,
    },
    /// The result has no such action.
    #[error("`{action}` has nothing to dismiss: {}", expected(.actions))]
    Nothing {
        /// The action.
        action: ActionId,
        /// Those that the result has.
        actions: Vec<String>,
    },
    /// It would end before it begins.
    #[error("`until`: the time is over, expected one to come")]
    Over,
    /// It says too little.
    #[error(transparent)]
    Unclear(#[from] DismissalError),
}

impl Report {
    /// The dismissal that a decision makes of an action of this result, which has to list every item
    /// ([`MaxItems::All`](crate::request::MaxItems::All)): "By default only the items listed at that
    /// moment are covered" (scoring, section 8). `now` is the present as far as the caller tells it.
    ///
    /// # Errors
    /// [`NotDismissed`] where the action has nothing to dismiss, or the decision says too little.
    pub fn dismissal(
        &self,
        decision: Decision,
        now: Option<Time>,
    ) -> Result<Dismissal, NotDismissed> {
        let id = decision.action.to_string();
        let action = self.actions.iter().find(|of| of.id == id);
        let action = action.ok_or_else(|| self.nothing_of(&decision.action))?;
        let dismissal = decision.about(action);
        dismissal.check(now)?;
        match dismissal.is_expired(now) {
            true => Err(NotDismissed::Over),
            false => Ok(dismissal),
        }
    }

    fn nothing_of(&self, action: &ActionId) -> NotDismissed {
        let (id, action) = (action.to_string(), action.clone());
        match self.dismissals.active.iter().find(|of| of.action == id) {
            Some(known) => NotDismissed::Already {
                action,
                by: known.by.clone(),
            },
            None => NotDismissed::Nothing {
                action,
                actions: self.actions.iter().map(|of| of.id.clone()).collect(),
            },
        }
    }
}

impl Decision {
    fn about(self, action: &ActionReport) -> Dismissal {
        let keys = action.items.iter().map(|item| item.key.as_str());
        let items = match self.covers {
            Covers::Items => Snapshot::of(keys),
            Covers::Action => Snapshot::default(),
        };
        Dismissal {
            action: self.action,
            reason: self.reason,
            by: self.by,
            at: self.at,
            until: self.until,
            covers: self.covers,
            items,
        }
    }
}

fn expected(actions: &[String]) -> String {
    let quoted = |named: &[String]| {
        let quoted: Vec<String> = named.iter().map(|id| format!("`{id}`")).collect();
        quoted.join(", ")
    };
    match (actions.len(), actions.get(..NAMED)) {
        (0, _) => "no action gains anything".to_owned(),
        (all, Some(first)) if all > NAMED => {
            format!(
                "expected {} or one of {} others",
                quoted(first),
                all - NAMED
            )
        }
        _ => format!("expected {}", quoted(actions)),
    }
}
