//! A cluster made ready for many tallies.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::Range;

use posture_core::assessment::Assessment;
use posture_core::dismissal::Snapshot;
use posture_core::engine::Engine;
use posture_core::issue::Issues;
use posture_core::model::{Cluster, ModelError};
use posture_core::plan::{Goal, Plan};
use posture_core::recommend::Wanted;
use posture_core::remedy::ActionId;
use posture_core::report::{Item, Report, items};
use posture_core::request::{MaxItems, Request};
use posture_core::risk;
use posture_core::tally::Tally;

use crate::{Inspected, Intake, NoSuchNamespace, Recommendations, Tallying};

/// A cluster and its compiled policies, made ready once for many tallies of its traffic.
#[derive(Debug)]
pub struct Prepared {
    /// The cluster.
    pub cluster: Cluster,
    /// The engine of its policies.
    pub engine: Engine,
    /// What was asked for.
    pub request: Request,
    /// What must be told about the input, but for flow logs.
    pub issues: Issues,
}

impl Prepared {
    /// Makes ready what was read.
    ///
    /// # Errors
    /// [`ModelError`] names an object without which nothing can be told apart.
    pub fn new(intake: Intake, request: Request) -> Result<Self, ModelError> {
        let (cluster, issues) = intake.cluster(&request)?;
        Ok(Self {
            engine: Engine::new(&cluster, request.method.policy_modes),
            cluster,
            request,
            issues,
        })
    }

    /// Tallies flow logs, on so many threads.
    pub fn tallying(&self, threads: NonZeroUsize) -> Tallying<'_> {
        let evidence = self.request.method.evidence;
        Tallying::new(&self.cluster, &self.engine, evidence, threads)
    }

    /// The result by a tally; `more` is what must be told about the flow logs.
    pub fn conclude(&self, tally: &Tally, more: Issues) -> Report {
        self.conclude_as(&self.request, tally, more)
    }

    /// The same for another request over the same input.
    pub fn conclude_as(&self, request: &Request, tally: &Tally, more: Issues) -> Report {
        let issues = self.issues_with(more);
        posture_core::conclude(&self.cluster, &self.engine, tally, request, issues)
    }

    /// The way to a goal.
    pub fn plan(&self, tally: &Tally, goal: Goal) -> Plan {
        self.assess(&self.request, tally, |assessment| assessment.plan(goal))
    }

    /// The items of an action at some places of the list that has the heaviest first, and of each workload
    /// as many edges at most; none where the action gains nothing.
    pub fn items(
        &self,
        tally: &Tally,
        action: &ActionId,
        places: Range<usize>,
    ) -> Option<Vec<Item>> {
        let request = Request {
            max_items: MaxItems::AtMost(places.len()),
            ..self.request.clone()
        };
        self.assess(&request, tally, |assessment| {
            items(assessment, action, places)
        })
    }

    /// Recommended policies, for some namespaces where any are named; see
    /// [`recommend`](crate::recommend).
    ///
    /// # Errors
    /// [`NoSuchNamespace`] names one of which nothing was read.
    pub fn recommend(
        &self,
        tally: &Tally,
        more: Issues,
        wanted: &Wanted,
        named: &BTreeSet<String>,
    ) -> Result<Recommendations, NoSuchNamespace> {
        let all = Inspected {
            cluster: &self.cluster,
            engine: &self.engine,
            tally,
            found: Vec::new(),
            logs: &[],
            request: &self.request,
            issues: self.issues_with(more),
        };
        crate::recommend(all, wanted, named)
    }

    /// The items that a dismissal of an action is about; none where the action gains nothing.
    pub fn snapshot(&self, tally: &Tally, action: &ActionId) -> Option<Snapshot> {
        self.assess(&self.request, tally, |assessment| {
            let items = assessment.action(action)?.items;
            let keys: Vec<String> = items.iter().map(|(item, _)| item.subject.key()).collect();
            Some(Snapshot::of(keys.iter().map(String::as_str)))
        })
    }

    fn assess<T>(
        &self,
        request: &Request,
        tally: &Tally,
        then: impl FnOnce(&Assessment<'_>) -> T,
    ) -> T {
        let images = risk::images(&self.cluster, &request.method, request.now);
        let Self {
            cluster, engine, ..
        } = self;
        then(&Assessment::new(cluster, engine, &images, tally, request))
    }

    fn issues_with(&self, more: Issues) -> Issues {
        let mut issues = self.issues.clone();
        issues.extend(more);
        issues
    }
}
