//! An assessment held open: all that a result, a plan and a recommendation are made of.

use crate::action::{Action, action, actions};
use crate::dismissal::{self, Dismissed};
use crate::engine::Engine;
use crate::model::Cluster;
use crate::plan::{Goal, Plan, plan};
use crate::remedy::ActionId;
use crate::request::Request;
use crate::risk::{self, Images, Risks};
use crate::score::{Score, Totals, score};
use crate::staged::{self, StagedCoverage};
use crate::tally::Tally;

/// An assessment held open.
#[derive(Debug)]
pub struct Assessment<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// The engine of its policies.
    pub engine: &'a Engine,
    /// What was seen of traffic.
    pub tally: &'a Tally,
    /// The running images.
    pub images: &'a Images<'a>,
    /// What was asked for.
    pub request: &'a Request,
    /// What is at risk; not what is dismissed.
    pub risks: Risks<'a>,
    /// What is dismissed.
    pub dismissed: Dismissed<'a>,
    /// The scores.
    pub score: Score,
    /// The scores as if nothing were dismissed.
    pub undismissed: Totals,
}

impl<'a> Assessment<'a> {
    /// Assesses a cluster by the tally of its traffic; see [`risk::images`].
    pub fn new(
        cluster: &'a Cluster,
        engine: &'a Engine,
        images: &'a Images<'a>,
        tally: &'a Tally,
        request: &'a Request,
    ) -> Self {
        let method = &request.method;
        let mut risks = risk::assess(cluster, engine, images, tally, method);
        let undismissed = score(&risks, method);
        let dismissed = dismissal::apply(&request.dismissals, &mut risks, method, request.now);
        Self {
            cluster,
            engine,
            tally,
            images,
            request,
            score: match request.dismissals.is_empty() {
                true => undismissed.clone(),
                false => score(&risks, method),
            },
            risks,
            dismissed,
            undismissed: undismissed.totals,
        }
    }

    /// All actions that gain anything, best first.
    pub fn actions(&self) -> Vec<Action<'a>> {
        actions(&self.risks, &self.request.method)
    }

    /// An action, if it gains anything.
    pub fn action(&self, id: &ActionId) -> Option<Action<'a>> {
        action(&self.risks, &self.request.method, id)
    }

    /// What staged policies would cover of actions, in their order.
    pub fn staged(&self, actions: &[Action<'_>]) -> Vec<Vec<StagedCoverage>> {
        let method = &self.request.method;
        staged::coverage(self.cluster, self.engine, &self.risks, actions, method)
    }

    /// The way to a goal.
    pub fn plan(&self, goal: Goal) -> Plan {
        let score = self.score.totals.score;
        let steps = |score| plan(&self.risks, score, &self.request.method, goal);
        Plan {
            score,
            steps: score.map_or_else(Vec::new, steps),
        }
    }
}
