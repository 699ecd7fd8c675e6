//! Peers: pods by their labels, or addresses.

use ipnet::IpNet;
use posture_core::model::EndMatch;
use posture_core::selector::Selector;
use serde::Deserialize;

use super::pods_of;
use crate::object::address::Cidr;
use crate::object::{Invalid, LabelSelector};

/// Who may be at the other end.
#[derive(Deserialize)]
#[serde(try_from = "PeerFields")]
pub(super) enum Peer {
    /// Pods of these namespaces, else of the policy's own; all of them, or these.
    Pods {
        namespaces: Option<LabelSelector>,
        pods: LabelSelector,
    },
    /// A network minus others.
    Block { net: IpNet, except: Vec<IpNet> },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct PeerFields {
    pod_selector: Option<LabelSelector>,
    namespace_selector: Option<LabelSelector>,
    ip_block: Option<BlockFields>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct BlockFields {
    cidr: Cidr,
    except: Option<Vec<Cidr>>,
}

impl Peer {
    /// Whether pods of the policy's own namespace are meant.
    pub(super) const fn is_of_own_namespace(&self) -> bool {
        matches!(
            self,
            Self::Pods {
                namespaces: None,
                ..
            }
        )
    }
}

/// "podSelector alone = own namespace; namespaceSelector alone = all pods there; both in one element =
/// AND" (policy semantics, section 3).
pub(super) fn end(peer: Peer, own: &str) -> EndMatch {
    match peer {
        Peer::Pods { namespaces, pods } => {
            let there = match namespaces {
                Some(LabelSelector(selector)) => Selector::pods().and(selector.of_namespaces()),
                None => pods_of(own),
            };
            EndMatch {
                selector: Some(there.and(pods.0)),
                ..EndMatch::default()
            }
        }
        Peer::Block { net, except } => EndMatch {
            nets: Some(vec![net]),
            not_nets: except,
            ..EndMatch::default()
        },
    }
}

/// "null is not `{}`": a peer that names nobody must not become anybody.
impl TryFrom<PeerFields> for Peer {
    type Error = Invalid;

    fn try_from(peer: PeerFields) -> Result<Self, Invalid> {
        match (peer.pod_selector, peer.namespace_selector, peer.ip_block) {
            (None, None, None) => Err(Invalid::new(
                "a peer is empty, expected a podSelector, a namespaceSelector or an ipBlock",
            )),
            (None, None, Some(block)) => {
                let Cidr(net) = block.cidr;
                let except = block.except.into_iter().flatten().map(|Cidr(net)| net);
                // What is of the other family takes nothing away.
                let except = except.filter(|other| other.addr().is_ipv4() == net.addr().is_ipv4());
                Ok(Self::Block {
                    net,
                    except: except.collect(),
                })
            }
            (_, _, Some(_)) => Err(Invalid::new("a peer has both an ipBlock and a selector")),
            (pods, namespaces, None) => Ok(Self::Pods {
                namespaces,
                pods: pods.unwrap_or_default(),
            }),
        }
    }
}
