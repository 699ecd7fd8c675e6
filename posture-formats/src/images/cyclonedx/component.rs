//! Components: the image that a document is about, and the packages in it.

use std::collections::BTreeMap;

use posture_core::model::{Digest, Purl};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::images::{Identity, Reading, non_empty};

/// How deep components may lie in each other.
const DEPTH: usize = 16;

#[derive(Deserialize)]
#[serde(expecting = "a component")]
pub(super) struct Component {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    name: Option<String>,
    version: Option<String>,
    purl: Option<String>,
    properties: Option<Vec<Property>>,
    components: Option<Vec<Box<RawValue>>>,
}

#[derive(Deserialize)]
#[serde(expecting = "a property")]
struct Property {
    name: Option<String>,
    value: Option<String>,
}

impl Component {
    pub(super) fn is_image(&self) -> bool {
        let kind = self.kind.as_deref();
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("container"))
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    pub(super) fn reference(&self) -> Option<&str> {
        non_empty(self.reference.as_ref())
    }

    pub(super) fn purl(&self) -> Option<Purl> {
        self.purl.as_deref().and_then(Purl::parse)
    }

    /// The names, digests and platform of an image. "Properties of Trivy, the package URL, and the version where
    /// it is a digest; the name where these have no tag" (formats, section 5).
    pub(super) fn identity(&self) -> Identity {
        let mut identity = Identity::default();
        for property in self.properties.iter().flatten() {
            let value = property.value.as_deref().unwrap_or_default();
            let name = property.name.as_deref().unwrap_or_default();
            match name.strip_prefix("aquasecurity:trivy:") {
                Some("ImageID") => identity.config = Digest::parse(value),
                Some("RepoDigest" | "RepoTag") => identity.add_reference(value),
                _ => {}
            }
        }
        if let Some(purl) = self.purl().filter(Purl::is_image) {
            identity.add_purl(&purl);
        }
        let version = self.version.as_deref().unwrap_or_default();
        let digest = Digest::parse(version);
        let is_tag = digest.is_none() && !version.is_empty();
        identity.manifests.extend(digest);
        if identity.names.is_empty() {
            let name = self.name();
            let is_tagged = |last: &str| last.contains([':', '@']);
            match is_tag && !name.rsplit('/').next().is_some_and(is_tagged) {
                true => identity.add_typed(&format!("{name}:{version}")),
                false => identity.add_typed(name),
            }
        }
        identity
    }
}

/// The components of a document, however deep, by their reference.
pub(super) struct Components(BTreeMap<String, Component>);

impl Components {
    pub(super) fn read(list: Vec<&RawValue>, reading: &mut Reading<'_>) -> Self {
        let mut components = Self(BTreeMap::new());
        let list = list.into_iter().map(RawValue::to_owned).collect();
        let mut lists = vec![(list, "components".to_owned(), DEPTH)];
        while let Some((list, at, depth)) = lists.pop() {
            let list: Vec<Box<RawValue>> = list;
            let list: Vec<&RawValue> = list.iter().map(AsRef::as_ref).collect();
            let read = reading.each("component", &list, &at, Ok::<Component, String>);
            for (index, mut component) in read {
                let inner = component.components.take().unwrap_or_default();
                if !inner.is_empty() && depth > 0 {
                    let at = format!("{at}[{index}].components");
                    lists.push((inner, at, depth.saturating_sub(1)));
                }
                if let Some(reference) = component.reference() {
                    components.0.insert(reference.to_owned(), component);
                }
            }
        }
        components
    }

    pub(super) fn get(&self, reference: &str) -> Option<&Component> {
        self.0.get(reference)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
