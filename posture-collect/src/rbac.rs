//! What a cluster must allow: to list each kind, and nothing else but to get Calico's tiers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::kinds::{asked, group_of};

/// The group of Calico's API server. It lets those see policies of a tier who may get that.
const CALICO: &str = "projectcalico.org";

/// What it lets them see: each kind of policy has a resource of its own for it.
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
        rule(&mut manifest, group, resources, "list");
    }
    rule(&mut manifest, CALICO, ["tiers".to_owned()], "get");
    manifest
}

fn rule(
    manifest: &mut String,
    group: &str,
    resources: impl IntoIterator<Item = String>,
    verb: &str,
) {
    // a string takes everything
    let _ = writeln!(manifest, "  - apiGroups: [\"{group}\"]\n    resources:");
    for resource in resources {
        let _ = writeln!(manifest, "      - {resource}");
    }
    let _ = writeln!(manifest, "    verbs: [{verb}]");
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
    groups.entry(CALICO).or_default().extend(tiered);
    groups
}
