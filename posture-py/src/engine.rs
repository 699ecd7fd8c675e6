//! A cluster and its compiled policies.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use posture::{Bundle, Prepared};
use posture_core::issue::Issues;
use posture_core::plan::Goal;
use posture_core::points::Points;
use posture_core::request::Request;
use posture_files::Loaded;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyList;

use crate::tally::Tally;
use crate::{arrow_in, errors, recommend};

/// Bytes that Python gave, or that were read from others.
enum Given {
    Python(PyBackedBytes),
    Own(Vec<u8>),
}

impl AsRef<[u8]> for Given {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Python(bytes) => bytes,
            Self::Own(bytes) => bytes,
        }
    }
}

/// A cluster and its compiled policies, and what they are made of.
#[pyclass(module = "posture._posture", frozen)]
pub(crate) struct Engine {
    loaded: Loaded<Given>,
    request: String,
}

impl Engine {
    pub(crate) fn prepared(&self) -> &Arc<Prepared> {
        &self.loaded.prepared
    }

    fn load(paths: &[PathBuf], contents: Vec<(String, Given)>, request: String) -> PyResult<Self> {
        let asked = Request::from_json(&request).map_err(errors::posture)?;
        let loaded = Loaded::new(paths, contents, asked).map_err(errors::load)?;
        Ok(Self { loaded, request })
    }
}

#[pymethods]
impl Engine {
    #[new]
    fn new(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        contents: Vec<(String, PyBackedBytes)>,
        request: String,
    ) -> PyResult<Self> {
        let given = |(name, bytes)| (name, Given::Python(bytes));
        let contents = contents.into_iter().map(given).collect();
        py.detach(|| Self::load(&paths, contents, request))
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        py.detach(|| {
            let Bundle { request, files } = Bundle::from_bytes(data).map_err(errors::posture)?;
            let own = |(name, bytes)| (name, Given::Own(bytes));
            Self::load(&[], files.into_iter().map(own).collect(), request)
        })
    }

    fn to_bytes(&self, py: Python<'_>) -> Vec<u8> {
        py.detach(|| Bundle::to_bytes(&self.request, self.loaded.contents()))
    }

    /// How many namespaces, running pods and policies were read.
    fn counts(&self) -> (usize, usize, usize) {
        let cluster = &self.prepared().cluster;
        let pods = cluster.running_pods().count();
        (cluster.namespaces.len(), pods, cluster.policies.len())
    }

    /// Tallies the flow logs among what was read, and tables.
    fn tally(&self, py: Python<'_>, flows: &Bound<'_, PyList>) -> PyResult<Tally> {
        let tables = arrow_in::tables(flows)?;
        py.detach(|| {
            let mut issues = Issues::default();
            let mut tallying = self.loaded.tallying(threads(), &mut issues);
            arrow_in::tally(tables, &mut tallying, &mut issues)?;
            let tally = tallying.finish();
            Ok(Tally { tally, issues })
        })
    }

    /// Adds tables to a tally; nothing of them where one cannot be read.
    fn add(
        &self,
        py: Python<'_>,
        tally: &Bound<'_, Tally>,
        flows: &Bound<'_, PyList>,
    ) -> PyResult<()> {
        let tables = arrow_in::tables(flows)?;
        let (more, issues) = py.detach(|| {
            let mut issues = Issues::default();
            let mut tallying = self.prepared().tallying(NonZeroUsize::MIN);
            arrow_in::tally(tables, &mut tallying, &mut issues)?;
            Ok::<_, PyErr>((tallying.finish(), issues))
        })?;
        let mut tally = tally.try_borrow_mut()?;
        tally.tally.merge(more);
        tally.issues.extend(issues);
        Ok(())
    }

    /// The result by a tally, as canonical JSON.
    fn score(&self, py: Python<'_>, tally: &Tally) -> Vec<u8> {
        py.detach(|| {
            let report = self.prepared().conclude(&tally.tally, tally.issues.clone());
            report.to_json().into_bytes()
        })
    }

    /// The way to a score, or of so many steps, in JSON.
    fn plan(
        &self,
        py: Python<'_>,
        tally: &Tally,
        target: Option<f64>,
        steps: usize,
    ) -> PyResult<String> {
        let goal = match target {
            None => Goal::Steps(steps),
            Some(target) => {
                let points: Result<Points, _> = target.to_string().parse();
                Goal::Score(points.map_err(errors::posture)?)
            }
        };
        let plan = py.detach(|| self.prepared().plan(&tally.tally, goal));
        serde_json::to_string(&plan).map_err(errors::posture)
    }

    /// Recommendations in JSON, and the YAML of each.
    fn recommend(
        &self,
        py: Python<'_>,
        tally: &Tally,
        wanted: &str,
        namespaces: Option<Vec<String>>,
    ) -> PyResult<(String, Vec<String>)> {
        py.detach(|| recommend::recommend(self.prepared(), tally, wanted, namespaces))
    }
}

/// A thread for each core.
fn threads() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}
