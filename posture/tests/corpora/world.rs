//! A cluster and its policies, asked about traffic as other tools are: what goes from one end to
//! another, at every port and address where an answer can change.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipnet::IpNet;
use posture_core::engine::{End, Engine, Outcome, Scope, Traffic, Who};
use posture_core::issue::{Issue, Issues};
use posture_core::model::{
    Cluster, Direction, EndMatch, Fragment, Icmp, PodOf, Policy, PolicyModes, PortMatch, Protocol,
    Rule,
};

/// A cluster and the engine of its policies.
pub(crate) struct World {
    pub(crate) cluster: Cluster,
    engine: Engine,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Probe {
    pub(crate) protocol: Protocol,
    pub(crate) icmp: Option<(u8, u8)>,
    pub(crate) source_port: Option<u16>,
    pub(crate) port: Option<u16>,
}

/// What becomes of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Answer {
    /// Whether it goes through; none where the engine does not know.
    pub(crate) through: Option<bool>,
    /// Whether it does because a policy says so: allows it, or passes it on.
    pub(crate) said: bool,
}

pub(crate) const WITH_PORTS: [Protocol; 3] = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];

impl World {
    pub(crate) fn new(fragment: Fragment, modes: PolicyModes) -> Self {
        let mut issues = Issues::default();
        let cluster = Cluster::build(fragment, &[], true, &mut issues).expect("objects have names");
        Self::of(cluster, modes)
    }

    pub(crate) fn of(cluster: Cluster, modes: PolicyModes) -> Self {
        let engine = Engine::new(&cluster, modes);
        Self { cluster, engine }
    }

    /// Every pod that can send or receive.
    pub(crate) fn pods(&self) -> Vec<&PodOf> {
        self.cluster.running_pods().collect()
    }

    /// What one end's policies decide.
    pub(crate) fn decides(
        &self,
        direction: Direction,
        subject: End<'_>,
        peer: End<'_>,
        probe: Probe,
    ) -> Outcome {
        let traffic = Traffic {
            icmp: probe.icmp.map(|(kind, code)| Icmp {
                kind,
                code: Some(code),
            }),
            source_port: probe.source_port,
            ..Traffic::new(direction, probe.protocol, probe.port)
        };
        let verdict = self.engine.verdict(Scope::Enforced, subject, peer, traffic);
        verdict.outcome
    }

    /// What both ends' policies make of traffic.
    pub(crate) fn answer(&self, from: End<'_>, to: End<'_>, probe: Probe) -> Answer {
        let asked = |direction, subject: End<'_>, peer| match subject.who {
            Who::Pod(_) => self.decides(direction, subject, peer, probe),
            _ => Outcome::NotSelected,
        };
        let out = asked(Direction::Egress, from, to);
        let r#in = asked(Direction::Ingress, to, from);
        let through = match (out.lets_through(), r#in.lets_through()) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        let says = |outcome| matches!(outcome, Outcome::Allowed { .. } | Outcome::Passed);
        Answer {
            through,
            said: through == Some(true) && (says(out) || says(r#in)),
        }
    }
}

impl Probe {
    pub(crate) const fn to(protocol: Protocol, port: u16) -> Self {
        Self {
            protocol,
            icmp: None,
            source_port: None,
            port: Some(port),
        }
    }
}

/// All that files of a folder and of those in it tell, and what was not understood.
pub(crate) fn read(paths: &[PathBuf]) -> (Fragment, Vec<Issue>) {
    let mut issues = Issues::default();
    let mut fragment = Fragment::default();
    for path in paths {
        let bytes = std::fs::read(path).expect("a readable file");
        let name = path.display().to_string();
        fragment.extend(posture_formats::read(&name, &bytes, &mut issues));
    }
    (fragment, issues.into_list())
}

/// The files of a folder and of those in it, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    let open = |path: PathBuf| match path.is_dir() {
        true => files(&path),
        false => vec![path],
    };
    paths.into_iter().flat_map(open).collect()
}

/// Every destination port at which an answer can change: those at the edges of the ranges that
/// policies name and beside them, those of named ports, and the first and last of all.
pub(crate) fn ports_at_edges(cluster: &Cluster) -> BTreeSet<u16> {
    let named = rules(&cluster.policies)
        .flat_map(|rule| rule.traffic.iter().chain(&rule.except))
        .flat_map(|traffic| &traffic.ports);
    let mut ports = edges_of(named);
    for known in cluster.running_pods().flat_map(|known| &known.ports) {
        ports.extend(beside(known.number, known.number));
    }
    ports.extend([1, u16::MAX]);
    ports
}

/// Every source port at which an answer can change.
pub(crate) fn source_ports_at_edges(cluster: &Cluster) -> BTreeSet<u16> {
    let named = rules(&cluster.policies)
        .flat_map(|rule| rule.source_ports.iter().chain(&rule.not_source_ports));
    edges_of(named)
}

fn edges_of<'p>(ports: impl Iterator<Item = &'p PortMatch>) -> BTreeSet<u16> {
    ports
        .filter_map(|port| match port {
            PortMatch::Range(first, last) => Some(beside(*first, *last)),
            PortMatch::Named(_) => None,
        })
        .flatten()
        .collect()
}

/// The first and last of a range, and those before and behind it; no port is 0.
pub(crate) fn beside(first: u16, last: u16) -> impl Iterator<Item = u16> {
    [first.saturating_sub(1), first, last, last.saturating_add(1)]
        .into_iter()
        .filter(|port| *port > 0)
}

/// Every address at which an answer can change: those at the edges of the nets that policies and
/// network sets name and beside them, and the first and last of all.
pub(crate) fn addresses_at_edges(cluster: &Cluster) -> BTreeSet<IpAddr> {
    let of_rules = rules(&cluster.policies).flat_map(ends).flat_map(|end| {
        let nets = end.nets.iter().flatten();
        nets.chain(&end.not_nets)
    });
    let of_sets = cluster.network_sets.iter().flat_map(|set| &set.nets);
    let mut addresses: BTreeSet<IpAddr> = of_rules.chain(of_sets).flat_map(around).collect();
    addresses.extend([
        IpAddr::from(Ipv4Addr::UNSPECIFIED),
        IpAddr::from(Ipv4Addr::BROADCAST),
    ]);
    addresses
}

fn around(net: &IpNet) -> Vec<IpAddr> {
    match net {
        IpNet::V4(net) => {
            let (first, last) = (net.network().to_bits(), net.broadcast().to_bits());
            [first.saturating_sub(1), first, last, last.saturating_add(1)]
                .map(|bits| IpAddr::from(Ipv4Addr::from_bits(bits)))
                .into()
        }
        IpNet::V6(net) => {
            let (first, last) = (net.network().to_bits(), net.broadcast().to_bits());
            [first.saturating_sub(1), first, last, last.saturating_add(1)]
                .map(|bits| IpAddr::from(Ipv6Addr::from_bits(bits)))
                .into()
        }
    }
}

fn ends(rule: &Rule) -> impl Iterator<Item = &EndMatch> {
    rule.source.iter().chain(rule.destination.iter())
}

pub(crate) fn rules(policies: &[Arc<Policy>]) -> impl Iterator<Item = &Rule> {
    policies.iter().flat_map(|policy| {
        let ingress = policy.ingress.iter().flatten();
        ingress.chain(policy.egress.iter().flatten())
    })
}
