//! Where the history is, and times as they are given to options.

mod place;
mod when;

pub(crate) use place::Place;
pub(crate) use when::{Age, When, age, when};
