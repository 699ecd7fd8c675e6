//! From what a person names to what is there.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::Place;
use super::near::{near, told};
use crate::engine::words::list;
use crate::engine::{End, Who};
use crate::model::{
    AddressOwner, Cluster, NamespaceObjects, Phase, PodOf, ServiceName, WorkloadId,
};

/// Why a place is not found, or is not just one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotFound(pub(super) String);

/// What a person named.
#[derive(Clone, Debug)]
pub(super) enum Found<'c> {
    /// Pods of one workload with networks of their own, in order of their names, never none; and the
    /// address that was named, where one was.
    Pods(Vec<&'c PodOf>, Option<IpAddr>),
    /// A node, by name where that is known, and its address where that is.
    Node(Option<String>, Option<IpAddr>),
    /// An address of the cluster that belongs to nothing that was read.
    Inside(IpAddr),
    /// An address outside the cluster.
    Outside(IpAddr),
}

pub(super) fn find<'c>(cluster: &'c Cluster, place: &Place) -> Result<Found<'c>, NotFound> {
    match place {
        Place::Address(address) => at_address(cluster, *address),
        Place::Named {
            namespace,
            kind,
            name,
        } => {
            let Some(objects) = cluster.objects(namespace) else {
                let known = cluster.namespaces.keys().map(AsRef::as_ref);
                let near = near(namespace, known, "did you mean", "there are", "");
                return Err(NotFound(format!(
                    "`{place}`: nothing was read of namespace `{namespace}`{near}"
                )));
            };
            named(cluster, place, objects, kind.as_deref(), name)
        }
    }
}

fn at_address(cluster: &Cluster, address: IpAddr) -> Result<Found<'_>, NotFound> {
    match cluster.address_owner(address) {
        Some(AddressOwner::Pod(namespace, name)) => {
            let pod = cluster.objects(namespace).and_then(|of| of.pods.get(name));
            Ok(pod.map_or(Found::Inside(address), |pod| {
                Found::Pods(vec![pod], Some(address))
            }))
        }
        Some(AddressOwner::Node(name)) => Ok(Found::Node(Some(name.to_string()), Some(address))),
        Some(AddressOwner::Service(namespace, name)) => Err(NotFound(format!(
            "`{address}` is the address of Service `{namespace}/{name}`, and policies see the pods \
             behind it, expected one of them{}",
            behind(cluster, namespace, name)
        ))),
        None if cluster.network.contains(address) => Ok(Found::Inside(address)),
        None => Ok(Found::Outside(address)),
    }
}

/// The workloads behind a Service, as far as they are known.
fn behind(cluster: &Cluster, namespace: &str, name: &str) -> String {
    let name = ServiceName {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    };
    let endpoints = cluster.services.get(&name).into_iter().flatten();
    let workloads: BTreeSet<String> = endpoints
        .filter_map(|endpoint| match cluster.address_owner(endpoint.address)? {
            AddressOwner::Pod(namespace, name) => {
                let known = cluster.objects(namespace)?.pods.get(name)?;
                Some(known.workload.to_string())
            }
            _ => None,
        })
        .collect();
    let workloads: Vec<&str> = workloads.iter().map(String::as_str).collect();
    match workloads.is_empty() {
        true => String::new(),
        false => format!(": {}", told(&workloads, "or", "")),
    }
}

/// A pod of that name, or the pods of the one workload of that name.
fn named<'c>(
    cluster: &Cluster,
    place: &Place,
    objects: &'c NamespaceObjects,
    kind: Option<&str>,
    name: &str,
) -> Result<Found<'c>, NotFound> {
    let is_kind = |of: &str| kind.is_none_or(|kind| kind.eq_ignore_ascii_case(of));
    let pod = objects.pods.get(name).filter(|_| is_kind("Pod"));
    let of_name = objects
        .pods
        .values()
        .map(|known| &known.workload)
        .filter(|workload| workload.name.as_ref() == name && is_kind(&workload.kind));
    let mut workloads: BTreeSet<&Arc<WorkloadId>> = of_name.collect();
    workloads.retain(|workload| pod.is_none_or(|pod| pod.workload != **workload));
    match (pod, workloads.into_iter().collect::<Vec<_>>().as_slice()) {
        (Some(pod), []) => of_pods(place, vec![pod]),
        (None, [one]) => {
            let pods = objects.pods.values();
            of_pods(place, pods.filter(|pod| pod.workload == **one).collect())
        }
        (None, []) => Err(unknown(cluster, place, objects, name)),
        (pod, several) => {
            let pods = pod.map(|pod| format!("`{}/Pod/{name}`", pod.pod.namespace));
            let several = several.iter().map(|workload| format!("`{workload:#}`"));
            Err(NotFound(format!(
                "`{place}` is more than one, expected {}",
                list(pods.into_iter().chain(several))
            )))
        }
    }
}

fn of_pods<'c>(place: &Place, mut pods: Vec<&'c PodOf>) -> Result<Found<'c>, NotFound> {
    pods.retain(|known| known.pod.phase != Phase::Finished);
    // what runs tells more than what waits
    if pods.iter().any(|known| known.is_running()) {
        pods.retain(|known| known.is_running());
    }
    match pods.iter().find(|known| !known.pod.host_network) {
        Some(_) => {
            pods.retain(|known| !known.pod.host_network);
            Ok(Found::Pods(pods, None))
        }
        None => match pods.first() {
            Some(known) => Ok(Found::Node(
                known.pod.node.clone(),
                known.pod.addresses.first().map(IpAddr::to_canonical),
            )),
            None => Err(NotFound(format!(
                "`{place}` has no pod that runs, so it neither sends nor receives"
            ))),
        },
    }
}

/// Nothing has the name: in other namespaces something may, and here something like it.
fn unknown(cluster: &Cluster, place: &Place, objects: &NamespaceObjects, name: &str) -> NotFound {
    let elsewhere = cluster.namespaces.iter().filter(|(_, objects)| {
        objects.workload_named(name).is_some() || objects.pods.contains_key(name)
    });
    let elsewhere: Vec<String> = elsewhere
        .map(|(namespace, _)| format!("{namespace}/{name}"))
        .collect();
    let elsewhere: Vec<&str> = elsewhere.iter().map(String::as_str).collect();
    let elsewhere = match elsewhere.is_empty() {
        true => String::new(),
        false => format!(", did you mean {}?", told(&elsewhere, "or", "")),
    };
    let (mut workloads, mut pods) = (BTreeSet::new(), BTreeSet::new());
    let mut namespace = "";
    for known in objects.pods.values() {
        namespace = &known.pod.namespace;
        workloads.insert(known.workload.name.as_ref());
        pods.insert(known.pod.name.as_str());
    }
    let like = |known: &BTreeSet<&str>, else_some| {
        near(
            name,
            known.iter().copied(),
            "did you mean",
            else_some,
            namespace,
        )
    };
    let nearest = [
        elsewhere,
        like(&workloads, ""),
        like(&pods, ""),
        like(&workloads, "there are"),
    ];
    let near = nearest.into_iter().find(|near| !near.is_empty());
    let near = near.unwrap_or_default();
    NotFound(format!("`{place}` is neither workload nor pod{near}"))
}

impl Found<'_> {
    /// The end that policies see: of several pods the given one, by its address of a family.
    pub(super) fn end(&self, pod: usize, is_of_family: impl Fn(&IpAddr) -> bool) -> End<'_> {
        match self {
            Self::Pods(pods, named) => match pods.get(pod).or_else(|| pods.first()) {
                Some(known) => {
                    let mut addresses = known.pod.addresses.iter().map(IpAddr::to_canonical);
                    End::pod(known, named.or_else(|| addresses.find(is_of_family)))
                }
                None => End::UNKNOWN,
            },
            Self::Node(name, address) => End {
                who: Who::Host(name.as_deref()),
                address: *address,
            },
            Self::Inside(address) => End {
                who: Who::Unknown,
                address: Some(*address),
            },
            Self::Outside(address) => End::at(*address),
        }
    }

    /// The addresses that it may have.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        match self {
            Self::Pods(_, Some(named)) => vec![*named],
            Self::Pods(pods, None) => pods.first().map_or_else(Vec::new, |known| {
                known
                    .pod
                    .addresses
                    .iter()
                    .map(IpAddr::to_canonical)
                    .collect()
            }),
            Self::Node(_, address) => address.iter().copied().collect(),
            Self::Inside(address) | Self::Outside(address) => vec![*address],
        }
    }
}
