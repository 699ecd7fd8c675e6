//! Kinds of policies.

use std::fmt;

use serde::Serialize;

/// A kind of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PolicyKind {
    /// `NetworkPolicy` of `networking.k8s.io/v1`.
    KubernetesNetworkPolicy,
    /// `NetworkPolicy` of `projectcalico.org/v3`.
    NetworkPolicy,
    /// `GlobalNetworkPolicy` of `projectcalico.org/v3`.
    GlobalNetworkPolicy,
    /// `StagedNetworkPolicy` of `projectcalico.org/v3`.
    StagedNetworkPolicy,
    /// `StagedGlobalNetworkPolicy` of `projectcalico.org/v3`.
    StagedGlobalNetworkPolicy,
    /// `StagedKubernetesNetworkPolicy` of `projectcalico.org/v3`.
    StagedKubernetesNetworkPolicy,
    /// `AdminNetworkPolicy` of `policy.networking.k8s.io/v1alpha1`.
    AdminNetworkPolicy,
    /// `BaselineAdminNetworkPolicy` of `policy.networking.k8s.io/v1alpha1`.
    BaselineAdminNetworkPolicy,
    /// `ClusterNetworkPolicy` of `policy.networking.k8s.io/v1alpha2`.
    ClusterNetworkPolicy,
    /// `CiliumNetworkPolicy` of `cilium.io/v2`.
    CiliumNetworkPolicy,
    /// `CiliumClusterwideNetworkPolicy` of `cilium.io/v2`.
    CiliumClusterwideNetworkPolicy,
}

/// In whose words rules are told, where the same word means different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// Those of the Kubernetes `NetworkPolicy`.
    Kubernetes,
    /// Calico's, and those of the network-policy-api.
    Calico,
    /// Cilium's.
    Cilium,
}

/// What a staged policy would do if it were enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum StagedAction {
    /// It would be there, beside an enforced policy of its name where there is one.
    Set,
    /// The enforced policy of its name would not be there.
    Delete,
    /// It is still being learnt, and would be there.
    Learn,
    /// It would have no effect.
    Ignore,
}

impl PolicyKind {
    /// Its name, `KubernetesNetworkPolicy` telling the Kubernetes kind from Calico's.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KubernetesNetworkPolicy => "KubernetesNetworkPolicy",
            Self::NetworkPolicy => "NetworkPolicy",
            Self::GlobalNetworkPolicy => "GlobalNetworkPolicy",
            Self::StagedNetworkPolicy => "StagedNetworkPolicy",
            Self::StagedGlobalNetworkPolicy => "StagedGlobalNetworkPolicy",
            Self::StagedKubernetesNetworkPolicy => "StagedKubernetesNetworkPolicy",
            Self::AdminNetworkPolicy => "AdminNetworkPolicy",
            Self::BaselineAdminNetworkPolicy => "BaselineAdminNetworkPolicy",
            Self::ClusterNetworkPolicy => "ClusterNetworkPolicy",
            Self::CiliumNetworkPolicy => "CiliumNetworkPolicy",
            Self::CiliumClusterwideNetworkPolicy => "CiliumClusterwideNetworkPolicy",
        }
    }

    /// The kind that a staged kind stages.
    pub const fn enforced(self) -> Option<Self> {
        match self {
            Self::StagedNetworkPolicy => Some(Self::NetworkPolicy),
            Self::StagedGlobalNetworkPolicy => Some(Self::GlobalNetworkPolicy),
            Self::StagedKubernetesNetworkPolicy => Some(Self::KubernetesNetworkPolicy),
            _ => None,
        }
    }

    /// Whether its rules are worded as those of the Kubernetes `NetworkPolicy`.
    pub const fn is_kubernetes(self) -> bool {
        matches!(self.wording(), Wording::Kubernetes)
    }

    /// In whose words its rules are told.
    pub const fn wording(self) -> Wording {
        match self {
            Self::KubernetesNetworkPolicy | Self::StagedKubernetesNetworkPolicy => {
                Wording::Kubernetes
            }
            Self::CiliumNetworkPolicy | Self::CiliumClusterwideNetworkPolicy => Wording::Cilium,
            _ => Wording::Calico,
        }
    }

    /// Whether it is of network-policy-api.
    pub const fn is_network_policy_api(self) -> bool {
        matches!(
            self,
            Self::AdminNetworkPolicy
                | Self::BaselineAdminNetworkPolicy
                | Self::ClusterNetworkPolicy
        )
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
