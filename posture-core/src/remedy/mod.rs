//! Remedies: what each action covers, and what is fixed when it is done.

mod fixed;
mod outlook;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use fixed::Fixed;
pub use outlook::{Gain, Outlook};

use crate::risk::{Item, RiskType, Subject, Verdict};

/// What an action asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// Fix or replace the scanned high-risk images.
    RemediateImages,
    /// Scan the unscanned images.
    ScanImages,
    /// Have policies address the external egress of the unsecured workloads.
    SecureEgress,
    /// Have policies address the unsecured edges across the namespace's boundary.
    IsolateNamespace,
}

impl ActionKind {
    /// All four, in order of the risk types they are about.
    pub const ALL: [Self; 4] = [
        Self::RemediateImages,
        Self::ScanImages,
        Self::SecureEgress,
        Self::IsolateNamespace,
    ];

    /// Its name in an action's id.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RemediateImages => "remediate-images",
            Self::ScanImages => "scan-images",
            Self::SecureEgress => "secure-egress",
            Self::IsolateNamespace => "isolate-namespace",
        }
    }

    /// The risk type it is listed under.
    pub const fn risk_type(self) -> RiskType {
        match self {
            Self::RemediateImages => RiskType::HighRiskImages,
            Self::ScanImages => RiskType::UnscannedImages,
            Self::SecureEgress => RiskType::EgressAccess,
            Self::IsolateNamespace => RiskType::NamespaceIsolation,
        }
    }

    /// Whether it covers an item of the type it is listed under: remediating is about "the scanned
    /// high-risk images" (scoring, section 7) only.
    pub fn covers(self, item: &Item<'_>) -> bool {
        self != Self::RemediateImages || !is_unscanned(item)
    }
}

/// Whether the item is an image that nobody scanned.
pub(crate) fn is_unscanned(item: &Item<'_>) -> bool {
    matches!(&item.subject, Subject::Image(image) if image.verdict == Verdict::Unscanned)
}

/// What tells an action from others: what it asks for, and in which namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId {
    /// What it asks for.
    pub kind: ActionKind,
    /// Where.
    pub namespace: Arc<str>,
}

/// `kind/namespace`
impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.name(), self.namespace)
    }
}

/// A text that is no action's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an action: expected `remediate-images`, `scan-images`, `secure-egress` or \
     `isolate-namespace`, a slash and a namespace"
)]
pub struct NotAnAction(String);

impl FromStr for ActionId {
    type Err = NotAnAction;

    fn from_str(text: &str) -> Result<Self, NotAnAction> {
        let parse = || {
            let (name, namespace) = text.split_once('/')?;
            let kind = ActionKind::ALL
                .into_iter()
                .find(|kind| kind.name() == name)?;
            (!namespace.is_empty()).then(|| Self {
                kind,
                namespace: namespace.into(),
            })
        };
        parse().ok_or_else(|| NotAnAction(text.to_owned()))
    }
}

impl Serialize for ActionId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ActionId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ActionId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ActionId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "An action: what it asks for, a slash, and the namespace.",
            "pattern": "^(remediate-images|scan-images|secure-egress|isolate-namespace)/.+$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back() {
        for kind in ActionKind::ALL {
            let id = ActionId {
                kind,
                namespace: "shop".into(),
            };
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for bad in ["", "scan-images", "scan-images/", "scan/shop", "/shop"] {
            assert!(bad.parse::<ActionId>().is_err(), "{bad}");
        }
    }
}
