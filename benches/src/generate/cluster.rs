//! What a synthetic cluster consists of, and the choices that make one from a shape.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::names::{HASH, STEMS, SUFFIX, TEAMS, numbered};
use super::{Random, Shape};

/// Everything that the files of one cluster must agree on.
#[derive(Debug)]
pub struct Cluster {
    /// What was asked for.
    pub shape: Shape,
    /// Addresses of the nodes; node `n` owns the pod addresses `10.64.0.0 + 256 n`.
    pub nodes: Vec<Ipv4Addr>,
    /// The namespaces, by name.
    pub namespaces: Vec<Namespace>,
    /// The images that run.
    pub images: Vec<Image>,
    /// The workloads; their places in this list are their identities in edges.
    pub workloads: Vec<Workload>,
    /// The traffic.
    pub edges: Vec<Edge>,
}

/// A namespace and how well it is looked after.
#[derive(Debug)]
pub struct Namespace {
    /// `shop-006`
    pub name: String,
    /// Its policies.
    pub guard: Guard,
}

/// The policies of a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// None: all traffic falls through to the profile.
    Open,
    /// One policy that allows everything.
    AllowAll,
    /// A default deny for ingress, and one policy per workload that names its clients.
    Ingress,
    /// A default deny for both directions, and one policy per workload that names all its peers.
    Isolated,
}

/// A container image.
#[derive(Debug)]
pub struct Image {
    /// Repository with registry, without tag.
    pub repository: String,
    /// `1.7.0`
    pub tag: String,
    /// Manifest digest, what pods report.
    pub digest: String,
    /// Config digest, what scanners call the image id.
    pub id: String,
}

/// A Deployment with its one `ReplicaSet`.
#[derive(Debug)]
pub struct Workload {
    /// Place in [`Cluster::namespaces`].
    pub namespace: usize,
    /// Name, different from that of every other workload of the cluster.
    pub name: String,
    /// `pod-template-hash`
    pub hash: String,
    /// Place in [`Cluster::images`].
    pub image: usize,
    /// The one port that its container listens on.
    pub port: u16,
    /// Its replicas.
    pub pods: Vec<Pod>,
    /// Edges that its policy names for ingress, in the order of its rules (places in [`Cluster::edges`]).
    pub clients: Vec<usize>,
    /// Edges that its policy names for egress, in the order of its rules.
    pub servers: Vec<usize>,
}

/// A running pod.
#[derive(Debug)]
pub struct Pod {
    /// `cart-018-6d4b75cb6-x2k4p`
    pub name: String,
    /// Its address, of the block of its node.
    pub address: Ipv4Addr,
    /// Place in [`Cluster::nodes`].
    pub node: usize,
}

/// One who speaks, or is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// A workload of the cluster, by its place in [`Cluster::workloads`].
    Workload(usize),
    /// One server on the Internet, TCP port 443.
    Server(Ipv4Addr),
    /// Any client on the Internet: every row has another address of 198.19.0.0/16.
    Clients,
}

/// Traffic from one end to another, over TCP.
#[derive(Debug)]
pub struct Edge {
    /// Who opens the connections.
    pub source: End,
    /// Who accepts them.
    pub destination: End,
    /// Port at the destination.
    pub port: u16,
}

/// Servers on the Internet are of this network (set aside for benchmarks by RFC 2544).
const SERVERS: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);
/// Clients on the Internet are of this network, 16 bits long (RFC 2544 again).
pub(super) const CLIENTS: Ipv4Addr = Ipv4Addr::new(198, 19, 0, 0);

const PODS_PER_NODE: usize = 100;
const PORTS: [u16; 6] = [3000, 5432, 6379, 8080, 8443, 9090];

/// Chooses a cluster of the given shape.
pub fn cluster(shape: &Shape) -> Cluster {
    let random = &mut Random::new(shape.seed, 0);
    let workload_count = shape.workloads.max(1);
    let pod_count = workload_count * shape.pods_per_workload.max(1);
    let nodes = (0..pod_count.div_ceil(PODS_PER_NODE).max(3))
        .map(|index| offset(Ipv4Addr::new(192, 168, 0, 10), index))
        .collect();
    let namespaces = (0..shape.namespaces.max(1))
        .map(|index| namespace(index, random))
        .collect();
    let images = (0..shape.images.max(1))
        .map(|index| image(index, random))
        .collect();
    let mut cluster = Cluster {
        shape: shape.clone(),
        nodes,
        namespaces,
        images,
        workloads: Vec::new(),
        edges: Vec::new(),
    };
    cluster.workloads = (0..workload_count)
        .map(|index| workload(&cluster, index, random))
        .collect();
    cluster.edges = edges(&cluster, random);
    name_peers(&mut cluster, random);
    cluster
}

fn namespace(index: usize, random: &mut Random) -> Namespace {
    let guards = [
        Guard::Open,
        Guard::Open,
        Guard::AllowAll,
        Guard::Ingress,
        Guard::Ingress,
        Guard::Isolated,
    ];
    Namespace {
        name: numbered(&TEAMS, index),
        guard: *random.pick(&guards),
    }
}

fn image(index: usize, random: &mut Random) -> Image {
    Image {
        repository: format!("registry.example.com/apps/{}", numbered(&STEMS, index)),
        tag: format!("1.{}.0", random.below(30)),
        digest: random.digest(),
        id: random.digest(),
    }
}

fn workload(cluster: &Cluster, index: usize, random: &mut Random) -> Workload {
    let name = numbered(&STEMS, index);
    let hash = random.text(HASH, 9);
    let replicas = cluster.shape.pods_per_workload.max(1);
    let pods = (0..replicas)
        .map(|replica| {
            pod(
                cluster,
                index * replicas + replica,
                format!("{name}-{hash}-{}", random.text(SUFFIX, 5)),
            )
        })
        .collect();
    Workload {
        namespace: index % cluster.namespaces.len(),
        name,
        hash,
        image: index % cluster.images.len(),
        port: *random.pick(&PORTS),
        pods,
        clients: Vec::new(),
        servers: Vec::new(),
    }
}

/// Pods go round the nodes, and take the next address of the node's block.
fn pod(cluster: &Cluster, index: usize, name: String) -> Pod {
    let node = index % cluster.nodes.len();
    let address = offset(
        Ipv4Addr::new(10, 64, 0, 2),
        node * 256 + index / cluster.nodes.len(),
    );
    Pod {
        name,
        address,
        node,
    }
}

/// Distinct pairs of ends: of 16 edges, 2 leave the cluster and 1 comes from outside.
fn edges(cluster: &Cluster, random: &mut Random) -> Vec<Edge> {
    let mut seen = BTreeSet::new();
    let mut edges = Vec::new();
    for attempt in 0..cluster.shape.edges.max(1) * 4 {
        let workload = End::Workload(random.below(cluster.workloads.len()));
        let other = End::Workload(random.below(cluster.workloads.len()));
        let (source, destination) = match random.below(16) {
            0 => (End::Clients, workload),
            1 | 2 => (workload, End::Server(offset(SERVERS, attempt % 0x1_0000))),
            _ => (other, workload),
        };
        if source == destination || !seen.insert((source, destination)) {
            continue;
        }
        let port = match destination {
            End::Workload(index) => cluster.workloads[index].port,
            End::Server(_) | End::Clients => 443,
        };
        edges.push(Edge {
            source,
            destination,
            port,
        });
        if edges.len() == cluster.shape.edges {
            break;
        }
    }
    edges
}

/// Lets the policies know 15 of 16 edges: the rest is denied where a policy can deny it.
fn name_peers(cluster: &mut Cluster, random: &mut Random) {
    for (index, edge) in cluster.edges.iter().enumerate() {
        if let End::Workload(source) = edge.source
            && random.chance(15, 16)
        {
            cluster.workloads[source].servers.push(index);
        }
        if let End::Workload(destination) = edge.destination
            && random.chance(15, 16)
        {
            cluster.workloads[destination].clients.push(index);
        }
    }
}

/// The address `index` places after `base`.
pub(super) fn offset(base: Ipv4Addr, index: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(
        base.to_bits()
            .wrapping_add(u32::try_from(index).unwrap_or(u32::MAX)),
    )
}

impl Cluster {
    /// The namespace of a workload.
    pub fn namespace_of(&self, workload: &Workload) -> &Namespace {
        &self.namespaces[workload.namespace]
    }

    /// The image of a workload.
    pub fn image_of(&self, workload: &Workload) -> &Image {
        &self.images[workload.image]
    }
}

impl Workload {
    /// The labels of its pods, in order of keys.
    pub fn labels(&self) -> [(&'static str, &str); 2] {
        [("app", &self.name), ("pod-template-hash", &self.hash)]
    }
}

impl Image {
    /// `repository:tag`
    pub fn reference(&self) -> String {
        format!("{}:{}", self.repository, self.tag)
    }

    /// `repository@digest`
    pub fn pinned(&self) -> String {
        format!("{}@{}", self.repository, self.digest)
    }
}
