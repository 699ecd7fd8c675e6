//! `WorkloadEndpoint`: a pod, as far as Calico knows it.

use posture_core::model::{
    Container, ContainerRole, ImageIdentity, Labels, NamedPort, Owner, Phase, Pod,
};
use serde::Deserialize;

use super::protocol::ProtocolWord;
use crate::object::{Invalid, Metadata, Object, address, port};
use crate::output::Output;

/// What Calico's own labels of endpoints begin with.
const OWN: &str = "projectcalico.org/";

/// The label that names the service account where no field does.
const SERVICE_ACCOUNT: &str = "projectcalico.org/serviceaccount";

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    spec: Option<Spec>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Spec {
    orchestrator: Option<String>,
    pod: Option<String>,
    node: Option<String>,
    service_account_name: Option<String>,
    ip_networks: Option<Vec<String>>,
    ports: Option<Vec<Port>>,
}

#[derive(Deserialize)]
#[serde(try_from = "PortFields")]
struct Port(Option<NamedPort>);

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct PortFields {
    name: Option<String>,
    protocol: ProtocolWord,
    port: i64,
}

impl TryFrom<PortFields> for Port {
    type Error = Invalid;

    fn try_from(fields: PortFields) -> Result<Self, Invalid> {
        let number = port::number(fields.port)?;
        let name = fields.name.filter(|name| !name.is_empty());
        Ok(Self(name.map(|name| NamedPort {
            name,
            protocol: fields.protocol.0,
            number,
        })))
    }
}

/// Reads an endpoint of a pod; those of other orchestrators are not used.
pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let spec = fields.spec.unwrap_or_default();
    if spec.orchestrator.is_some_and(|name| name != "k8s") {
        output.unused(object.kind);
        return Ok(());
    }
    let name = spec.pod.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Invalid::new("expected a `spec.pod`"))?;
    let mut labels = metadata.labels;
    let account = spec.service_account_name.filter(|name| !name.is_empty());
    let account = account.or_else(|| labels.get(SERVICE_ACCOUNT).cloned());
    labels.retain(|key, _| !key.starts_with(OWN));
    let networks = spec.ip_networks.unwrap_or_default();
    let texts = networks.iter().map(|text| without_length(text));
    let addresses = address::addresses(texts, object.at, output);
    let ports = spec.ports.into_iter().flatten();
    let generate_name = metadata.generate_name;
    let generate_name = generate_name.filter(|name| !name.is_empty());
    output.fragment.workload_endpoints.push(Pod {
        version: metadata.version,
        phase: match addresses.is_empty() {
            true => Phase::NotRunning,
            false => Phase::Running,
        },
        namespace: metadata.namespace,
        owner: owner(&name, generate_name.as_deref(), &labels),
        name,
        generate_name,
        labels,
        service_account: account.unwrap_or_else(|| "default".to_owned()),
        node: spec.node.filter(|name| !name.is_empty()),
        host_network: false,
        addresses,
        containers: vec![Container {
            name: String::new(),
            role: ContainerRole::Main,
            image: ImageIdentity::default(),
            ports: ports.filter_map(|Port(port)| port).collect(),
        }],
        origin: output.origin(object.at),
    });
    Ok(())
}

/// The address of a network that holds it alone: `10.0.0.1/32`.
fn without_length(network: &str) -> &str {
    network
        .split_once('/')
        .map_or(network, |(address, _)| address)
}

/// What made a pod, by the labels that controllers give their pods: endpoints name no owner. Of other
/// pods with a `generateName` only its name is known.
fn owner(pod: &str, generate_name: Option<&str>, labels: &Labels) -> Option<Owner> {
    let owner = |kind: &str, name: &str| {
        Some(Owner {
            kind: kind.to_owned(),
            name: name.to_owned(),
        })
    };
    let has = |key: &str| labels.contains_key(key);
    let jobs = ["batch.kubernetes.io/job-name", "job-name"];
    if let Some(job) = jobs.iter().find_map(|key| labels.get(*key)) {
        return owner("Job", job);
    }
    let generated = generate_name.and_then(|name| name.strip_suffix('-'));
    let numbered = pod.rsplit_once('-').map(|(base, _)| base);
    let base = generated.or(numbered).filter(|base| !base.is_empty())?;
    match () {
        () if has("pod-template-hash") => owner("ReplicaSet", base),
        () if has("statefulset.kubernetes.io/pod-name") => owner("StatefulSet", base),
        () if has("controller-revision-hash") => owner("DaemonSet", base),
        () => owner("", generated?),
    }
}

#[cfg(test)]
mod tests {
    use posture_core::issue::IssueKind;
    use posture_core::model::Protocol;

    use super::*;
    use crate::read_text;

    fn endpoint(rest: &str) -> Pod {
        let text = format!("apiVersion: projectcalico.org/v3\nkind: WorkloadEndpoint\n{rest}");
        let (mut fragment, issues) = read_text(&text);
        assert!(issues.is_empty(), "{issues:?}");
        assert!(fragment.pods.is_empty() && !fragment.sources.pods);
        fragment.workload_endpoints.pop().expect("an endpoint")
    }

    #[test]
    fn an_endpoint_in_full() {
        let pod = endpoint(
            "metadata:
  name: n1-k8s-web--755cdc7957--x2k4p-eth0
  namespace: shop
  generateName: web-755cdc7957-
  labels:
    app: web
    pod-template-hash: 755cdc7957
    projectcalico.org/namespace: shop
    projectcalico.org/orchestrator: k8s
    projectcalico.org/serviceaccount: robot
spec:
  node: n1
  orchestrator: k8s
  pod: web-755cdc7957-x2k4p
  endpoint: eth0
  ipNetworks: [10.0.0.1/32, 'fd00::1/128']
  ports:
  - {name: http, protocol: TCP, port: 80}
  - {protocol: UDP, port: 53}
",
        );
        assert_eq!(
            (&*pod.namespace, &*pod.name),
            ("shop", "web-755cdc7957-x2k4p")
        );
        let labels: Vec<&str> = pod.labels.keys().map(String::as_str).collect();
        assert_eq!(labels, ["app", "pod-template-hash"]);
        assert_eq!(pod.service_account, "robot");
        assert_eq!(
            (pod.phase, pod.node.as_deref()),
            (Phase::Running, Some("n1"))
        );
        let addresses: Vec<String> = pod.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["10.0.0.1", "fd00::1"]);
        let [container] = pod.containers.as_slice() else {
            panic!("one container");
        };
        assert_eq!(container.image, ImageIdentity::default());
        let [port] = container.ports.as_slice() else {
            panic!("one port with a name");
        };
        assert_eq!(
            (&*port.name, port.protocol, port.number),
            ("http", Protocol::Tcp, 80)
        );
    }

    #[test]
    fn owners_by_labels() {
        let owner = |pod: &str, rest: &str| {
            let pod = endpoint(&format!(
                "metadata: {{name: e, {rest}}}\nspec: {{pod: {pod}, ipNetworks: [10.0.0.1]}}\n"
            ));
            pod.owner.map(|owner| (owner.kind, owner.name))
        };
        let of = |kind: &str, name: &str| Some((kind.to_owned(), name.to_owned()));
        let hash = "labels: {pod-template-hash: 755cdc7957}";
        assert_eq!(
            owner("web-755cdc7957-x2k4p", hash),
            of("ReplicaSet", "web-755cdc7957")
        );
        let set = "labels: {statefulset.kubernetes.io/pod-name: db-0, controller-revision-hash: x}";
        assert_eq!(owner("db-0", set), of("StatefulSet", "db"));
        let daemon = "generateName: agent-, labels: {controller-revision-hash: x}";
        assert_eq!(owner("agent-x2k4p", daemon), of("DaemonSet", "agent"));
        let job = "labels: {job-name: backup-27893434}";
        assert_eq!(
            owner("backup-27893434-x2k4p", job),
            of("Job", "backup-27893434")
        );
        assert_eq!(owner("a-b-x2k4p", "generateName: a-b-"), of("", "a-b"));
        assert_eq!(owner("alone-1", "labels: {}"), None);
    }

    #[test]
    fn what_is_no_running_pod() {
        assert_eq!(
            endpoint("metadata: {name: e}\nspec: {pod: done}\n").phase,
            Phase::NotRunning
        );
        for (spec, kind) in [
            (
                "{orchestrator: openstack, workload: vm}",
                IssueKind::UnusedKind,
            ),
            ("{orchestrator: k8s}", IssueKind::InvalidObject),
        ] {
            let (fragment, issues) = read_text(&format!(
                "apiVersion: projectcalico.org/v3\nkind: WorkloadEndpoint\nmetadata: {{name: e}}\nspec: {spec}\n"
            ));
            assert!(fragment.workload_endpoints.is_empty());
            assert_eq!((issues.len(), issues[0].kind), (1, kind));
        }
    }
}
