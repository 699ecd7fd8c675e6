//! Exceptions of the package.

use std::fmt::Display;

use posture_core::issue::Issue;
use posture_files::LoadError;
use pyo3::{PyErr, import_exception};

import_exception!(posture._errors, PostureError);
import_exception!(posture._errors, InputError);

/// What was asked for cannot be done.
pub(crate) fn posture(error: impl Display) -> PyErr {
    PostureError::new_err(error.to_string())
}

/// An input cannot be used at all, for the reason that an issue tells.
pub(crate) fn input(message: String, issue: &Issue) -> PyErr {
    InputError::new_err((message, serde_json::to_string(issue).unwrap_or_default()))
}

/// Nothing could be loaded.
pub(crate) fn load(error: LoadError) -> PyErr {
    InputError::new_err(error.to_string())
}
