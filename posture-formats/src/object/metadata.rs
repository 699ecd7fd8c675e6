//! What every object has: name, labels, owner, version.

use std::fmt;

use posture_core::model::{Labels, Owner};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::Invalid;

/// `metadata`
#[derive(Debug, serde::Deserialize)]
#[serde(from = "Fields")]
pub(crate) struct Metadata {
    pub(crate) name: Name,
    /// The namespace of an object that lies in one.
    pub(crate) namespace: String,
    pub(crate) generate_name: Option<String>,
    pub(crate) labels: Labels,
    /// The owner that controls it; the first where none says so.
    pub(crate) owner: Option<Owner>,
    /// `resourceVersion` as a number, 0 where it is none.
    pub(crate) version: u64,
    pub(crate) is_deleted: bool,
}

/// The name of an object, which it may lack.
#[derive(Debug)]
pub(crate) struct Name(Option<String>);

#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Fields {
    name: Option<String>,
    namespace: Option<String>,
    generate_name: Option<String>,
    labels: Option<WrittenLabels>,
    owner_references: Option<Vec<OwnerReference>>,
    resource_version: Option<Value>,
    deletion_timestamp: Option<String>,
}

#[derive(serde::Deserialize)]
#[serde(expecting = "an owner reference")]
struct OwnerReference {
    kind: Option<String>,
    name: Option<String>,
    controller: Option<bool>,
}

impl Default for Metadata {
    fn default() -> Self {
        Fields::default().into()
    }
}

impl From<Fields> for Metadata {
    fn from(fields: Fields) -> Self {
        let namespace = fields.namespace.filter(|namespace| !namespace.is_empty());
        let WrittenLabels(labels) = fields.labels.unwrap_or_default();
        Self {
            name: Name(fields.name.filter(|name| !name.is_empty())),
            namespace: namespace.unwrap_or_else(|| "default".to_owned()),
            generate_name: fields.generate_name,
            labels,
            owner: owner(fields.owner_references.unwrap_or_default()),
            version: version(fields.resource_version.as_ref()),
            is_deleted: fields.deletion_timestamp.is_some(),
        }
    }
}

impl Name {
    /// The name, which all objects that are used have.
    pub(crate) fn required(self) -> Result<String, Invalid> {
        let Self(name) = self;
        name.ok_or_else(|| Invalid::new("expected a `metadata.name`"))
    }
}

fn owner(mut owners: Vec<OwnerReference>) -> Option<Owner> {
    let controlling = owners
        .iter()
        .position(|owner| owner.controller == Some(true));
    let at = controlling.unwrap_or_default();
    let owner = (at < owners.len()).then(|| owners.swap_remove(at))?;
    Some(Owner {
        kind: owner.kind?,
        name: owner.name?,
    })
}

fn version(written: Option<&Value>) -> u64 {
    match written {
        Some(Value::String(text)) => text.parse().unwrap_or(0),
        Some(value) => value.as_u64().unwrap_or(0),
        None => 0,
    }
}

/// Labels as people write them: `app:` without a value is the empty text, as in Kubernetes.
#[derive(Debug, Default)]
pub(crate) struct WrittenLabels(pub(crate) Labels);

impl<'de> Deserialize<'de> for WrittenLabels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ReadLabels).map(Self)
    }
}

struct ReadLabels;

impl<'de> Visitor<'de> for ReadLabels {
    type Value = Labels;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut written: M) -> Result<Labels, M::Error> {
        let mut labels = Labels::new();
        while let Some((key, value)) = written.next_entry::<String, Option<String>>()? {
            labels.insert(key, value.unwrap_or_default());
        }
        Ok(labels)
    }
}
