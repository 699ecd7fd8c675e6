//! `posture` for Python: the files and the request go in, the JSON bytes of the result come out.
//!
//! No logic lives here; what a result means is documented in the crate `posture`.

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};

/// The native half of the Python package `posture`.
#[pymodule]
mod _posture {
    #[pymodule_export]
    use super::{PostureError, score_json};
}

create_exception!(
    posture,
    PostureError,
    PyValueError,
    "The request, or the input as a whole, cannot be used; the message says what was expected."
);

/// Scores files that are already in memory; other Python threads run meanwhile.
#[pyfunction]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a list out of Python arrives as a vector"
)]
fn score_json(
    py: Python<'_>,
    files: Vec<(PyBackedStr, PyBackedBytes)>,
    request: &str,
) -> PyResult<Vec<u8>> {
    let files: Vec<posture::File<'_>> = files
        .iter()
        .map(|(name, bytes)| posture::File { name, bytes })
        .collect();
    py.detach(|| posture::score_json(&files, request))
        .map(String::into_bytes)
        .map_err(|error| PostureError::new_err(error.to_string()))
}
