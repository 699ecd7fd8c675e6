//! An assessment that is held open, and holds all that it is made of.

use std::sync::Arc;

use posture_core::model::Policy;
use posture_core::risk::{self, Images};
use posture_core::tally::Tally;
use posture_core::what_if::{Outcome, Scenario, WhatIf};
use self_cell::self_cell;

use crate::Prepared;

use super::{ChangeError, Changes, try_policies};

/// What an assessment is made of.
struct Ground {
    prepared: Arc<Prepared>,
    tally: Tally,
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
    pub fn new(prepared: Arc<Prepared>, tally: Tally) -> Self {
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
        let now = open.with_dependent(|_, what_if| what_if.outcome());
        Self { open, now }
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

    /// What the scores are in a scenario.
    pub fn try_out(&mut self, scenario: Scenario) -> Outcome {
        self.open
            .with_dependent_mut(|_, what_if| what_if.try_out(scenario))
    }

    /// What the scores are in a scenario in which policies are enforced beside the cluster's own.
    pub fn try_policies(&self, scenario: Scenario, policies: Vec<Policy>) -> Outcome {
        let with_images = self.open.borrow_owner();
        let Ground { prepared, tally } = with_images.borrow_owner();
        let Prepared {
            cluster,
            engine,
            request,
            ..
        } = &**prepared;
        let images = with_images.borrow_dependent();
        try_policies(cluster, engine, images, tally, request, scenario, policies)
    }
}
