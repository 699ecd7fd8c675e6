//! All traffic that policies of some configurations can tell apart, one of each kind, and the sets
//! of it that each configuration lets through.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use posture_core::engine::End;
use posture_core::model::{
    Cluster, EndMatch, Labels, PodOf, Policy, PortMatch, Protocol, TrafficMatch,
};

use crate::world::{
    Probe, World, addresses_at_edges, ports_at_edges, rules, source_ports_at_edges,
};

/// Ends and what is sent between them.
pub(crate) struct Space {
    /// Pods, by namespace and name: of those that are alike in every way, two.
    pub(crate) pods: Vec<(String, String)>,
    /// Addresses: of those that are in the same nets, one.
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) probes: Vec<Probe>,
}

/// What a configuration lets through, for each pair of ends and each probe of a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sets {
    /// What goes through.
    pub(crate) through: Vec<bool>,
    /// What goes through because a policy says so.
    pub(crate) said: Vec<bool>,
}

/// One end of the traffic of a space: a pod or an address, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Pod(usize),
    Address(usize),
}

impl Space {
    /// Whatever policies of some clusters can tell apart; their pods are those of the first.
    pub(crate) fn of(clusters: &[&Cluster]) -> Self {
        let mut nets = BTreeSet::new();
        let mut addresses = BTreeSet::new();
        let (mut ports, mut source_ports) = (BTreeSet::new(), BTreeSet::new());
        let mut probes = BTreeSet::new();
        for cluster in clusters {
            nets.extend(nets_of(cluster));
            addresses.extend(addresses_at_edges(cluster));
            ports.extend(ports_at_edges(cluster));
            source_ports.extend(source_ports_at_edges(cluster));
            probes.extend(other_probes(&cluster.policies));
        }
        addresses.insert(IpAddr::from([0_u16, 0, 0, 0, 0, 0, 0, 1]));
        source_ports.insert(50_000);
        let ports = one_of_each(clusters, &ports);
        for source_port in source_ports {
            for port in &ports {
                probes.extend(crate::world::WITH_PORTS.map(|protocol| Probe {
                    source_port: Some(source_port),
                    ..Probe::to(protocol, *port)
                }));
            }
        }
        Self {
            pods: clusters
                .first()
                .map_or_else(Vec::new, |cluster| pods(cluster)),
            addresses: distinct(addresses, |address| {
                let holds = nets.iter().filter(|net| net.contains(address));
                (address.is_ipv4(), holds.copied().collect::<Vec<IpNet>>())
            }),
            probes: probes.into_iter().collect(),
        }
    }

    /// Every ordered pair of different ends, of which one is a pod.
    pub(crate) fn pairs(&self) -> Vec<(Place, Place)> {
        let pods = (0..self.pods.len()).map(Place::Pod);
        let addresses = (0..self.addresses.len()).map(Place::Address);
        let places: Vec<Place> = pods.chain(addresses).collect();
        let pair = |from: &Place, to: &Place| {
            let external = matches!((from, to), (Place::Address(_), Place::Address(_)));
            (!external && from != to).then_some((*from, *to))
        };
        let all = places
            .iter()
            .flat_map(|from| places.iter().filter_map(move |to| pair(from, to)));
        all.collect()
    }

    /// What a configuration lets through.
    pub(crate) fn sets(&self, world: &World) -> Sets {
        let (through, said) = self.answers(world).unzip();
        Sets { through, said }
    }

    /// Whether a configuration lets through what a set says.
    pub(crate) fn is_same(&self, world: &World, through: &[bool]) -> bool {
        let answers = self.answers(world).zip(through);
        answers.into_iter().all(|((ours, _), other)| ours == *other)
    }

    /// What becomes of each probe between each pair of ends, in order: whether it goes through, and
    /// whether a policy says so.
    fn answers<'s>(&'s self, world: &'s World) -> impl Iterator<Item = (bool, bool)> + 's {
        self.pairs().into_iter().flat_map(move |(from, to)| {
            let (from, to) = (self.end(world, from), self.end(world, to));
            self.probes.iter().map(move |probe| {
                let answer = world.answer(from, to, *probe);
                let through = answer.through.unwrap_or_else(|| {
                    panic!("it is not known whether {from:?} can send {probe:?} to {to:?}")
                });
                (through, answer.said)
            })
        })
    }

    pub(crate) fn end<'w>(&self, world: &'w World, place: Place) -> End<'w> {
        match place {
            Place::Pod(at) => {
                let (namespace, name) = &self.pods[at];
                let objects = world.cluster.objects(namespace).expect("the namespace");
                End::pod(&objects.pods[name], None)
            }
            Place::Address(at) => End::at(self.addresses[at]),
        }
    }
}

impl Space {
    pub(crate) fn address(&self, place: Place) -> Option<IpAddr> {
        match place {
            Place::Pod(_) => None,
            Place::Address(at) => Some(self.addresses[at]),
        }
    }

    pub(crate) fn name(&self, place: Place) -> String {
        match place {
            Place::Pod(at) => {
                let (namespace, name) = &self.pods[at];
                format!("{namespace}/{name}")
            }
            Place::Address(at) => self.addresses[at].to_string(),
        }
    }
}

/// Whether all of one set is in another.
pub(crate) fn is_within(one: &[bool], other: &[bool]) -> bool {
    one.iter().zip(other).all(|(one, other)| !one || *other)
}

/// Whether two sets have something in common.
pub(crate) fn meet(one: &[bool], other: &[bool]) -> bool {
    one.iter().zip(other).any(|(one, other)| *one && *other)
}

fn pods(cluster: &Cluster) -> Vec<(String, String)> {
    let mut alike: BTreeMap<_, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for known in cluster.running_pods() {
        let times = alike.entry(traits(known)).or_default();
        *times += 1;
        if *times <= 2 {
            kept.push((known.workload.namespace.to_string(), known.pod.name.clone()));
        }
    }
    kept
}

fn traits(known: &PodOf) -> (String, Labels, String, Vec<String>) {
    let mut ports: Vec<String> = known.ports.iter().map(|port| format!("{port:?}")).collect();
    ports.sort_unstable();
    (
        known.workload.namespace.to_string(),
        known.pod.labels.clone(),
        known.pod.service_account.clone(),
        ports,
    )
}

fn distinct<T, K: Ord>(all: BTreeSet<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = BTreeSet::new();
    all.into_iter()
        .filter(|one| seen.insert(key(one)))
        .collect()
}

/// Of ports that no rule tells apart, by number or by the name that a pod gives it, one.
fn one_of_each(clusters: &[&Cluster], ports: &BTreeSet<u16>) -> Vec<u16> {
    let wanted: BTreeSet<&PortMatch> = clusters
        .iter()
        .flat_map(|cluster| rules(&cluster.policies))
        .flat_map(|rule| rule.traffic.iter().chain(&rule.except))
        .flat_map(|traffic| &traffic.ports)
        .collect();
    let known: BTreeSet<(&str, u16)> = clusters
        .iter()
        .flat_map(|cluster| cluster.running_pods())
        .flat_map(|known| &known.ports)
        .map(|port| (port.name.as_str(), port.number))
        .collect();
    let is_it = |wanted: &PortMatch, port: u16| match wanted {
        PortMatch::Range(first, last) => (*first..=*last).contains(&port),
        PortMatch::Named(name) => known.contains(&(name, port)),
    };
    distinct(ports.clone(), |port| {
        let fitting = wanted.iter().filter(|wanted| is_it(wanted, *port));
        fitting.copied().collect::<Vec<_>>()
    })
}

/// Protocols without ports: those that rules name, and one that none does.
fn other_probes(policies: &[Arc<Policy>]) -> BTreeSet<Probe> {
    let traffic = || rules(policies).flat_map(|rule| rule.traffic.iter().chain(&rule.except));
    let named = traffic().filter_map(|traffic: &TrafficMatch| traffic.protocol);
    let mut protocols: BTreeSet<Protocol> = named.filter(|p| !p.has_ports()).collect();
    protocols.extend([Protocol::Icmp, Protocol::Icmp6, Protocol::Number(99)]);
    let mut kinds: BTreeSet<(u8, u8)> = BTreeSet::from([(8, 0), (200, 200)]);
    for icmp in traffic().filter_map(|traffic| traffic.icmp) {
        let code = icmp.code.unwrap_or(0);
        kinds.extend([(icmp.kind, code), (icmp.kind, code.wrapping_add(1))]);
    }
    let probe = |protocol, icmp| Probe {
        protocol,
        icmp,
        source_port: None,
        port: None,
    };
    let probes = protocols.into_iter().flat_map(|protocol| match protocol {
        Protocol::Icmp | Protocol::Icmp6 => kinds
            .iter()
            .map(|kind| probe(protocol, Some(*kind)))
            .collect(),
        _ => vec![probe(protocol, None)],
    });
    probes.collect()
}

fn nets_of(cluster: &Cluster) -> BTreeSet<IpNet> {
    let ends =
        rules(&cluster.policies).flat_map(|rule| rule.source.iter().chain(rule.destination.iter()));
    let of_end = |end: &EndMatch| {
        let nets = end.nets.iter().flatten().chain(&end.not_nets);
        nets.copied().collect::<Vec<_>>()
    };
    let of_sets = cluster.network_sets.iter().flat_map(|set| set.nets.clone());
    ends.flat_map(of_end).chain(of_sets).collect()
}
