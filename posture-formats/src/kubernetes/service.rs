//! `Service`

use posture_core::model::Service;
use serde::Deserialize;

use super::metadata::Metadata;
use super::{Invalid, Object, address};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    spec: Option<Spec>,
}

#[derive(Default, Deserialize)]
#[serde(expecting = "an object")]
struct Spec {
    #[serde(rename = "clusterIP")]
    cluster_ip: Option<String>,
    #[serde(rename = "clusterIPs")]
    cluster_ips: Option<Vec<String>>,
}

pub(super) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let name = metadata.name()?;
    let spec = fields.spec.unwrap_or_default();
    let texts = spec.cluster_ips.iter().flatten().chain(&spec.cluster_ip);
    let texts = texts.map(String::as_str).filter(|text| *text != "None");
    let addresses = address::addresses(texts, object.at, output);
    let origin = output.origin(object.at);
    output.fragment.services.push(Service {
        namespace: metadata.namespace(),
        name,
        addresses,
        origin,
    });
    Ok(())
}
