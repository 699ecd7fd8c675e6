//! What owns pods: `Deployment`, `ReplicaSet`, `Job` and the like.

use std::collections::BTreeMap;

use posture_core::model::{Controller, Owner};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::metadata::Metadata;
use super::pod::{self, Declared, PodSpec};
use super::{Invalid, Object};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    spec: Option<Spec>,
    status: Option<BTreeMap<String, IgnoredAny>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Spec {
    replicas: Option<i64>,
    suspend: Option<bool>,
    template: Option<Template>,
    job_template: Option<JobTemplate>,
}

#[derive(Deserialize)]
#[serde(expecting = "a job template")]
struct JobTemplate {
    spec: Option<JobSpec>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct JobSpec {
    template: Option<Template>,
}

#[derive(Deserialize)]
#[serde(expecting = "a pod template")]
struct Template {
    metadata: Option<Metadata>,
    spec: Option<PodSpec>,
}

/// Reads a controller. One without a status is a manifest: "then pods come from the template"
/// (formats, section 1), unless it is to run none.
pub(super) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let controller = Controller {
        version: metadata.version(),
        namespace: metadata.namespace(),
        kind: object.kind.to_owned(),
        name: metadata.name()?,
        owner: metadata.owner(),
        origin: output.origin(object.at),
    };
    let is_manifest = fields.status.is_none_or(|status| status.is_empty());
    let spec = fields.spec.unwrap_or_default();
    let runs_none = spec.replicas == Some(0) || spec.suspend == Some(true);
    let nested = spec.job_template.and_then(|template| template.spec?.template);
    if let Some(template) = spec.template.or(nested)
        && is_manifest
        && !runs_none
    {
        let declared = Declared {
            version: controller.version,
            namespace: controller.namespace.clone(),
            owner: Owner {
                kind: controller.kind.clone(),
                name: controller.name.clone(),
            },
            labels: template.metadata.unwrap_or_default().labels(),
            spec: template.spec.unwrap_or_default(),
        };
        pod::declare(declared, object.at, output);
    }
    output.fragment.controllers.push(controller);
    Ok(())
}
