//! What rules can speak of apart from the ends of the traffic itself.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use rustc_hash::FxHashMap;

use super::{End, Match, PodEnd, Reason, Scope, Sequence, Who};
use crate::model::{
    AddressClass, Cluster, HostEndpoint, Labels, NetworkSet, Node, Policy, PolicyModes,
    ServiceEndpoints, ServiceName, Tier,
};
use crate::selector::{Label, Selector, keys};

/// What rules can speak of apart from the ends themselves: labels that pods inherit, network sets,
/// hosts, and what stands behind Services.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    namespaces: BTreeMap<Arc<str>, Inherited>,
    /// Network sets, by namespace and name.
    pub(super) network_sets: Vec<NetworkSet>,
    pub(super) host_endpoints: Vec<HostEndpoint>,
    pub(super) nodes: Vec<Node>,
    pub(super) services: BTreeMap<ServiceName, ServiceEndpoints>,
    pub(crate) modes: PolicyModes,
    tiers: Vec<Tier>,
    hosts: Hosts,
    /// Nets in which there may be pods and nodes that nobody tells of.
    pub(super) inside: Vec<IpNet>,
    /// Addresses of the API server of Kubernetes; none where its Service is not told of.
    pub(super) api_server: Option<Vec<IpAddr>>,
}

/// Labels that pods inherit.
#[derive(Clone, Debug, Default)]
struct Inherited {
    labels: Labels,
    service_accounts: BTreeMap<String, Labels>,
}

impl Surroundings {
    /// Those of a cluster.
    pub fn new(cluster: &Cluster, modes: PolicyModes) -> Self {
        let inherited = cluster.namespaces.iter().map(|(name, objects)| {
            let inherited = Inherited {
                labels: objects.labels.clone(),
                service_accounts: objects.service_accounts.clone(),
            };
            (name.clone(), inherited)
        });
        Self {
            namespaces: inherited.collect(),
            network_sets: cluster.network_sets.clone(),
            host_endpoints: cluster.host_endpoints.clone(),
            nodes: cluster.nodes.clone(),
            services: cluster.services.clone(),
            modes,
            tiers: cluster.tiers.values().cloned().collect(),
            hosts: Hosts::new(&cluster.nodes, &cluster.host_endpoints),
            inside: inside(cluster),
            api_server: api_server(&cluster.services),
        }
    }

    /// Policies, in order of kind, namespace and name, in the order in which they are asked.
    pub fn sequence(&self, policies: &[Arc<Policy>], scope: Scope) -> Sequence {
        Sequence::new(policies, &self.tiers, scope, self.modes.tie_order)
    }

    /// The same from a sequence of mostly the same policies.
    pub(super) fn changed(
        &self,
        before: &Sequence,
        policies: &[Arc<Policy>],
        scope: Scope,
    ) -> Sequence {
        before.changed(policies, &self.tiers, scope, self.modes.tie_order)
    }

    /// Whether a selector selects a pod by its labels: its own and "`projectcalico.org/namespace`,
    /// `projectcalico.org/orchestrator = k8s`, `projectcalico.org/serviceaccount`, plus inherited
    /// `pcns.<k>` [...] and `pcsa.<k>`. Own label wins; own labels beginning `pcns.` or `pcsa.` are
    /// dropped" (policy semantics, section 4).
    pub(crate) fn selects_pod(&self, selector: &Selector, pod: &PodEnd<'_>) -> Match {
        let selected = selector.evaluate(&|key| self.label_of_pod(pod, key));
        Match::known(selected, Reason::Labels)
    }

    pub(super) fn label_of_pod<'l>(&'l self, pod: &PodEnd<'l>, key: &str) -> Label<'l> {
        self.label_of_key(pod, Key::of(key))
    }

    /// The label of a pod with a key of which it is known already where labels of it come from.
    pub(super) fn label_of_key<'l>(&'l self, pod: &PodEnd<'l>, key: Key<'_>) -> Label<'l> {
        match (key, pod.service_account, pod.labels) {
            (Key::OfNamespace(key), _, _) => self.label_of_namespace(pod.namespace, key),
            (Key::OfServiceAccount(key), _, _) => self.label_of_service_account(pod, key),
            (Key::Namespace, _, _) => Label::Is(pod.namespace),
            (Key::Orchestrator, _, _) => Label::Is(keys::KUBERNETES),
            (Key::ServiceAccount, Some(name), _) => Label::Is(name),
            (Key::ServiceAccount, None, Some(labels)) => {
                let name = labels.get(keys::SERVICE_ACCOUNT);
                name.map_or(Label::Unknown, |name| Label::Is(name))
            }
            (Key::Own(key), _, Some(labels)) => labels.get(key).into(),
            (Key::Own(_) | Key::ServiceAccount, _, None) => Label::Unknown,
        }
    }

    /// "a namespace without an object has only" the label with its name (policy semantics, section
    /// 3).
    fn label_of_namespace<'l>(&'l self, namespace: &'l str, key: &str) -> Label<'l> {
        match (key, self.namespaces.get(namespace)) {
            (keys::NAME, _) | (keys::METADATA_NAME, None) => Label::Is(namespace),
            (_, Some(inherited)) => inherited.labels.get(key).into(),
            (_, None) => Label::Absent,
        }
    }

    fn label_of_service_account<'l>(&'l self, pod: &PodEnd<'l>, key: &str) -> Label<'l> {
        let Some(name) = pod.service_account else {
            return Label::Unknown;
        };
        let inherited = self.namespaces.get(pod.namespace);
        let labels = inherited.and_then(|inherited| inherited.service_accounts.get(name));
        match (key, labels) {
            (keys::NAME, _) => Label::Is(name),
            (_, Some(labels)) => labels.get(key).into(),
            (_, None) => Label::Unknown,
        }
    }

    /// Whether a selector selects a network set by its labels.
    pub(crate) fn selects_set(&self, selector: &Selector, set: &NetworkSet) -> bool {
        selector.evaluate(&|key| self.label_of_set(set, key)) == Some(true)
    }

    /// A label of a network set: its own, and those that one in a namespace has from there.
    pub(super) fn label_of_set<'l>(&'l self, set: &'l NetworkSet, key: &str) -> Label<'l> {
        if set.namespace.is_empty() {
            return set.labels.get(key).into();
        }
        match key.strip_prefix(keys::NAMESPACE_PREFIX) {
            Some(key) => self.label_of_namespace(&set.namespace, key),
            None if key == keys::NAMESPACE => Label::Is(&set.namespace),
            None => set.labels.get(key).into(),
        }
    }

    pub(super) fn set(&self, namespace: &str, name: &str) -> Option<&NetworkSet> {
        self.network_sets.get(self.place_of_set(namespace, name)?)
    }

    /// The place of a network set among all.
    pub(super) fn place_of_set(&self, namespace: &str, name: &str) -> Option<usize> {
        let key = |set: &NetworkSet| {
            let by_namespace = set.namespace.as_str().cmp(namespace);
            by_namespace.then_with(|| set.name.as_str().cmp(name))
        };
        self.network_sets.binary_search_by(key).ok()
    }

    /// The nodes that an end may be, by name or address.
    pub(super) fn nodes_of(&self, end: &End<'_>) -> impl Iterator<Item = &Node> {
        let (named, at) = match (end.who, end.address) {
            (Who::Host(Some(name)), _) => {
                let found = self
                    .nodes
                    .binary_search_by(|node| node.name.as_str().cmp(name));
                (found.ok(), &[][..])
            }
            (Who::Host(None) | Who::Address, Some(address)) => (None, self.hosts.nodes_at(address)),
            _ => (None, &[][..]),
        };
        let places = named.into_iter().chain(at.iter().copied());
        places.filter_map(|place| self.nodes.get(place))
    }

    pub(super) fn nodes_at(&self, address: IpAddr) -> impl Iterator<Item = &Node> {
        let places = self.hosts.nodes_at(address).iter();
        places.filter_map(|place| self.nodes.get(*place))
    }

    /// Whether an address is a node's.
    pub(crate) fn is_host(&self, address: IpAddr) -> bool {
        !self.hosts.nodes_at(address).is_empty() || !self.hosts.endpoints_at(address).is_empty()
    }

    /// Whether an address may be that of a pod or node that nobody tells of.
    pub(super) fn may_be_inside(&self, address: IpAddr) -> bool {
        self.inside.iter().any(|net| net.contains(&address))
    }

    /// Whether it is known which addresses the API server of Kubernetes has.
    pub(super) const fn tells_api_server(&self) -> bool {
        self.api_server.is_some()
    }

    pub(super) fn is_api_server(&self, end: &End<'_>) -> bool {
        let known = self.api_server.as_deref().unwrap_or_default();
        end.address.is_some_and(|address| known.contains(&address))
    }

    /// Every address behind a Service.
    pub(crate) fn service_addresses(&self) -> impl Iterator<Item = IpAddr> {
        let endpoints = self.services.values().flatten();
        endpoints.map(|endpoint| endpoint.address.to_canonical())
    }

    pub(super) fn host_endpoints_at(&self, address: IpAddr) -> impl Iterator<Item = &HostEndpoint> {
        let places = self.hosts.endpoints_at(address).iter();
        places.filter_map(|place| self.host_endpoints.get(*place))
    }
}

/// A key of labels of pods, by where the labels come from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key<'k> {
    /// The pod itself.
    Own(&'k str),
    /// Its namespace: the key there.
    OfNamespace(&'k str),
    /// Its service account: the key there.
    OfServiceAccount(&'k str),
    /// The name of its namespace.
    Namespace,
    /// That it is a pod.
    Orchestrator,
    /// The name of its service account.
    ServiceAccount,
}

impl<'k> Key<'k> {
    pub(super) fn of(key: &'k str) -> Self {
        if let Some(key) = key.strip_prefix(keys::NAMESPACE_PREFIX) {
            return Self::OfNamespace(key);
        }
        if let Some(key) = key.strip_prefix(keys::SERVICE_ACCOUNT_PREFIX) {
            return Self::OfServiceAccount(key);
        }
        match key {
            keys::NAMESPACE => Self::Namespace,
            keys::ORCHESTRATOR => Self::Orchestrator,
            keys::SERVICE_ACCOUNT => Self::ServiceAccount,
            own => Self::Own(own),
        }
    }
}

/// "The cluster's own ranges; where no node was read, private addresses too" (policy semantics,
/// section 11).
fn inside(cluster: &Cluster) -> Vec<IpNet> {
    let mut inside = cluster.network.cidrs().to_vec();
    if cluster.nodes.is_empty() {
        let private = AddressClass::PRIVATE.iter();
        inside.extend(private.filter_map(|text| text.parse::<IpNet>().ok()));
    }
    inside
}

/// What stands behind the Service `kubernetes` of namespace `default`.
fn api_server(services: &BTreeMap<ServiceName, ServiceEndpoints>) -> Option<Vec<IpAddr>> {
    let name = ServiceName {
        namespace: "default".to_owned(),
        name: "kubernetes".to_owned(),
    };
    let endpoints = services.get(&name)?.iter();
    Some(endpoints.map(|endpoint| endpoint.address).collect())
}

/// Nodes and host endpoints by address.
#[derive(Clone, Debug, Default)]
struct Hosts {
    nodes: FxHashMap<IpAddr, Vec<usize>>,
    endpoints: FxHashMap<IpAddr, Vec<usize>>,
}

impl Hosts {
    fn new(nodes: &[Node], endpoints: &[HostEndpoint]) -> Self {
        Self {
            nodes: by_address(nodes.iter().map(|node| node.addresses.as_slice())),
            endpoints: by_address(endpoints.iter().map(|host| host.addresses.as_slice())),
        }
    }

    fn nodes_at(&self, address: IpAddr) -> &[usize] {
        self.nodes.get(&address).map_or(&[], Vec::as_slice)
    }

    fn endpoints_at(&self, address: IpAddr) -> &[usize] {
        self.endpoints.get(&address).map_or(&[], Vec::as_slice)
    }
}

fn by_address<'a>(addresses: impl Iterator<Item = &'a [IpAddr]>) -> FxHashMap<IpAddr, Vec<usize>> {
    let mut places: FxHashMap<IpAddr, Vec<usize>> = FxHashMap::default();
    for (place, addresses) in addresses.enumerate() {
        for address in addresses {
            places
                .entry(address.to_canonical())
                .or_default()
                .push(place);
        }
    }
    places
}
