//! Kubernetes objects, one file for each kind or group of alike kinds.

mod address;
mod container;
mod controller;
mod invalid;
mod label_selector;
mod metadata;
mod namespace;
mod network_policy;
mod node;
mod pod;
mod service;
mod unread_policy;

use posture_core::issue::IssueKind;
use posture_core::model::Sources;
use serde_json::value::RawValue;

use crate::images;
use crate::output::Output;
use invalid::Invalid;

/// A Kubernetes object, its content unread.
pub(crate) struct Object<'a> {
    kind: &'a str,
    /// The group of `apiVersion`, empty for `v1`; none where there is no `apiVersion`.
    group: Option<&'a str>,
    json: &'a RawValue,
    at: &'a str,
}

impl<'a> Object<'a> {
    pub(crate) fn new(
        kind: &'a str,
        api_version: Option<&'a str>,
        json: &'a RawValue,
        at: &'a str,
    ) -> Self {
        let group = api_version.map(|text| text.split_once('/').map_or("", |(group, _)| group));
        Self { kind, group, json, at }
    }

    fn parse<T: serde::Deserialize<'a>>(&self) -> Result<T, Invalid> {
        Ok(serde_json::from_str(self.json.get())?)
    }

    /// Whether it is of one of these groups, or does not say its group.
    fn may_be_of(&self, groups: &[&str]) -> bool {
        self.group.is_none_or(|group| groups.contains(&group))
    }
}

/// Reads an object, or counts it as one that is not used.
pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) {
    note_source(object.kind, &mut output.fragment.sources);
    if let Err(invalid) = read_kind(object, output) {
        let message = format!("{} is not valid: {invalid}", object.kind);
        output.issue(IssueKind::InvalidObject, object.at, message);
    }
}

fn read_kind(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    match object.kind {
        "Pod" if object.may_be_of(&[""]) => pod::read(object, output),
        "ReplicationController" if object.may_be_of(&[""]) => controller::read(object, output),
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet"
            if object.may_be_of(&["apps", "extensions"]) =>
        {
            controller::read(object, output)
        }
        "Job" | "CronJob" if object.may_be_of(&["batch"]) => controller::read(object, output),
        "Namespace" if object.may_be_of(&[""]) => namespace::read(object, output),
        "Node" if object.may_be_of(&[""]) => node::read(object, output),
        "Service" if object.may_be_of(&[""]) => service::read(object, output),
        "NetworkPolicy" if matches!(object.group, Some("networking.k8s.io" | "extensions")) => {
            network_policy::read(object, output)
        }
        "VulnerabilityReport" if object.may_be_of(&["aquasecurity.github.io"]) => {
            let origin = output.origin(object.at);
            let (fragment, issues) = (&mut output.fragment, &mut *output.issues);
            images::read_vulnerability_report(object.json, &origin, fragment, issues);
            Ok(())
        }
        kind => match unread_policy::scope_of(kind) {
            Some(scope) => unread_policy::read(object, scope, output),
            None => {
                output.unused(kind);
                Ok(())
            }
        },
    }
}

/// Notes that the input speaks of a kind: by an object, or by a list that may be empty.
pub(crate) fn note_source(kind: &str, sources: &mut Sources) {
    match kind {
        "Pod" => sources.pods = true,
        "VulnerabilityReport" => sources.scans = true,
        kind => sources.policies |= unread_policy::scope_of(kind).is_some(),
    }
}

#[cfg(test)]
mod tests;
