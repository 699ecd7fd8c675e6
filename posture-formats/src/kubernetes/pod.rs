//! `Pod`, and the pods that a controller's template declares.

use posture_core::model::{ContainerRole, Labels, Owner, Phase, Pod};
use serde::Deserialize;

use super::container::{ContainerSpec, ContainerStatus, containers};
use crate::object::{Invalid, Metadata, Object, address};
use crate::output::Output;
use crate::ranges;

/// The service account of pods that name none.
const DEFAULT_SERVICE_ACCOUNT: &str = "default";

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
    service_account_name: Option<String>,
    /// The old name of the same.
    service_account: Option<String>,
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

pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let status = fields.status.unwrap_or_default();
    let mut pod = Pod {
        version: metadata.version,
        phase: phase(metadata.is_deleted, &status),
        namespace: metadata.namespace,
        name: metadata.name.required()?,
        generate_name: metadata.generate_name.filter(|name| !name.is_empty()),
        labels: metadata.labels,
        owner: metadata.owner,
        service_account: String::new(),
        node: None,
        host_network: false,
        addresses: Vec::new(),
        containers: Vec::new(),
        origin: output.origin(object.at),
    };
    fill(
        &mut pod,
        fields.spec.unwrap_or_default(),
        status,
        object.at,
        output,
    );
    output.fragment.pods.push(pod);
    Ok(())
}

/// The pod that a template declares, named for its controller, which owns it: `Deployment/web`. The
/// kind keeps controllers of one name apart, and no pod of a cluster has a slash in its name.
pub(super) fn declare(declared: Declared, at: &str, output: &mut Output<'_>) {
    let mut pod = Pod {
        version: declared.version,
        phase: Phase::Declared,
        namespace: declared.namespace,
        name: format!("{}/{}", declared.owner.kind, declared.owner.name),
        generate_name: None,
        labels: declared.labels,
        owner: Some(declared.owner),
        service_account: String::new(),
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
    let accounts = [spec.service_account_name, spec.service_account];
    let mut accounts = accounts.into_iter().flatten();
    pod.service_account = accounts
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| DEFAULT_SERVICE_ACCOUNT.to_owned());
    pod.node = spec.node_name.filter(|name| !name.is_empty());
    pod.host_network = spec.host_network.unwrap_or(false);
    let ips = status
        .pod_ips
        .iter()
        .flatten()
        .filter_map(|ip| ip.ip.as_deref());
    pod.addresses = address::addresses(ips.chain(status.pod_ip.as_deref()), at, output);
    for container in spec.containers.iter().flatten() {
        ranges::of_arguments(&pod.namespace, container.arguments(), at, output);
    }
    let specs = [
        &spec.containers,
        &spec.init_containers,
        &spec.ephemeral_containers,
    ];
    let count = specs.into_iter().flatten().map(Vec::len).sum();
    // lists that grow begin with room for four, and most pods have one
    pod.containers.reserve_exact(count);
    for (specs, statuses, role) in [
        (
            spec.containers,
            status.container_statuses,
            ContainerRole::Main,
        ),
        (
            spec.init_containers,
            status.init_container_statuses,
            ContainerRole::Init,
        ),
        (
            spec.ephemeral_containers,
            status.ephemeral_container_statuses,
            ContainerRole::Ephemeral,
        ),
    ] {
        let more = containers(specs, statuses, role, at, output);
        pod.containers.extend(more);
    }
}

fn phase(is_deleted: bool, status: &Status) -> Phase {
    match status.phase.as_deref() {
        _ if is_deleted => Phase::Finished,
        None | Some("") => Phase::Declared,
        Some("Running") => Phase::Running,
        Some("Succeeded" | "Failed") => Phase::Finished,
        Some(_) => Phase::NotRunning,
    }
}

#[cfg(test)]
mod tests {
    use posture_core::model::{Digest, Protocol};

    use super::*;
    use crate::read_text;

    fn pod(rest: &str) -> Pod {
        let (mut fragment, issues) = read_text(&format!("apiVersion: v1\nkind: Pod\n{rest}"));
        assert!(issues.is_empty(), "{issues:?}");
        fragment.pods.pop().expect("a pod")
    }

    #[test]
    fn phases() {
        let phase = |status: &str| pod(&format!("metadata: {{name: p}}\nstatus: {status}\n")).phase;
        assert_eq!(phase("{phase: Running}"), Phase::Running);
        assert_eq!(phase("{phase: Pending}"), Phase::NotRunning);
        assert_eq!(phase("{phase: Unknown}"), Phase::NotRunning);
        assert_eq!(phase("{phase: Succeeded}"), Phase::Finished);
        assert_eq!(phase("{phase: Failed}"), Phase::Finished);
        assert_eq!(phase("{}"), Phase::Declared);
        assert_eq!(phase("null"), Phase::Declared);
        let deleted = "metadata: {name: p, deletionTimestamp: '2024-01-01T00:00:00Z'}\nstatus: {phase: Running}\n";
        assert_eq!(pod(deleted).phase, Phase::Finished);
    }

    #[test]
    fn service_accounts() {
        let account = |spec: &str| {
            pod(&format!(
                "metadata: {name}\nspec: {spec}\n",
                name = "{name: p}"
            ))
            .service_account
        };
        assert_eq!(account("{serviceAccountName: robot}"), "robot");
        assert_eq!(account("{serviceAccount: robot}"), "robot");
        assert_eq!(
            account("{serviceAccountName: robot, serviceAccount: old}"),
            "robot"
        );
        assert_eq!(account("{serviceAccountName: ''}"), "default");
        assert_eq!(account("{}"), "default");
    }

    #[test]
    fn a_pod_in_full() {
        let pod = pod("metadata:
  name: web-abc
  generateName: web-
  resourceVersion: '42'
  ownerReferences: [{kind: ReplicaSet, name: web}]
spec:
  nodeName: n1
  containers:
  - name: main
    image: nginx
    ports:
    - {name: http, containerPort: 80}
    - {name: dns, containerPort: 53, protocol: UDP}
    - {containerPort: 443}
  initContainers:
  - {name: sidecar, image: envoy, restartPolicy: Always}
  - {name: init, image: busybox}
  ephemeralContainers: [{name: debug, image: busybox}]
status:
  phase: Running
  podIP: 10.0.0.1
  podIPs: [{ip: 10.0.0.1}, {ip: '::ffff:10.0.0.2'}, {ip: 'fd00::3'}]
");
        assert_eq!((pod.namespace.as_str(), pod.version), ("default", 42));
        assert_eq!(pod.generate_name.as_deref(), Some("web-"));
        assert_eq!(pod.owner.map(|owner| owner.name).as_deref(), Some("web"));
        assert_eq!((pod.node.as_deref(), pod.host_network), (Some("n1"), false));
        let addresses: Vec<String> = pod.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["10.0.0.1", "10.0.0.2", "fd00::3"]);
        let roles: Vec<_> = pod
            .containers
            .iter()
            .map(|c| (c.name.as_str(), c.role))
            .collect();
        assert_eq!(
            roles,
            [
                ("main", ContainerRole::Main),
                ("sidecar", ContainerRole::Main),
                ("init", ContainerRole::Init),
                ("debug", ContainerRole::Ephemeral),
            ]
        );
        let ports = &pod.containers[0].ports;
        let ports: Vec<_> = ports
            .iter()
            .map(|p| (p.name.as_str(), p.protocol, p.number))
            .collect();
        assert_eq!(
            ports,
            [("http", Protocol::Tcp, 80), ("dns", Protocol::Udp, 53)]
        );
    }

    #[test]
    fn statuses_belong_to_their_containers() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let pod = pod(&format!(
            "metadata: {{name: p}}
spec: {{containers: [{{name: a, image: x}}, {{name: b, image: y}}]}}
status: {{phase: Running, containerStatuses: [{{name: b, imageID: 'docker-pullable://y@{digest}'}}]}}
"
        ));
        assert_eq!(pod.containers[0].image.running, None);
        let running = pod.containers[1].image.running.as_ref().map(Digest::as_str);
        assert_eq!(running, Some(digest.as_str()));
    }

    #[test]
    fn what_cannot_be_read_of_a_pod_is_told_and_costs_no_more() {
        let (fragment, issues) = read_text(
            "kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: '{{ .image }}', ports: [{name: http, containerPort: 70000}]}]}
status: {phase: Running, podIP: 10.0.0.256}
",
        );
        assert_eq!(fragment.pods[0].containers.len(), 1);
        assert!(fragment.pods[0].addresses.is_empty());
        let messages: Vec<_> = issues.iter().map(|issue| issue.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`10.0.0.256` is no address and is left out",
                "container `c` has image `{{ .image }}`, expected an image reference",
                "port `http` of container `c` is left out: expected a number from 1 to 65535 and a protocol",
            ]
        );
    }
}
