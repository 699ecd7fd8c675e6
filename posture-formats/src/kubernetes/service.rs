//! `Service`

use posture_core::model::{PortMatch, Service, ServiceTarget};
use serde::Deserialize;

use crate::object::port::{self, NumberOrText, PortProtocol};
use crate::object::{Invalid, Metadata, Object, WrittenLabels, address};
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
    selector: Option<WrittenLabels>,
    ports: Option<Vec<Target>>,
}

#[derive(Deserialize)]
#[serde(try_from = "PortFields")]
struct Target(ServiceTarget);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct PortFields {
    protocol: Option<PortProtocol>,
    port: Option<i64>,
    target_port: Option<NumberOrText>,
}

/// `targetPort`, by number or name; where there is none, it is the port of the Service.
impl TryFrom<PortFields> for Target {
    type Error = Invalid;

    fn try_from(fields: PortFields) -> Result<Self, Invalid> {
        let PortProtocol(protocol) = fields.protocol.unwrap_or_default();
        let number = |number| port::number(number).map(|number| PortMatch::Range(number, number));
        let same = || number(fields.port.unwrap_or_default());
        let port = match fields.target_port {
            None | Some(NumberOrText::Number(0)) => same()?,
            Some(NumberOrText::Number(target)) => number(target)?,
            Some(NumberOrText::Text(name)) if name.is_empty() => same()?,
            Some(NumberOrText::Text(name)) => match name.parse() {
                Ok(target) => number(target)?,
                Err(_) => PortMatch::Named(name),
            },
        };
        Ok(Self(ServiceTarget { protocol, port }))
    }
}

pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let name = metadata.name.required()?;
    let spec = fields.spec.unwrap_or_default();
    let texts = spec.cluster_ips.iter().flatten().chain(&spec.cluster_ip);
    let texts = texts.map(String::as_str).filter(|text| *text != "None");
    let addresses = address::addresses(texts, object.at, output);
    let selector = spec.selector.map(|WrittenLabels(labels)| labels);
    let ports = spec.ports.into_iter().flatten();
    let origin = output.origin(object.at);
    output.fragment.services.push(Service {
        namespace: metadata.namespace,
        name,
        addresses,
        selector: selector.filter(|labels| !labels.is_empty()),
        targets: ports.map(|Target(target)| target).collect(),
        origin,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use posture_core::model::{PortMatch, Protocol};

    use super::*;
    use crate::read_text;

    fn service(spec: &str) -> Service {
        let text = format!("kind: Service\nmetadata: {{name: s}}\nspec: {spec}\n");
        let (mut fragment, issues) = read_text(&text);
        assert!(issues.is_empty(), "{issues:?}");
        fragment.services.pop().expect("a service")
    }

    #[test]
    fn cluster_addresses() {
        let addresses = |spec: &str| {
            let service = service(spec);
            assert_eq!(service.namespace, "default");
            service
                .addresses
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(addresses("{clusterIP: 10.96.0.1}"), ["10.96.0.1"]);
        let both = addresses("{clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00::1']}");
        assert_eq!(both, ["10.96.0.1", "fd00::1"]);
        assert!(addresses("{clusterIP: None, clusterIPs: [None]}").is_empty());
        assert!(addresses("{clusterIP: ''}").is_empty());
        assert!(addresses("{type: ExternalName}").is_empty());
    }

    #[test]
    fn the_pods_behind_it() {
        let selector = |spec: &str| service(spec).selector;
        let labels = selector("{selector: {app: web, empty: null}}").expect("a selector");
        assert_eq!((&*labels["app"], &*labels["empty"]), ("web", ""));
        assert_eq!(selector("{selector: {}}"), None);
        assert_eq!(selector("{selector: null}"), None);
        assert_eq!(selector("{}"), None);
    }

    #[test]
    fn target_ports() {
        let number = |number| PortMatch::Range(number, number);
        for (port, expected) in [
            ("{port: 80}", (Protocol::Tcp, number(80))),
            (
                "{port: 80, targetPort: 8080}",
                (Protocol::Tcp, number(8080)),
            ),
            ("{port: 80, targetPort: 0}", (Protocol::Tcp, number(80))),
            (
                "{port: 80, targetPort: '8080'}",
                (Protocol::Tcp, number(8080)),
            ),
            (
                "{port: 53, targetPort: dns, protocol: UDP}",
                (Protocol::Udp, PortMatch::Named("dns".to_owned())),
            ),
        ] {
            let (protocol, port_match) = expected;
            let expected = ServiceTarget {
                protocol,
                port: port_match,
            };
            let service = service(&format!("{{ports: [{port}]}}"));
            assert_eq!(service.targets, [expected], "{port}");
        }
    }
}
