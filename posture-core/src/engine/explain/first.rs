//! The first of some criteria that does not hold.

use crate::engine::{Match, Reason};

/// A criterion, and why it does not hold or is not known.
pub(super) struct First<'f> {
    holds: Match,
    why: &'f dyn Fn() -> String,
    has_parts: bool,
}

impl<'f> First<'f> {
    /// One that says why it does not hold, but not why that is not known.
    pub(super) fn new(holds: Match, why: &'f dyn Fn() -> String) -> Self {
        Self {
            holds,
            why,
            has_parts: false,
        }
    }

    /// One that says both, by its parts.
    pub(super) fn of_parts(holds: Match, why: &'f dyn Fn() -> String) -> Self {
        Self {
            holds,
            why,
            has_parts: true,
        }
    }
}

/// Why the first criterion that fails does so; where none fails, what is not known of the first of
/// which that is not known.
pub(super) fn first(criteria: &[First<'_>]) -> String {
    let fails = criteria.iter().find(|one| one.holds == Match::No);
    let unknown = || criteria.iter().find(|one| one.holds != Match::Yes);
    let Some(found) = fails.or_else(unknown) else {
        return String::new();
    };
    match found.holds {
        Match::Unknown(reason) if !found.has_parts && reason != Reason::Labels => {
            reason.words().to_owned()
        }
        _ => (found.why)(),
    }
}
