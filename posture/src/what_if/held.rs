//! An assessment that is held open, and holds all that it is made of.

use std::sync::Arc;

use posture_core::engine::Engine;
use posture_core::issue::Issues;
use posture_core::model::Policy;
use posture_core::plan::{Goal, Left, Plan};
use posture_core::risk::{self, Images, States};
use posture_core::tally::Tally;
use posture_core::what_if::{NamespaceOutcome, Outcome, Scenario, WhatIf};
use self_cell::self_cell;

use crate::Prepared;

use super::policies::states;
use super::{ChangeError, Changes};

/// What an assessment is made of.
struct Ground {
    prepared: Arc<Prepared>,
    tally: Arc<Tally>,
}

self_cell!(
    /// The ground, and the images on it.
    struct WithImages {
        owner: Ground,
        #[covariant]
        dependent: Images,
    }
);

self_cell!(
    /// All of these, and the assessment.
    struct Open {
        owner: WithImages,
        #[not_covariant]
        dependent: WhatIf,
    }
);

/// [`WhatIf`] that holds all that it is made of, for callers that cannot borrow.
pub struct HeldWhatIf {
    open: Open,
    now: Outcome,
    /// States that edges have under policies that the cluster does not have.
    states: States,
}

impl std::fmt::Debug for HeldWhatIf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeldWhatIf")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl HeldWhatIf {
    /// Opens an assessment of a cluster by the tally of its traffic.
    pub fn new(prepared: Arc<Prepared>, tally: Arc<Tally>) -> Self {
        Self::open(prepared, tally, States::default())
    }

    /// The same with policies enforced beside the cluster's own: all traffic that was seen is asked of
    /// them.
    #[must_use]
    pub fn with_policies(&self, policies: Vec<Policy>) -> Self {
        let Ground { prepared, tally } = self.open.borrow_owner().borrow_owner();
        let cluster = prepared.cluster.with_policies(policies);
        let governing = Prepared {
            engine: Engine::new(&cluster, prepared.request.method.policy_modes),
            cluster,
            request: prepared.request.clone(),
            issues: Issues::default(),
        };
        let today = (&prepared.cluster, &prepared.engine);
        let states = states(today, (&governing.cluster, &governing.engine), tally);
        Self::open(Arc::new(governing), Arc::clone(tally), states)
    }

    fn open(prepared: Arc<Prepared>, tally: Arc<Tally>, states: States) -> Self {
        let with_images = WithImages::new(Ground { prepared, tally }, |ground| {
            let Prepared {
                cluster, request, ..
            } = &*ground.prepared;
            risk::images(cluster, &request.method, request.now)
        });
        let open = Open::new(with_images, |with_images| {
            let Ground { prepared, tally } = with_images.borrow_owner();
            let Prepared {
                cluster,
                engine,
                request,
                ..
            } = &**prepared;
            let images = with_images.borrow_dependent();
            WhatIf::new(cluster, engine, images, tally, request)
        });
        let mut held = Self {
            now: open.with_dependent(|_, what_if| what_if.outcome()),
            open,
            states,
        };
        if !held.states.is_empty() {
            let as_it_is = held
                .open
                .with_dependent(|_, what_if| what_if.scenario().clone());
            held.now = held.try_out(as_it_is);
        }
        held
    }

    /// What the scores are.
    pub const fn now(&self) -> Outcome {
        self.now
    }

    /// The cluster and the request.
    pub fn prepared(&self) -> &Prepared {
        &self.open.borrow_owner().borrow_owner().prepared
    }

    /// Checks that all that would be different is there.
    ///
    /// # Errors
    /// [`ChangeError`] names the first thing that is not.
    pub fn check(&self, changes: &Changes) -> Result<(), ChangeError> {
        let request = &self.prepared().request;
        self.open
            .with_dependent(|_, what_if| changes.check(request, what_if))
    }

    /// Goes over to a scenario, and says what the scores are there.
    pub fn try_out(&mut self, scenario: Scenario) -> Outcome {
        let scenario = Scenario {
            states: self.states.clone(),
            ..scenario
        };
        self.open
            .with_dependent_mut(|_, what_if| what_if.try_out(scenario))
    }

    /// The counted namespaces in the scenario as it stands: the highest risk first, then by name.
    pub fn namespaces(&self) -> Vec<NamespaceOutcome> {
        self.open.with_dependent(|_, what_if| what_if.namespaces())
    }

    /// What is left to do in the scenario as it stands, best first.
    pub fn left(&self) -> Vec<Left> {
        self.open.with_dependent(|_, what_if| what_if.left())
    }

    /// The way to a goal from the scenario as it stands.
    pub fn plan(&self, goal: Goal) -> Plan {
        self.open.with_dependent(|_, what_if| what_if.plan(goal))
    }
}
