//! An assessment held open for changes.

use std::sync::Arc;

use posture::{Changes, HeldWhatIf, Intake, enforced};
use posture_core::json;
use posture_core::model::Policy;
use posture_core::request::Request;
use posture_core::what_if::Outcome;
use pyo3::prelude::*;

use crate::engine::Engine;
use crate::errors;
use crate::tally::Tally;

/// How policies are called in what is told of them.
const POLICIES: &str = "policies";

/// An assessment held open for changes.
#[pyclass(module = "posture._posture")]
pub(crate) struct WhatIf {
    held: HeldWhatIf,
}

#[pymethods]
impl WhatIf {
    #[new]
    fn new(py: Python<'_>, engine: &Engine, tally: &Tally) -> Self {
        let prepared = Arc::clone(engine.prepared());
        let held = py.detach(|| HeldWhatIf::new(prepared, Arc::new(tally.tally.clone())));
        Self { held }
    }

    /// What the scores are, in JSON.
    fn now(&self) -> PyResult<String> {
        written(self.held.now())
    }

    /// What the scores are in a scenario, in JSON.
    fn try_out(
        &mut self,
        py: Python<'_>,
        changes: &str,
        policies: Option<&[u8]>,
    ) -> PyResult<String> {
        let changes: Changes = json::from_str(changes).map_err(errors::posture)?;
        py.detach(|| {
            let held = &mut self.held;
            let scenario = changes
                .scenario(&held.prepared().request)
                .map_err(errors::posture)?;
            held.check(&changes).map_err(errors::posture)?;
            written(match policies {
                None => held.try_out(scenario),
                Some(policies) => held.with_policies(read(policies)?).try_out(scenario),
            })
        })
    }
}

/// Reads policies, as if they were enforced.
fn read(policies: &[u8]) -> PyResult<Vec<Policy>> {
    let mut intake = Intake::default();
    intake.add_bytes(POLICIES, policies);
    let cluster = intake.cluster(&Request::default());
    let (cluster, issues) = cluster.map_err(errors::posture)?;
    enforced(cluster, issues).map_err(errors::posture)
}

fn written(outcome: Outcome) -> PyResult<String> {
    serde_json::to_string(&outcome).map_err(errors::posture)
}
