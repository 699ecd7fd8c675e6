//! The switches of a method that have names for values.

use serde::{Deserialize, Serialize};

use crate::model::CveSeverity;

/// The lowest severity that makes an image a high-risk one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum HighRiskFrom {
    /// Critical, CVSS 9.0 and above.
    Critical,
    /// High, CVSS 7.0 and above.
    High,
    /// Medium, CVSS 4.0 and above.
    Medium,
}

impl HighRiskFrom {
    /// The severity itself.
    pub const fn severity(self) -> CveSeverity {
        match self {
            Self::Critical => CveSeverity::Critical,
            Self::High => CveSeverity::High,
            Self::Medium => CveSeverity::Medium,
        }
    }
}

/// How bad images become a share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ImageShare {
    /// Bad images of all running images.
    #[default]
    Proportional,
    /// All, "as soon as one image is bad".
    Any,
}

/// Which verdicts judge a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// The recorded trace where there is one, evaluation elsewhere.
    Recorded,
    /// Today's policies over all records, "so that a fix shows at once".
    Current,
}

/// What the two network types are judged from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum NetworkEvidence {
    /// Traffic where there is any of known state, else the policies alone.
    Auto,
    /// Flow records only.
    Traffic,
    /// The policies alone.
    Static,
}

/// What traffic of unknown state counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum UnknownStates {
    /// Left out of part and whole.
    Exclude,
    /// Unsecured.
    Unsecured,
}

/// What an edge weighs in namespace isolation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum TrafficUnit {
    /// Each edge is one, "so load does not move the score".
    Edges,
    /// The connections of its records, each by the record's state.
    Connections,
    /// The bytes of its records, each by the record's state.
    Bytes,
}

/// Which workloads egress access is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EgressDenominator {
    /// Those with any external edge of known state.
    ExternalWorkloads,
    /// All of the namespace.
    AllWorkloads,
}

/// Which edges namespace isolation looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IsolationScope {
    /// Egress to workloads of other namespaces, ingress from them and from outside.
    Boundary,
    /// These and egress to outside the cluster.
    BoundaryAndExternalEgress,
    /// Every edge.
    All,
}
