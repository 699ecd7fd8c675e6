//! The cluster: fragments joined, checked once, and indexed by what refers to them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use rustc_hash::FxHashMap;

use super::fragment::{Fragment, Namespace, Node, Origin, Service, Sources, UnreadPolicy};
use super::namespace_objects::{NamespaceObjects, PodOf};
use super::service::{self, ServiceEndpoints};
use super::{
    HostEndpoint, Labels, Network, NetworkSet, Phase, Pod, Policy, Scan, ServiceName, Tier, VexUse,
    WorkloadId,
    newest::{newest, newest_policies},
    ordered::ordered,
    owner, vex, workload_endpoint,
};
use crate::issue::Issues;
use crate::selector::keys::METADATA_NAME;

/// "Every namespace carries `kubernetes.io/metadata.name`: add it when the input lacks it; a
/// namespace without an object has only that label" (policy semantics, section 3).
fn name_label(namespace: &str) -> Labels {
    let key = METADATA_NAME.to_owned();
    Labels::from([(key, namespace.to_owned())])
}

/// A cluster: every fact that an assessment uses apart from its traffic.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Namespaces, of objects and of what lies in them.
    pub namespaces: BTreeMap<Arc<str>, NamespaceObjects>,
    /// Policies of every kind, by kind, namespace and name.
    pub policies: Vec<Arc<Policy>>,
    /// Tiers, by name; the built-in ones where the input has none of their name.
    pub tiers: BTreeMap<String, Tier>,
    /// Network sets, by namespace and name.
    pub network_sets: Vec<NetworkSet>,
    /// Host endpoints, by name.
    pub host_endpoints: Vec<HostEndpoint>,
    /// Nodes, by name.
    pub nodes: Vec<Node>,
    /// What stands behind Services, as far as the input tells.
    pub services: BTreeMap<ServiceName, ServiceEndpoints>,
    /// Image scans; findings that statements of VEX clear are suppressed.
    pub scans: Vec<Scan>,
    /// What became of the statements of VEX.
    pub vex: VexUse,
    /// Policies of kinds that are not evaluated.
    pub unread_policies: Vec<UnreadPolicy>,
    /// Which kinds of fact the input speaks of.
    pub sources: Sources,
    /// The cluster's own address ranges.
    pub network: Network,
    addresses: FxHashMap<IpAddr, AddressOwner>,
    /// Namespaces of policies that are not evaluated; empty for cluster-wide ones.
    governed_unseen: BTreeSet<String>,
}

/// What an address of the cluster belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AddressOwner {
    /// A pod with an address of its own: namespace and name.
    Pod(Arc<str>, String),
    /// A node, or pods that share its network.
    Node(Arc<str>),
    /// A Service.
    Service(Arc<str>, Arc<str>),
}

/// An object that cannot be part of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Objects are told apart by name.
    #[error("a {kind} in {origin} has an empty name or namespace, expected both")]
    Unnamed {
        /// Its kind.
        kind: &'static str,
        /// Where it was read.
        origin: Origin,
    },
}

impl Cluster {
    /// Joins what was read. `cluster_cidrs` are the cluster's own address ranges as far as the
    /// caller knows them; those that the fragment tells are added. `policies_complete` is the
    /// caller's word that a missing policy does not exist.
    ///
    /// Issues name objects given twice with different content and owners that lead in a circle.
    ///
    /// # Errors
    /// [`ModelError`] for an object without a name.
    pub fn build(
        fragment: Fragment,
        cluster_cidrs: &[IpNet],
        policies_complete: bool,
        issues: &mut Issues,
    ) -> Result<Self, ModelError> {
        check_names(&fragment)?;
        let nodes = newest(fragment.nodes, issues);
        let services = newest(fragment.services, issues);
        let slices = newest(fragment.endpoint_slices, issues);
        let controllers = newest(fragment.controllers, issues);
        let owners = owner::Controllers::new(&controllers);

        let mut cluster = Self {
            scans: ordered(fragment.scans, Ord::cmp),
            policies: newest_policies(fragment.policies, issues)
                .into_iter()
                .map(Arc::new)
                .collect(),
            tiers: tiers(newest(fragment.tiers, issues)),
            network_sets: newest(fragment.network_sets, issues),
            host_endpoints: newest(fragment.host_endpoints, issues),
            unread_policies: newest(fragment.unread_policies, issues),
            sources: fragment.sources,
            network: Network::of(cluster_cidrs, &nodes, fragment.ranges),
            ..Self::default()
        };
        cluster
            .scans
            .dedup_by(|later, earlier| later.reports_the_same(earlier));
        cluster.vex = vex::apply(&fragment.vex, &mut cluster.scans);
        let enforced = cluster
            .unread_policies
            .iter()
            .filter(|policy| !policy.staged);
        cluster.governed_unseen = enforced.map(|policy| policy.namespace.clone()).collect();
        cluster.sources.policies |= policies_complete;
        for Namespace { name, labels, .. } in newest(fragment.namespaces, issues) {
            cluster.namespace(&name).labels.extend(labels);
        }
        for account in newest(fragment.service_accounts, issues) {
            let objects = cluster.namespace(&account.namespace);
            objects
                .service_accounts
                .insert(account.name, account.labels);
        }
        let pods = newest(fragment.pods, issues);
        let missing = workload_endpoint::missing_pods(fragment.workload_endpoints, &pods, issues);
        for pod in pods {
            let workload = owners.workload_of(&pod, issues);
            cluster.add_pod(pod, workload);
        }
        for pod in missing {
            let workload = owners.workload_of(&pod, issues);
            let workload = cluster.known_workload(workload);
            cluster.add_pod(pod, workload);
        }
        cluster.drop_declared_pods_of_live_workloads();
        cluster.number_pods();
        cluster.index_generate_names();
        cluster.services = service::endpoints(&services, &slices, &cluster.namespaces);
        cluster.index_addresses(&nodes, services);
        cluster.nodes = nodes;
        Ok(cluster)
    }

    fn namespace(&mut self, name: &str) -> &mut NamespaceObjects {
        self.namespaces
            .entry(name.into())
            .or_insert_with(|| NamespaceObjects::new(name_label(name)))
    }

    /// Of a workload whose kind is not known, the one of its name that is known.
    fn known_workload(&self, workload: WorkloadId) -> WorkloadId {
        let objects = self.objects(&workload.namespace);
        let known = objects.and_then(|objects| objects.workload_named(&workload.name));
        match known {
            Some(known) if workload.kind.is_empty() => known.as_ref().clone(),
            _ => workload,
        }
    }

    fn add_pod(&mut self, pod: Pod, workload: WorkloadId) {
        let objects = self.namespace(&workload.namespace);
        let workload = objects.workload(workload);
        let containers = pod.containers.iter();
        let ports = containers
            .flat_map(|container| container.ports.clone())
            .collect();
        let known = PodOf {
            id: 0,
            workload,
            pod,
            ports,
        };
        objects.pods.insert(known.pod.name.clone(), known);
    }

    /// A manifest says what would run; where its workload's live pods are known, they say more.
    fn drop_declared_pods_of_live_workloads(&mut self) {
        for objects in self.namespaces.values_mut() {
            let live: BTreeSet<Arc<WorkloadId>> = objects
                .pods
                .values()
                .filter(|known| known.pod.phase != Phase::Declared)
                .map(|known| known.workload.clone())
                .collect();
            objects.pods.retain(|_, known| {
                known.pod.phase != Phase::Declared || !live.contains(&known.workload)
            });
        }
    }

    fn number_pods(&mut self) {
        let pods = self
            .namespaces
            .values_mut()
            .flat_map(|objects| objects.pods.values_mut());
        for (known, id) in pods.zip(0_u32..) {
            known.id = id;
        }
    }

    /// Of the pods of one `generateName` the last by name that runs stands for all.
    fn index_generate_names(&mut self) {
        for objects in self.namespaces.values_mut() {
            let mut generated: Vec<(bool, &String, &String)> = objects
                .pods
                .values()
                .filter_map(|known| {
                    let generated = known.pod.generate_name.as_ref()?;
                    Some((known.is_running(), generated, &known.pod.name))
                })
                .collect();
            generated.sort_unstable();
            objects.by_generate_name = generated
                .into_iter()
                .map(|(_, generated, name)| (generated.clone(), name.clone()))
                .collect();
        }
    }

    fn index_addresses(&mut self, nodes: &[Node], services: Vec<Service>) {
        let mut addresses = FxHashMap::default();
        for (namespace, objects) in &self.namespaces {
            for known in objects.pods.values().filter(|known| known.is_running()) {
                for address in &known.pod.addresses {
                    let owner = match (&known.pod.node, known.pod.host_network) {
                        (_, false) => AddressOwner::Pod(namespace.clone(), known.pod.name.clone()),
                        (Some(node), true) => AddressOwner::Node(node.as_str().into()),
                        (None, true) => AddressOwner::Node(known.pod.name.as_str().into()),
                    };
                    addresses.insert(address.to_canonical(), owner);
                }
            }
        }
        for service in services {
            for address in service.addresses {
                let owner = AddressOwner::Service(
                    service.namespace.as_str().into(),
                    service.name.as_str().into(),
                );
                addresses.insert(address.to_canonical(), owner);
            }
        }
        for node in nodes {
            for address in &node.addresses {
                let owner = AddressOwner::Node(node.name.as_str().into());
                addresses.insert(address.to_canonical(), owner);
            }
        }
        self.addresses = addresses;
    }

    /// The objects of a namespace.
    pub fn objects(&self, namespace: &str) -> Option<&NamespaceObjects> {
        self.namespaces.get(namespace)
    }

    /// Every pod that runs.
    pub fn running_pods(&self) -> impl Iterator<Item = &PodOf> {
        self.namespaces
            .values()
            .flat_map(|objects| objects.pods.values())
            .filter(|known| known.is_running())
    }

    pub(crate) fn address_owner(&self, address: IpAddr) -> Option<&AddressOwner> {
        self.addresses.get(&address.to_canonical())
    }

    /// Whether an address is that of a Service of the cluster.
    pub(crate) fn is_service(&self, address: IpAddr) -> bool {
        matches!(self.address_owner(address), Some(AddressOwner::Service(..)))
    }

    /// Whether a policy that is not evaluated may govern ends in a namespace: one of that
    /// namespace, or a cluster-wide one, that is not staged.
    pub fn may_be_governed_unseen(&self, namespace: &str) -> bool {
        self.governed_unseen.contains("") || self.governed_unseen.contains(namespace)
    }
}

fn check_names(fragment: &Fragment) -> Result<(), ModelError> {
    let unnamed = |kind, origin: &Origin| {
        Err(ModelError::Unnamed {
            kind,
            origin: origin.clone(),
        })
    };
    if let Some(pod) = fragment
        .pods
        .iter()
        .find(|p| p.name.is_empty() || p.namespace.is_empty())
    {
        return unnamed("pod", &pod.origin);
    }
    if let Some(namespace) = fragment.namespaces.iter().find(|n| n.name.is_empty()) {
        return unnamed("namespace", &namespace.origin);
    }
    match fragment
        .policies
        .iter()
        .find(|policy| policy.name.is_empty())
    {
        Some(policy) => unnamed(policy.kind.name(), &policy.origin),
        None => Ok(()),
    }
}

/// The tiers of the input and the built-in ones.
fn tiers(given: Vec<Tier>) -> BTreeMap<String, Tier> {
    let built_in = Tier::built_in().into_iter();
    let mut tiers: BTreeMap<String, Tier> =
        built_in.map(|tier| (tier.name.clone(), tier)).collect();
    for mut tier in given {
        let built_in = tiers.get(&tier.name);
        tier.order = tier.order.or(built_in.and_then(|tier| tier.order));
        tiers.insert(tier.name.clone(), tier);
    }
    tiers
}
