//! What staged policies would gain if they were enforced, beside the actions that they cover.

use posture_core::points::Points;
use posture_core::report::{ActionReport, Report};

use super::numbers::count;

/// How many policies are told of an action.
const TOLD: usize = 3;

/// A staged policy, and what it would do about an action if it alone were enforced.
pub(super) struct Staged {
    /// The rank of the action.
    pub(super) rank: usize,
    /// The policy: its kind, namespace and name.
    pub(super) policy: String,
    /// The points that enforcing it would gain; none of several policies together.
    pub(super) gain: Option<Points>,
    /// How many of the action's items it covers.
    pub(super) covers: String,
}

/// The staged policies that cover something of the first actions, the most useful of each first.
pub(super) fn staged(report: &Report, actions: usize) -> Vec<Staged> {
    let actions = report.actions.iter().take(actions);
    actions.flat_map(of_action).collect()
}

fn of_action(action: &ActionReport) -> Vec<Staged> {
    let mut all: Vec<_> = action.staged.iter().collect();
    all.sort_by_key(|of| std::cmp::Reverse(of.gain));
    let others = all.split_off(TOLD.min(all.len()));
    let by_traces = || "all of them, as flow logs tell".to_owned();
    let mut lines: Vec<Staged> = all
        .into_iter()
        .map(|of| Staged {
            rank: action.rank,
            policy: of.policy.clone().unwrap_or_else(by_traces),
            gain: Some(of.gain),
            covers: format!(
                "{} of {}",
                count(of.items as u64),
                count(action.item_count as u64)
            ),
        })
        .collect();
    if !others.is_empty() {
        lines.push(Staged {
            rank: action.rank,
            policy: format!("{} more", count(others.len() as u64)),
            gain: None,
            covers: String::new(),
        });
    }
    lines
}
