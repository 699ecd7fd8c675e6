//! The network policies of a cluster, and what a trace says when they decide.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::cluster::CLIENTS;
use super::objects::{metadata, write_list};
use super::{Cluster, Edge, End, Guard, Workload};

/// The side of a connection that a policy speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// At the destination.
    Ingress,
    /// At the source.
    Egress,
}

/// What decides about an edge at one of its workloads.
#[derive(Debug, PartialEq, Eq)]
pub enum Hit {
    /// A rule of a policy allows it.
    Rule {
        /// Name of the policy, of the workload's own namespace.
        policy: String,
        /// Place of the rule.
        rule: usize,
    },
    /// Policies select the workload, none allows it: denied, in the name of the first of them.
    EndOfTier {
        /// Name of the first policy.
        policy: String,
    },
    /// No policy selects the workload: the profile of its namespace allows it.
    Profile,
}

const DEFAULT_DENY: &str = "default-deny";
const ALLOW_ALL: &str = "allow-all";

impl Hit {
    /// What happens to the connection: `allow` or `deny`.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Rule { .. } | Self::Profile => "allow",
            Self::EndOfTier { .. } => "deny",
        }
    }

    /// The hit as flow logs write it: `0|default|shop-006/knp.default.cart-018|allow|2`.
    pub fn to_trace(&self, namespace: &str) -> String {
        match self {
            Self::Rule { policy, rule } => {
                format!("0|default|{namespace}/knp.default.{policy}|allow|{rule}")
            }
            Self::EndOfTier { policy } => {
                format!("0|default|{namespace}/knp.default.{policy}|deny|-1")
            }
            Self::Profile => format!("0|__PROFILE__|__PROFILE__.kns.{namespace}|allow|0"),
        }
    }
}

impl Cluster {
    /// What decides about edge number `edge` at `workload`, which is its end for `direction`.
    pub fn hit(&self, workload: &Workload, direction: Direction, edge: usize) -> Hit {
        let named = match (self.namespace_of(workload).guard, direction) {
            (Guard::Open, _) | (Guard::Ingress, Direction::Egress) => return Hit::Profile,
            (Guard::AllowAll, _) => {
                return Hit::Rule {
                    policy: ALLOW_ALL.to_owned(),
                    rule: 0,
                };
            }
            (Guard::Ingress | Guard::Isolated, Direction::Ingress) => &workload.clients,
            (Guard::Isolated, Direction::Egress) => &workload.servers,
        };
        match named.iter().position(|other| *other == edge) {
            Some(rule) => Hit::Rule {
                policy: workload.name.clone(),
                rule,
            },
            None => Hit::EndOfTier {
                policy: DEFAULT_DENY.min(&workload.name).to_owned(),
            },
        }
    }
}

/// Writes every policy of the cluster as one list.
pub fn write_policies(cluster: &Cluster, out: &mut impl Write) -> io::Result<()> {
    let namespaces = cluster.namespaces.iter().filter_map(|namespace| {
        let (policy, spec) = match namespace.guard {
            Guard::Open => return None,
            Guard::AllowAll => (ALLOW_ALL, allow_all()),
            Guard::Ingress | Guard::Isolated => (
                DEFAULT_DENY,
                json!({ "podSelector": {}, "policyTypes": policy_types(namespace.guard) }),
            ),
        };
        Some(network_policy(&namespace.name, policy, &spec))
    });
    let workloads = cluster.workloads.iter().filter_map(|workload| {
        let namespace = cluster.namespace_of(workload);
        let spec = workload_policy(cluster, workload, namespace.guard)?;
        Some(network_policy(&namespace.name, &workload.name, &spec))
    });
    write_list(namespaces.chain(workloads), out)
}

fn network_policy(namespace: &str, name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata("NetworkPolicy", namespace, name),
        "spec": spec,
    })
}

fn allow_all() -> Value {
    json!({ "egress": [{}], "ingress": [{}], "podSelector": {}, "policyTypes": ["Ingress", "Egress"] })
}

/// The policy that names the peers of one workload, where its namespace has such.
fn workload_policy(cluster: &Cluster, workload: &Workload, guard: Guard) -> Option<Value> {
    let rules = |edges: &[usize], direction| {
        edges
            .iter()
            .map(|edge| rule(cluster, &cluster.edges[*edge], direction))
            .collect::<Vec<_>>()
    };
    let ingress = rules(&workload.clients, Direction::Ingress);
    let selector = json!({ "matchLabels": { "app": workload.name } });
    let types = policy_types(guard);
    match guard {
        Guard::Open | Guard::AllowAll => None,
        Guard::Ingress => {
            Some(json!({ "ingress": ingress, "podSelector": selector, "policyTypes": types }))
        }
        Guard::Isolated => {
            let egress = rules(&workload.servers, Direction::Egress);
            Some(
                json!({ "egress": egress, "ingress": ingress, "podSelector": selector, "policyTypes": types }),
            )
        }
    }
}

fn policy_types(guard: Guard) -> Value {
    match guard {
        Guard::Ingress => json!(["Ingress"]),
        Guard::Open | Guard::AllowAll | Guard::Isolated => json!(["Ingress", "Egress"]),
    }
}

/// One peer and one port, so that the place of a rule here is its place in Calico's translation.
fn rule(cluster: &Cluster, edge: &Edge, direction: Direction) -> Value {
    let ports = json!([{ "port": edge.port, "protocol": "TCP" }]);
    match direction {
        Direction::Ingress => json!({ "from": [peer(cluster, edge.source)], "ports": ports }),
        Direction::Egress => json!({ "ports": ports, "to": [peer(cluster, edge.destination)] }),
    }
}

fn peer(cluster: &Cluster, end: End) -> Value {
    match end {
        End::Workload(index) => {
            let workload = &cluster.workloads[index];
            let namespace = &cluster.namespace_of(workload).name;
            json!({
                "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": namespace } },
                "podSelector": { "matchLabels": { "app": workload.name } },
            })
        }
        End::Server(address) => json!({ "ipBlock": { "cidr": format!("{address}/32") } }),
        End::Clients => json!({ "ipBlock": { "cidr": format!("{CLIENTS}/16") } }),
    }
}
