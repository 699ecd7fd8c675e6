//! An earlier result, to compare with.

use posture_core::history::Point;
use posture_core::json;
use posture_core::report::Report;
use posture_core::request::Previous;

/// An earlier result.
#[derive(Clone, Debug)]
pub(crate) struct Earlier {
    /// What a difference needs of it.
    pub(crate) previous: Previous,
    /// What explaining the difference needs, too: results of other versions of the program may not
    /// have it.
    pub(crate) point: Option<Point>,
}

impl Earlier {
    /// Reads a result.
    pub(crate) fn read(json: &str) -> Result<Self, serde_json::Error> {
        Ok(Self {
            previous: json::from_str(json)?,
            point: Report::from_json(json).ok().as_ref().map(Point::of),
        })
    }

    /// What a history has of it.
    pub(crate) fn of(point: Point) -> Self {
        Self {
            previous: Previous {
                scoring_version: point.scoring_version,
                score: point.score,
                at: point.at,
            },
            point: Some(point),
        }
    }
}
