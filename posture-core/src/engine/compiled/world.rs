//! Rows: "group endpoints into classes of equal" labels and address atom (policy semantics, section
//! 10).

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use rustc_hash::FxHashMap;

use super::atoms::{Atoms, number};
use super::mentioned::Mentioned;
use super::ports::Ports;
use super::vocabulary::{self, Value, Vocabulary};
use crate::engine::{End, PodEnd, Surroundings, Who};
use crate::model::{Cluster, EndMatch, PodOf, Policy};
use crate::selector::Label;

/// What all ends of a row have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Nothing is known of them.
    Unknown,
    /// Their addresses are not known, and they are no pods.
    NoPod,
    /// What has an address of an atom and is no pod; its first number.
    Address(u128),
    /// Pods whose addresses are not known.
    Pod,
    /// Pods with addresses of an atom; its first number.
    PodAt(u128),
    /// Pods of which nothing else is known here: whatever depends on them is asked one by one.
    AnyPod,
    /// A network set, by its place.
    Set(u32),
    /// A host endpoint, by its place: its labels; it is no end itself.
    Host(u32),
}

impl Kind {
    /// A number of the atom.
    pub(super) const fn address(self) -> Option<u128> {
        match self {
            Self::Address(start) | Self::PodAt(start) => Some(start),
            Self::Unknown
            | Self::NoPod
            | Self::Pod
            | Self::AnyPod
            | Self::Set(_)
            | Self::Host(_) => None,
        }
    }

    pub(super) const fn is_pod(self) -> bool {
        matches!(self, Self::Pod | Self::PodAt(_) | Self::AnyPod)
    }

    /// Whether it is a network set or a host endpoint.
    pub(super) const fn is_named(self) -> bool {
        matches!(self, Self::Set(_) | Self::Host(_))
    }
}

/// The row of ends of which nothing is known.
const NOTHING_KNOWN: u32 = 0;
/// The row of ends that are no pods and whose addresses are not known.
pub(super) const NO_POD: u32 = 1;
/// The row of pods that are like none of the cluster.
const ANY_POD: u32 = 4;
const FIRST_SET: u32 = 5;

/// The rows of a pod.
#[derive(Clone, Copy, Debug)]
pub(super) struct PodRows {
    /// Where its address is not known.
    pub(super) unknown: u32,
    /// At its first address.
    pub(super) at: u32,
    /// Its first address.
    pub(super) address: Option<IpAddr>,
}

/// Every end there can be, in rows that no policy tells apart.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) vocabulary: Vocabulary,
    pub(super) ports: Ports,
    pub(super) atoms: Atoms,
    pub(super) kinds: Vec<Kind>,
    /// The value of each key in each row.
    pub(super) values: Vec<Arc<Vec<Value>>>,
    pub(super) pods: Vec<Option<PodRows>>,
    /// Further addresses of pods, and their rows.
    pub(super) more: FxHashMap<(u32, IpAddr), u32>,
    /// Whether rules name nodes, which are told by name as well as by address.
    names_nodes: bool,
    /// Whether rules name entities, of which nodes are one, whatever addresses they have.
    names_entities: bool,
}

/// What a change adds, each with what it was part of before.
#[derive(Debug, Default)]
pub(super) struct Added {
    /// The parents of new rows.
    pub(super) rows: Vec<u32>,
    /// The parents of new pieces of what is sent.
    pub(super) pieces: Vec<u32>,
}

impl World {
    /// All ends of a cluster, none told from others of its kind.
    pub(super) fn new(cluster: &Cluster, around: &Surroundings) -> Self {
        let mut kinds = vec![
            Kind::Unknown,
            Kind::NoPod,
            Kind::Address(0),
            Kind::Pod,
            Kind::AnyPod,
        ];
        let sets = (0_u32..).take(around.network_sets.len()).map(Kind::Set);
        let hosts = (0_u32..).take(around.host_endpoints.len()).map(Kind::Host);
        kinds.extend(sets.chain(hosts));
        let (pod, at) = (3, u32::try_from(kinds.len()).unwrap_or(u32::MAX));
        kinds.push(Kind::PodAt(0));
        let mut world = Self {
            vocabulary: Vocabulary::default(),
            ports: Ports::new(),
            atoms: Atoms::new(2),
            kinds,
            values: Vec::new(),
            pods: Vec::new(),
            more: FxHashMap::default(),
            names_nodes: false,
            names_entities: false,
        };
        for known in all_pods(cluster) {
            let mut addresses = known.pod.addresses.iter().map(IpAddr::to_canonical);
            let rows = PodRows {
                unknown: pod,
                at,
                address: addresses.next(),
            };
            world
                .more
                .extend(addresses.map(|address| ((known.id, address), at)));
            let id = known.id as usize;
            if world.pods.len() <= id {
                world.pods.resize(id.saturating_add(1), None);
            }
            if let Some(slot) = world.pods.get_mut(id) {
                *slot = Some(rows);
            }
        }
        world
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    pub(super) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The values of a key, by row.
    pub(super) fn values(&self, key: u32) -> &[Value] {
        self.values
            .get(key as usize)
            .map_or(&[], |values| values.as_slice())
    }

    /// The row of an end. Where it knows less than the end does, what depends on that is asked one by
    /// one.
    pub(super) fn row(&self, around: &Surroundings, end: &End<'_>) -> u32 {
        match (end.who, end.address) {
            (Who::Pod(pod), address) => self.row_of_pod(&pod, address).unwrap_or(ANY_POD),
            (Who::Host(Some(_)), _) if self.names_nodes => NO_POD,
            (Who::Host(_), _) if self.names_entities => NO_POD,
            (Who::Host(_) | Who::Address, Some(address)) => self.atoms.find(number(address)).row,
            (Who::Host(_) | Who::Address, None) => NO_POD,
            (Who::Unknown, _) => NOTHING_KNOWN,
            (Who::NetworkSet(namespace, name), _) => {
                let place = around.place_of_set(namespace, name);
                let place = place.and_then(|place| u32::try_from(place).ok());
                place.map_or(NOTHING_KNOWN, |place| FIRST_SET.saturating_add(place))
            }
        }
    }

    /// The row of a pod of the cluster, by its number.
    pub(super) fn row_of_pod(&self, pod: &PodEnd<'_>, address: Option<IpAddr>) -> Option<u32> {
        let id = pod.id?;
        let rows = self.pods.get(id as usize).copied().flatten()?;
        match address {
            None => Some(rows.unknown),
            Some(address) if rows.address == Some(address) => Some(rows.at),
            Some(address) => self.more.get(&(id, address)).copied(),
        }
    }

    /// Tells apart whatever policies tell apart.
    pub(super) fn refine<'p>(
        &mut self,
        cluster: &Cluster,
        around: &Surroundings,
        policies: impl IntoIterator<Item = &'p Policy>,
    ) -> Added {
        let mentioned = Mentioned::by(policies);
        let before = self.kinds.len();
        let mut parents = Vec::new();
        let changed = self.vocabulary.learn(mentioned.selectors());
        let mut changed: Vec<u32> = changed.into_iter().collect();
        changed.sort_unstable();
        self.values
            .resize_with(self.vocabulary.len(), || Arc::new(vec![0; before]));

        let ends = &mentioned.ends;
        self.names_nodes |= ends.iter().any(|end| end.nodes.is_some());
        self.names_entities |= ends.iter().any(|end| end.entity.is_some());
        let mut nets = nets(around, ends);
        if self.names_nodes || self.names_entities {
            nets.extend(around.nodes.iter().flat_map(|node| hosts(&node.addresses)));
        }
        if self.names_entities {
            nets.extend_from_slice(&around.inside);
            nets.extend(around.api_server.iter().flat_map(|of| hosts(of)));
        }
        let kinds = &mut self.kinds;
        let cut = self.atoms.split(nets.iter(), |start, parent| {
            add_row(kinds, &mut parents, Kind::Address(start), parent)
        });
        self.name_sets_and_hosts(around, &changed);
        if !cut.is_empty() || !changed.is_empty() {
            self.regroup(cluster, around, &changed, &cut, &mut parents);
        }
        for (key, values) in (0_u32..).zip(&mut self.values) {
            if changed.contains(&key) {
                Arc::make_mut(values).resize(self.kinds.len(), vocabulary::ABSENT);
            } else if !parents.is_empty() {
                let values = Arc::make_mut(values);
                for parent in &parents {
                    values.push(values.get(*parent as usize).copied().unwrap_or_default());
                }
            }
        }
        Added {
            rows: parents,
            pieces: self.ports.split(&mentioned.sent),
        }
    }

    /// Sets the values of the rows that do not stand for pods of the cluster.
    fn name_sets_and_hosts(&mut self, around: &Surroundings, changed: &[u32]) {
        for (row, kind) in self.kinds.iter().enumerate() {
            if !matches!(kind, Kind::Set(_) | Kind::Host(_) | Kind::AnyPod) {
                continue;
            }
            for key in changed {
                let Some(text) = self.vocabulary.words(*key).map(|words| words.key.clone()) else {
                    continue;
                };
                let label = label(around, *kind, &text);
                let value = self.vocabulary.number(*key, label);
                let values = self.values.get_mut(*key as usize).map(Arc::make_mut);
                if let Some(slot) = values.and_then(|values| values.get_mut(row)) {
                    *slot = value;
                }
            }
        }
    }
}

pub(super) fn add_row(
    kinds: &mut Vec<Kind>,
    parents: &mut Vec<u32>,
    kind: Kind,
    parent: u32,
) -> u32 {
    let row = u32::try_from(kinds.len()).unwrap_or(u32::MAX);
    kinds.push(kind);
    parents.push(parent);
    row
}

/// A label of what a row stands for alone.
fn label<'l>(around: &'l Surroundings, kind: Kind, key: &str) -> Label<'l> {
    let set = |place: u32| around.network_sets.get(place as usize);
    let host = |place: u32| around.host_endpoints.get(place as usize);
    match kind {
        Kind::Set(place) => set(place).map_or(Label::Absent, |set| around.label_of_set(set, key)),
        Kind::Host(place) => host(place).map_or(Label::Absent, |host| host.labels.get(key).into()),
        Kind::AnyPod => Label::Unknown,
        _ => Label::Absent,
    }
}

/// The pods that have networks of their own.
pub(super) fn all_pods(cluster: &Cluster) -> impl Iterator<Item = &PodOf> {
    let pods = cluster
        .namespaces
        .values()
        .flat_map(|objects| objects.pods.values());
    pods.filter(|known| !known.pod.host_network)
}

/// Addresses as the nets that hold them alone.
pub(super) fn hosts(addresses: &[IpAddr]) -> impl Iterator<Item = IpNet> {
    let addresses = addresses.iter();
    addresses.map(|address| IpNet::from(address.to_canonical()))
}

/// All nets whose borders matter: of rules, of network sets and hosts.
fn nets(around: &Surroundings, ends: &[&EndMatch]) -> Vec<IpNet> {
    let mut nets: Vec<IpNet> = Vec::new();
    for end in ends {
        nets.extend(end.nets.iter().flatten().chain(&end.not_nets));
    }
    nets.extend(around.network_sets.iter().flat_map(|set| set.nets.iter()));
    let endpoints = around.host_endpoints.iter();
    nets.extend(endpoints.flat_map(|host| hosts(&host.addresses)));
    nets
}
