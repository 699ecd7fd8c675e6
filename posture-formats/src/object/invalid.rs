//! Why an object cannot be used.

use std::fmt;

use posture_core::json::Misread;

use crate::json;

/// What makes an object unusable, in a person's words, and where in it.
#[derive(Debug)]
pub(crate) struct Invalid {
    /// `egress[2].destination`, without the `spec` that they all lie in; empty for the whole object.
    path: String,
    message: String,
}

impl Invalid {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            path: String::new(),
            message: message.into(),
        }
    }

    /// The same, of an object that has a `spec`.
    #[must_use]
    pub(crate) fn of_object(mut self) -> Self {
        if let Some(path) = self.path.strip_prefix("spec.") {
            self.path = path.to_owned();
        }
        self
    }

    /// The same, of a part of what it was said of.
    #[must_use]
    pub(crate) fn within(self, part: &str) -> Self {
        let dot = match self.path.as_str() {
            "" => "",
            path if path.starts_with('[') => "",
            _ => ".",
        };
        Self {
            path: format!("{part}{dot}{}", self.path),
            message: self.message,
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl From<Misread> for Invalid {
    fn from(Misread { path, error }: Misread) -> Self {
        Self {
            path,
            message: json::message(&error),
        }
    }
}
