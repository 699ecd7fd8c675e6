//! What a rule must name to let an edge through.

use std::sync::Arc;

use super::Form;
use super::ranges::{self, Block};
use crate::edge::{EdgeKey, Peer};
use crate::model::{
    AddressClass, AddressOwner, Cluster, Direction, Labels, NetworkSet, Port, Protocol, ServiceName,
};
use crate::replay::families;
use crate::tally::Edge;

/// Whom a rule names. In this order rules are written: "namespaces, then services, network sets,
/// domains, private networks, public networks last" (recommendations, section 2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whom {
    /// Pods of a namespace.
    Namespace(Arc<str>),
    /// What stands behind a Service.
    Service(ServiceName),
    /// A network set, by its namespace and labels.
    Set(Arc<str>, Labels),
    /// What these domain names stand for.
    Domains(Vec<String>),
    /// Addresses.
    Nets(Nets, Vec<Block>),
}

/// What addresses are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nets {
    /// What stands behind a Service and is no pod.
    Service,
    /// A network set.
    Set,
    /// The cluster's nodes.
    Nodes,
    /// The cloud's metadata service.
    Metadata,
    /// Link-local and multicast ones.
    Local,
    /// The cluster's own ranges.
    Cluster,
    /// Private ones outside the cluster.
    Private,
    /// Public ones.
    Public,
}

/// Whom a rule must name, and what is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) whom: Whom,
    /// The protocol; none: any.
    pub(super) protocol: Option<Protocol>,
    /// The destination port; none: any.
    pub(super) port: Option<u16>,
}

/// What it takes to let an edge through, in a form.
///
/// # Errors
/// Why no rule can name it, and what would help.
pub(super) fn needs(
    cluster: &Cluster,
    form: Form,
    key: &EdgeKey,
    edge: &Edge,
) -> Result<Vec<Need>, String> {
    let whom = match &key.peer {
        Peer::Workload(workload) => Whom::Namespace(workload.namespace.clone()),
        Peer::Service { namespace, name } => {
            let service = ServiceName {
                namespace: namespace.to_string(),
                name: name.to_string(),
            };
            return match form.is_kubernetes() {
                true => behind(cluster, &service, key),
                false => Ok(vec![Need {
                    whom: Whom::Service(service),
                    protocol: None,
                    port: None,
                }]),
            };
        }
        Peer::Host { name } => Whom::Nets(Nets::Nodes, nodes(cluster, name)?),
        Peer::Cluster => {
            let own = cluster.network.cidrs().iter().copied();
            Whom::Nets(Nets::Cluster, ranges::blocks(own))
        }
        Peer::Local => Whom::Nets(Nets::Local, ranges::local(cluster)),
        Peer::Unknown => return Err("nothing is known of the other end".to_owned()),
        Peer::NetworkSet { namespace, name } => set(cluster, form, namespace, name)?,
        Peer::Metadata => Whom::Nets(Nets::Metadata, ranges::hosts([AddressClass::METADATA])),
        Peer::Private | Peer::Public if has_known_domains(key, edge) => {
            if form.is_kubernetes() {
                return Err(format!(
                    "Kubernetes' policies name no domains, and this traffic is known by {}: ask for a \
                     form of Calico",
                    listed(&edge.domains.smallest)
                ));
            }
            let names = edge.domains.smallest.iter();
            return Ok(names
                .map(|name| of(key, Whom::Domains(vec![name.clone()])))
                .collect());
        }
        Peer::Private => {
            let families = families(&edge.addresses.smallest);
            let blocks = ranges::private(cluster, &families);
            if blocks.is_empty() {
                return Err("all private ranges are the cluster's own".to_owned());
            }
            Whom::Nets(Nets::Private, blocks)
        }
        Peer::Public => {
            let families = families(&edge.addresses.smallest);
            Whom::Nets(Nets::Public, ranges::public(cluster, &families))
        }
    };
    Ok(vec![of(key, whom)])
}

fn of(key: &EdgeKey, whom: Whom) -> Need {
    Need {
        whom,
        protocol: Some(key.protocol).filter(|protocol| *protocol != Protocol::Unknown),
        port: match key.port {
            Port::Number(port) if key.protocol.has_ports() => Some(port),
            _ => None,
        },
    }
}

/// Whether each record of an egress edge told a domain name, and none was left out.
fn has_known_domains(key: &EdgeKey, edge: &Edge) -> bool {
    let domains = &edge.domains;
    let all = !domains.smallest.is_empty() && !domains.more && edge.nameless.is_none();
    key.direction == Direction::Egress && all
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// Pods move from node to node, so a node stands for all of them.
fn nodes(cluster: &Cluster, name: &str) -> Result<Vec<Block>, String> {
    let mut nodes = cluster.nodes.iter();
    if !nodes.any(|node| node.name == name && !node.addresses.is_empty()) {
        return Err(match name {
            "" => "which node it is is not known".to_owned(),
            name => format!(
                "the addresses of node `{name}` are not known: add the nodes (`kubectl get nodes -o \
                 json`)"
            ),
        });
    }
    let nodes = cluster.nodes.iter();
    Ok(ranges::hosts(
        nodes.flat_map(|node| node.addresses.iter().copied()),
    ))
}

/// A selector where it selects just the set, else its nets.
fn set(cluster: &Cluster, form: Form, namespace: &Arc<str>, name: &str) -> Result<Whom, String> {
    let mut sets = cluster.network_sets.iter();
    let known = sets.find(|set| set.namespace == namespace.as_ref() && set.name == name);
    let Some(set) = known else {
        return Err(format!(
            "network set `{name}` was not read, so that nothing tells what it holds"
        ));
    };
    if !form.is_kubernetes() && is_told_by_labels(cluster, set) {
        return Ok(Whom::Set(namespace.clone(), set.labels.clone()));
    }
    match set.nets.is_empty() {
        true => Err(format!(
            "network set `{name}` holds no networks, and its labels do not tell it"
        )),
        false => Ok(Whom::Nets(
            Nets::Set,
            ranges::blocks(set.nets.iter().copied()),
        )),
    }
}

/// Whether nothing else in its namespace, or among what has none, has all labels of a set.
fn is_told_by_labels(cluster: &Cluster, set: &NetworkSet) -> bool {
    let has_all = |labels: &Labels| {
        let mut own = set.labels.iter();
        own.all(|(key, value)| labels.get(key) == Some(value))
    };
    let mut sets = cluster.network_sets.iter();
    let alike = sets.any(|other| {
        other.namespace == set.namespace && other.name != set.name && has_all(&other.labels)
    });
    let objects = cluster.objects(&set.namespace);
    let mut pods = objects
        .into_iter()
        .flat_map(|objects| objects.pods.values());
    let mut hosts = cluster.host_endpoints.iter();
    !set.labels.is_empty()
        && !alike
        && match set.namespace.is_empty() {
            true => !hosts.any(|host| has_all(&host.labels)),
            false => !pods.any(|known| has_all(&known.pod.labels)),
        }
}

/// The pods behind a Service by their namespace and port, and what is no pod by its address.
fn behind(cluster: &Cluster, service: &ServiceName, key: &EdgeKey) -> Result<Vec<Need>, String> {
    let endpoints = cluster.services.get(service).into_iter().flatten();
    let same = |protocol| key.protocol == Protocol::Unknown || key.protocol == protocol;
    let endpoints = endpoints.filter(|endpoint| same(endpoint.protocol));
    let needs: Vec<Need> = endpoints
        .map(|endpoint| Need {
            whom: match cluster.address_owner(endpoint.address) {
                Some(AddressOwner::Pod(namespace, _)) => Whom::Namespace(namespace.clone()),
                _ => Whom::Nets(Nets::Service, ranges::hosts([endpoint.address])),
            },
            protocol: Some(endpoint.protocol),
            port: endpoint.port,
        })
        .collect();
    match needs.is_empty() {
        true => Err(format!(
            "Kubernetes' policies name no services, and what stands behind service `{}/{}` is not known: \
             add services, endpoint slices and pods, or ask for a form of Calico",
            service.namespace, service.name
        )),
        false => Ok(needs),
    }
}
