//! The history of scores: one file of `SQLite`, points appended and never changed.

mod place;
mod schema;
mod store;
mod timeline;
mod when;

pub(crate) use place::Place;
pub(crate) use store::History;
pub(crate) use timeline::{Moment, Timeline};
pub(crate) use when::{Age, When, age, when};

/// The series of points where none is named.
pub(crate) const DEFAULT_SERIES: &str = "default";
