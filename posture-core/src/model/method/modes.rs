//! How policies are read where implementations of them differ.

use serde::{Deserialize, Serialize};

/// How policies are read where implementations differ: each difference is a named mode (policy
/// semantics, section 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PolicyModes {
    /// Whether an `ipBlock` of a Kubernetes policy holds the addresses of pods: "Calico yes, Cilium
    /// no"; true by default.
    pub ip_block_matches_pods: bool,
    /// How policies of one tier and one order follow each other; `name` by default.
    pub tie_order: TieOrder,
    /// What happens to the traffic of a pod to itself; `allow` by default.
    pub loopback: Loopback,
    /// What happens to the traffic of a pod to its own node that policies let through; `accept` by
    /// default.
    pub endpoint_to_host: EndpointToHost,
}

impl Default for PolicyModes {
    fn default() -> Self {
        Self {
            ip_block_matches_pods: true,
            tie_order: TieOrder::Name,
            loopback: Loopback::Allow,
            endpoint_to_host: EndpointToHost::Accept,
        }
    }
}

/// How policies of one tier and one order follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TieOrder {
    /// By the text `name/namespace/kind`, as Calico does from v3.32 on.
    Name,
    /// By the text `namespace/tier.name`, as Calico did up to v3.31.
    TierPrefixed,
}

/// What happens to the traffic of a pod to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Loopback {
    /// It goes through, whatever policies say: it does not leave the pod.
    Allow,
    /// Policies are asked, as for any other traffic.
    Evaluate,
}

/// What happens to the traffic of a pod to its own node that policies let through: Calico's
/// `defaultEndpointToHostAction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EndpointToHost {
    /// It goes through.
    Accept,
    /// It is stopped.
    Drop,
}
