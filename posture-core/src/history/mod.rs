//! History: what is kept of results, and the difference between two of them, explained.
//!
//! "Points are appended and never changed" (scoring, section 9). Where they are kept, and for how
//! long, is the caller's.

mod delta;
mod explain;
mod point;
mod steps;
#[cfg(test)]
mod tests;

pub use delta::{Delta, End, ItemMoved, Kind, MAX_NAMED, Part, Unexplained};
pub use explain::{explain, method_changes};
pub use point::{Cell, DismissedItem, ItemAtRisk, Items, MAX_KEPT, NamespacePoint, Point};

use crate::time::Time;

/// What becomes of a point that is appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Nothing was known of its instant.
    New,
    /// It was known already.
    Known,
}

/// "The same instant twice with other content is an error" (scoring, section 9).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the history has another result of {}, expected one of another time",
    .0.map_or_else(|| "no time".to_owned(), |at| format!("`{at}`"))
)]
pub struct ConflictingInstant(pub Option<Time>);

/// Whether a point can be appended to a history that has `known` of its instant.
///
/// # Errors
/// [`ConflictingInstant`] where what is known is another.
pub fn admit(known: Option<&Point>, point: &Point) -> Result<Admission, ConflictingInstant> {
    match known {
        None => Ok(Admission::New),
        Some(known) if known == point => Ok(Admission::Known),
        Some(_) => Err(ConflictingInstant(point.at)),
    }
}
