//! The verbs.

pub(crate) mod convert;
pub(crate) mod demo;
pub(crate) mod inspect;
pub(crate) mod policies;
pub(crate) mod schema;
pub(crate) mod score;
pub(crate) mod verdict;
