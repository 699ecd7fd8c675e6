//! The open, exact, explainable Kubernetes security-posture score: from files to a result.
//!
//! ```
//! use posture::{File, Request};
//!
//! let objects = br#"{"kind": "List", "items": [
//!     {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "shop", "name": "web"},
//!      "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]},
//!      "status": {"phase": "Running"}},
//!     {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
//!      "metadata": {"namespace": "shop", "name": "deny-ingress"},
//!      "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}]}"#;
//! let files = [File { name: "objects.json", bytes: objects }];
//!
//! let report = posture::score(&files, &Request::default())?;
//!
//! // No scans: the image types cost nothing. Ingress of `web` is governed, egress is not:
//! // 25 for egress access (1 of 1) and 12.5 for namespace isolation (1 of 2).
//! assert_eq!(report.score.map(|score| score.to_string()), Some("62.5".to_owned()));
//! # Ok::<(), posture::core::model::ModelError>(())
//! ```
//!
//! The nouns are those of [`core`] (`posture-core`), the readers those of [`formats`]
//! (`posture-formats`); this crate is their composition, which the command line and the bindings
//! call. Nothing here opens files or reads a clock.

mod intake;

pub use intake::Intake;
pub use posture_core as core;
pub use posture_core::report::Report;
pub use posture_core::request::Request;
pub use posture_formats as formats;

use posture_core::engine::Engine;
use posture_core::issue::Issues;
use posture_core::judge::Judge;
use posture_core::model::{Cluster, ModelError, Record};
use posture_core::request::{Policies, RequestError};
use posture_core::tally::Tally;
use posture_formats::flows::FlowReader;

/// A file, by the name that results give it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its name; what it is follows from its content alone.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request cannot be met.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The input makes no cluster.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Scores a cluster from files: Kubernetes objects, flow logs, image scans, and archives of them,
/// in any order.
///
/// What cannot be read costs itself alone and is listed in the report's issues.
///
/// # Errors
/// [`ModelError`] names an object without which nothing can be told apart.
pub fn score(files: &[File<'_>], request: &Request) -> Result<Report, ModelError> {
    let mut intake = Intake::default();
    for file in files {
        intake.add(file.name, file.bytes.into());
    }
    let flow_logs = std::mem::take(&mut intake.flow_logs);
    let (cluster, mut issues) = intake.cluster(request)?;
    let engine = Engine::new(&cluster, request.method.policy_modes);
    let mut judge = Judge::new(&cluster, &engine, request.method.evidence);
    let mut tally = Tally::default();
    for (name, bytes) in &flow_logs {
        let mut reader = FlowReader::new(name);
        let mut each = |record: &Record<'_>| tally.add(record, judge.judge(record));
        reader.read(bytes, &mut issues, &mut each);
        reader.finish(&mut issues, &mut each);
    }
    Ok(core::conclude(&cluster, &engine, &tally, request, issues))
}

/// [`score`] from a request in JSON ([`RequestForm`](posture_core::request::RequestForm)) to the
/// result's canonical JSON: the one call that every binding forwards.
///
/// # Errors
/// [`Error`] says what was wrong and what was expected.
pub fn score_json(files: &[File<'_>], request: &str) -> Result<String, Error> {
    let request = Request::from_json(request)?;
    Ok(score(files, &request)?.to_json())
}

impl Intake<'_> {
    /// The cluster of all that was read.
    ///
    /// # Errors
    /// [`ModelError`] names an object without which nothing can be told apart.
    pub fn cluster(self, request: &Request) -> Result<(Cluster, Issues), ModelError> {
        let mut issues = self.issues;
        let complete = request.policies == Policies::Complete;
        let cluster = Cluster::build(self.fragment, &request.cluster_cidrs, complete, &mut issues)?;
        Ok((cluster, issues))
    }
}

/// Runs the README's Rust example as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
