//! Recommended policies.

use posture::core::json;
use posture::{Prepared, Recommended, WantedForm};
use pyo3::PyResult;

use crate::errors;
use crate::tally::Tally;

/// Recommendations in JSON, and the YAML of each.
pub(crate) fn recommend(
    prepared: &Prepared,
    tally: &Tally,
    wanted: &str,
    namespaces: Option<Vec<String>>,
) -> PyResult<(String, Vec<String>)> {
    let form: WantedForm = json::from_str(wanted).map_err(errors::posture)?;
    let wanted = form.wanted().map_err(errors::posture)?;
    let named = namespaces.unwrap_or_default().into_iter().collect();
    let issues = tally.issues.clone();
    let recommended = prepared
        .recommend(&tally.tally, issues, &wanted, &named)
        .map_err(errors::posture)?;
    let each = recommended.recommendations.iter();
    let yaml = each.map(Recommended::to_yaml).collect();
    Ok((recommended.to_json(), yaml))
}
