//! The `NetworkPolicy` of Kubernetes, and what stages it.

use std::collections::BTreeMap;

use ipnet::IpNet;
use serde::Serialize;

use super::{Directed, Draft, staged_action};
use crate::model::{Direction, Labels, Protocol};
use crate::recommend::need::Whom;
use crate::recommend::rules::{Allow, Sent};
use crate::selector::keys::METADATA_NAME;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec {
    #[serde(skip_serializing_if = "Option::is_none")]
    staged_action: Option<&'static str>,
    pod_selector: LabelSelector,
    policy_types: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ingress: Vec<Rule>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    egress: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct LabelSelector {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    match_labels: Labels,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Rule {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    from: Vec<Peer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    to: Vec<Peer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ports: Vec<PortRange>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Peer {
    NamespaceSelector(LabelSelector),
    IpBlock(IpBlock),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct IpBlock {
    cidr: IpNet,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    except: Vec<IpNet>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct PortRange {
    protocol: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_port: Option<u16>,
}

pub(super) fn spec(draft: Draft<'_>) -> Spec {
    let Directed {
        types,
        ingress,
        egress,
    } = Directed::new(&draft.rules, rule);
    Spec {
        staged_action: staged_action(draft.form),
        pod_selector: LabelSelector {
            match_labels: draft.labels,
        },
        policy_types: types,
        ingress,
        egress,
    }
}

/// None where nobody can be named: a rule that names nobody allows anyone.
fn rule(allow: &Allow, direction: Direction) -> Option<Rule> {
    let ports = allow.sent.iter().flat_map(ports).collect();
    let peers = Some(peers(&allow.whom)).filter(|peers| !peers.is_empty())?;
    Some(match direction {
        Direction::Ingress => Rule {
            from: peers,
            ports,
            ..Rule::default()
        },
        Direction::Egress => Rule {
            to: peers,
            ports,
            ..Rule::default()
        },
    })
}

/// Services, sets by their labels and domains are never asked for in this form.
fn peers(whom: &Whom) -> Vec<Peer> {
    match whom {
        Whom::Namespace(namespace) => {
            let name = (METADATA_NAME.to_owned(), namespace.to_string());
            vec![Peer::NamespaceSelector(LabelSelector {
                match_labels: Labels::from([name]),
            })]
        }
        Whom::Nets(_, blocks) => {
            let block = blocks.iter().map(|block| {
                Peer::IpBlock(IpBlock {
                    cidr: block.net,
                    except: block.except.clone(),
                })
            });
            block.collect()
        }
        Whom::Service(_) | Whom::Set(..) | Whom::Domains(_) => Vec::new(),
    }
}

fn ports(sent: &Sent) -> Vec<PortRange> {
    let protocol = match sent.protocol {
        Some(Protocol::Tcp) => "TCP",
        Some(Protocol::Udp) => "UDP",
        Some(Protocol::Sctp) => "SCTP",
        _ => return Vec::new(),
    };
    if sent.ports.is_empty() {
        return vec![PortRange {
            protocol,
            port: None,
            end_port: None,
        }];
    }
    let port = |(first, last): &(u16, u16)| PortRange {
        protocol,
        port: Some(*first),
        end_port: Some(*last).filter(|last| last != first),
    };
    sent.ports.iter().map(port).collect()
}
