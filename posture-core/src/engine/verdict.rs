//! The answers of an evaluation.

use super::Reason;

/// What policies decide about one direction of some traffic, and what of them decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What is decided.
    pub outcome: Outcome,
    /// What decides it; none where nothing does.
    pub by: Option<Decider>,
}

/// What is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// "no policy governs this end and direction": the default allow lets it through.
    NotSelected,
    /// Every tier that governs the end passed it on: the default allow lets it through.
    Passed,
    /// A rule allows it; `broad` where that names neither peer nor port.
    Allowed {
        /// Whether the rule is an allow-all.
        broad: bool,
    },
    /// A rule denies it.
    Denied,
    /// No rule of a tier that governs the end decides: "denied by tier default", "attributed to the
    /// first policy of the tier".
    DeniedByTier,
    /// Policies let it through, and the node that it is sent to does not.
    DroppedAtHost,
    /// It stays in the pod: policies are not asked.
    Loopback,
    /// It comes from the pod's own node: always allowed, policies are not asked.
    OwnNode,
    /// It depends on what is not known.
    Unknown {
        /// What is possible.
        possible: Possible,
        /// The first thing that is not known.
        reason: Reason,
    },
}

/// Which decisions are possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Possible {
    /// A policy allows it.
    pub allow: bool,
    /// A policy denies it, or the end of its tier.
    pub deny: bool,
    /// No policy decides.
    pub fall_through: bool,
}

/// What decides: a rule of a policy, or the end of its tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decider {
    /// The policy, by its place in the [`Sequence`](super::Sequence).
    pub policy: u32,
    /// Which of its rules for the direction, from 0; none for the end of the tier.
    pub rule: Option<u32>,
}

/// Whether a policy decides about any traffic there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Governance {
    /// One does: the last that may.
    By(Decider),
    /// Some traffic falls through to the default allow.
    Nothing,
    /// It depends on labels that are not known.
    LabelsUnknown,
}

impl Possible {
    /// Whether just one decision is possible.
    pub const fn is_settled(self) -> bool {
        !matches!(
            (self.allow, self.deny, self.fall_through),
            (true, true, _) | (true, _, true) | (_, true, true)
        )
    }

    /// Whether a policy decides in every case.
    pub const fn is_governed(self) -> bool {
        !self.fall_through
    }
}

impl Outcome {
    /// Whether the traffic goes through; none where that is not known.
    pub const fn lets_through(self) -> Option<bool> {
        match self {
            Self::NotSelected
            | Self::Passed
            | Self::Allowed { .. }
            | Self::Loopback
            | Self::OwnNode => Some(true),
            Self::Denied | Self::DeniedByTier | Self::DroppedAtHost => Some(false),
            Self::Unknown { possible, .. } => match possible {
                Possible { deny: false, .. } => Some(true),
                Possible {
                    allow: false,
                    fall_through: false,
                    ..
                } => Some(false),
                Possible { .. } => None,
            },
        }
    }
}
