//! Words that policies of several kinds share.

use posture_core::model::StagedAction;
use serde::Deserialize;

use super::{Invalid, one_of};

/// A direction that a policy governs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum PolicyType {
    Ingress,
    Egress,
}

impl TryFrom<String> for PolicyType {
    type Error = Invalid;

    fn try_from(word: String) -> Result<Self, Invalid> {
        let known = [("Ingress", Self::Ingress), ("Egress", Self::Egress)];
        one_of("policy type", &word, &known)
    }
}

/// `stagedAction`: "Set (default), Delete, Learn, Ignore" (policy semantics, section 6).
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Staged(pub(crate) StagedAction);

impl Default for Staged {
    fn default() -> Self {
        Self(StagedAction::Set)
    }
}

impl TryFrom<String> for Staged {
    type Error = Invalid;

    fn try_from(word: String) -> Result<Self, Invalid> {
        if word.is_empty() {
            return Ok(Self::default());
        }
        let known = [
            ("Set", StagedAction::Set),
            ("Delete", StagedAction::Delete),
            ("Learn", StagedAction::Learn),
            ("Ignore", StagedAction::Ignore),
        ];
        one_of("staged action", &word, &known).map(Self)
    }
}
