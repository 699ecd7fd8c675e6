//! The kind of an object that does not say it, such as the items of a list that was written without
//! its head: "where an object has no kind, it has the one that its `selfLink` or its
//! `last-applied-configuration` names, else the one that alone has such fields" (formats, section 1).

mod shape;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::json;
/// Where `kubectl apply` keeps what it was given.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Resources by their names in a `selfLink`, and their kinds.
const RESOURCES: [(&str, &str); 31] = [
    ("adminnetworkpolicies", "AdminNetworkPolicy"),
    ("baselineadminnetworkpolicies", "BaselineAdminNetworkPolicy"),
    (
        "ciliumclusterwidenetworkpolicies",
        "CiliumClusterwideNetworkPolicy",
    ),
    ("ciliumnetworkpolicies", "CiliumNetworkPolicy"),
    ("clusternetworkpolicies", "ClusterNetworkPolicy"),
    ("configmaps", "ConfigMap"),
    ("cronjobs", "CronJob"),
    ("daemonsets", "DaemonSet"),
    ("deployments", "Deployment"),
    ("endpoints", "Endpoints"),
    ("endpointslices", "EndpointSlice"),
    ("events", "Event"),
    ("globalnetworkpolicies", "GlobalNetworkPolicy"),
    ("globalnetworksets", "GlobalNetworkSet"),
    ("hostendpoints", "HostEndpoint"),
    ("ippools", "IPPool"),
    ("jobs", "Job"),
    ("namespaces", "Namespace"),
    ("networkpolicies", "NetworkPolicy"),
    ("networksets", "NetworkSet"),
    ("nodes", "Node"),
    ("pods", "Pod"),
    ("replicasets", "ReplicaSet"),
    ("replicationcontrollers", "ReplicationController"),
    ("secrets", "Secret"),
    ("serviceaccounts", "ServiceAccount"),
    ("services", "Service"),
    ("statefulsets", "StatefulSet"),
    ("tiers", "Tier"),
    ("vulnerabilityreports", "VulnerabilityReport"),
    ("workloadendpoints", "WorkloadEndpoint"),
];

/// What an object is, told by other things than its `kind`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// Its kind; the name of its resource, where that is no kind that is known here.
    pub(crate) kind: String,
    pub(crate) api_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    metadata: Metadata,
    spec: Option<Value>,
    status: Option<Value>,
    secrets: Option<Value>,
    address_type: Option<Value>,
    endpoints: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: Option<String>,
    namespace: Option<String>,
    self_link: Option<String>,
    annotations: Option<BTreeMap<String, Option<String>>>,
    managed_fields: Option<Vec<Manager>>,
    owner_references: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manager {
    api_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Applied {
    api_version: Option<String>,
    kind: String,
    metadata: AppliedMetadata,
}

#[derive(Deserialize)]
struct AppliedMetadata {
    name: Option<String>,
}

/// What an object without a kind is; none where that is not certain.
pub(crate) fn recognise(json: &str) -> Option<Told> {
    let fields: Fields = json::from_str(json).ok()?;
    let linked = fields.metadata.self_link.as_deref().and_then(from_link);
    linked
        .or_else(|| applied(&fields.metadata))
        .or_else(|| shape::of(&fields))
}

/// `/api/v1/namespaces/shop/pods/web`, `/apis/apps/v1/namespaces/shop/deployments/web`
fn from_link(link: &str) -> Option<Told> {
    let segments: Vec<&str> = link.trim_start_matches('/').split('/').collect();
    let (api_version, rest) = match segments.as_slice() {
        ["api", version, rest @ ..] => ((*version).to_owned(), rest),
        ["apis", group, version, rest @ ..] => (format!("{group}/{version}"), rest),
        _ => return None,
    };
    let (["namespaces", _, resource, _, ..] | [resource, _, ..]) = rest else {
        return None;
    };
    let known = RESOURCES.iter().find(|(name, _)| name == resource);
    Some(Told {
        kind: known.map_or(*resource, |(_, kind)| kind).to_owned(),
        api_version: Some(api_version),
    })
}

/// What was applied, where it is the object itself: some controllers copy annotations.
fn applied(metadata: &Metadata) -> Option<Told> {
    let text = metadata.annotations.as_ref()?.get(LAST_APPLIED)?.as_ref()?;
    let applied: Applied = json::from_str(text).ok()?;
    let same = applied.metadata.name.is_some() && applied.metadata.name == metadata.name;
    (same && !applied.kind.is_empty()).then_some(Told {
        kind: applied.kind,
        api_version: applied.api_version,
    })
}

#[cfg(test)]
mod tests;
