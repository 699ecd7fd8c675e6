//! What JSON texts say.

use posture_core::json;
use serde::Deserialize;

use super::Invalid;

/// What a text says, or what is wrong with it and where.
pub(crate) fn value<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Invalid> {
    json::read(json).map_err(Invalid::from)
}
