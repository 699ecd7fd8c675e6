//! Entities: ends in words.

use ipnet::IpNet;
use posture_core::model::{EndMatch, Entity};

use super::peer::Peers;

/// Adds whom a word means, in `fromEntities`, `toEntities` or behind `reserved:`.
pub(super) fn add(word: &str, peers: &mut Peers) {
    let is = |entity| EndMatch {
        entity: Some(entity),
        ..EndMatch::default()
    };
    let outside = |net: &str| EndMatch {
        nets: Some(net.parse::<IpNet>().into_iter().collect()),
        ..is(Entity::World)
    };
    peers.push(match word {
        "all" => return peers.anyone(),
        "world" => is(Entity::World),
        "world-ipv4" => outside("0.0.0.0/0"),
        "world-ipv6" => outside("::/0"),
        "cluster" => is(Entity::Cluster),
        "host" => is(Entity::Host),
        "remote-node" => is(Entity::RemoteNode),
        "kube-apiserver" => is(Entity::ApiServer),
        "health" | "ingress" | "unmanaged" => is(Entity::Hidden),
        // no pod of Kubernetes stays so
        "init" | "none" => nobody(),
        _ => return peers.not_understood(format!("entity `{word}`")),
    });
}

/// Nobody: no address is in none of no nets.
fn nobody() -> EndMatch {
    EndMatch {
        nets: Some(Vec::new()),
        ..EndMatch::default()
    }
}
