//! Fields that are read later than their object.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Invalid;

/// The content of a field.
pub(crate) fn value<T: DeserializeOwned>(content: Value, field: &str) -> Result<T, Invalid> {
    serde_path_to_error::deserialize(content).map_err(|error| Invalid::from(error).within(field))
}
