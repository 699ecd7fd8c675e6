//! Ends of traffic in words.

use super::{list, selector};
use crate::model::{EndMatch, Entity};

/// Who is meant by one end of a rule: `app == "web", in 10.0.0.0/8 but 10.1.0.0/16`.
pub fn end(end: &EndMatch) -> String {
    let nets = |nets: &[ipnet::IpNet]| list(nets.iter().map(ToString::to_string));
    let mut parts = Vec::new();
    parts.extend(end.selector.as_ref().map(selector));
    let not = end.not_selector.as_ref();
    parts.extend(not.map(|not| format!("not {}", selector(not))));
    let nodes = end.nodes.as_ref();
    parts.extend(nodes.map(|nodes| format!("nodes with {nodes}")));
    let outside = end.entity == Some(Entity::World) && end.nets.is_some();
    let entity = end.entity.filter(|_| !outside);
    parts.extend(entity.map(|entity| self::entity(entity).to_owned()));
    if let Some(given) = &end.nets {
        parts.push(match parts.is_empty() || given.is_empty() {
            true if given.is_empty() => "nobody".to_owned(),
            true => nets(given),
            false => format!("in {}", nets(given)),
        });
    }
    let service = end.service.as_ref();
    parts.extend(service.map(|name| format!("Service {}/{}", name.namespace, name.name)));
    parts.extend(end.domains.clone().map(list));
    let but = match end.not_nets.as_slice() {
        [] => String::new(),
        not_nets => format!(" but {}", nets(not_nets)),
    };
    let but = match outside {
        true => format!("{but} outside of the cluster"),
        false => but,
    };
    match parts.is_empty() {
        true => format!("anyone{but}"),
        false => format!("{}{but}", parts.join(", ")),
    }
}

/// What an end is to the cluster.
pub const fn entity(entity: Entity) -> &'static str {
    match entity {
        Entity::World => "anyone outside of the cluster",
        Entity::Cluster => "anyone in the cluster",
        Entity::Host => "the pod's own node",
        Entity::RemoteNode => "another node",
        Entity::ApiServer => "the API server",
        Entity::Hidden => "what only Cilium knows of",
    }
}
