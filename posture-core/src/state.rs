//! The states of traffic: secured, unsecured, or unknown for a reason.

use serde::{Deserialize, Serialize};

/// Whether policies address some traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A policy addresses it, whatever it decides.
    Secured,
    /// No policy does.
    Unsecured,
    /// It cannot be known.
    Unknown(UnknownReason),
}

/// Why a state cannot be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnknownReason {
    /// The trace holds staged hits only.
    OnlyStaged,
    /// The trace cannot be read.
    UnreadableTrace,
    /// The last hit is a pass: what decided is missing.
    EndsInPass,
    /// The last hit names neither a rule nor a kind.
    UnknownRule,
    /// There is no trace, and no policies to evaluate.
    NoPolicies,
    /// No policy that is evaluated decides, and one that is not evaluated may, or a rule that is not
    /// understood.
    UnreadPolicy,
    /// Whether a policy decides depends on labels that are not known.
    LabelsUnknown,
    /// Whether a policy decides depends on the other end or its address, which are not known.
    PeerUnknown,
    /// Whether a policy decides depends on a protocol or port that is not known.
    PortUnknown,
    /// Whether a policy decides depends on the endpoints of a Service, which are not known.
    ServiceUnknown,
    /// Whether a policy decides depends on domain names or HTTP requests that are not recorded.
    AboveLayerFour,
    /// Traffic of a pod to itself or from its own node: policies are not asked about it.
    NotPoliced,
}
