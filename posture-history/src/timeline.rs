//! The points of a series, each with the difference to the one before.

use posture_core::history::{Point, method_changes};
use posture_core::json;
use posture_core::points::Points;
use serde::Serialize;

/// The points of a series, the newest last.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Timeline {
    /// The name of the series.
    pub series: String,
    /// Its points.
    pub points: Vec<Moment>,
}

/// A point, and the difference to the one before.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moment {
    /// The score minus that of the point before; null where one of them is missing, or they are of
    /// two scoring versions.
    pub delta: Option<Points>,
    /// What differs from the point before in how it was scored: `scoring_version`, switches of the method
    /// by name, and `evidence.<type>`.
    pub method_changes: Vec<String>,
    /// The point.
    pub point: Point,
}

impl Timeline {
    /// The points of a series; `before` is the one before the first.
    pub fn new(series: &str, mut before: Option<Point>, points: Vec<Point>) -> Self {
        let moment = |point: Point| {
            let comparable = |before: &&Point| before.scoring_version == point.scoring_version;
            let earlier = before
                .as_ref()
                .filter(comparable)
                .and_then(|before| before.score);
            let delta = point.score.zip(earlier).map(|(now, earlier)| now - earlier);
            let method_changes = before
                .as_ref()
                .map_or_else(Vec::new, |before| method_changes(before, &point));
            before = Some(point.clone());
            Moment {
                delta,
                method_changes,
                point,
            }
        };
        Self {
            series: series.to_owned(),
            points: points.into_iter().map(moment).collect(),
        }
    }

    /// Its canonical JSON.
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }
}
