//! `HostEndpoint`

use posture_core::model::{HostEndpoint, NamedPort};
use serde::Deserialize;

use super::labels::labels;
use super::protocol::ProtocolWord;
use crate::object::{Invalid, Metadata, Object, address, port};
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
    node: Option<String>,
    #[serde(rename = "expectedIPs")]
    expected_ips: Option<Vec<String>>,
    ports: Option<Vec<Port>>,
}

#[derive(Deserialize)]
#[serde(try_from = "PortFields")]
struct Port(NamedPort);

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct PortFields {
    name: String,
    protocol: ProtocolWord,
    port: i64,
}

impl TryFrom<PortFields> for Port {
    type Error = Invalid;

    fn try_from(fields: PortFields) -> Result<Self, Invalid> {
        Ok(Self(NamedPort {
            name: fields.name,
            protocol: fields.protocol.0,
            number: port::number(fields.port)?,
        }))
    }
}

pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let name = metadata.name.required()?;
    let labels = labels(object, metadata.labels)?;
    let spec = fields.spec.unwrap_or_default();
    let texts = spec.expected_ips.iter().flatten().map(String::as_str);
    let addresses = address::addresses(texts, object.at, output);
    let ports = spec.ports.into_iter().flatten();
    output.fragment.host_endpoints.push(HostEndpoint {
        version: metadata.version,
        name,
        node: spec.node.unwrap_or_default(),
        labels,
        addresses,
        ports: ports.map(|Port(port)| port).collect(),
        origin: output.origin(object.at),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use posture_core::model::Protocol;

    use crate::read_text;

    #[test]
    fn addresses_and_ports() {
        let (fragment, issues) = read_text(
            "apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: n1-eth0, labels: {role: node}}
spec:
  node: n1
  interfaceName: eth0
  expectedIPs: [192.168.0.1, 'fd00::1']
  ports: [{name: ssh, protocol: TCP, port: 22}]
",
        );
        assert!(issues.is_empty(), "{issues:?}");
        assert!(!fragment.sources.policies);
        let endpoint = &fragment.host_endpoints[0];
        assert_eq!((&*endpoint.name, &*endpoint.node), ("n1-eth0", "n1"));
        assert_eq!(endpoint.labels["role"], "node");
        assert_eq!(endpoint.addresses.len(), 2);
        let port = &endpoint.ports[0];
        assert_eq!(
            (&*port.name, port.protocol, port.number),
            ("ssh", Protocol::Tcp, 22)
        );
    }
}
