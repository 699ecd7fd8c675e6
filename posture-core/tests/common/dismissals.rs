//! Dismissals of what is at risk in an input.

use posture_core::dismissal::{Covers, Dismissal, Snapshot};
use posture_core::report::ActionReport;
use posture_core::time::Time;

use super::Input;
use super::names::NOW;

/// Dismissals of some of the input's actions, for all or some of their items; some are over.
pub(crate) fn dismissals(input: &Input, seed: u64) -> Vec<Dismissal> {
    let actions = input.report().actions;
    let mut bits = (0..).map(|n| seed.rotate_left(n * 7) & 7);
    let mut next = || bits.next().expect("there are always more");
    let mut dismissals = Vec::new();
    for action in &actions {
        let (whether, how, over) = (next(), next(), next());
        if whether < 3 {
            let covers = if how < 2 {
                Covers::Action
            } else {
                Covers::Items
            };
            let until = (over < 2).then_some(Time(NOW + i64::from(over == 0) * 60));
            dismissals.push(dismissal(
                action,
                covers,
                1 + usize::try_from(how).unwrap(),
                until,
            ));
        }
    }
    dismissals
}

/// A dismissal of at most so many items of an action.
pub(crate) fn dismissal(
    action: &ActionReport,
    covers: Covers,
    items: usize,
    until: Option<Time>,
) -> Dismissal {
    let keys = action
        .items
        .iter()
        .take(items)
        .map(|item| item.key.as_str());
    Dismissal {
        action: action.id.parse().expect("the id of an action"),
        reason: "accepted".to_owned(),
        by: "ann".to_owned(),
        at: Time(NOW),
        until,
        covers,
        items: match covers {
            Covers::Items => Snapshot::of(keys),
            Covers::Action => Snapshot::default(),
        },
    }
}
