//! The verbs.

pub(crate) mod demo;
pub(crate) mod schema;
pub(crate) mod score;
