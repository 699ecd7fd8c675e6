//! The kinds that a score uses: how they are asked for, and what is kept of their objects.

use crate::shape::Shape;
use crate::shapes::{
    UNREAD_POLICY, UNUSED, calico, cilium, kubernetes, network_policy, network_policy_api, ranges,
    scans,
};

/// A kind of object.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// `NetworkPolicy`
    pub name: &'static str,
    /// Its plural, as the API server has it: `networkpolicies`.
    pub plural: &'static str,
    /// The groups and versions that it is known in, the one that is asked first before the others;
    /// one is asked at most, because they hold the same objects.
    pub versions: &'static [&'static str],
    pub(crate) shape: Shape,
}

const CALICO: &[&str] = &["projectcalico.org/v3", "crd.projectcalico.org/v1"];
const APPS: &[&str] = &["apps/v1", "extensions/v1beta1"];
const ADMIN: &[&str] = &["policy.networking.k8s.io/v1alpha1"];
const CILIUM: &[&str] = &["cilium.io/v2"];
const ANTREA: &[&str] = &["crd.antrea.io/v1beta1"];

const fn kind(
    name: &'static str,
    plural: &'static str,
    versions: &'static [&'static str],
    shape: Shape,
) -> Kind {
    Kind {
        name,
        plural,
        versions,
        shape,
    }
}

/// The kinds that a cluster is asked for (formats, section 1).
#[rustfmt::skip]
pub const KINDS: [Kind; 35] = [
    kind("Namespace", "namespaces", &["v1"], kubernetes::NAMESPACE),
    kind("Node", "nodes", &["v1"], kubernetes::NODE),
    kind("Pod", "pods", &["v1"], kubernetes::POD),
    kind("ReplicationController", "replicationcontrollers", &["v1"], kubernetes::CONTROLLER),
    kind("Service", "services", &["v1"], kubernetes::SERVICE),
    kind("ServiceAccount", "serviceaccounts", &["v1"], kubernetes::SERVICE_ACCOUNT),
    kind("ReplicaSet", "replicasets", APPS, kubernetes::CONTROLLER),
    kind("Deployment", "deployments", APPS, kubernetes::CONTROLLER),
    kind("StatefulSet", "statefulsets", APPS, kubernetes::CONTROLLER),
    kind("DaemonSet", "daemonsets", APPS, kubernetes::CONTROLLER),
    kind("Job", "jobs", &["batch/v1"], kubernetes::CONTROLLER),
    kind("CronJob", "cronjobs", &["batch/v1"], kubernetes::CONTROLLER),
    kind("EndpointSlice", "endpointslices", &["discovery.k8s.io/v1"], kubernetes::ENDPOINT_SLICE),
    kind("NetworkPolicy", "networkpolicies", &["networking.k8s.io/v1", "extensions/v1beta1"], network_policy::NETWORK_POLICY),
    kind("ServiceCIDR", "servicecidrs", &["networking.k8s.io/v1"], ranges::SERVICE_CIDR),
    kind("Tier", "tiers", CALICO, calico::TIER),
    kind("NetworkPolicy", "networkpolicies", CALICO, calico::NETWORK_POLICY),
    kind("GlobalNetworkPolicy", "globalnetworkpolicies", CALICO, calico::NETWORK_POLICY),
    kind("StagedNetworkPolicy", "stagednetworkpolicies", CALICO, calico::NETWORK_POLICY),
    kind("StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies", CALICO, calico::NETWORK_POLICY),
    kind("StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies", CALICO, network_policy::NETWORK_POLICY),
    kind("NetworkSet", "networksets", CALICO, calico::NETWORK_SET),
    kind("GlobalNetworkSet", "globalnetworksets", CALICO, calico::NETWORK_SET),
    kind("HostEndpoint", "hostendpoints", CALICO, calico::HOST_ENDPOINT),
    kind("IPPool", "ippools", CALICO, ranges::IP_POOL),
    kind("AdminNetworkPolicy", "adminnetworkpolicies", ADMIN, network_policy_api::NETWORK_POLICY),
    kind("BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies", ADMIN, network_policy_api::NETWORK_POLICY),
    kind("ClusterNetworkPolicy", "clusternetworkpolicies", &["policy.networking.k8s.io/v1alpha2"], network_policy_api::NETWORK_POLICY),
    kind("CiliumNetworkPolicy", "ciliumnetworkpolicies", CILIUM, cilium::NETWORK_POLICY),
    kind("CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies", CILIUM, cilium::NETWORK_POLICY),
    kind("CiliumNode", "ciliumnodes", CILIUM, ranges::CILIUM_NODE),
    kind("CiliumPodIPPool", "ciliumpodippools", &["cilium.io/v2alpha1"], ranges::CILIUM_POD_IP_POOL),
    kind("NetworkPolicy", "networkpolicies", ANTREA, UNREAD_POLICY),
    kind("ClusterNetworkPolicy", "clusternetworkpolicies", ANTREA, UNREAD_POLICY),
    kind("Network", "networks", &["config.openshift.io/v1"], ranges::OPENSHIFT_NETWORK),
];

/// The kind that scans come as.
pub const SCANS: Kind = kind(
    "VulnerabilityReport",
    "vulnerabilityreports",
    &["aquasecurity.github.io/v1alpha1"],
    scans::VULNERABILITY_REPORT,
);

/// A kind that `kubectl` cannot ask for.
const ENDPOINTS: Kind = kind(
    "WorkloadEndpoint",
    "workloadendpoints",
    CALICO,
    calico::WORKLOAD_ENDPOINT,
);

impl Kind {
    /// Its names with their groups, as `kubectl api-resources --output name` has them, and the versions
    /// of these: `networkpolicies.networking.k8s.io`, or `pods`, which is of no group.
    pub fn resources(&self) -> impl Iterator<Item = (String, &'static str)> + use<> {
        let plural = self.plural;
        self.versions.iter().map(move |version| {
            let name = match group_of(version) {
                "" => plural.to_owned(),
                group => format!("{plural}.{group}"),
            };
            (name, *version)
        })
    }
}

/// All kinds that a cluster is asked for.
pub fn asked() -> impl Iterator<Item = Kind> {
    KINDS.into_iter().chain([SCANS])
}

/// The group of an `apiVersion`, empty for `v1`.
pub(crate) fn group_of(version: &str) -> &str {
    version.split_once('/').map_or("", |(group, _)| group)
}

/// What is kept of an object of this kind and `apiVersion`.
pub(crate) fn shape_of(name: &str, version: Option<&str>) -> Shape {
    let is_policy = posture_formats::is_policy(name);
    let is_of = |kind: &Kind| {
        let mut groups = kind.versions.iter().map(|version| group_of(version));
        match version.map(group_of) {
            Some(group) => groups.any(|known| known == group),
            // policies of one name in several groups differ
            None => !is_policy,
        }
    };
    let mut known = asked().chain([ENDPOINTS]);
    let found = known.find(|kind| kind.name == name && is_of(kind));
    match found {
        Some(kind) => kind.shape,
        None if is_policy => UNREAD_POLICY,
        None => UNUSED,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_is_asked_for_once() {
        let names: Vec<String> = asked()
            .flat_map(|kind| kind.resources())
            .map(|(name, _)| name)
            .collect();
        let each_once: BTreeSet<&String> = names.iter().collect();
        assert_eq!(each_once.len(), names.len());
        assert!(names.contains(&"pods".to_owned()));
        assert!(names.contains(&"tiers.crd.projectcalico.org".to_owned()));
    }

    #[test]
    fn plurals_are_those_of_the_names() {
        for kind in asked() {
            let singular = kind.name.to_lowercase();
            let plural = match singular.strip_suffix('y') {
                Some(stem) => format!("{stem}ies"),
                None => format!("{singular}s"),
            };
            assert_eq!(kind.plural, plural);
        }
    }
}
