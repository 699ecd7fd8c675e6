//! The shortest way to a score: actions one after the other, with the score after each.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::model::Method;
use crate::points::Points;
use crate::remedy::{ActionId, ActionKind, Fixed, Gain, Outlook};
use crate::risk::{Exposure, PerType, Risks};
use crate::score::{Caps, NamespaceCaps};

/// Where a plan ends, if no action is left before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// At a score that is sure.
    Score(Points),
    /// After so many steps.
    Steps(usize),
}

/// The way to a goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// The score that it starts from; where there is none, there are no steps.
    pub score: Option<Points>,
    /// What to do, one after the other.
    pub steps: Vec<Step>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// The action.
    pub action: ActionId,
    /// How many items it covers.
    pub item_count: usize,
    /// The points that it is sure to gain after the steps before it.
    pub gain: Points,
    /// The points that it gains at best after the steps before it.
    pub gain_max: Points,
    /// The score after it, when scans find the worst.
    pub score: Points,
    /// The score after it, when scans find nothing.
    pub score_max: Points,
}

/// An action that is left to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Left {
    /// The action.
    pub action: ActionId,
    /// How many items it covers.
    pub item_count: usize,
    /// The points that it is sure to gain.
    pub gain: Points,
    /// The points that it gains at best.
    pub gain_max: Points,
}

/// The steps to a goal from a score: each the best of the actions that are left.
///
/// "the fewest actions that reach a score (greedy by gain is optimal because gains add), with the
/// running score after each" (scoring, section 7). Where an action fixes what another covers, the other
/// is recomputed.
pub fn plan(risks: &Risks<'_>, score: Points, method: &Method, goal: Goal) -> Vec<Step> {
    let caps = Caps::of(risks, method);
    let namespaces = risks.namespaces.iter().zip(caps.iter());
    let standings = namespaces.map(|(risk, caps)| Standing {
        namespace: risk.namespace.clone(),
        exposures: risk.exposures.clone(),
        outlook: Outlook::new(risk.shares()),
        caps,
    });
    steps(standings.collect(), [score, score], goal)
}

/// The steps to a goal from scores, when scans find the worst and when they find nothing.
pub(crate) fn steps(
    mut namespaces: Vec<Standing<'_>>,
    [mut sure, mut at_best]: [Points; 2],
    goal: Goal,
) -> Vec<Step> {
    let mut left: BTreeSet<Candidate> = candidates(&namespaces).collect();
    let mut steps: Vec<Step> = Vec::new();
    while !goal.is_reached(sure, steps.len()) {
        let Some(best) = left.pop_first() else { break };
        let Some(standing) = namespaces.get_mut(best.place) else {
            break;
        };
        for candidate in standing.candidates(best.place) {
            left.remove(&candidate);
        }
        standing.take(best.id.kind);
        left.extend(standing.candidates(best.place));
        let (Reverse(gain), Reverse(gain_max)) = (best.gain, best.gain_max);
        sure += gain;
        at_best += gain_max;
        steps.push(Step {
            action: best.id,
            item_count: best.item_count,
            gain,
            gain_max,
            score: sure,
            score_max: at_best,
        });
    }
    steps
}

/// What is left to do, best first.
pub(crate) fn left(namespaces: &[Standing<'_>]) -> Vec<Left> {
    let mut candidates: Vec<Candidate> = candidates(namespaces).collect();
    candidates.sort_unstable();
    let left = candidates.into_iter().map(|candidate| Left {
        action: candidate.id,
        item_count: candidate.item_count,
        gain: candidate.gain.0,
        gain_max: candidate.gain_max.0,
    });
    left.collect()
}

fn candidates(namespaces: &[Standing<'_>]) -> impl Iterator<Item = Candidate> {
    let places = namespaces.iter().enumerate();
    places.flat_map(|(place, standing)| standing.candidates(place))
}

impl Goal {
    fn is_reached(self, score: Points, steps: usize) -> bool {
        match self {
            Self::Score(target) => score >= target,
            Self::Steps(limit) => steps >= limit,
        }
    }
}

/// A namespace after some steps.
pub(crate) struct Standing<'a> {
    pub(crate) namespace: Arc<str>,
    /// What is still at risk.
    pub(crate) exposures: PerType<Exposure<'a>>,
    pub(crate) outlook: Outlook,
    /// What it can cost.
    pub(crate) caps: NamespaceCaps,
}

/// An action that may come next, in the order of actions: "Ranked by gain, then `gain_max`, item count,
/// type order, namespace" (scoring, section 7).
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    gain: Reverse<Points>,
    gain_max: Reverse<Points>,
    item_count: usize,
    id: ActionId,
    place: usize,
}

impl Standing<'_> {
    fn candidates(&self, place: usize) -> impl Iterator<Item = Candidate> {
        ActionKind::ALL
            .into_iter()
            .filter_map(move |kind| self.candidate(kind, place))
    }

    fn candidate(&self, kind: ActionKind, place: usize) -> Option<Candidate> {
        let exposures = &self.exposures;
        let items = exposures[kind.risk_type()].items.iter();
        let item_count = items.filter(|item| kind.covers(item)).count();
        let after = self.outlook.after(kind, &self.fixed(kind), exposures);
        let Gain { sure, at_best } = after.gain_since(&self.outlook, self.caps);
        (item_count > 0 && at_best > Points::ZERO).then(|| Candidate {
            gain: Reverse(sure),
            gain_max: Reverse(at_best),
            item_count,
            id: ActionId {
                kind,
                namespace: self.namespace.clone(),
            },
            place,
        })
    }

    /// What doing an action fixes.
    fn fixed(&self, kind: ActionKind) -> Fixed {
        Fixed::by(kind, &self.exposures, |_| true)
    }

    /// Does an action.
    fn take(&mut self, kind: ActionKind) {
        let fixed = self.fixed(kind);
        self.outlook = self.outlook.after(kind, &fixed, &self.exposures);
        fixed.take_out(&mut self.exposures);
    }
}
