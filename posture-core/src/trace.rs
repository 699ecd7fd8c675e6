//! What a recorded policy trace says.
//!
//! | last enforced hit | state |
//! |---|---|
//! | deny, by anything | secured |
//! | allow by a policy of any kind | secured |
//! | allow by a profile, also after passes | unsecured: no policy addressed it |
//! | end of tier: deny | secured |
//! | none, only staged, rule -2 without a kind, unparsable | unknown |
//!
//! (scoring, section 6.1)

use crate::model::{Hit, HitAction, HitKind, Trace};
use crate::state::{State, UnknownReason};

/// The rule of a hit whose rule is not known.
const UNKNOWN_RULE: i32 = -2;

/// The state by the hits of enforced policies: "enforced hits sorted by index, staged hits
/// dropped [...], the last hit decides". None where nothing was recorded.
pub(crate) fn enforced_state(trace: &Trace) -> Option<State> {
    match trace {
        Trace::Absent => None,
        Trace::Hits(hits) if hits.is_empty() => None,
        Trace::Unparsable => Some(State::Unknown(UnknownReason::UnreadableTrace)),
        Trace::Hits(hits) => Some(match hits.iter().rfind(|hit| !hit.staged) {
            Some(last) => state_of(last),
            None => State::Unknown(UnknownReason::OnlyStaged),
        }),
    }
}

/// The hit that would decide if staged policies were enforced: the first that ends the trace.
pub(crate) fn pending_hit(trace: &Trace) -> Option<&Hit> {
    match trace {
        Trace::Hits(hits) => hits.iter().find(|hit| hit.action != HitAction::Pass),
        Trace::Absent | Trace::Unparsable => None,
    }
}

/// The state when this hit decides.
pub(crate) fn state_of(hit: &Hit) -> State {
    match (hit.action, hit.kind) {
        (_, HitKind::Unstated) if hit.rule == Some(UNKNOWN_RULE) => {
            State::Unknown(UnknownReason::UnknownRule)
        }
        (HitAction::Pass, _) => State::Unknown(UnknownReason::EndsInPass),
        (HitAction::Allow, HitKind::Profile) => State::Unsecured,
        (HitAction::Deny, _) | (HitAction::Allow, HitKind::Policy | HitKind::Unstated) => {
            State::Secured
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(index: u32, kind: HitKind, staged: bool, action: HitAction, rule: Option<i32>) -> Hit {
        Hit {
            index,
            tier: "default".into(),
            policy: "p".into(),
            kind,
            staged,
            action,
            rule,
        }
    }

    #[test]
    fn the_last_enforced_hit_decides() {
        use HitAction::{Allow, Deny, Pass};
        use HitKind::{Policy, Profile, Unstated};
        let unknown = |reason| Some(State::Unknown(reason));
        let allow = hit(0, Unstated, false, Allow, Some(0));
        let staged_allow = hit(0, Unstated, true, Allow, Some(0));
        let pass = hit(0, Policy, false, Pass, Some(0));
        let profile = hit(1, Profile, false, Allow, Some(0));
        let tier_end = hit(1, Policy, false, Deny, Some(-1));
        for (hits, expected) in [
            (vec![allow.clone()], Some(State::Secured)),
            (
                vec![hit(0, Unstated, false, Deny, Some(-2))],
                unknown(UnknownReason::UnknownRule),
            ),
            (
                vec![hit(0, Policy, false, Deny, Some(-2))],
                Some(State::Secured),
            ),
            (
                vec![hit(0, Profile, false, Allow, Some(-2))],
                Some(State::Unsecured),
            ),
            (
                vec![hit(0, Profile, false, Deny, Some(0))],
                Some(State::Secured),
            ),
            (
                vec![staged_allow.clone(), profile.clone()],
                Some(State::Unsecured),
            ),
            (vec![pass.clone(), profile.clone()], Some(State::Unsecured)),
            (vec![pass.clone(), tier_end], Some(State::Secured)),
            (vec![pass], unknown(UnknownReason::EndsInPass)),
            (
                vec![staged_allow.clone()],
                unknown(UnknownReason::OnlyStaged),
            ),
            (vec![], None),
        ] {
            assert_eq!(
                enforced_state(&Trace::Hits(hits.clone())),
                expected,
                "{hits:?}"
            );
        }
        assert_eq!(enforced_state(&Trace::Absent), None);
        assert_eq!(
            enforced_state(&Trace::Unparsable),
            unknown(UnknownReason::UnreadableTrace)
        );
        let pending = Trace::Hits(vec![staged_allow.clone(), profile]);
        assert_eq!(pending_hit(&pending), Some(&staged_allow));
    }
}
