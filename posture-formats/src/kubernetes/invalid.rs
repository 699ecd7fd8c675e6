//! Why an object cannot be used.

use std::fmt;

use crate::json;

/// What makes an object unusable, in a person's words.
#[derive(Debug)]
pub(super) struct Invalid(String);

impl Invalid {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<serde_json::Error> for Invalid {
    fn from(error: serde_json::Error) -> Self {
        Self(json::message(&error))
    }
}
