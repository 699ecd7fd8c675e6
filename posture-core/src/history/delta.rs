//! A difference between two points, and the parts that sum to it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::point::Point;
use crate::json;
use crate::points::Points;
use crate::risk::RiskType;
use crate::score::Status;
use crate::time::Time;

/// How many items a part names; their number is always given.
pub const MAX_NAMED: usize = 20;

/// The difference between two points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Delta {
    /// The earlier point.
    pub before: End,
    /// The later one.
    pub after: End,
    /// The later score minus the earlier one: the sum of all parts; null where one is missing.
    pub delta: Option<Points>,
    /// Why there is no difference.
    pub unexplained: Option<Unexplained>,
    /// What differs in how the two were scored: `scoring_version`, switches of the method by name,
    /// and `evidence.<type>`.
    pub method_changes: Vec<String>,
    /// The sum of the parts of each kind.
    pub kinds: BTreeMap<Kind, Points>,
    /// What the difference is made of: the heaviest first.
    pub parts: Vec<Part>,
}

/// One end of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct End {
    /// When.
    pub at: Option<Time>,
    /// The score.
    pub score: Option<Points>,
    /// Whether there is one.
    pub status: Status,
}

/// Why there is no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unexplained {
    /// The earlier point has no score.
    NoScoreBefore,
    /// The later point has no score.
    NoScoreAfter,
    /// Neither has one.
    NoScores,
}

/// What a part of a difference comes from, in the order in which the parts of one type and
/// namespace are told apart (scoring, section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The scoring version, a switch, the evidence of a type, or weights.
    Method,
    /// Namespaces came or went.
    Scope,
    /// Items that were at risk and are not any more.
    Fixed,
    /// Items that were at risk and are dismissed.
    Dismissed,
    /// What is not at risk came or went, or what stayed at risk weighs more or less.
    Resized,
    /// Items whose dismissal was taken back.
    Reverted,
    /// Items whose dismissal is past its time.
    Expired,
    /// Items that are at risk and were not there, or not at risk, before.
    New,
}

/// A part of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part {
    /// What it comes from.
    pub kind: Kind,
    /// In which type.
    #[serde(rename = "type")]
    pub risk_type: RiskType,
    /// Where.
    pub namespace: String,
    /// By how much it raises the score: below 0 where it lowers it.
    pub points: Points,
    /// How many items; of `resized`, by how much the whole changed; of `scope`, 1 where the namespace
    /// itself came or went; 0 of `method`.
    pub count: u64,
    /// Whether only net numbers are known, because a point does not name every item: then the
    /// count is of units, and what was fixed while as much came new does not show.
    pub net: bool,
    /// The first items by key, as many as [`MAX_NAMED`].
    pub items: Vec<ItemMoved>,
}

/// An item that a part is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ItemMoved {
    /// Its key.
    pub key: String,
    /// The first name that it runs under, of an image.
    pub name: Option<String>,
}

impl End {
    pub(super) const fn of(point: &Point) -> Self {
        Self {
            at: point.at,
            score: point.score,
            status: point.status,
        }
    }
}

impl Delta {
    /// Its JSON: keys in this order, two spaces of indentation, a newline at the end.
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }
}

impl Unexplained {
    pub(super) const fn of(before: &Point, after: &Point) -> Option<Self> {
        match (before.score.is_some(), after.score.is_some()) {
            (true, true) => None,
            (false, true) => Some(Self::NoScoreBefore),
            (true, false) => Some(Self::NoScoreAfter),
            (false, false) => Some(Self::NoScores),
        }
    }
}
