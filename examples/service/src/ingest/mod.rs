//! From bodies to what is kept: read, understood, packed and acknowledged.

pub(crate) mod body;
mod delivery;
pub(crate) mod document;
pub(crate) mod flows;
mod tee;
pub(crate) mod unpacking;

pub(crate) use delivery::too_many;
