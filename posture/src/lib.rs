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

#[cfg(feature = "apart")]
mod apart;
mod bundle;
#[cfg(feature = "columnar")]
mod columnar;
mod inspection;
mod intake;
mod opened;
mod opening;
mod prepared;
mod recommendation;
mod rows;
mod saved;
mod tallying;
mod told;
mod what_if;

#[cfg(feature = "apart")]
pub use apart::{Apart, NotApart, Scans, Traffic};
pub use bundle::{Bundle, NotABundle};
pub use inspection::{
    Inspected, InspectedFile, InspectedImage, InspectedRange, InspectedScan, Inspection, inspect,
};
pub use intake::{Found, Intake};
pub use opened::Opened;
pub use opening::{Listening, Opening, Taken};
#[cfg(feature = "columnar")]
pub use posture_columnar as columns;
pub use posture_core as core;
pub use posture_core::report::Report;
pub use posture_core::request::Request;
pub use posture_formats as formats;
pub use prepared::Prepared;
pub use recommendation::{
    NoSuchNamespace, Proof, Recommendations, Recommended, WantedError, WantedForm, recommend,
};
pub use rows::RowReader;
pub use saved::{NotOpened, Saved};
pub use tallying::{LogRead, Tallying};
pub use what_if::{ChangeError, Changes, HeldWhatIf, PoliciesError, enforced, try_policies};

use std::io::Cursor;
use std::num::NonZeroUsize;

use posture_core::issue::Issues;
use posture_core::model::ModelError;
use posture_core::request::RequestError;

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
    let mut with_logs = Vec::new();
    for file in files {
        if intake.add_bytes(file.name, file.bytes) {
            with_logs.push(file);
        }
    }
    let prepared = Prepared::new(intake, request.clone())?;
    let (mut tallying, mut issues) = (prepared.tallying(NonZeroUsize::MIN), Issues::default());
    for file in with_logs {
        tallying.read_file(file.name, Cursor::new(file.bytes), &mut issues);
    }
    let tally = tallying.finish();
    Ok(prepared.conclude(&tally, issues))
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

/// Runs the Rust examples of pages as tests.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../README.md")]
    struct Readme;

    #[doc = include_str!("../../docs/libraries.md")]
    struct Libraries;
}
