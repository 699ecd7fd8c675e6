//! All that is known of one item.

use std::sync::Arc;

use serde::Serialize;

use super::{Found, Rows, Ungoverned};
use crate::assessment::Assessment;
use crate::engine::Engine;
use crate::points::Points;
use crate::report::{Evidence, Listed, evidence};
use crate::risk::{RiskType, Subject};

/// All that is known of one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ItemExplanation {
    /// Its namespace.
    pub namespace: Arc<str>,
    /// Its key.
    pub key: String,
    /// The points that it loses in all types.
    pub points: Points,
    /// What it loses in each: an unscanned image loses in two.
    pub owed: Vec<Owed>,
    /// What it is, and all that is known of it.
    pub evidence: Evidence,
    /// Why nothing governs it, of a direction of a workload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ungoverned: Option<Ungoverned>,
    /// The flow rows behind it, of what traffic tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Rows>,
}

/// What an item loses in a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Owed {
    /// The type.
    #[serde(rename = "type")]
    pub risk_type: RiskType,
    /// Its weight.
    pub units: u64,
    /// The weight of all items of its namespace and type.
    pub of_units: u64,
    /// The points that these lose.
    pub of_points: Points,
    /// The points that it loses: its part of them, by largest remainder.
    pub points: Points,
}

impl Found<'_> {
    /// All that is known of the item, and the flow rows behind it.
    pub fn explain(
        &self,
        assessment: &Assessment<'_>,
        engine: &Engine,
        rows: Option<Rows>,
    ) -> ItemExplanation {
        let ungoverned = match &self.subject {
            Subject::Ungoverned(workload, direction) => {
                Ungoverned::new(assessment.cluster, engine, workload, *direction)
            }
            Subject::Image(_) | Subject::Workload(..) | Subject::Edge(..) => None,
        };
        ItemExplanation {
            namespace: self.namespace.clone(),
            key: self.subject.key(),
            points: self.owed.iter().map(|owed| owed.points).sum(),
            owed: self.owed.clone(),
            evidence: evidence(&self.subject, Listed::in_full(assessment.request)),
            ungoverned,
            rows,
        }
    }
}
