//! The answers of an evaluation.

/// What policies decide about one direction of some traffic, and by which policy and rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<'p> {
    /// No policy selects the end for this direction: the default allow lets it through.
    NotSelected,
    /// A rule allows it.
    Allowed {
        /// The policy's name.
        policy: &'p str,
        /// Which of its rules for the direction, from 0.
        rule: usize,
        /// Whether the rule names neither peer nor port.
        broad: bool,
    },
    /// The end is isolated and no rule allows it.
    Denied {
        /// The first policy that isolates the end.
        policy: &'p str,
    },
    /// A policy decides, but what it decides depends on what is not known of the peer or port.
    Undecided {
        /// The first policy that isolates the end.
        policy: &'p str,
    },
    /// Whether a policy selects the end depends on labels that are not known.
    LabelsUnknown,
}

/// Whether traffic that no specific rule names is still decided by a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Governance<'p> {
    /// A policy isolates the end.
    By(&'p str),
    /// None does.
    Nothing,
    /// It depends on labels that are not known.
    LabelsUnknown,
}
