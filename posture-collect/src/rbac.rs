//! What a cluster must allow: to get and list each kind, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::kinds::{asked, group_of};

/// Calico's API server lets those see policies of a tier who may see that; each kind has a resource of
/// its own for it.
const TIERED: &str = "tier.";
const OF_TIERS: [&str; 5] = [
    "globalnetworkpolicies",
    "networkpolicies",
    "stagedglobalnetworkpolicies",
    "stagedkubernetesnetworkpolicies",
    "stagednetworkpolicies",
];

/// A `ServiceAccount` in a namespace, and what it may do: a manifest for `kubectl apply --filename -`.
pub fn rbac(namespace: &str) -> String {
    let mut manifest = format!(
        "apiVersion: v1
kind: Namespace
metadata:
  name: {namespace}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: posture-collect
  namespace: {namespace}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: posture-collect
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: posture-collect
subjects:
  - kind: ServiceAccount
    name: posture-collect
    namespace: {namespace}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: posture-collect
rules:
"
    );
    for (group, resources) in groups() {
        // a string takes everything
        let _ = writeln!(manifest, "  - apiGroups: [\"{group}\"]\n    resources:");
        for resource in resources {
            let _ = writeln!(manifest, "      - {resource}");
        }
        manifest.push_str("    verbs: [get, list]\n");
    }
    manifest
}

/// The resources of each group.
fn groups() -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut groups: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for kind in asked() {
        for version in kind.versions {
            let resources = groups.entry(group_of(version)).or_default();
            resources.insert(kind.plural.to_owned());
        }
    }
    let tiered = OF_TIERS.map(|resource| format!("{TIERED}{resource}"));
    groups
        .entry("projectcalico.org")
        .or_default()
        .extend(tiered);
    groups
}
