//! Which reader reads an object.

use posture_core::issue::IssueKind;
use posture_core::model::Sources;

use crate::document::unrendered;
use crate::kubernetes::{
    controller, endpoint_slice, namespace, network_policy, node, pod, service, service_account,
};
use crate::object::{Invalid, Object};
use crate::output::Output;
use crate::unread_policy::{self, Scope};
use crate::{calico, cilium, collection, images, network_policy_api, ranges};

/// Reads an object into facts.
type Reader = fn(&Object<'_>, &mut Output<'_>) -> Result<(), Invalid>;

/// Reads an object, or counts it as one that is not used.
pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) {
    note_source(object.kind, &mut output.fragment.sources);
    output.recognised = true;
    if let Err(invalid) = read_kind(object, output) {
        let message = format!("{} is not valid: {invalid}", object.kind);
        output.issue(IssueKind::InvalidObject, object.at, message);
    }
}

fn read_kind(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    if let Some(scope) = unread_policy::scope_of(object.kind) {
        return read_policy(object, scope, output);
    }
    match object.kind {
        "Pod" if object.may_be_of(&[""]) => pod::read(object, output),
        "ReplicationController" if object.may_be_of(&[""]) => controller::read(object, output),
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet"
            if object.may_be_of(&["apps", "extensions"]) =>
        {
            controller::read(object, output)
        }
        "Job" | "CronJob" if object.may_be_of(&["batch"]) => controller::read(object, output),
        "Namespace" if object.may_be_of(&[""]) => namespace::read(object, output),
        "Node" if object.may_be_of(&[""]) => node::read(object, output),
        "Service" if object.may_be_of(&[""]) => service::read(object, output),
        "ServiceAccount" if object.may_be_of(&[""]) => service_account::read(object, output),
        "EndpointSlice" if object.may_be_of(&["discovery.k8s.io"]) => {
            endpoint_slice::read(object, output)
        }
        "Tier" if object.may_be_of(&calico::GROUPS) => calico::tier::read(object, output),
        "NetworkSet" | "GlobalNetworkSet" if object.may_be_of(&calico::GROUPS) => {
            calico::network_set::read(object, output)
        }
        "HostEndpoint" if object.may_be_of(&calico::GROUPS) => {
            calico::host_endpoint::read(object, output)
        }
        "WorkloadEndpoint" if object.may_be_of(&calico::GROUPS) => {
            calico::workload_endpoint::read(object, output)
        }
        "VulnerabilityReport" if object.may_be_of(&["aquasecurity.github.io"]) => {
            let origin = output.origin(object.at);
            let (fragment, issues) = (&mut output.fragment, &mut *output.issues);
            images::read_vulnerability_report(object.json, &origin, fragment, issues);
            Ok(())
        }
        "Collection" if object.group == Some(collection::GROUP) => collection::read(object, output),
        "Kustomization" | "Component" if is_kustomization(object) => {
            unrendered::read_kustomization(object, output);
            Ok(())
        }
        _ if ranges::are_in(object) => ranges::read(object, output),
        kind => {
            output.unused(kind);
            Ok(())
        }
    }
}

fn is_kustomization(object: &Object<'_>) -> bool {
    object.group == Some("kustomize.config.k8s.io")
}

/// A policy that is not valid is kept as unread, because it may govern what its kind may govern.
fn read_policy(object: &Object<'_>, scope: Scope, output: &mut Output<'_>) -> Result<(), Invalid> {
    let Some(reader) = policy_reader(object) else {
        return unread_policy::read(object, scope, output);
    };
    reader(object, output).or_else(|invalid| {
        unread_policy::keep_invalid(object, scope, output)?;
        Err(invalid)
    })
}

/// Kinds of one name in several groups differ, so the group must be told.
fn policy_reader(object: &Object<'_>) -> Option<Reader> {
    match (object.group?, object.kind) {
        ("networking.k8s.io" | "extensions", "NetworkPolicy") => Some(network_policy::read),
        (group, "StagedKubernetesNetworkPolicy") if calico::GROUPS.contains(&group) => {
            Some(network_policy::read)
        }
        (
            group,
            "NetworkPolicy"
            | "GlobalNetworkPolicy"
            | "StagedNetworkPolicy"
            | "StagedGlobalNetworkPolicy",
        ) if calico::GROUPS.contains(&group) => Some(calico::policy::read),
        (
            "policy.networking.k8s.io",
            "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" | "ClusterNetworkPolicy",
        ) => Some(network_policy_api::read),
        ("cilium.io", "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy") => {
            Some(cilium::read)
        }
        _ => None,
    }
}

/// Notes that the input speaks of a kind: by an object, or by a list that may be empty.
pub(crate) fn note_source(kind: &str, sources: &mut Sources) {
    match kind {
        "Pod" => sources.pods = true,
        "VulnerabilityReport" => sources.scans = true,
        kind => sources.policies |= unread_policy::scope_of(kind).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use posture_core::model::{PolicyKind, Sources};

    use crate::read_text;

    #[test]
    fn the_group_tells_kinds_of_one_name_apart() {
        let object = |version: &str, kind: &str| {
            read_text(&format!(
                "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n"
            ))
        };
        assert_eq!(
            object("networking.k8s.io/v1", "NetworkPolicy")
                .0
                .policies
                .len(),
            1
        );
        assert_eq!(object("v1", "Service").0.services.len(), 1);
        for version in ["projectcalico.org/v3", "crd.projectcalico.org/v1"] {
            let (fragment, _) = object(version, "NetworkPolicy");
            let kind = fragment.policies[0].kind;
            assert_eq!(kind, PolicyKind::NetworkPolicy, "{version}");
        }
        let (fragment, _) = object("crd.antrea.io/v1", "NetworkPolicy");
        assert!(fragment.policies.is_empty());
        assert_eq!(fragment.unread_policies.len(), 1);
        let (fragment, issues) = object("serving.knative.dev/v1", "Service");
        assert!(fragment.services.is_empty());
        assert_eq!(issues[0].message, "1 object of kind `Service` is not used");
    }

    #[test]
    fn objects_without_a_version_are_known_by_kind_but_for_policies() {
        let (fragment, _) = read_text("kind: Namespace\nmetadata: {name: a}\n");
        assert_eq!(fragment.namespaces.len(), 1);
        let (fragment, _) = read_text("kind: NetworkPolicy\nmetadata: {name: a}\nspec: {}\n");
        assert_eq!(
            (fragment.policies.len(), fragment.unread_policies.len()),
            (0, 1)
        );
    }

    #[test]
    fn empty_typed_lists_are_sources() {
        let sources = |kind: &str, version: &str| {
            let text = format!(r#"{{"kind": "{kind}", "apiVersion": "{version}", "items": []}}"#);
            let (fragment, issues) = read_text(&text);
            assert!(issues.is_empty(), "{issues:?}");
            fragment.sources
        };
        let none = Sources::default();
        assert_eq!(sources("PodList", "v1"), Sources { pods: true, ..none });
        let policies = Sources {
            policies: true,
            ..none
        };
        assert_eq!(
            sources("NetworkPolicyList", "networking.k8s.io/v1"),
            policies
        );
        assert_eq!(
            sources("GlobalNetworkPolicyList", "projectcalico.org/v3"),
            policies
        );
        let scans = Sources {
            scans: true,
            ..none
        };
        assert_eq!(
            sources("VulnerabilityReportList", "aquasecurity.github.io/v1alpha1"),
            scans
        );
        for (kind, version) in [
            ("ConfigMapList", "v1"),
            ("TierList", "projectcalico.org/v3"),
            ("GlobalNetworkSetList", "projectcalico.org/v3"),
        ] {
            assert_eq!(sources(kind, version), none, "{kind}");
        }
    }

    #[test]
    fn unused_kinds_are_counted() {
        let config_map = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n";
        let text = format!("{config_map}---\n{config_map}---\nkind: Secret\napiVersion: v1\n");
        let (_, issues) = read_text(&text);
        let told: Vec<_> = issues
            .iter()
            .map(|issue| (issue.message.as_str(), issue.count))
            .collect();
        assert_eq!(
            told,
            [
                ("2 objects of kind `ConfigMap` are not used", 2),
                ("1 object of kind `Secret` is not used", 1),
            ]
        );
    }
}
