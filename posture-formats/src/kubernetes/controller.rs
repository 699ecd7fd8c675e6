//! What owns pods: `Deployment`, `ReplicaSet`, `Job` and the like.

use std::collections::BTreeMap;

use posture_core::model::{Controller, Owner};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::pod::{self, Declared, PodSpec};
use crate::object::{Invalid, Metadata, Object, value};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields<'a> {
    metadata: Option<Metadata>,
    #[serde(borrow)]
    spec: Option<Spec<'a>>,
    #[serde(borrow)]
    status: Option<BTreeMap<String, &'a RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Spec<'a> {
    replicas: Option<i64>,
    suspend: Option<bool>,
    /// Read where it is the manifest of pods: most are of controllers whose pods are there.
    #[serde(borrow)]
    template: Option<&'a RawValue>,
    #[serde(borrow)]
    job_template: Option<&'a RawValue>,
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

impl Spec<'_> {
    /// What its pods are made from.
    fn pods(&self) -> Result<Option<Template>, Invalid> {
        if let Some(template) = self.template {
            let template = value(template.get());
            return template.map_err(|invalid| invalid.within("template"));
        }
        let Some(jobs) = self.job_template else {
            return Ok(None);
        };
        let jobs: JobTemplate =
            value(jobs.get()).map_err(|invalid| invalid.within("jobTemplate"))?;
        Ok(jobs.spec.and_then(|spec| spec.template))
    }
}

/// Reads a controller. One without a status is a manifest: "then pods come from the template"
/// (formats, section 1), unless it is to run none.
pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let controller = Controller {
        version: metadata.version,
        namespace: metadata.namespace,
        kind: object.kind.to_owned(),
        name: metadata.name.required()?,
        owner: metadata.owner,
        origin: output.origin(object.at),
    };
    let is_manifest = fields.status.is_none_or(|status| status.is_empty());
    let spec = fields.spec.unwrap_or_default();
    let runs_none = spec.replicas == Some(0) || spec.suspend == Some(true);
    if is_manifest
        && !runs_none
        && let Some(template) = spec.pods()?
    {
        let declared = Declared {
            version: controller.version,
            namespace: controller.namespace.clone(),
            owner: Owner {
                kind: controller.kind.clone(),
                name: controller.name.clone(),
            },
            labels: template.metadata.unwrap_or_default().labels,
            spec: template.spec.unwrap_or_default(),
        };
        pod::declare(declared, object.at, output);
    }
    output.fragment.controllers.push(controller);
    Ok(())
}

#[cfg(test)]
mod tests {
    use posture_core::model::{Owner, Phase};

    use crate::read_text;

    #[test]
    fn a_template_that_counts_is_checked() {
        let container = "{spec: {containers: [{name: c, image: 7}]}}";
        let deployment = format!("{{template: {container}}}");
        let jobs = format!("{{jobTemplate: {{spec: {{template: {container}}}}}}}");
        for (kind, spec, place) in [
            ("Deployment", &deployment, "template.spec"),
            ("CronJob", &jobs, "jobTemplate.spec.template.spec"),
        ] {
            let text = format!("kind: {kind}\nmetadata: {{name: web}}\nspec: {spec}\n");
            let (fragment, issues) = read_text(&text);
            assert!(fragment.controllers.is_empty());
            let message = &issues[0].message;
            assert!(
                message.contains(&format!(" {place}.containers[0].image: ")),
                "{message}"
            );
            // what is not run needs no template
            for idle in [
                "status: {replicas: 2}\n",
                "status: {observedGeneration: 1}\n",
            ] {
                let (fragment, issues) = read_text(&format!("{text}{idle}"));
                assert_eq!((fragment.controllers.len(), issues.len()), (1, 0), "{idle}");
            }
        }
    }

    const TEMPLATE: &str = "template: {metadata: {labels: {app: web}}, spec: {hostNetwork: true, containers: [{name: c, image: nginx}]}}";

    #[test]
    fn a_manifest_declares_a_pod() {
        for (version, kind) in [
            ("apps/v1", "Deployment"),
            ("apps/v1", "ReplicaSet"),
            ("apps/v1", "StatefulSet"),
            ("apps/v1", "DaemonSet"),
            ("batch/v1", "Job"),
            ("v1", "ReplicationController"),
        ] {
            let text = format!(
                "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: web, namespace: shop}}\nspec: {{{TEMPLATE}}}\n"
            );
            let (fragment, issues) = read_text(&text);
            assert!(issues.is_empty(), "{kind}: {issues:?}");
            assert_eq!(fragment.controllers[0].kind, kind);
            assert!(fragment.sources.pods);
            let pod = &fragment.pods[0];
            assert_eq!(
                (pod.namespace.as_str(), &pod.name),
                ("shop", &format!("{kind}/web"))
            );
            assert_eq!((pod.phase, pod.host_network), (Phase::Declared, true));
            assert_eq!(pod.labels["app"], "web");
            assert_eq!(pod.containers.len(), 1);
            let owner = Owner {
                kind: kind.to_owned(),
                name: "web".to_owned(),
            };
            assert_eq!(pod.owner, Some(owner));
        }
    }

    #[test]
    fn controllers_of_one_name_declare_a_pod_each() {
        let manifest = |kind: &str, spec: &str| {
            format!("kind: {kind}\nmetadata: {{name: web}}\nspec: {{{spec}}}\n")
        };
        let (fragment, _) = read_text(&format!(
            "{}---\n{}",
            manifest("Deployment", TEMPLATE),
            manifest("CronJob", &format!("jobTemplate: {{spec: {{{TEMPLATE}}}}}"))
        ));
        let names: Vec<&str> = fragment.pods.iter().map(|pod| pod.name.as_str()).collect();
        assert_eq!(names, ["Deployment/web", "CronJob/web"]);
    }

    #[test]
    fn a_cron_job_declares_the_pod_of_its_jobs() {
        let text = format!(
            "kind: CronJob\nmetadata: {{name: c}}\nspec: {{jobTemplate: {{spec: {{{TEMPLATE}}}}}}}\n"
        );
        assert_eq!(read_text(&text).0.pods[0].labels["app"], "web");
    }

    #[test]
    fn what_runs_none_or_is_live_declares_none() {
        let pods = |kind: &str, spec: &str, status: &str| {
            let text = format!(
                "kind: {kind}\nmetadata: {{name: web}}\nspec: {{{spec}{TEMPLATE}}}\nstatus: {status}\n"
            );
            let (fragment, _) = read_text(&text);
            assert_eq!(fragment.controllers.len(), 1);
            fragment.pods.len()
        };
        assert_eq!(pods("Deployment", "replicas: 2, ", "{}"), 1);
        assert_eq!(pods("Deployment", "", "null"), 1);
        assert_eq!(pods("Deployment", "replicas: 0, ", "{}"), 0);
        assert_eq!(pods("Job", "suspend: true, ", "{}"), 0);
        assert_eq!(pods("Deployment", "", "{replicas: 1}"), 0);
    }

    #[test]
    fn owners() {
        let (fragment, _) = read_text(
            "kind: ReplicaSet
metadata:
  name: web-1
  ownerReferences: [{kind: Other, name: o}, {kind: Deployment, name: web, controller: true}]
",
        );
        let owner = fragment.controllers[0].owner.clone().expect("an owner");
        assert_eq!(
            (owner.kind.as_str(), owner.name.as_str()),
            ("Deployment", "web")
        );
        assert!(fragment.pods.is_empty());
    }
}
