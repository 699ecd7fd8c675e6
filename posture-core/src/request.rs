//! What the caller asks for and knows beside the files.

use std::fmt;
use std::ops::Range;

use ipnet::IpNet;
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::dismissal::{Dismissal, DismissalError};
use crate::json;
use crate::model::{Method, MethodError, Preset, in_words};
use crate::points::Points;
use crate::score::SCORING_VERSION;
use crate::time::Time;

/// What the caller asks for and knows beside the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// How to score.
    pub method: Method,
    /// The present: for the age of scans and records.
    pub now: Option<Time>,
    /// Whether the policies that were given are all there are: "a dump without policies and a
    /// cluster without policies look the same" (scoring, section 6.1).
    pub policies: Policies,
    /// The cluster's own address ranges, as far as objects do not tell them.
    pub cluster_cidrs: Vec<IpNet>,
    /// Risk that somebody decided to accept.
    pub dismissals: Vec<Dismissal>,
    /// The result to compare with.
    pub previous: Option<Previous>,
    /// How many items each action lists.
    pub max_items: MaxItems,
}

/// What the caller says of the policies that were given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policies {
    /// Nothing: there may be others, unless at least one, or an empty list of them, was given.
    #[default]
    AsGiven,
    /// They are all there are.
    Complete,
}

/// An earlier result: only what a delta needs of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Previous {
    /// The version of its scoring method.
    pub scoring_version: u32,
    /// Its score; null where it has none.
    #[serde(deserialize_with = "Option::deserialize")]
    pub score: Option<Points>,
    /// When it was made, where that is known.
    #[serde(deserialize_with = "Option::deserialize")]
    pub at: Option<Time>,
}

impl Previous {
    /// Whether a difference to it means anything: only between results of one scoring version.
    pub const fn is_comparable(&self) -> bool {
        self.scoring_version == SCORING_VERSION
    }
}

/// How many items each action lists, the heaviest first; their number is always given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxItems {
    /// At most so many.
    AtMost(usize),
    /// Every item.
    All,
}

impl Default for MaxItems {
    fn default() -> Self {
        Self::AtMost(20)
    }
}

impl<'de> Deserialize<'de> for MaxItems {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadMaxItems)
    }
}

struct ReadMaxItems;

impl Visitor<'_> for ReadMaxItems {
    type Value = MaxItems;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of items, or `all`")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<MaxItems, E> {
        Ok(usize::try_from(number).map_or(MaxItems::All, MaxItems::AtMost))
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<MaxItems, E> {
        match word {
            "all" => Ok(MaxItems::All),
            _ => Err(E::invalid_value(Unexpected::Str(word), &self)),
        }
    }

    fn visit_unit<E: de::Error>(self) -> Result<MaxItems, E> {
        Ok(MaxItems::default())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for MaxItems {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MaxItems".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "How many items each action lists, the heaviest first, or `all`.",
            "anyOf": [{"type": "integer", "minimum": 0}, {"const": "all"}, {"type": "null"}]
        })
    }
}

impl MaxItems {
    /// The number, where there is a limit.
    pub const fn limit(self) -> usize {
        match self {
            Self::AtMost(limit) => limit,
            Self::All => usize::MAX,
        }
    }

    /// The places of a list that are listed.
    pub const fn places(self) -> Range<usize> {
        0..self.limit()
    }
}

/// A request that cannot be met.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// No JSON object, an unknown key, or a value of the wrong kind.
    #[error("invalid request: {0}")]
    Invalid(String),
    /// A method that cannot be used.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// A dismissal that says too little.
    #[error("invalid request: {0}")]
    Dismissal(#[from] DismissalError),
}

impl Request {
    /// Reads a request from JSON; see [`RequestForm`] for its keys. `{}` asks for the defaults.
    ///
    /// # Errors
    /// [`RequestError`] says what was wrong and what was expected.
    pub fn from_json(json: &str) -> Result<Self, RequestError> {
        let form: RequestForm =
            json::read(json).map_err(|misread| RequestError::Invalid(in_words(&misread)))?;
        form.try_into()
    }

    /// What [`Request::from_json`] reads as this request: every switch is written.
    pub fn to_json(&self) -> String {
        let form = json!({
            "method": self.method,
            "now": self.now,
            "policies_complete": self.policies == Policies::Complete,
            "cluster_cidrs": self.cluster_cidrs,
            "dismissals": self.dismissals,
            "previous": self.previous,
            "max_items": match self.max_items {
                MaxItems::AtMost(limit) => json!(limit),
                MaxItems::All => json!("all"),
            },
        });
        serde_json::to_string(&form).unwrap_or_default()
    }

    /// Checks that all that is asked goes together.
    ///
    /// # Errors
    /// [`RequestError`] for weights out of range, for dismissals that say too little, and for a scan
    /// age or a dismissal's end without a present.
    pub fn check(&self) -> Result<(), RequestError> {
        self.method.check()?;
        if self.method.max_scan_age.is_some() && self.now.is_none() {
            return Err(MethodError::NoTime.into());
        }
        for dismissal in &self.dismissals {
            dismissal.check(self.now)?;
        }
        Ok(())
    }
}

/// A request as it is written in JSON, the same in every language. All keys are optional.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RequestForm {
    /// The preset that the method starts from.
    pub preset: Preset,
    /// Switches of the method that differ from the preset.
    #[cfg_attr(feature = "schema", schemars(with = "Method"))]
    pub method: Option<Value>,
    /// The present, RFC 3339.
    pub now: Option<Time>,
    /// Whether the policies that are given are all there are.
    pub policies_complete: bool,
    /// The cluster's own address ranges, such as `10.0.0.0/8`.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub cluster_cidrs: Vec<IpNet>,
    /// Risk that somebody decided to accept.
    pub dismissals: Vec<Dismissal>,
    /// An earlier result to compare with.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Previous>"))]
    pub previous: Option<Box<serde_json::value::RawValue>>,
    /// How many items each action lists, or `"all"`; 20 by default.
    pub max_items: MaxItems,
}

impl TryFrom<RequestForm> for Request {
    type Error = RequestError;

    fn try_from(form: RequestForm) -> Result<Self, RequestError> {
        let overrides = form
            .method
            .unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let request = Self {
            method: Method::new(form.preset, &overrides)?,
            now: form.now,
            policies: match form.policies_complete {
                true => Policies::Complete,
                false => Policies::AsGiven,
            },
            cluster_cidrs: form.cluster_cidrs,
            dismissals: form.dismissals,
            previous: form
                .previous
                .map(|result| json::from_str(result.get()))
                .transpose()
                .map_err(|error| RequestError::Invalid(format!("`previous`: {error}")))?,
            max_items: form.max_items,
        };
        request.check()?;
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_all_keys() {
        assert_eq!(Request::from_json("{}").unwrap(), Request::default());
        let request = Request::from_json(
            r#"{"preset": "calico-preview", "method": {"max_scan_age": 60}, "now": "2026-11-20T10:00:00Z",
               "policies_complete": true, "cluster_cidrs": ["10.0.0.0/8"], "max_items": "all",
               "previous": {"scoring_version": 1, "score": 94.974, "at": null, "types": []}}"#,
        )
        .unwrap();
        assert_eq!(request.policies, Policies::Complete);
        assert_eq!(request.max_items, MaxItems::All);
        let previous = request.previous.unwrap();
        assert_eq!(previous.score, Some(Points::from_units(94_974_000_000)));
    }

    #[test]
    fn what_is_written_is_read() {
        let requests = [
            "{}",
            r#"{"method": {"weights": {"egress_access": 40}, "scope": {"exclude": ["a*"]}}, "max_items": 3,
                "previous": {"scoring_version": 1, "score": null, "at": "2026-11-20T10:00:00Z"}}"#,
            r#"{"preset": "calico-preview", "method": {"max_scan_age": 60}, "now": "2026-11-20T10:00:00Z",
                "policies_complete": true, "cluster_cidrs": ["10.0.0.0/8"], "max_items": "all",
                "dismissals": [{"action": "scan-images/shop", "reason": "r", "by": "b",
                    "at": "2026-11-19T10:00:00Z", "until": "2026-12-19T10:00:00Z", "covers": "action"}]}"#,
        ];
        for json in requests {
            let request = Request::from_json(json).unwrap();
            assert_eq!(Request::from_json(&request.to_json()).unwrap(), request);
        }
    }

    #[test]
    fn errors_say_what_was_expected() {
        let message = |json: &str| Request::from_json(json).unwrap_err().to_string();
        assert!(message("{\"nwo\": 1}").contains("unknown field `nwo`"));
        assert!(message("{\"method\": {\"max_scan_age\": 1}}").contains("`now` was not given"));
        assert!(message("{\"cluster_cidrs\": [\"10\"]}").contains("invalid IP address"));
        assert!(
            message("{\"previous\": {\"scoring_version\": 1, \"score\": \"high\"}}")
                .contains("not a number of points")
        );
        for (wrong, found) in [
            ("-1", "`-1`"),
            ("1.5", "`1.5`"),
            ("\"some\"", "\"some\""),
            ("[1]", "sequence"),
        ] {
            let told = message(&format!("{{\"max_items\": {wrong}}}"));
            assert!(told.contains("max_items") && told.contains(found), "{told}");
            assert!(
                told.contains("expected a number of items, or `all`"),
                "{told}"
            );
        }
    }

    #[test]
    fn nothing_is_said_of_items_or_null_is() {
        for json in ["{}", r#"{"max_items": null}"#] {
            let request = Request::from_json(json).unwrap();
            assert_eq!(request.max_items, MaxItems::default());
        }
    }
}
