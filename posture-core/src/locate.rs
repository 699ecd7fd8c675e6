//! Which workload, host or network each end of a record is.

use std::net::IpAddr;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::edge::Peer;
use crate::model::{
    AddressClass, AddressOwner, Cluster, End, EndKind, PodOf, ServiceRef, WorkloadId, strip_digits,
    strip_hash,
};

/// A workload that a record names, and a pod of it where one is known.
#[derive(Clone, Debug)]
pub(crate) struct Located<'c> {
    pub(crate) workload: Arc<WorkloadId>,
    pub(crate) pod: Option<&'c PodOf>,
}

impl Located<'_> {
    /// "hostNetwork pods are not policed as workloads" (scoring, section 6.3).
    pub(crate) fn shares_host_network(&self) -> bool {
        self.pod.is_some_and(|known| known.pod.host_network)
    }
}

/// The other end of an edge, and the pod behind it where one is known.
pub(crate) struct LocatedPeer<'c> {
    pub(crate) peer: Peer,
    pub(crate) pod: Option<&'c PodOf>,
}

/// Finds the ends of records in a cluster. Remembers what it found: logs repeat names.
#[derive(Debug)]
pub(crate) struct Locator<'c> {
    cluster: &'c Cluster,
    found: FxHashMap<Box<[u8]>, Located<'c>>,
    /// Where what is looked for is written: see [`write_key`].
    key: Vec<u8>,
    names: FxHashMap<Box<str>, Arc<str>>,
}

impl<'c> Locator<'c> {
    pub(crate) fn new(cluster: &'c Cluster) -> Self {
        Self {
            cluster,
            found: FxHashMap::default(),
            key: Vec::new(),
            names: FxHashMap::default(),
        }
    }

    /// The workload of an end that the log says is a pod; none where the log does not name it.
    pub(crate) fn workload(&mut self, end: &End<'_>) -> Option<Located<'c>> {
        let namespace = end.namespace?;
        end.name.or(end.aggregate)?;
        write_key(
            &mut self.key,
            [Some(namespace), end.name, end.aggregate].map(Option::unwrap_or_default),
        );
        if let Some(found) = self.found.get(&*self.key) {
            return Some(found.clone());
        }
        let located = locate(self.cluster, namespace, end.name, end.aggregate)?;
        self.found.insert((&*self.key).into(), located.clone());
        Some(located)
    }

    /// The other end of an edge. `service` is the Service the record was sent to, where the end
    /// is its destination.
    pub(crate) fn peer(
        &mut self,
        end: &End<'_>,
        service: Option<ServiceRef<'_>>,
    ) -> LocatedPeer<'c> {
        match end.kind {
            EndKind::Workload => match self.workload(end) {
                Some(located) if located.shares_host_network() => LocatedPeer {
                    peer: Peer::Host {
                        name: self.name(located.pod.and_then(|known| known.pod.node.as_deref())),
                    },
                    pod: None,
                },
                Some(located) => LocatedPeer {
                    peer: Peer::Workload(located.workload),
                    pod: located.pod,
                },
                // A pod without a name may have an address that tells.
                None => {
                    let inside = end.address.and_then(|address| self.inside(address));
                    inside.unwrap_or_else(|| Peer::Unknown.into())
                }
            },
            EndKind::Host => match end.aggregate.or(end.name) {
                None => self.nameless_host(end.address).into(),
                name => {
                    let name = self.name(name);
                    Peer::Host { name }.into()
                }
            },
            EndKind::NetworkSet | EndKind::Network | EndKind::Unknown => {
                match end.address.and_then(|address| self.inside(address)) {
                    Some(inside) => inside,
                    None => self.network_peer(end, service).into(),
                }
            }
        }
    }

    /// A peer outside the cluster. "The address decides where there is one; the coarse
    /// `pub`/`pvt` names only where there is none"; "a record destined to a Service of the
    /// cluster" is not external, whatever stands behind it (scoring, section 6.3).
    fn network_peer(&mut self, end: &End<'_>, service: Option<ServiceRef<'_>>) -> Peer {
        if let Some(service) = service {
            return Peer::Service {
                namespace: self.name(Some(service.namespace)),
                name: self.name(Some(service.name)),
            };
        }
        let name = end.aggregate.or(end.name);
        match (end.kind, end.address.map(AddressClass::of), name) {
            (EndKind::NetworkSet, _, name) => Peer::NetworkSet {
                namespace: self.name(end.namespace),
                name: self.name(name),
            },
            (_, Some(AddressClass::Local), _) => Peer::Local,
            (_, Some(AddressClass::Metadata), _) => Peer::Metadata,
            (_, Some(AddressClass::Private), _) | (_, None, Some("pvt")) => Peer::Private,
            (_, Some(AddressClass::Public), _) | (_, None, Some("pub")) => Peer::Public,
            (_, None, _) => Peer::Unknown,
        }
    }

    /// A host without a name: the node that has its address, where there is one.
    fn nameless_host(&mut self, address: Option<IpAddr>) -> Peer {
        let owner = address.and_then(|address| self.cluster.address_owner(address.to_canonical()));
        let name = match owner {
            Some(AddressOwner::Node(name)) => name.clone(),
            _ => self.name(None),
        };
        Peer::Host { name }
    }

    /// What an address of the cluster belongs to; none for addresses outside.
    fn inside(&mut self, address: IpAddr) -> Option<LocatedPeer<'c>> {
        let cluster = self.cluster;
        let address = address.to_canonical();
        match cluster.address_owner(address) {
            Some(AddressOwner::Pod(namespace, name)) => {
                let pod = cluster.objects(namespace)?.pods.get(name)?;
                Some(LocatedPeer {
                    peer: Peer::Workload(pod.workload.clone()),
                    pod: Some(pod),
                })
            }
            Some(AddressOwner::Node(name)) => Some(Peer::Host { name: name.clone() }.into()),
            Some(AddressOwner::Service(namespace, name)) => Some(
                Peer::Service {
                    namespace: namespace.clone(),
                    name: name.clone(),
                }
                .into(),
            ),
            None => cluster
                .network
                .contains(address)
                .then(|| Peer::Cluster.into()),
        }
    }

    fn name(&mut self, name: Option<&str>) -> Arc<str> {
        let name = name.unwrap_or_default();
        if let Some(known) = self.names.get(name) {
            known.clone()
        } else {
            let known: Arc<str> = name.into();
            self.names.insert(name.into(), known.clone());
            known
        }
    }
}

/// Writes a key that other texts do not have: each with its length before it.
fn write_key(key: &mut Vec<u8>, texts: [&str; 3]) {
    key.clear();
    for text in texts {
        key.extend(text.len().to_le_bytes());
        key.extend(text.as_bytes());
    }
}

impl From<Peer> for LocatedPeer<'_> {
    fn from(peer: Peer) -> Self {
        Self { peer, pod: None }
    }
}

/// The workload that a flow log names: the pod of that name or `generateName` where the input has
/// one, else the name without the hash of its `ReplicaSet` or the time of its `Job`, so that "a
/// rollout must not change its identity" (scoring, section 1).
fn locate<'c>(
    cluster: &'c Cluster,
    namespace: &str,
    name: Option<&str>,
    aggregate: Option<&str>,
) -> Option<Located<'c>> {
    let objects = cluster.objects(namespace);
    let generated = aggregate.and_then(|aggregate| aggregate.strip_suffix('*'));
    // A pod without `generateName` is aggregated by its own name.
    let exact = name.or(aggregate.filter(|_| generated.is_none()));
    if let Some(pod) = objects.and_then(|objects| objects.pod(exact, generated)) {
        return Some(Located {
            workload: pod.workload.clone(),
            pod: Some(pod),
        });
    }
    let base = match generated {
        Some(generated) => generated.strip_suffix('-').unwrap_or(generated),
        None => aggregate.or(name)?,
    };
    let stripped = generated.and_then(|_| strip_hash(base).or_else(|| strip_digits(base)));
    let known = [stripped, Some(base)]
        .into_iter()
        .flatten()
        .find_map(|name| objects?.workload_named(name));
    let workload = match known {
        Some(known) => known.clone(),
        None => Arc::new(WorkloadId {
            namespace: namespace.into(),
            name: stripped.unwrap_or(base).into(),
            kind: "".into(),
        }),
    };
    Some(Located {
        workload,
        pod: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{build, fragment};
    use crate::model::{Fragment, Labels, Node, Origin};

    #[test]
    fn keys_are_those_of_their_texts_alone() {
        let mut keys = std::collections::BTreeSet::new();
        let texts = [
            ["a", "bc", ""],
            ["ab", "c", ""],
            ["a", "b", "c"],
            ["", "abc", ""],
            ["", "", "abc"],
        ];
        for texts in texts {
            let mut key = b"the key before".to_vec();
            write_key(&mut key, texts);
            assert!(keys.insert(key), "{texts:?}");
        }
    }

    #[test]
    fn what_has_no_name_is_found_by_its_address() {
        let node = Node {
            name: "node-1".to_owned(),
            labels: Labels::default(),
            addresses: vec!["10.9.0.1".parse().unwrap()],
            pod_cidrs: Vec::new(),
            origin: Origin::default(),
        };
        let cluster = build(Fragment {
            nodes: vec![node],
            ..fragment(Vec::new(), Vec::new())
        });
        let mut locator = Locator::new(&cluster);
        let mut peer = |kind, name, address: &str| {
            let end = End {
                kind,
                namespace: None,
                name,
                aggregate: None,
                address: Some(address.parse().unwrap()),
                port: None,
                labels: None,
            };
            locator.peer(&end, None).peer.to_string()
        };
        for (kind, name, address, expected) in [
            (EndKind::Host, None, "10.9.0.1", "node node-1"),
            (EndKind::Host, None, "::ffff:10.9.0.1", "node node-1"),
            (EndKind::Host, Some("node-2"), "10.9.0.1", "node node-2"),
            (EndKind::Host, None, "10.9.0.2", "a node"),
            (EndKind::Host, None, "10.0.0.1", "a node"),
            (EndKind::Workload, None, "10.0.0.1", "shop/web"),
            (EndKind::Workload, None, "10.8.0.1", "unknown"),
        ] {
            assert_eq!(peer(kind, name, address), expected, "{kind:?} {address}");
        }
    }
}
