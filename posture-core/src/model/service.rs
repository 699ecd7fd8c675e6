//! What stands behind a Service.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::namespace_objects::{NamespaceObjects, PodOf};
use super::{EndpointSlice, PortMatch, Protocol, Service, ServiceName, ServiceTarget};

/// The endpoints of a Service, in order.
pub type ServiceEndpoints = BTreeSet<ServiceEndpoint>;

/// One endpoint of a Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceEndpoint {
    /// Its address.
    pub address: IpAddr,
    /// The protocol.
    pub protocol: Protocol,
    /// The port; none: all ports.
    pub port: Option<u16>,
}

/// The endpoints of every Service: those of its `EndpointSlice`s where there are any, else those
/// of the running pods that its selector selects. A Service of which the input tells neither is
/// not among them.
pub(super) fn endpoints(
    services: &[Service],
    slices: &[EndpointSlice],
    namespaces: &BTreeMap<Arc<str>, NamespaceObjects>,
) -> BTreeMap<ServiceName, ServiceEndpoints> {
    let mut endpoints: BTreeMap<ServiceName, ServiceEndpoints> = BTreeMap::new();
    for slice in slices {
        let known = endpoints
            .entry(name(&slice.namespace, &slice.service))
            .or_default();
        for address in slice.addresses.iter().map(IpAddr::to_canonical) {
            known.extend(slice.ports.iter().map(|(protocol, port)| ServiceEndpoint {
                address,
                protocol: *protocol,
                port: *port,
            }));
        }
    }
    for service in services {
        let (Some(selector), Some(objects)) = (
            &service.selector,
            namespaces.get(service.namespace.as_str()),
        ) else {
            continue;
        };
        endpoints
            .entry(name(&service.namespace, &service.name))
            .or_insert_with(|| {
                let running = objects.pods.values().filter(|known| known.is_running());
                let selected = running.filter(|known| {
                    let labels = &known.pod.labels;
                    selector
                        .iter()
                        .all(|(key, value)| labels.get(key) == Some(value))
                });
                selected
                    .flat_map(|known| of_pod(known, &service.targets))
                    .collect()
            });
    }
    endpoints
}

fn name(namespace: &str, name: &str) -> ServiceName {
    ServiceName {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    }
}

fn of_pod(known: &PodOf, targets: &[ServiceTarget]) -> Vec<ServiceEndpoint> {
    let mut endpoints = Vec::new();
    for address in known.pod.addresses.iter().map(IpAddr::to_canonical) {
        for ServiceTarget { protocol, port } in targets {
            let endpoint = |port| ServiceEndpoint {
                address,
                protocol: *protocol,
                port: Some(port),
            };
            match port {
                PortMatch::Range(first, _) => endpoints.push(endpoint(*first)),
                PortMatch::Named(name) => endpoints.extend(
                    known
                        .ports
                        .iter()
                        .filter(|port| port.name == *name && port.protocol == *protocol)
                        .map(|port| endpoint(port.number)),
                ),
            }
        }
    }
    endpoints
}
