//! What other policies would make of the traffic that was seen: the edges of a tally, asked of an
//! engine.

mod open;
mod pods;

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use pods::{Nodes, Pods};
use rustc_hash::FxHashMap;

use crate::edge::{EdgeKey, Peer};
use crate::engine::{Cached, Engine, Scope, Traffic, family_of};
use crate::judge::today::{Ends, Today, ask, peer, pod};
use crate::locate::LocatedPeer;
use crate::model::{AddressClass, Cluster, End, EndKind, Family, PodOf, Port, WorkloadId};
use crate::state::State;
use crate::tally::{Edge, EdgeState};

/// What policies make of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The state that they give it: the worst of all its traffic.
    pub state: EdgeState,
    /// Whether they let it through, all of its traffic; none where that is not known.
    pub allowed: Option<bool>,
}

/// An edge that other policies give another state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The edge.
    pub edge: EdgeKey,
    /// What they make of it.
    pub to: Replayed,
}

/// How many verdicts are remembered: edges repeat their ends.
const REMEMBERED: usize = 4096;

/// Addresses by what they are.
type Open = FxHashMap<(AddressClass, Vec<Family>), Arc<[Option<IpAddr>]>>;

/// The pods of workloads to ask about.
type Alike<'c> = FxHashMap<(Arc<WorkloadId>, Nodes), Arc<[Option<&'c PodOf>]>>;

/// Asks the policies of an engine about edges.
///
/// An edge does not tell between which pods its traffic went, so each pod of either workload is
/// asked about, and the worst answer counts: "a mix of replicas stays unsecured" (scoring, section
/// 6.2). Of addresses outside the cluster each that was kept is asked about. Where there were more, or
/// none was told, so is one for each part of the private or public ones that no policy divides.
///
/// Remembers verdicts, and nothing that changes an answer.
#[derive(Debug)]
pub struct Replay<'c> {
    cluster: &'c Cluster,
    engine: Cached<'c>,
    pods: Arc<Pods<'c>>,
    alike: Alike<'c>,
    /// Addresses for those that were not kept, by what they are.
    open: Open,
}

impl<'c> Replay<'c> {
    /// For the pods of a cluster, and an engine that was made for them.
    pub fn new(cluster: &'c Cluster, engine: &'c Engine) -> Self {
        Self {
            cluster,
            engine: Cached::new(engine, REMEMBERED),
            pods: Arc::new(Pods::new(cluster)),
            alike: Alike::default(),
            open: Open::default(),
        }
    }

    /// The same for other policies: an engine that was made for the same pods, and a cluster that
    /// has its policies.
    #[must_use]
    pub fn with<'d>(&self, cluster: &'d Cluster, engine: &'d Engine) -> Replay<'d>
    where
        'c: 'd,
    {
        Replay {
            cluster,
            engine: Cached::new(engine, REMEMBERED),
            pods: self.pods.clone(),
            alike: Alike::default(),
            open: Open::default(),
        }
    }

    /// What the policies make of an edge.
    pub fn edge(&mut self, key: &EdgeKey, edge: &Edge) -> Replayed {
        let locals = self.pods_of(&key.workload, &key.peer);
        let remotes = self.remotes(key, edge);
        let names = names(edge);
        let mut worst: Option<Replayed> = None;
        for local in locals.iter() {
            for remote in &remotes {
                for domains in &names {
                    let today = self.ask(key, *local, *remote, domains);
                    worst = Some(worse(worst, today));
                }
            }
        }
        worst.unwrap_or(Replayed {
            state: EdgeState::Unknown,
            allowed: None,
        })
    }

    /// The pods of a workload to ask about: those that an engine may tell apart.
    fn pods_of(&mut self, workload: &Arc<WorkloadId>, peer: &Peer) -> Arc<[Option<&'c PodOf>]> {
        let nodes = match peer {
            Peer::Workload(_) => Nodes::Alike,
            _ => Nodes::Differ,
        };
        let key = (workload.clone(), nodes);
        let (pods, engine) = (&self.pods, self.engine.engine());
        let known = self.alike.entry(key);
        known
            .or_insert_with(|| pods.of(workload, nodes, engine).into())
            .clone()
    }

    /// All that the other end of an edge may be.
    fn remotes(&mut self, key: &EdgeKey, edge: &Edge) -> Vec<Remote<'c>> {
        let mut addresses: Vec<IpAddr> = match &key.peer {
            Peer::Workload(workload) => {
                let pods = self.pods_of(workload, &key.peer);
                let ends = pods.iter();
                return ends.map(|pod| Remote::pod(*pod)).collect();
            }
            Peer::Host { name } => {
                let mut nodes = self.cluster.nodes.iter();
                let node = nodes.find(|node| node.name == name.as_ref());
                node.map(|node| node.addresses.clone()).unwrap_or_default()
            }
            Peer::Metadata => vec![AddressClass::METADATA],
            _ => edge.addresses.smallest.clone(),
        };
        addresses.sort_unstable();
        let is_open = addresses.is_empty() || (key.peer != Peer::Metadata && edge.addresses.more);
        let open = is_open.then(|| self.open(&key.peer, &addresses));
        let known = addresses.into_iter().map(Some);
        let ends = known.chain(open.iter().flat_map(|open| open.iter().copied()));
        ends.map(Remote::at).collect()
    }

    /// Addresses for those that were not kept, of the families of those that were; none where nothing
    /// tells of them.
    fn open(&mut self, peer: &Peer, kept: &[IpAddr]) -> Arc<[Option<IpAddr>]> {
        let class = match peer {
            Peer::Private => AddressClass::Private,
            Peer::Public => AddressClass::Public,
            _ => return Arc::new([None]),
        };
        let families = families(kept);
        let (cluster, engine) = (self.cluster, self.engine.engine());
        let known = self.open.entry((class, families.clone()));
        let parts =
            known.or_insert_with(
                || match open::addresses(cluster, engine, class, &families) {
                    Some(parts) => parts.into_iter().map(Some).collect(),
                    None => Arc::new([None]),
                },
            );
        parts.clone()
    }

    fn ask(
        &mut self,
        key: &EdgeKey,
        local: Option<&PodOf>,
        remote: Remote<'_>,
        domains: &[Cow<'_, str>],
    ) -> Today {
        let port = match key.port {
            Port::Number(port) => Some(port),
            Port::None | Port::Aggregated => None,
        };
        let traffic = Traffic {
            domains,
            ..Traffic::new(key.direction, key.protocol, port)
        };
        let located = LocatedPeer {
            peer: key.peer.clone(),
            pod: remote.pod,
        };
        let (local_end, remote_end) = (end(local, None), end(remote.pod, remote.address));
        let ends = Ends {
            namespace: &key.workload.namespace,
            local: pod(local, &key.workload.namespace, &local_end),
            remote: peer(self.cluster, &located, &remote_end),
        };
        ask(
            self.cluster,
            &mut self.engine,
            Scope::Enforced,
            ends,
            traffic,
        )
    }
}

/// The edges that other policies give another state, of those given.
pub fn changes<'e>(
    before: &mut Replay<'_>,
    after: &mut Replay<'_>,
    edges: impl IntoIterator<Item = (&'e EdgeKey, &'e Edge)>,
) -> Vec<Change> {
    let edges = edges.into_iter();
    let changes = edges.filter_map(|(key, edge)| {
        let to = after.edge(key, edge);
        (before.edge(key, edge).state != to.state).then(|| Change {
            edge: key.clone(),
            to,
        })
    });
    changes.collect()
}

/// What the other end of some traffic is, as far as an edge tells.
#[derive(Clone, Copy)]
struct Remote<'c> {
    pod: Option<&'c PodOf>,
    address: Option<IpAddr>,
}

impl<'c> Remote<'c> {
    const fn pod(pod: Option<&'c PodOf>) -> Self {
        Self { pod, address: None }
    }

    const fn at(address: Option<IpAddr>) -> Self {
        Self { pod: None, address }
    }
}

/// The families of addresses that were seen; IPv4 where none was.
pub(crate) fn families<'a>(addresses: impl IntoIterator<Item = &'a IpAddr>) -> Vec<Family> {
    let mut families: Vec<Family> = addresses
        .into_iter()
        .map(|address| family_of(address.to_canonical()))
        .collect();
    families.sort_unstable();
    families.dedup();
    if families.is_empty() {
        families.push(Family::V4);
    }
    families
}

/// The domain names of each traffic of an edge; none where a record told none.
fn names(edge: &Edge) -> Vec<Vec<Cow<'_, str>>> {
    let domains = &edge.domains;
    let is_open = domains.more || domains.smallest.is_empty() || edge.nameless.is_some();
    let known = domains.smallest.iter();
    let known = known.map(|name| vec![Cow::Borrowed(name.as_str())]);
    known.chain(is_open.then(Vec::new)).collect()
}

/// An end as a record would name it.
fn end(known: Option<&PodOf>, address: Option<IpAddr>) -> End<'_> {
    End {
        kind: EndKind::Unknown,
        namespace: None,
        name: known.map(|known| known.pod.name.as_str()),
        aggregate: None,
        address,
        port: None,
        labels: None,
    }
}

fn worse(worst: Option<Replayed>, today: Today) -> Replayed {
    let state = match today.state {
        State::Unsecured => EdgeState::Unsecured,
        State::Secured => EdgeState::Secured,
        State::Unknown(_) => EdgeState::Unknown,
    };
    let Some(worst) = worst else {
        return Replayed {
            state,
            allowed: today.allowed,
        };
    };
    Replayed {
        state: worst.state.min(state),
        allowed: match (worst.allowed, today.allowed) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            (None, _) | (_, None) => None,
        },
    }
}
