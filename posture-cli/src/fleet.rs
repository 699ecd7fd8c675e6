//! Several clusters, scored one by one.

use std::collections::BTreeMap;

use posture_core::json;
use posture_core::points::Points;
use posture_core::report::Report;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The results of several clusters, each by itself: nothing is summed up over them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Fleet {
    /// The result of each cluster, by its name.
    pub(crate) clusters: BTreeMap<String, Report>,
}

/// Earlier results of several clusters.
#[derive(Debug, Deserialize)]
pub(crate) struct PreviousFleet {
    /// By the name of the cluster.
    pub(crate) clusters: BTreeMap<String, Box<RawValue>>,
}

impl Fleet {
    /// Its canonical JSON.
    pub(crate) fn to_json(&self) -> String {
        json::to_text(self)
    }

    /// The clusters by risk: the lowest score first, those without one before all, then by name.
    pub(crate) fn by_risk(&self) -> Vec<(&str, &Report)> {
        let score = |report: &Report| report.score.unwrap_or(Points::ZERO);
        let mut clusters: Vec<_> = self
            .clusters
            .iter()
            .map(|(name, report)| (name.as_str(), report))
            .collect();
        clusters.sort_by_key(|(_, report)| (report.score.is_some(), score(report)));
        clusters
    }
}
