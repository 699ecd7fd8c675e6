//! What each risk type can be judged from.

use serde::{Deserialize, Serialize};

use crate::model::{Method, UnknownStates};

/// What a risk type is judged from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// Running images and their scans.
    Scans,
    /// Flow records.
    Traffic,
    /// The policies alone.
    Static,
}

/// What a risk type was judged from; without any, it is not assessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// The evidence.
    pub evidence: Option<EvidenceKind>,
}

impl Basis {
    /// Whether the type is assessed.
    pub const fn is_assessed(self) -> bool {
        self.evidence.is_some()
    }
}

/// Whether something says anything: it is known, or the method counts what is unknown.
pub(super) fn says(known: bool, method: &Method) -> bool {
    known || method.unknown == UnknownStates::Unsecured
}
