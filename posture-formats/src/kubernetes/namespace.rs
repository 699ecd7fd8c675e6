//! `Namespace`

use posture_core::model::Namespace;
use serde::Deserialize;

use super::metadata::Metadata;
use super::{Invalid, Object};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
}

pub(super) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let metadata = object.parse::<Fields>()?.metadata.unwrap_or_default();
    output.fragment.namespaces.push(Namespace {
        version: metadata.version(),
        name: metadata.name()?,
        labels: metadata.labels(),
        origin: output.origin(object.at),
    });
    Ok(())
}
