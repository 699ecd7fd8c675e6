//! Edges: what is counted of traffic.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::model::{Direction, Port, Protocol, WorkloadId};

/// What is counted of traffic: "(namespace, direction, local workload, peer kind, peer namespace,
/// peer, protocol, destination port); rows are aggregates of time, node and replica, so rows are
/// never counted" (scoring, section 1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EdgeKey {
    /// The workload whose policies are judged.
    pub workload: Arc<WorkloadId>,
    /// Which way the traffic goes, seen from the workload.
    pub direction: Direction,
    /// The other end.
    pub peer: Peer,
    /// The protocol.
    pub protocol: Protocol,
    /// The destination port: the peer's for egress, the workload's for ingress.
    pub port: Port,
}

/// The other end of an edge: "a workload by its controller; a host by name; a network set by
/// name; every other address collapses to `public`, `private` or `metadata`, so that ten thousand
/// clients are one edge and not ten thousand" (scoring, section 6.3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Peer {
    /// A workload of the cluster.
    Workload(Arc<WorkloadId>),
    /// A Service of the cluster, where the workload behind it is not known.
    Service {
        /// Its namespace.
        namespace: Arc<str>,
        /// Its name.
        name: Arc<str>,
    },
    /// A node or host.
    Host {
        /// Its name; empty where it is not known.
        name: Arc<str>,
    },
    /// An address in the cluster's ranges that belongs to nothing that is known.
    Cluster,
    /// A loopback or link-local address.
    Local,
    /// Nothing is known of it.
    Unknown,
    /// A network set.
    NetworkSet {
        /// Its namespace; empty for a global one.
        namespace: Arc<str>,
        /// Its name.
        name: Arc<str>,
    },
    /// The cloud's metadata service.
    Metadata,
    /// Private addresses outside the cluster.
    Private,
    /// Public addresses.
    Public,
}

/// What is written of the other end of an edge.
#[derive(Deserialize)]
struct PeerForm {
    r#type: PeerType,
    namespace: Option<Arc<str>>,
    name: Option<Arc<str>>,
    kind: Option<Arc<str>>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PeerType {
    Workload,
    Service,
    Host,
    Cluster,
    Local,
    Unknown,
    NetworkSet,
    Metadata,
    Private,
    Public,
}

/// An end that is written without what tells it from others.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("missing field `{0}` of a peer")]
struct Lacks(&'static str);

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = PeerForm::deserialize(deserializer)?;
        form.try_into().map_err(de::Error::custom)
    }
}

impl TryFrom<PeerForm> for Peer {
    type Error = Lacks;

    fn try_from(form: PeerForm) -> Result<Self, Lacks> {
        let PeerForm {
            r#type,
            namespace,
            name,
            kind,
        } = form;
        let namespace = namespace.ok_or(Lacks("namespace"));
        let name = name.ok_or(Lacks("name"));
        Ok(match r#type {
            PeerType::Workload => Self::Workload(Arc::new(WorkloadId {
                namespace: namespace?,
                name: name?,
                kind: kind.ok_or(Lacks("kind"))?,
            })),
            PeerType::Service => Self::Service {
                namespace: namespace?,
                name: name?,
            },
            PeerType::Host => Self::Host { name: name? },
            PeerType::Cluster => Self::Cluster,
            PeerType::Local => Self::Local,
            PeerType::Unknown => Self::Unknown,
            PeerType::NetworkSet => Self::NetworkSet {
                namespace: namespace?,
                name: name?,
            },
            PeerType::Metadata => Self::Metadata,
            PeerType::Private => Self::Private,
            PeerType::Public => Self::Public,
        })
    }
}

impl Peer {
    /// "the peer is a network or a network set, or an address outside the cluster" (scoring,
    /// section 6.3).
    pub const fn is_external(&self) -> bool {
        match self {
            Self::NetworkSet { .. } | Self::Metadata | Self::Private | Self::Public => true,
            Self::Workload(_)
            | Self::Service { .. }
            | Self::Host { .. }
            | Self::Cluster
            | Self::Local
            | Self::Unknown => false,
        }
    }
}

/// Where the traffic of an edge goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// To outside the cluster.
    Out,
    /// Across the boundary of the namespace, in either direction.
    Across,
    /// Neither.
    Within,
}

impl EdgeKey {
    /// Where its traffic goes.
    pub(crate) fn way(&self) -> Way {
        match (self.is_external_egress(), self.is_boundary()) {
            (true, _) => Way::Out,
            (false, true) => Way::Across,
            (false, false) => Way::Within,
        }
    }

    /// Whether it is egress to outside the cluster.
    pub fn is_external_egress(&self) -> bool {
        self.direction == Direction::Egress && self.peer.is_external()
    }

    /// "egress to a workload of another namespace, ingress from another namespace or from
    /// outside" (scoring, section 6.3).
    pub fn is_boundary(&self) -> bool {
        match (&self.peer, self.direction) {
            (Peer::Workload(peer), _) => peer.namespace != self.workload.namespace,
            (peer, Direction::Ingress) => peer.is_external(),
            (_, Direction::Egress) => false,
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workload(workload) => workload.fmt(f),
            Self::Service { namespace, name } => write!(f, "service {namespace}/{name}"),
            Self::Host { name } if name.is_empty() => f.write_str("a node"),
            Self::Host { name } => write!(f, "node {name}"),
            Self::Cluster => f.write_str("the cluster's addresses"),
            Self::Local => f.write_str("the host itself"),
            Self::Unknown => f.write_str("unknown"),
            Self::NetworkSet { namespace, name } if namespace.is_empty() => {
                write!(f, "network set {name}")
            }
            Self::NetworkSet { namespace, name } => write!(f, "network set {namespace}/{name}"),
            Self::Metadata => f.write_str("the cloud metadata service"),
            Self::Private => f.write_str("private networks"),
            Self::Public => f.write_str("the Internet"),
        }
    }
}

/// `shop/cart -> payments/api tcp/443`, `shop/web <- the Internet tcp/8080`; the alternate form
/// names the kinds of workloads.
impl fmt::Display for EdgeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.workload.fmt(f)?;
        f.write_str(match self.direction {
            Direction::Egress => " -> ",
            Direction::Ingress => " <- ",
        })?;
        self.peer.fmt(f)?;
        write!(f, " {}", self.protocol)?;
        match self.port {
            Port::None => Ok(()),
            port => write!(f, "/{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Who adds a peer adds its type, too.
    const fn type_of(peer: &Peer) -> PeerType {
        match peer {
            Peer::Workload(_) => PeerType::Workload,
            Peer::Service { .. } => PeerType::Service,
            Peer::Host { .. } => PeerType::Host,
            Peer::Cluster => PeerType::Cluster,
            Peer::Local => PeerType::Local,
            Peer::Unknown => PeerType::Unknown,
            Peer::NetworkSet { .. } => PeerType::NetworkSet,
            Peer::Metadata => PeerType::Metadata,
            Peer::Private => PeerType::Private,
            Peer::Public => PeerType::Public,
        }
    }

    #[test]
    fn peers_are_read_as_they_are_written_and_not_without_a_field() {
        let (namespace, name, kind): (Arc<str>, Arc<str>, Arc<str>) =
            ("shop".into(), "web".into(), "Deployment".into());
        let workload = WorkloadId {
            namespace: namespace.clone(),
            name: name.clone(),
            kind,
        };
        let peers = [
            Peer::Workload(workload.into()),
            Peer::Service {
                namespace: namespace.clone(),
                name: name.clone(),
            },
            Peer::Host { name: name.clone() },
            Peer::Cluster,
            Peer::Local,
            Peer::Unknown,
            Peer::NetworkSet { namespace, name },
            Peer::Metadata,
            Peer::Private,
            Peer::Public,
        ];
        for peer in peers {
            let Ok(Value::Object(fields)) = serde_json::to_value(&peer) else {
                panic!("{peer} is no object");
            };
            let known = serde_json::from_value(fields["type"].clone()).expect("a type");
            assert_eq!(type_of(&peer), known);
            let read = |fields| serde_json::from_value::<Peer>(Value::Object(fields));
            assert_eq!(read(fields.clone()).expect("a peer"), peer);
            for field in fields.keys() {
                let mut fewer = fields.clone();
                fewer.remove(field);
                let error = read(fewer).expect_err("a field is missing").to_string();
                assert!(
                    error.contains(&format!("missing field `{field}`")),
                    "{error}"
                );
            }
        }
    }
}
