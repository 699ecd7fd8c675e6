//! `EndpointSlice`

use posture_core::model::{EndpointSlice, Protocol};
use serde::Deserialize;

use crate::object::port::{self, PortProtocol};
use crate::object::{Invalid, Metadata, Object, address};
use crate::output::Output;

/// The label that names the Service.
const SERVICE: &str = "kubernetes.io/service-name";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    address_type: Option<String>,
    endpoints: Option<Vec<Endpoint>>,
    ports: Option<Vec<Port>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Endpoint {
    addresses: Option<Vec<String>>,
}

/// A port; without a number it stands for all.
#[derive(Deserialize)]
#[serde(try_from = "PortFields")]
struct Port(Protocol, Option<u16>);

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct PortFields {
    protocol: Option<PortProtocol>,
    port: Option<i64>,
}

impl TryFrom<PortFields> for Port {
    type Error = Invalid;

    fn try_from(fields: PortFields) -> Result<Self, Invalid> {
        let PortProtocol(protocol) = fields.protocol.unwrap_or_default();
        Ok(Self(protocol, fields.port.map(port::number).transpose()?))
    }
}

/// A slice that belongs to no Service, or whose endpoints are host names, tells nothing that is
/// used.
pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let mut metadata = fields.metadata.unwrap_or_default();
    let name = metadata.name.required()?;
    let service = metadata.labels.remove(SERVICE).unwrap_or_default();
    if service.is_empty() || fields.address_type.as_deref() == Some("FQDN") {
        output.unused(object.kind);
        return Ok(());
    }
    let endpoints = fields.endpoints.iter().flatten();
    let texts = endpoints.flat_map(|endpoint| endpoint.addresses.iter().flatten());
    let addresses = address::addresses(texts.map(String::as_str), object.at, output);
    let ports = fields.ports.into_iter().flatten();
    output.fragment.endpoint_slices.push(EndpointSlice {
        version: metadata.version,
        namespace: metadata.namespace,
        name,
        service,
        addresses,
        ports: ports
            .map(|Port(protocol, number)| (protocol, number))
            .collect(),
        origin: output.origin(object.at),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use posture_core::model::Protocol;

    use crate::read_text;

    #[test]
    fn endpoints_and_ports() {
        let (fragment, issues) = read_text(
            "apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-x, namespace: a, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.0.0.1, 10.0.0.2], conditions: {ready: true}}, {addresses: [10.0.0.1]}, {}]
ports: [{name: http, port: 80, protocol: TCP}, {port: 53, protocol: UDP}, {name: any}]
",
        );
        assert!(issues.is_empty(), "{issues:?}");
        let slice = &fragment.endpoint_slices[0];
        let names = (&*slice.namespace, &*slice.name, &*slice.service);
        assert_eq!(names, ("a", "web-x", "web"));
        let addresses: Vec<String> = slice.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["10.0.0.1", "10.0.0.2"]);
        let (tcp, udp) = (Protocol::Tcp, Protocol::Udp);
        assert_eq!(slice.ports, [(tcp, Some(80)), (udp, Some(53)), (tcp, None)]);
    }

    #[test]
    fn slices_that_tell_nothing() {
        let head = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n";
        for rest in [
            "metadata: {name: a}\naddressType: IPv4\n",
            "metadata: {name: a, labels: {kubernetes.io/service-name: web}}\naddressType: FQDN\nendpoints: [{addresses: [example.com]}]\n",
        ] {
            let (fragment, issues) = read_text(&format!("{head}{rest}"));
            assert!(fragment.endpoint_slices.is_empty());
            let told: Vec<_> = issues.iter().map(|issue| &*issue.message).collect();
            assert_eq!(told, ["1 object of kind `EndpointSlice` is not used"]);
        }
        let (_, issues) = read_text(&format!(
            "{head}metadata: {{name: a}}\nports: [{{port: 0}}]\n"
        ));
        let expected = "EndpointSlice is not valid: ports[0]: port `0` is not between 1 and 65535";
        assert_eq!(issues[0].message, expected);
    }
}
