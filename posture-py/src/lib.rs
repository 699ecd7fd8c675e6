//! `posture` for Python: paths, bytes and Arrow go in, JSON, bytes and Arrow come out.
//!
//! No logic lives here; what things mean is documented in the crates `posture` and `posture-core`, and
//! for users in the Python package, which makes typed values of the JSON.

mod arrow_in;
mod arrow_out;
mod capsules;
mod engine;
mod errors;
mod history;
mod recommend;
mod tally;
mod what_if;

use posture::Report;
use pyo3::prelude::*;

/// The native half of the Python package `posture`.
#[pymodule]
mod _posture {
    #[pymodule_export]
    use super::{
        arrow_out::arrow_stream,
        canonical,
        engine::Engine,
        history::{explain, explain_points, points, record, series},
        tally::Tally,
        what_if::WhatIf,
    };
}

/// A result as canonical JSON.
#[pyfunction]
fn canonical(result: &[u8]) -> PyResult<Vec<u8>> {
    Ok(report(result)?.to_json().into_bytes())
}

/// Reads a result back from its JSON.
fn report(result: &[u8]) -> PyResult<Report> {
    let text = str::from_utf8(result).map_err(errors::posture)?;
    Report::from_json(text)
        .map_err(|error| errors::posture(format!("expected a result in JSON: {error}")))
}
