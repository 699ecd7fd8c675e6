//! A cluster made ready for many tallies.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use posture_core::assessment::Assessment;
use posture_core::engine::Engine;
use posture_core::issue::Issues;
use posture_core::model::{Cluster, ModelError};
use posture_core::plan::{Goal, Plan};
use posture_core::recommend::Wanted;
use posture_core::report::Report;
use posture_core::request::Request;
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
        let Self {
            cluster,
            engine,
            request,
            ..
        } = self;
        let images = risk::images(cluster, &request.method, request.now);
        Assessment::new(cluster, engine, &images, tally, request).plan(goal)
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

    fn issues_with(&self, more: Issues) -> Issues {
        let mut issues = self.issues.clone();
        issues.extend(more);
        issues
    }
}
