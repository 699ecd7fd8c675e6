//! The other end of an edge.

use std::net::IpAddr;

use ipnet::IpNet;
use posture_core::model::{End, EndKind, Labels, ServiceRef};

use crate::common::Input;
use crate::objects::{KnownPod, Objects, Workload, without_suffix};

/// The other end of an edge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    Workload(Workload),
    /// Of the cluster, and no workload.
    Inside(String),
    External(String),
    Unknown,
}

/// A workload end, and its pod where the input has it.
pub(crate) struct Located<'a> {
    pub(crate) workload: Workload,
    pub(crate) pod: Option<&'a KnownPod<'a>>,
}

impl<'a> Located<'a> {
    pub(crate) fn host_network(&self) -> bool {
        self.pod.is_some_and(|known| known.pod.host_network)
    }

    pub(crate) fn labels(&self, end: &'a End<'_>) -> Option<&'a Labels> {
        match self.pod {
            Some(known) => Some(&known.pod.labels),
            None => end.labels.as_deref(),
        }
    }
}

/// The workload that a log names.
pub(crate) fn locate<'a>(objects: &'a Objects<'a>, end: &End<'_>) -> Option<Located<'a>> {
    let namespace = end.namespace?;
    let here = || {
        objects
            .pods
            .iter()
            .filter(move |known| known.pod.namespace == namespace)
    };
    let generated = end
        .aggregate
        .and_then(|aggregate| aggregate.strip_suffix('*'));
    // a pod without `generateName` is aggregated by its own name
    let name = end.name.or(end.aggregate.filter(|_| generated.is_none()));
    let by_name = here().find(|known| Some(known.pod.name.as_str()) == name);
    // the last by name stands for all, one that runs before one that does not
    let by_aggregate = || {
        here()
            .filter(|known| generated.is_some() && known.pod.generate_name.as_deref() == generated)
            .max_by_key(|known| (known.is_running(), &known.pod.name))
    };
    if let Some(known) = by_name.or_else(by_aggregate) {
        return Some(Located {
            workload: known.workload.clone(),
            pod: Some(known),
        });
    }
    let plain = match generated {
        Some(generated) => generated.trim_end_matches('-'),
        None => end.aggregate.or(end.name)?,
    };
    let stripped = generated
        .and_then(|_| without_suffix(plain))
        .unwrap_or(plain);
    for name in [stripped, plain] {
        let same = |w: &&Workload| w.namespace == namespace && w.name == name;
        if let Some(workload) = objects.workloads.iter().find(same) {
            return Some(Located {
                workload: workload.clone(),
                pod: None,
            });
        }
    }
    let workload = Workload {
        namespace: namespace.to_owned(),
        name: stripped.to_owned(),
        kind: String::new(),
    };
    Some(Located {
        workload,
        pod: None,
    })
}

/// "a workload by its controller; a host by name; a network set by name; every other address
/// collapses to `public`, `private` or `metadata`"
pub(crate) fn peer(
    input: &Input,
    objects: &Objects<'_>,
    end: &End<'_>,
    service: Option<ServiceRef<'_>>,
) -> Peer {
    let address = end.address.map(|address| address.to_canonical());
    if end.kind == EndKind::Workload {
        return match locate(objects, end) {
            // a pod without a name may have an address that tells
            None => address
                .and_then(|address| inside(input, objects, address))
                .unwrap_or(Peer::Unknown),
            Some(located) if located.host_network() => {
                let node = located.pod.and_then(|known| known.pod.node.clone());
                Peer::Inside(format!("host {}", node.unwrap_or_default()))
            }
            Some(located) => Peer::Workload(located.workload),
        };
    }
    let name = end.aggregate.or(end.name).unwrap_or_default();
    if end.kind == EndKind::Host {
        return Peer::Inside(format!("host {name}"));
    }
    if let Some(inside) = address.and_then(|address| inside(input, objects, address)) {
        return inside;
    }
    if let Some(service) = service {
        return Peer::Inside(format!("service {}/{}", service.namespace, service.name));
    }
    if end.kind == EndKind::NetworkSet {
        return Peer::External(format!("set {}/{name}", end.namespace.unwrap_or_default()));
    }
    let class = match address {
        Some(address) => class(address),
        None if name == "pub" => "public",
        None if name == "pvt" => "private",
        None => return Peer::Unknown,
    };
    match class {
        "local" => Peer::Inside("local".to_owned()),
        external => Peer::External(external.to_owned()),
    }
}

/// What an address of the cluster belongs to.
fn inside(input: &Input, objects: &Objects<'_>, address: IpAddr) -> Option<Peer> {
    for node in &input.fragment.nodes {
        if node.addresses.contains(&address) {
            return Some(Peer::Inside(format!("host {}", node.name)));
        }
    }
    for service in &input.fragment.services {
        if service.addresses.contains(&address) {
            return Some(Peer::Inside(format!(
                "service {}/{}",
                service.namespace, service.name
            )));
        }
    }
    if let Some(known) = objects
        .running()
        .filter(|known| {
            known
                .pod
                .addresses
                .iter()
                .any(|known| known.to_canonical() == address)
        })
        .last()
    {
        return Some(if known.pod.host_network {
            let host = known.pod.node.as_ref().unwrap_or(&known.pod.name);
            Peer::Inside(format!("host {host}"))
        } else {
            Peer::Workload(known.workload.clone())
        });
    }
    let ranges = input.fragment.nodes.iter().flat_map(|node| &node.pod_cidrs);
    let mut ranges = ranges.chain(&input.request.cluster_cidrs);
    ranges
        .any(|range| range.contains(&address))
        .then(|| Peer::Inside("cluster".to_owned()))
}

/// "169.254.169.254 (cloud metadata) is external and named; other link-local is not. Private
/// addresses (RFC 1918, IPv6 ULA, 100.64/10)"
fn class(address: IpAddr) -> &'static str {
    let is_in = |ranges: &[&str]| {
        ranges
            .iter()
            .any(|range| range.parse::<IpNet>().unwrap().contains(&address))
    };
    if is_in(&["169.254.169.254/32"]) {
        "metadata"
    } else if is_in(&["169.254.0.0/16", "fe80::/10", "127.0.0.0/8", "::1/128"]) {
        "local"
    } else if is_in(&[
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
    ]) {
        "private"
    } else {
        "public"
    }
}
