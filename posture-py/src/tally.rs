//! What was seen of traffic.

use posture_core::issue::{Issue, Issues};
use posture_core::{json, tally};
use pyo3::prelude::*;

use crate::errors;

/// What was seen of traffic, and what must be told about its records.
#[pyclass(module = "posture._posture")]
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) tally: tally::Tally,
    pub(crate) issues: Issues,
}

#[pymethods]
impl Tally {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    #[staticmethod]
    #[pyo3(signature = (data, issues=None))]
    fn from_bytes(data: &[u8], issues: Option<&str>) -> PyResult<Self> {
        let tally = tally::Tally::from_bytes(data).map_err(errors::posture)?;
        let listed: Vec<Issue> = json::from_str(issues.unwrap_or("[]")).map_err(errors::posture)?;
        let issues = Issues::from(listed);
        Ok(Self { tally, issues })
    }

    fn merge(&mut self, py: Python<'_>, other: &Self) {
        let (tally, issues) = (other.tally.clone(), other.issues.clone());
        py.detach(|| {
            self.tally.merge(tally);
            self.issues.extend(issues);
        });
    }

    fn to_bytes(&self, py: Python<'_>) -> Vec<u8> {
        py.detach(|| self.tally.to_bytes())
    }

    /// What must be told, in JSON.
    fn issues(&self) -> String {
        serde_json::to_string(&self.issues.clone().into_list()).unwrap_or_default()
    }

    #[getter]
    fn edge_count(&self) -> usize {
        self.tally.edge_count()
    }

    #[getter]
    fn records(&self) -> u64 {
        self.tally.records.total
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.tally == other.tally
    }
}
