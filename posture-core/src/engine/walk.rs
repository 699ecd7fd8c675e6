//! A walk through tiers and rules. Where it is not known whether a rule applies, it goes both ways
//! at once, and the verdict tells what came of it.

use super::{Decider, Governance, Match, Outcome, Possible, Reason, Verdict};
use crate::model::{Rule, RuleAction, TierAction};

/// What a rule does with the traffic that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow { broad: bool },
    Deny,
    Pass,
    Log,
}

impl Effect {
    pub(super) fn of(rule: &Rule) -> Self {
        match rule.action {
            RuleAction::Allow => Self::Allow {
                broad: rule.is_broad(),
            },
            RuleAction::Deny => Self::Deny,
            RuleAction::Pass => Self::Pass,
            RuleAction::Log => Self::Log,
        }
    }
}

/// How far a walk has come.
#[derive(Debug)]
pub(super) struct Walk {
    /// Whether one of the possible ways is in the tier that is asked.
    here: bool,
    /// Whether one of them leads to the next tier.
    next: bool,
    /// Whether a tier that governs the end passed the traffic on.
    passed: bool,
    /// What came of those that have ended.
    possible: Possible,
    first: Option<Decider>,
    last: Option<(Outcome, Decider)>,
    unknown: Option<Reason>,
    /// Whether labels were not known.
    labels_unknown: bool,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            here: false,
            next: true,
            passed: false,
            possible: Possible::default(),
            first: None,
            last: None,
            unknown: None,
            labels_unknown: false,
        }
    }
}

/// Which policies of a tier select the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selected {
    /// Whether any does.
    pub(super) any: Match,
    /// The first that does; the first that may, where none is known to.
    pub(super) first: u32,
}

impl Default for Selected {
    fn default() -> Self {
        Self {
            any: Match::No,
            first: 0,
        }
    }
}

impl Selected {
    /// Takes in the next policy of the tier.
    pub(super) fn add(&mut self, policy: u32, selects: Match) {
        match (self.any, selects) {
            (Match::Yes, _) | (_, Match::No) | (Match::Unknown(_), Match::Unknown(_)) => {}
            (_, selects) => {
                *self = Self {
                    any: selects,
                    first: policy,
                }
            }
        }
    }
}

impl Walk {
    /// Goes on to the next tier; whether any way leads there.
    pub(super) fn enter_tier(&mut self) -> bool {
        self.here = self.next;
        self.next = false;
        self.here
    }

    /// Meets a rule; whether every way through the tier ends with it.
    pub(super) fn meet(&mut self, effect: Effect, decider: Decider, applies: Match) -> bool {
        if applies == Match::No {
            return false;
        }
        match effect {
            Effect::Allow { broad } => {
                self.possible.allow = true;
                self.decide(Outcome::Allowed { broad }, decider);
            }
            Effect::Deny => {
                self.possible.deny = true;
                self.decide(Outcome::Denied, decider);
            }
            Effect::Pass => {
                self.next = true;
                self.passed = true;
            }
            Effect::Log => return false,
        }
        self.note(applies);
        self.here = applies != Match::Yes;
        !self.here
    }

    /// Comes to the end of the tier.
    pub(super) fn end_tier(&mut self, action: TierAction, selected: Selected) {
        if !self.here {
            return;
        }
        if selected.any != Match::No {
            match action {
                TierAction::Deny => {
                    self.possible.deny = true;
                    let end = Decider {
                        policy: selected.first,
                        rule: None,
                    };
                    self.decide(Outcome::DeniedByTier, end);
                }
                TierAction::Pass => {
                    self.next = true;
                    self.passed = true;
                }
            }
        }
        self.note(selected.any);
        self.next |= selected.any != Match::Yes;
    }

    fn decide(&mut self, outcome: Outcome, decider: Decider) {
        self.first.get_or_insert(decider);
        self.last = Some((outcome, decider));
    }

    fn note(&mut self, applies: Match) {
        if let Match::Unknown(reason) = applies {
            self.unknown.get_or_insert(reason);
            self.labels_unknown |= reason == Reason::Labels;
        }
    }

    /// What is decided, once all tiers are asked.
    pub(super) fn verdict(self) -> Verdict {
        let possible = self.possible();
        match (possible, self.last, self.unknown) {
            (
                Possible {
                    allow: false,
                    deny: false,
                    ..
                },
                _,
                _,
            ) => Verdict {
                outcome: match self.passed {
                    true => Outcome::Passed,
                    false => Outcome::NotSelected,
                },
                by: None,
            },
            (possible, _, Some(reason)) if !possible.is_settled() => Verdict {
                outcome: Outcome::Unknown { possible, reason },
                by: self.first,
            },
            (_, last, _) => Verdict {
                outcome: last.map_or(Outcome::NotSelected, |(outcome, _)| outcome),
                by: last.map(|(_, decider)| decider),
            },
        }
    }

    /// Whether a policy decides in every case, once all tiers are asked.
    pub(super) fn governance(self) -> Governance {
        match (self.possible().is_governed(), self.last) {
            (true, Some((_, decider))) => Governance::By(decider),
            _ if self.labels_unknown => Governance::LabelsUnknown,
            _ => Governance::Nothing,
        }
    }

    fn possible(&self) -> Possible {
        Possible {
            fall_through: self.next,
            ..self.possible
        }
    }
}
