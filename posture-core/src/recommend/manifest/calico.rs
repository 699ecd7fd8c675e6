//! Calico's `NetworkPolicy`, and what stages it.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde::Serialize;

use super::{Directed, Draft, staged_action};
use crate::engine::family_of;
use crate::model::{Direction, Family, Labels, Protocol};
use crate::recommend::need::Whom;
use crate::recommend::ranges::Block;
use crate::recommend::rules::{Allow, Sent};
use crate::selector::Selector;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec {
    #[serde(skip_serializing_if = "Option::is_none")]
    staged_action: Option<&'static str>,
    tier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<i32>,
    selector: String,
    types: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ingress: Vec<Rule>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    egress: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Rule {
    action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<ProtocolWord>,
    #[serde(skip_serializing_if = "Entity::is_empty")]
    source: Entity,
    #[serde(skip_serializing_if = "Entity::is_empty")]
    destination: Entity,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entity {
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace_selector: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selector: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    services: Option<Service>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    domains: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nets: Vec<IpNet>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_nets: Vec<IpNet>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ports: Vec<Port>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Service {
    name: String,
    namespace: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum ProtocolWord {
    Name(&'static str),
    Number(u8),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Port {
    One(u16),
    Range(String),
}

pub(super) fn spec(draft: &Draft<'_>) -> Spec {
    let Directed {
        types,
        ingress,
        egress,
    } = Directed::new(&draft.rules, rules);
    Spec {
        staged_action: staged_action(draft.form),
        tier: draft.tier.to_owned(),
        order: draft.order,
        selector: selector(&draft.labels),
        types,
        ingress,
        egress,
    }
}

fn selector(labels: &Labels) -> String {
    let equals = |(key, value): (&String, &String)| Selector::Equals(key.clone(), value.clone());
    let all = labels.iter().map(equals);
    all.reduce(Selector::and).unwrap_or_default().to_string()
}

/// A rule for each protocol and family of addresses.
fn rules(allow: &Allow, direction: Direction) -> Vec<Rule> {
    let peers = entities(&allow.whom);
    let sent = allow.sent.iter();
    sent.flat_map(|sent| {
        peers
            .iter()
            .map(move |peer| rule(peer.clone(), sent, direction))
    })
    .collect()
}

fn rule(peer: Entity, sent: &Sent, direction: Direction) -> Rule {
    let (source, mut destination) = match direction {
        Direction::Ingress => (peer, Entity::default()),
        Direction::Egress => (Entity::default(), peer),
    };
    destination.ports = sent.ports.iter().copied().map(port).collect();
    Rule {
        action: "Allow",
        protocol: sent.protocol.and_then(word),
        source,
        destination,
    }
}

fn entities(whom: &Whom) -> Vec<Entity> {
    let one = match whom {
        Whom::Namespace(namespace) => Entity {
            namespace_selector: Some(of_namespace(namespace)),
            ..Entity::default()
        },
        Whom::Service(service) => Entity {
            services: Some(Service {
                name: service.name.clone(),
                namespace: service.namespace.clone(),
            }),
            ..Entity::default()
        },
        Whom::Set(namespace, labels) => Entity {
            namespace_selector: Some(match namespace.as_ref() {
                "" => Selector::Global.to_string(),
                namespace => of_namespace(namespace),
            }),
            selector: Some(selector(labels)),
            ..Entity::default()
        },
        Whom::Domains(names) => Entity {
            domains: names.clone(),
            ..Entity::default()
        },
        Whom::Nets(_, blocks) => return by_family(blocks),
    };
    vec![one]
}

fn of_namespace(name: &str) -> String {
    let key = crate::selector::keys::NAME.to_owned();
    Selector::Equals(key, name.to_owned()).to_string()
}

/// A rule of Calico's names nets of one family only.
fn by_family(blocks: &[Block]) -> Vec<Entity> {
    let mut by_family: BTreeMap<Family, Entity> = BTreeMap::new();
    for Block { net, except } in blocks {
        let entity = by_family.entry(family_of(net.addr())).or_default();
        entity.nets.push(*net);
        entity.not_nets.extend(except);
    }
    by_family.into_values().collect()
}

const fn word(protocol: Protocol) -> Option<ProtocolWord> {
    Some(match protocol {
        Protocol::Tcp => ProtocolWord::Name("TCP"),
        Protocol::Udp => ProtocolWord::Name("UDP"),
        Protocol::Sctp => ProtocolWord::Name("SCTP"),
        Protocol::Icmp => ProtocolWord::Name("ICMP"),
        Protocol::Icmp6 => ProtocolWord::Name("ICMPv6"),
        Protocol::Number(number) => ProtocolWord::Number(number),
        Protocol::Unknown => return None,
    })
}

fn port((first, last): (u16, u16)) -> Port {
    match first == last {
        true => Port::One(first),
        false => Port::Range(format!("{first}:{last}")),
    }
}

impl Entity {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
