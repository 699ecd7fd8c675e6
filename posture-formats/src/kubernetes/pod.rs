//! `Pod`, and the pods that a controller's template declares.

use posture_core::model::{ContainerRole, Labels, Owner, Phase, Pod};
use serde::Deserialize;

use super::container::{ContainerSpec, ContainerStatus, containers};
use super::metadata::Metadata;
use super::{Invalid, Object, address};
use crate::output::Output;

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    spec: Option<PodSpec>,
    status: Option<Status>,
}

/// `spec` of a pod or of a template.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a pod spec")]
pub(super) struct PodSpec {
    host_network: Option<bool>,
    node_name: Option<String>,
    containers: Option<Vec<ContainerSpec>>,
    init_containers: Option<Vec<ContainerSpec>>,
    ephemeral_containers: Option<Vec<ContainerSpec>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a pod status")]
struct Status {
    phase: Option<String>,
    #[serde(rename = "podIP")]
    pod_ip: Option<String>,
    #[serde(rename = "podIPs")]
    pod_ips: Option<Vec<PodIp>>,
    container_statuses: Option<Vec<ContainerStatus>>,
    init_container_statuses: Option<Vec<ContainerStatus>>,
    ephemeral_container_statuses: Option<Vec<ContainerStatus>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an address")]
struct PodIp {
    ip: Option<String>,
}

/// A pod that a controller without status would run.
pub(super) struct Declared {
    pub(super) version: u64,
    pub(super) namespace: String,
    pub(super) owner: Owner,
    pub(super) labels: Labels,
    pub(super) spec: PodSpec,
}

pub(super) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let status = fields.status.unwrap_or_default();
    let mut pod = Pod {
        version: metadata.version(),
        phase: phase(&metadata, &status),
        namespace: metadata.namespace(),
        name: metadata.name()?,
        generate_name: metadata.generate_name.clone().filter(|name| !name.is_empty()),
        labels: metadata.labels(),
        owner: metadata.owner(),
        node: None,
        host_network: false,
        addresses: Vec::new(),
        containers: Vec::new(),
        origin: output.origin(object.at),
    };
    fill(&mut pod, fields.spec.unwrap_or_default(), status, object.at, output);
    output.fragment.pods.push(pod);
    Ok(())
}

/// The pod that a template declares: named like its controller, which owns it.
pub(super) fn declare(declared: Declared, at: &str, output: &mut Output<'_>) {
    let mut pod = Pod {
        version: declared.version,
        phase: Phase::Declared,
        namespace: declared.namespace,
        name: declared.owner.name.clone(),
        generate_name: None,
        labels: declared.labels,
        owner: Some(declared.owner),
        node: None,
        host_network: false,
        addresses: Vec::new(),
        containers: Vec::new(),
        origin: output.origin(at),
    };
    fill(&mut pod, declared.spec, Status::default(), at, output);
    output.fragment.pods.push(pod);
    output.fragment.sources.pods = true;
}

fn fill(pod: &mut Pod, spec: PodSpec, status: Status, at: &str, output: &mut Output<'_>) {
    pod.node = spec.node_name.filter(|name| !name.is_empty());
    pod.host_network = spec.host_network.unwrap_or(false);
    let ips = status.pod_ips.iter().flatten().filter_map(|ip| ip.ip.as_deref());
    pod.addresses = address::addresses(ips.chain(status.pod_ip.as_deref()), at, output);
    for (specs, statuses, role) in [
        (spec.containers, status.container_statuses, ContainerRole::Main),
        (spec.init_containers, status.init_container_statuses, ContainerRole::Init),
        (spec.ephemeral_containers, status.ephemeral_container_statuses, ContainerRole::Ephemeral),
    ] {
        pod.containers.extend(containers(specs, statuses, role, at, output));
    }
}

fn phase(metadata: &Metadata, status: &Status) -> Phase {
    match status.phase.as_deref() {
        _ if metadata.deletion_timestamp.is_some() => Phase::Finished,
        None | Some("") => Phase::Declared,
        Some("Running") => Phase::Running,
        Some("Succeeded" | "Failed") => Phase::Finished,
        Some(_) => Phase::NotRunning,
    }
}
