//! The scoring method: weights and switches, an input of every assessment.

mod modes;
mod switches;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::{self, Misread};

pub use modes::{EndpointToHost, Loopback, PolicyModes, TieOrder};
pub use switches::{
    EgressDenominator, Evidence, HighRiskFrom, ImageShare, IsolationScope, NetworkEvidence,
    TrafficUnit, UnknownStates,
};

/// The highest weight: far more than enough, and small enough to be read.
const MAX_WEIGHT: u32 = 10_000;

/// Weights and switches: "an input of every assessment, stamped into every result" (scoring,
/// section 1). The default is the preset `default`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Method {
    /// Weights of the four risk types, 0 to 10 000; 25 each by default.
    pub weights: Weights,
    /// Weights of namespaces, 0 to 10 000; 1 where none is given. 0 keeps a namespace in the
    /// result and out of the score.
    pub namespace_weights: BTreeMap<String, u32>,
    /// Which namespaces count.
    pub scope: Scope,
    /// Whether init containers' images count; true by default.
    pub init_containers: bool,
    /// Whether ephemeral containers' images count; false by default.
    pub ephemeral_containers: bool,
    /// The lowest severity that makes an image a high-risk one; `high` by default.
    pub high_risk_from: HighRiskFrom,
    /// Whether unscanned images are "considered high risk until they are scanned"; true by
    /// default. With it off, a scan can lower the score.
    pub unscanned_is_high_risk: bool,
    /// How bad images become a share; `proportional` by default.
    pub image_share: ImageShare,
    /// Scans older than this many seconds count as none; no limit by default.
    pub max_scan_age: Option<u32>,
    /// Which verdicts judge a record; `recorded` by default.
    pub evidence: Evidence,
    /// What the two network types are judged from; `auto` by default.
    pub network_evidence: NetworkEvidence,
    /// What traffic of unknown state counts as; `exclude` by default.
    pub unknown: UnknownStates,
    /// What an edge weighs in namespace isolation; `edges` by default.
    pub traffic_unit: TrafficUnit,
    /// Which workloads egress access is a share of; `external_workloads` by default.
    pub egress_denominator: EgressDenominator,
    /// Which edges namespace isolation looks at; `boundary` by default.
    pub isolation_scope: IsolationScope,
    /// An edge's state is the worst one seen within this many seconds of its latest record; 300
    /// by default.
    pub settle: u32,
    /// How policies are read where implementations of them differ.
    pub policy_modes: PolicyModes,
}

impl Default for Method {
    fn default() -> Self {
        Self {
            weights: Weights::default(),
            namespace_weights: BTreeMap::new(),
            scope: Scope::default(),
            init_containers: true,
            ephemeral_containers: false,
            high_risk_from: HighRiskFrom::High,
            unscanned_is_high_risk: true,
            image_share: ImageShare::Proportional,
            max_scan_age: None,
            evidence: Evidence::Recorded,
            network_evidence: NetworkEvidence::Auto,
            unknown: UnknownStates::Exclude,
            traffic_unit: TrafficUnit::Edges,
            egress_denominator: EgressDenominator::ExternalWorkloads,
            isolation_scope: IsolationScope::Boundary,
            settle: 300,
            policy_modes: PolicyModes::default(),
        }
    }
}

/// A named method to start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Version 1 as described.
    #[default]
    Default,
    /// "as `default` but `image_share = any`, which reproduces the published picture of the
    /// original" (scoring, section 10).
    CalicoPreview,
}

impl Preset {
    /// The method of the preset.
    pub fn method(self) -> Method {
        match self {
            Self::Default => Method::default(),
            Self::CalicoPreview => Method {
                image_share: ImageShare::Any,
                ..Method::default()
            },
        }
    }
}

/// A method that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MethodError {
    /// Not an object, an unknown switch, or a value of the wrong kind.
    #[error("invalid method: {0}")]
    Invalid(String),
    /// A weight above the limit.
    #[error("invalid method: the weight of `{name}` is {weight}, expected 0 to {MAX_WEIGHT}")]
    Weight {
        /// The risk type or namespace.
        name: String,
        /// The weight.
        weight: u32,
    },
    /// All four weights are zero.
    #[error("invalid method: all four weights are 0, expected at least one above 0")]
    NoWeight,
    /// A scan age needs a time to count from.
    #[error("invalid method: `max_scan_age` needs the current time, and `now` was not given")]
    NoTime,
}

impl Method {
    /// The preset's method with the switches that `overrides`, an object, sets; checked.
    pub fn new(preset: Preset, overrides: &Value) -> Result<Self, MethodError> {
        let invalid = |error: serde_json::Error| MethodError::Invalid(error.to_string());
        let mut merged = json::tree(&preset.method()).map_err(invalid)?;
        merge(&mut merged, overrides)?;
        let merged = serde_json::to_string(&merged).map_err(invalid)?;
        let method: Self =
            json::read(&merged).map_err(|misread| MethodError::Invalid(in_words(&misread)))?;
        method.check()?;
        Ok(method)
    }

    /// Checks the weights.
    pub fn check(&self) -> Result<(), MethodError> {
        let types = self.weights.named().map(|(name, weight)| (name, weight));
        let namespaces = self
            .namespace_weights
            .iter()
            .map(|(name, w)| (name.as_str(), *w));
        for (name, weight) in types.into_iter().chain(namespaces) {
            if weight > MAX_WEIGHT {
                return Err(MethodError::Weight {
                    name: name.to_owned(),
                    weight,
                });
            }
        }
        match self.weights.named().iter().any(|(_, weight)| *weight > 0) {
            true => Ok(()),
            false => Err(MethodError::NoWeight),
        }
    }

    /// The weight of a namespace.
    pub fn namespace_weight(&self, namespace: &str) -> u32 {
        self.namespace_weights.get(namespace).copied().unwrap_or(1)
    }
}

/// What is wrong and where, without type names of ours.
pub(crate) fn in_words(misread: &Misread) -> String {
    let Misread { path, error } = misread;
    let message = match error.is_data() {
        true => misread.message(),
        false => error.to_string(),
    };
    let message = message.replace("u32", "a whole number of 0 or more");
    match path.is_empty() || message.starts_with(&format!("unknown field `{path}`")) {
        true => message,
        false => format!("`{path}`: {message}"),
    }
}

/// Lays the switches of an object over another, one level deep inside `weights`, `scope`
/// and `policy_modes`.
fn merge(base: &mut Value, overrides: &Value) -> Result<(), MethodError> {
    let (Some(base), Some(overrides)) = (base.as_object_mut(), overrides.as_object()) else {
        let message = "expected an object of switches".to_owned();
        return Err(MethodError::Invalid(message));
    };
    for (key, value) in overrides {
        match (key.as_str(), base.get_mut(key)) {
            ("weights" | "scope" | "policy_modes", Some(inner)) => merge(inner, value)?,
            _ => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
    Ok(())
}

/// How much each risk type weighs against the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// Images with High or Critical vulnerabilities.
    pub high_risk_images: u32,
    /// Images without a usable scan.
    pub unscanned_images: u32,
    /// Traffic to outside the cluster that no policy addresses.
    pub egress_access: u32,
    /// Traffic across namespace boundaries that no policy addresses.
    pub namespace_isolation: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            high_risk_images: 25,
            unscanned_images: 25,
            egress_access: 25,
            namespace_isolation: 25,
        }
    }
}

impl Weights {
    fn named(&self) -> [(&'static str, u32); 4] {
        [
            ("high_risk_images", self.high_risk_images),
            ("unscanned_images", self.unscanned_images),
            ("egress_access", self.egress_access),
            ("namespace_isolation", self.namespace_isolation),
        ]
    }
}

/// Which namespaces count, by name; a pattern may end in `*`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// Only these; none listed: all.
    pub include: Vec<String>,
    /// But not these.
    pub exclude: Vec<String>,
}

impl Scope {
    /// Whether a namespace is in scope.
    pub fn contains(&self, namespace: &str) -> bool {
        let any = |patterns: &[String]| {
            patterns
                .iter()
                .any(|pattern| match pattern.strip_suffix('*') {
                    Some(prefix) => namespace.starts_with(prefix),
                    None => pattern == namespace,
                })
        };
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn overrides_lie_over_the_preset() {
        let method = Method::new(
            Preset::CalicoPreview,
            &json!({"weights": {"egress_access": 50}, "settle": 0}),
        )
        .unwrap();
        assert_eq!(method.image_share, ImageShare::Any);
        assert_eq!(method.weights.egress_access, 50);
        assert_eq!(method.weights.high_risk_images, 25);
        assert_eq!(method.settle, 0);
    }

    #[test]
    fn bad_methods_say_what_was_expected() {
        let message = |overrides| {
            Method::new(Preset::Default, &overrides)
                .unwrap_err()
                .to_string()
        };
        let none = json!({"weights": {"high_risk_images": 0, "unscanned_images": 0,
            "egress_access": 0, "namespace_isolation": 0}});
        assert_eq!(message(none), MethodError::NoWeight.to_string());
        assert!(message(json!({"colour": 1})).contains("unknown field `colour`"));
        assert!(message(json!([])).contains("expected an object"));
        assert!(message(json!({"namespace_weights": {"a": 10_001}})).contains("`a` is 10001"));
        assert!(message(json!({"unknown": "maybe"})).contains("`exclude`"));
        let negative = message(json!({"weights": {"egress_access": -1}}));
        assert!(negative.contains("`weights.egress_access`"), "{negative}");
        assert!(negative.ends_with("integer `-1`, expected a whole number of 0 or more"));
    }

    #[test]
    fn scope_patterns() {
        let scope = Scope {
            include: vec![],
            exclude: vec!["kube-*".to_owned(), "dev".to_owned()],
        };
        assert!(!scope.contains("kube-system"));
        assert!(!scope.contains("dev"));
        assert!(scope.contains("dev2"));
    }
}
