//! Containers of a pod, and which image each of them runs.

use posture_core::issue::IssueKind;
use posture_core::model::{
    Container, ContainerRole, Digest, ImageIdentity, ImageName, NamedPort, Protocol,
};
use serde::Deserialize;
use serde_json::Value;

use crate::output::Output;

/// A container of a pod's spec.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "a container")]
pub(super) struct ContainerSpec {
    name: Option<String>,
    image: Option<String>,
    restart_policy: Option<String>,
    ports: Option<Vec<ContainerPort>>,
    command: Option<Value>,
    args: Option<Value>,
}

impl ContainerSpec {
    /// What it runs: command and arguments.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &str> {
        let words = self.command.iter().chain(&self.args);
        let words = words.filter_map(Value::as_array).flatten();
        words.filter_map(Value::as_str)
    }
}

#[derive(Deserialize)]
#[serde(expecting = "a container port")]
struct ContainerPort {
    name: Option<String>,
    #[serde(rename = "containerPort")]
    number: Option<i64>,
    protocol: Option<String>,
}

/// What the runtime says of a container.
#[derive(Deserialize)]
#[serde(expecting = "a container status")]
pub(super) struct ContainerStatus {
    name: Option<String>,
    image: Option<String>,
    #[serde(rename = "imageID")]
    image_id: Option<String>,
}

/// The containers of one role. An init container that is always restarted is a sidecar.
pub(super) fn containers(
    specs: Option<Vec<ContainerSpec>>,
    statuses: Option<Vec<ContainerStatus>>,
    role: ContainerRole,
    at: &str,
    output: &mut Output<'_>,
) -> Vec<Container> {
    let statuses = statuses.unwrap_or_default();
    let specs = specs.unwrap_or_default();
    let mut containers = Vec::with_capacity(specs.len());
    for spec in specs {
        let name = spec.name.unwrap_or_default();
        let status = statuses
            .iter()
            .find(|status| status.name.as_ref() == Some(&name));
        let image = image_identity(
            spec.image.as_deref().unwrap_or_default(),
            status
                .and_then(|status| status.image.as_deref())
                .unwrap_or_default(),
            status
                .and_then(|status| status.image_id.as_deref())
                .unwrap_or_default(),
        );
        if image == ImageIdentity::default() {
            let message = match spec.image.as_deref().unwrap_or_default() {
                "" => format!("container `{name}` names no image"),
                other => {
                    format!("container `{name}` has image `{other}`, expected an image reference")
                }
            };
            output.issue(IssueKind::InvalidObject, at, message);
        }
        let sidecar =
            role == ContainerRole::Init && spec.restart_policy.as_deref() == Some("Always");
        containers.push(Container {
            image,
            role: if sidecar { ContainerRole::Main } else { role },
            ports: named_ports(spec.ports.unwrap_or_default(), &name, at, output),
            name,
        });
    }
    containers
}

fn named_ports(
    ports: Vec<ContainerPort>,
    container: &str,
    at: &str,
    output: &mut Output<'_>,
) -> Vec<NamedPort> {
    let mut named = Vec::new();
    for port in ports {
        let Some(name) = port.name.filter(|name| !name.is_empty()) else {
            continue;
        };
        let number = port.number.and_then(|number| u16::try_from(number).ok());
        let protocol = Protocol::from_name(port.protocol.as_deref().unwrap_or("TCP"));
        if let (Some(number @ 1..), Some(protocol)) = (number, protocol) {
            named.push(NamedPort {
                name,
                protocol,
                number,
            });
        } else {
            let message = format!(
                "port `{name}` of container `{container}` is left out: expected a number from 1 to 65535 and a protocol"
            );
            output.issue(IssueKind::InvalidObject, at, message);
        }
    }
    named
}

/// What spec and status tell of an image.
///
/// "imageID: `docker-pullable://repo@sha256:...`, `repo@sha256:...`, `sha256:...` (config digest),
/// `""`. `status.image` may be `sha256:...` while the spec has name:tag@digest" (formats,
/// section 1).
fn image_identity(spec: &str, status: &str, image_id: &str) -> ImageIdentity {
    let mut identity = ImageIdentity::default();
    let mut named = [spec, status]
        .into_iter()
        .filter(|text| Digest::parse(text).is_none());
    if let Some((name, digest)) = named.find_map(ImageName::parse) {
        identity.name = Some(name);
        identity.pinned = digest;
    }
    let image_id = image_id
        .split_once("://")
        .map_or(image_id, |(_, rest)| rest);
    identity.running = image_id
        .split_once('@')
        .and_then(|(_, digest)| Digest::parse(digest));
    identity.config = [image_id, spec, status].into_iter().find_map(Digest::parse);
    identity
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(digit: char) -> String {
        format!("sha256:{}", digit.to_string().repeat(64))
    }

    fn text(digest: Option<Digest>) -> Option<String> {
        digest.map(|digest| digest.as_str().to_owned())
    }

    #[test]
    fn image_ids_of_every_runtime() {
        let a = digest('a');
        for image_id in [
            format!("docker-pullable://nginx@{a}"),
            format!("docker.io/library/nginx@{a}"),
            format!("nginx@{a}"),
        ] {
            let identity = image_identity("nginx:1.25", "nginx:1.25", &image_id);
            assert_eq!(text(identity.running), Some(a.clone()), "{image_id}");
            assert_eq!((identity.pinned, identity.config), (None, None));
            assert_eq!(
                identity.name.unwrap().to_string(),
                "docker.io/library/nginx:1.25"
            );
        }
        for image_id in [a.clone(), format!("docker://{a}")] {
            let identity = image_identity("nginx", "nginx", &image_id);
            assert_eq!(
                (text(identity.config), identity.running),
                (Some(a.clone()), None)
            );
        }
        let unknown = image_identity("nginx", "", "");
        assert_eq!(
            (unknown.running, unknown.config, unknown.pinned),
            (None, None, None)
        );
    }

    #[test]
    fn the_spec_names_the_image_even_where_the_status_has_a_digest() {
        let (a, b, c) = (digest('a'), digest('b'), digest('c'));
        let identity = image_identity(
            &format!("quay.io/x/y:1@{a}"),
            &b,
            &format!("quay.io/x/y@{c}"),
        );
        assert_eq!(identity.name.unwrap().to_string(), "quay.io/x/y:1");
        assert_eq!(text(identity.pinned), Some(a));
        assert_eq!(text(identity.config), Some(b));
        assert_eq!(text(identity.running), Some(c));
    }

    #[test]
    fn a_bare_digest_is_no_name() {
        let a = digest('a');
        let identity = image_identity(&a, "", "");
        assert_eq!((identity.name, text(identity.config)), (None, Some(a)));
    }
}
