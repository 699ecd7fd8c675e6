//! Labels of objects, wherever they are kept.

use std::collections::BTreeMap;

use posture_core::model::Labels;
use serde::Deserialize;

use crate::json;
use crate::object::{Invalid, Object, WrittenLabels};

/// The annotation in which the group `crd.projectcalico.org` keeps the metadata that people gave.
const KEPT: &str = "projectcalico.org/metadata";

#[derive(Deserialize)]
struct Annotated {
    metadata: Option<Annotations>,
}

#[derive(Deserialize)]
struct Annotations {
    annotations: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Default, Deserialize)]
struct Kept {
    labels: Option<WrittenLabels>,
}

/// The labels of an object: its own, and those that are kept in an annotation.
pub(super) fn labels(object: &Object<'_>, own: Labels) -> Result<Labels, Invalid> {
    let annotated: Annotated = object.parse()?;
    let annotations = annotated.metadata.and_then(|metadata| metadata.annotations);
    let kept = annotations.and_then(|mut annotations| annotations.remove(KEPT)?);
    let kept: Kept = kept
        .and_then(|json| json::from_str(&json).ok())
        .unwrap_or_default();
    let WrittenLabels(kept) = kept.labels.unwrap_or_default();
    Ok(own.into_iter().chain(kept).collect())
}
