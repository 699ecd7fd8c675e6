//! What every object has: name, labels, owner, version.

use std::collections::BTreeMap;

use posture_core::model::{Labels, Owner};
use serde::Deserialize;
use serde_json::Value;

use super::Invalid;

/// `metadata`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub(crate) struct Metadata {
    name: Option<String>,
    namespace: Option<String>,
    pub(crate) generate_name: Option<String>,
    labels: Option<NullableLabels>,
    owner_references: Option<Vec<OwnerReference>>,
    resource_version: Option<Value>,
    pub(crate) deletion_timestamp: Option<String>,
}

/// Labels as people write them: `app:` without a value is the empty text, as in Kubernetes.
pub(crate) type NullableLabels = BTreeMap<String, Option<String>>;

#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an owner reference")]
struct OwnerReference {
    kind: Option<String>,
    name: Option<String>,
    controller: Option<bool>,
}

impl Metadata {
    pub(crate) fn name(&self) -> Result<String, Invalid> {
        let name = self.name.clone().filter(|name| !name.is_empty());
        name.ok_or_else(|| Invalid::new("expected a `metadata.name`"))
    }

    /// The namespace of an object that lies in one.
    pub(crate) fn namespace(&self) -> String {
        let namespace = self
            .namespace
            .clone()
            .filter(|namespace| !namespace.is_empty());
        namespace.unwrap_or_else(|| "default".to_owned())
    }

    pub(crate) fn labels(&self) -> Labels {
        self.labels.clone().map(plain_labels).unwrap_or_default()
    }

    /// `resourceVersion` as a number, 0 where it is none.
    pub(crate) fn version(&self) -> u64 {
        match &self.resource_version {
            Some(Value::String(text)) => text.parse().unwrap_or(0),
            Some(value) => value.as_u64().unwrap_or(0),
            None => 0,
        }
    }

    /// The owner that controls it; the first where none says so.
    pub(crate) fn owner(&self) -> Option<Owner> {
        let owners = self.owner_references.as_deref().unwrap_or_default();
        let controlling = owners.iter().find(|owner| owner.controller == Some(true));
        let owner = controlling.or(owners.first())?;
        Some(Owner {
            kind: owner.kind.clone()?,
            name: owner.name.clone()?,
        })
    }
}

pub(crate) fn plain_labels(labels: NullableLabels) -> Labels {
    labels
        .into_iter()
        .map(|(key, value)| (key, value.unwrap_or_default()))
        .collect()
}
