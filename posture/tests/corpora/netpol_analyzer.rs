//! Conformance of policy evaluation with the connections that netpol-analyzer expects of its own
//! test folders.

mod expected;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use posture_core::engine::{End, PodEnd, Who};
use posture_core::model::{Direction, Phase, PodOf, PolicyModes};

use crate::divergences::Differences;
use crate::world::{
    Probe, WITH_PORTS, World, addresses_at_edges, beside, files, ports_at_edges, read,
};
pub(crate) use expected::forms_of_output;
use expected::{Connection, Form, Peer, Ports};

const FOLDER: &str = "policy/netpol-analyzer";

pub(crate) fn connections_of_netpol_analyzer(root: &Path) {
    let root = root.join(FOLDER);
    let mut found = Found {
        differences: Differences::from("netpol-analyzer"),
        connections: 0,
        potential: 0,
        pairs: 0,
        verdicts: 0,
    };
    let outputs = files(&root.join("test_outputs"));
    for path in &outputs {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (folder, form) = expected::named(&name).expect("a known form of output");
        let text = std::fs::read_to_string(path).expect("a readable file");
        let connections = form.read(&text);
        found.connections += connections.len();
        let case = Case::read(&root.join("tests").join(folder), folder);
        case.compare_pairs(&connections, form, &mut found);
        case.compare_potential(&connections, &mut found);
    }
    println!(
        "netpol-analyzer: {} outputs with {} connections: {} ordered pairs and {} pods that may \
         come, {} verdicts",
        outputs.len(),
        found.connections,
        found.pairs,
        found.potential,
        found.verdicts
    );
    found.differences.settle();
}

/// All folders, most of which no output is expected of: everything in them can be evaluated.
pub(crate) fn every_folder_of_netpol_analyzer(root: &Path) {
    let entries = std::fs::read_dir(root.join(FOLDER).join("tests")).expect("the folders");
    let (mut folders, mut verdicts, mut unknown) = (0, 0, 0);
    for entry in entries {
        let path = entry.expect("an entry").path();
        let case = Case::read(&path, &path.display().to_string());
        let pods = case.world.pods();
        let address = End::at(IpAddr::from([203, 0, 113, 7]));
        let ends: Vec<End<'_>> = pods.iter().map(|pod| end(pod)).chain([address]).collect();
        for (from, to) in ends
            .iter()
            .flat_map(|from| ends.iter().map(move |to| (from, to)))
        {
            for probe in WITH_PORTS.map(|protocol| Probe::to(protocol, 80)) {
                verdicts += 1;
                let answer = case.world.answer(*from, *to, probe);
                unknown += usize::from(answer.through.is_none());
            }
        }
        folders += 1;
    }
    println!("netpol-analyzer: {folders} folders, {verdicts} verdicts, {unknown} of them unknown");
    assert!(folders > 0 && verdicts > 0);
}

struct Found {
    differences: Differences,
    connections: usize,
    potential: usize,
    pairs: usize,
    verdicts: usize,
}

/// A folder, its pods by the workloads of which the expected output speaks.
struct Case {
    folder: String,
    world: World,
    workloads: BTreeMap<String, Vec<PodOf>>,
}

/// One end of the expected connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place<'c> {
    Workload(&'c str),
    Address(IpAddr),
}

impl Case {
    /// What runs in a folder. Pods of manifests have no addresses: they get some that no net of a
    /// policy holds unless it holds all. So do pods that share their node's network: there they are
    /// policed as any other.
    fn read(path: &Path, folder: &str) -> Self {
        let (mut fragment, _) = read(&files(path));
        for (pod, number) in fragment.pods.iter_mut().zip(1_u32..) {
            if pod.phase != Phase::Finished {
                pod.phase = Phase::Running;
            }
            if pod.addresses.is_empty() || pod.host_network {
                let [_, _, third, fourth] = number.to_be_bytes();
                pod.addresses = vec![IpAddr::from([100, 127, third, fourth])];
            }
        }
        let modes = PolicyModes {
            ip_block_matches_pods: false,
            ..PolicyModes::default()
        };
        let world = World::new(fragment, modes);
        let mut workloads: BTreeMap<String, Vec<PodOf>> = BTreeMap::new();
        for known in world.pods() {
            workloads
                .entry(title(known))
                .or_default()
                .push(known.clone());
        }
        Self {
            folder: folder.to_owned(),
            world,
            workloads,
        }
    }

    /// Compares every ordered pair of workloads, and of workloads and addresses. What a complete
    /// output does not speak of has no connection. Traffic of a workload to itself is left out by
    /// every output.
    fn compare_pairs(&self, connections: &[Connection], form: Form, found: &mut Found) {
        let table = Table::of(connections);
        let mut addresses = addresses_at_edges(&self.world.cluster);
        addresses.extend(table.addresses());
        let workloads = self.workloads.keys().map(|name| Place::Workload(name));
        let addresses = addresses.into_iter().filter(IpAddr::is_ipv4);
        let places: Vec<Place<'_>> = workloads.chain(addresses.map(Place::Address)).collect();
        let (probes, nothing) = (self.probes(connections), Ports::default());
        for (from, to) in places
            .iter()
            .flat_map(|from| places.iter().map(move |to| (*from, *to)))
        {
            let external = matches!((from, to), (Place::Address(_), Place::Address(_)));
            let allowed = match table.ports(from, to) {
                _ if external || from == to => continue,
                None if !form.is_complete() => continue,
                allowed => allowed.unwrap_or(&nothing),
            };
            found.pairs += 1;
            for source in self.ends(from) {
                for destination in self.ends(to) {
                    let ask = |probe| self.world.answer(source, destination, probe).through;
                    let what = || format!("{from} => {to}");
                    found.compare(&self.folder, &what, &ask, allowed, &probes);
                }
            }
        }
        for name in table.workloads() {
            if !self.workloads.contains_key(name) {
                let detail = || "no such workload".to_owned();
                found.differences.meet(&self.folder, name, detail);
            }
        }
    }

    /// Compares what a workload's own policies say of pods that may come.
    fn compare_potential(&self, connections: &[Connection], found: &mut Found) {
        let probes = self.probes(connections);
        for Connection { from, to, ports } in connections {
            let (direction, subject, potential) = match (from, to) {
                (Peer::Workload(subject), Peer::Potential(namespace, labels)) => {
                    (Direction::Egress, subject, (namespace, labels))
                }
                (Peer::Potential(namespace, labels), Peer::Workload(subject)) => {
                    (Direction::Ingress, subject, (namespace, labels))
                }
                _ => continue,
            };
            found.potential += 1;
            let (namespace, labels) = potential;
            let peer = End {
                who: Who::Pod(PodEnd {
                    id: None,
                    namespace: namespace.as_deref().unwrap_or("a-namespace-to-come"),
                    labels: Some(labels),
                    service_account: Some("default"),
                    ports: Some(&[]),
                    node: None,
                }),
                address: Some(IpAddr::from([100, 127, 255, 255])),
            };
            for subject in self.ends(Place::Workload(subject)) {
                let ask = |probe| {
                    self.world
                        .decides(direction, subject, peer, probe)
                        .lets_through()
                };
                let what = || format!("{from:?} => {to:?}");
                found.compare(&self.folder, &what, &ask, ports, &probes);
            }
        }
    }

    fn probes(&self, connections: &[Connection]) -> Vec<Probe> {
        let mut ports = ports_at_edges(&self.world.cluster);
        for (first, last) in connections.iter().flat_map(|all| all.ports.ranges()) {
            ports.extend(beside(first, last));
        }
        let probes = |port| WITH_PORTS.map(|protocol| Probe::to(protocol, port));
        ports.into_iter().flat_map(probes).collect()
    }

    fn ends<'c>(&'c self, place: Place<'c>) -> Vec<End<'c>> {
        match place {
            Place::Workload(name) => self
                .workloads
                .get(name)
                .into_iter()
                .flatten()
                .map(end)
                .collect(),
            Place::Address(address) => vec![End::at(address)],
        }
    }
}

impl Found {
    fn compare(
        &mut self,
        folder: &str,
        what: &dyn Fn() -> String,
        ask: &dyn Fn(Probe) -> Option<bool>,
        allowed: &Ports,
        probes: &[Probe],
    ) {
        for probe in probes {
            self.verdicts += 1;
            let expected = allowed.allow(probe.protocol, probe.port.unwrap_or_default());
            let ours = ask(*probe);
            if ours != Some(expected) {
                let detail = || format!("{:?} {:?}: {ours:?}", probe.protocol, probe.port);
                self.differences.meet(folder, &what(), detail);
            }
        }
    }
}

/// Ranges of addresses, by the first, to the last and what is allowed.
type Ranges<'c> = BTreeMap<IpAddr, (IpAddr, &'c Ports)>;

/// The expected connections by their ends.
#[derive(Default)]
struct Table<'c> {
    pairs: BTreeMap<(&'c str, &'c str), &'c Ports>,
    /// Between a workload and ranges of addresses, by the first address.
    ranges: BTreeMap<(&'c str, Direction), Ranges<'c>>,
}

impl<'c> Table<'c> {
    fn of(connections: &'c [Connection]) -> Self {
        let mut table = Self::default();
        for Connection { from, to, ports } in connections {
            let (workload, direction, first, last) = match (from, to) {
                (Peer::Workload(from), Peer::Workload(to)) => {
                    table.pairs.insert((from, to), ports);
                    continue;
                }
                (Peer::Workload(from), Peer::Addresses(first, last)) => {
                    (from.as_str(), Direction::Egress, *first, *last)
                }
                (Peer::Addresses(first, last), Peer::Workload(to)) => {
                    (to.as_str(), Direction::Ingress, *first, *last)
                }
                _ => continue,
            };
            let ranges = table.ranges.entry((workload, direction)).or_default();
            ranges.insert(first, (last, ports));
        }
        table
    }

    fn ports(&self, from: Place<'_>, to: Place<'_>) -> Option<&'c Ports> {
        let (workload, direction, address) = match (from, to) {
            (Place::Workload(from), Place::Workload(to)) => {
                return self.pairs.get(&(from, to)).copied();
            }
            (Place::Workload(from), Place::Address(address)) => (from, Direction::Egress, address),
            (Place::Address(address), Place::Workload(to)) => (to, Direction::Ingress, address),
            _ => return None,
        };
        let ranges = self.ranges.get(&(workload, direction))?;
        let (_, (last, ports)) = ranges.range(..=address).next_back()?;
        (address <= *last).then_some(*ports)
    }

    /// The first, middle and last address of every range.
    fn addresses(&self) -> BTreeSet<IpAddr> {
        let ranges = self.ranges.values().flatten();
        ranges
            .flat_map(|(first, (last, _))| [*first, expected::middle(*first, *last), *last])
            .collect()
    }

    fn workloads(&self) -> BTreeSet<&'c str> {
        let pairs = self.pairs.keys().flat_map(|(from, to)| [*from, *to]);
        pairs
            .chain(self.ranges.keys().map(|(name, _)| *name))
            .collect()
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workload(name) => f.write_str(name),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

/// `namespace/name[Kind]`: the direct owner of the pod, or the pod itself.
fn title(known: &PodOf) -> String {
    let (kind, name) = match &known.pod.owner {
        Some(owner) => (owner.kind.as_str(), owner.name.as_str()),
        None => ("", known.pod.name.as_str()),
    };
    let kind = if kind.is_empty() { "Pod" } else { kind };
    format!("{}/{name}[{kind}]", known.workload.namespace)
}

fn end(known: &PodOf) -> End<'_> {
    End::pod(known, known.pod.addresses.first().copied())
}
