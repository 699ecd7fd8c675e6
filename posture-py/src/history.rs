//! A history in a file.

use std::path::{Path, PathBuf};

use posture_core::history::{Admission, Point, explain as explained};
use posture_core::time::Time;
use posture_history::{History, Which};
use pyo3::prelude::*;

use crate::{errors, report};

/// A result, or words and times that mean a point of a history.
#[derive(FromPyObject)]
pub(crate) enum Moment {
    /// `latest`, `previous` or a time.
    Words(String),
    /// A result in JSON.
    Result(Vec<u8>),
}

/// Explains the difference between two results, in JSON.
#[pyfunction]
pub(crate) fn explain(before: &[u8], after: &[u8]) -> PyResult<String> {
    let (before, after) = (Point::of(&report(before)?), Point::of(&report(after)?));
    Ok(explained(&before, &after).to_json())
}

/// Appends a result to a history; says whether it is new.
#[pyfunction]
pub(crate) fn record(py: Python<'_>, path: PathBuf, series: &str, result: &[u8]) -> PyResult<bool> {
    let point = Point::of(&report(result)?);
    py.detach(|| {
        let mut history = History::open_or_make(&path).map_err(errors::posture)?;
        let admission = history.append(series, &point).map_err(errors::posture)?;
        Ok(admission == Admission::New)
    })
}

/// The names of all series.
#[pyfunction]
pub(crate) fn series(py: Python<'_>, path: PathBuf) -> PyResult<Vec<String>> {
    py.detach(|| open(&path)?.series().map_err(errors::posture))
}

/// The points of a series, in JSON.
#[pyfunction]
pub(crate) fn points(
    py: Python<'_>,
    path: PathBuf,
    series: &str,
    since: Option<&str>,
) -> PyResult<String> {
    let since = since.map(time).transpose()?;
    py.detach(|| {
        let history = open(&path)?;
        let points = history.points(series, since).map_err(errors::posture)?;
        if points.is_empty() {
            history.expect_series(series).map_err(errors::posture)?;
        }
        serde_json::to_string(&points).map_err(errors::posture)
    })
}

/// Explains the difference between two points, or results, in JSON.
#[pyfunction]
pub(crate) fn explain_points(
    py: Python<'_>,
    path: PathBuf,
    series: &str,
    before: Moment,
    after: Moment,
) -> PyResult<String> {
    py.detach(|| {
        let (before, after) = (point(&path, series, before)?, point(&path, series, after)?);
        Ok(explained(&before, &after).to_json())
    })
}

fn point(path: &Path, series: &str, moment: Moment) -> PyResult<Point> {
    let text = match moment {
        Moment::Result(result) => return Ok(Point::of(&report(&result)?)),
        Moment::Words(text) => text,
    };
    let which: Which = text.parse().map_err(errors::posture)?;
    let history = open(path)?;
    history.expect_series(series).map_err(errors::posture)?;
    let found = history.find(series, which).map_err(errors::posture)?;
    found.ok_or_else(|| errors::posture(format!("`{text}`: series `{series}` has no such point")))
}

fn open(path: &Path) -> PyResult<History> {
    let history = History::read(path).map_err(errors::posture)?;
    history.ok_or_else(|| {
        let path = path.display();
        errors::posture(format!(
            "the history `{path}` does not exist, expected one with points"
        ))
    })
}

fn time(text: &str) -> PyResult<Time> {
    text.parse().map_err(errors::posture)
}
