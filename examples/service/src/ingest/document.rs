//! Objects and scans: read whole and understood before they are kept.

use std::collections::BTreeMap;
use std::io::Read;

use posture::core::issue::Issue;
use posture::{Intake, Request};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::problem_of;
use crate::problem::Problem;
use crate::store::inputs::{Kind, file_name};

/// What was read of a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Understood {
    /// How many facts of each kind: `pods`, `policies`, `scans`.
    pub(crate) facts: BTreeMap<&'static str, usize>,
    /// What a person must be told about it.
    #[schema(schema_with = crate::openapi::issues)]
    pub(crate) issues: Vec<Issue>,
}

/// Reads a stream to its end.
///
/// # Errors
/// The [`Problem`] that it broke with.
pub(crate) fn read(mut stream: Box<dyn Read>) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).map_err(problem_of)?;
    Ok(bytes)
}

/// What is read of a document, as a run will read it.
///
/// # Errors
/// A [`Problem`] with all issues, where nothing is, or where it is something else.
pub(crate) fn understand(kind: Kind, name: &str, bytes: &[u8]) -> Result<Understood, Problem> {
    let mut intake = Intake::default();
    let has_logs = intake.add_bytes(&file_name(kind, name), bytes);
    let facts = intake.fragment.counts();
    let sources = intake.fragment.sources;
    let is_read = !facts.is_empty() || sources.pods || sources.policies || sources.scans;
    let of_scans = |fact: &&str| matches!(*fact, "scans" | "VEX statements");
    let (expected, fits) = match kind {
        Kind::Objects => (
            "Kubernetes objects, or an archive of what `posture score` reads",
            is_read,
        ),
        Kind::Scan => (
            "an image scan or VEX",
            is_read && !has_logs && facts.keys().all(of_scans),
        ),
    };
    match (fits, intake.cluster(&Request::default())) {
        (true, Ok((_, issues))) => Ok(Understood {
            facts,
            issues: issues.into_list(),
        }),
        (false, Ok((_, issues))) => Err(Problem::unreadable(expected, issues.into_list())),
        (_, Err(error)) => Err(Problem::unreadable(&error.to_string(), Vec::new())),
    }
}
