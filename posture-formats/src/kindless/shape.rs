//! What an object must be, by its fields: those that the API server fills in, so that a manifest of
//! another kind does not have them by chance.

use serde_json::Value;

use super::{Fields, Told};

/// What an object must be; none where several kinds may have such fields.
pub(super) fn of(fields: &Fields) -> Option<Told> {
    let spec = fields.spec.as_ref().unwrap_or(&Value::Null);
    let status = fields.status.as_ref().unwrap_or(&Value::Null);
    let (api_version, kind) = match () {
        () if is_pod(spec, status) => ("v1", "Pod"),
        () if has_text(status, "/nodeInfo/kubeletVersion") => ("v1", "Node"),
        () if is_namespace(fields, spec, status) => ("v1", "Namespace"),
        () if is_service(spec) => ("v1", "Service"),
        () if is_cron_job(spec) => ("batch/v1", "CronJob"),
        () if has(spec, "/template/spec/containers") => controller(fields, spec, status)?,
        () if is_endpoint_slice(fields) => ("discovery.k8s.io/v1", "EndpointSlice"),
        () if is_service_account(fields) => ("v1", "ServiceAccount"),
        () if is_network_policy(fields, spec) => ("networking.k8s.io/v1", "NetworkPolicy"),
        () => return None,
    };
    Some(Told {
        kind: kind.to_owned(),
        api_version: Some(api_version.to_owned()),
    })
}

fn is_pod(spec: &Value, status: &Value) -> bool {
    const PHASES: [&str; 5] = ["Pending", "Running", "Succeeded", "Failed", "Unknown"];
    let phase = text(status, "/phase");
    has(spec, "/containers")
        && has_text(spec, "/restartPolicy")
        && phase.is_some_and(|phase| PHASES.contains(&phase))
}

/// Namespaces lie in none, and have nothing in `spec` but the finalizer of Kubernetes.
fn is_namespace(fields: &Fields, spec: &Value, status: &Value) -> bool {
    let finalizers = spec.pointer("/finalizers").and_then(Value::as_array);
    let kubernetes = finalizers.is_some_and(|names| names.iter().any(|name| name == "kubernetes"));
    fields.metadata.namespace.is_none()
        && kubernetes
        && has_only(spec, &["finalizers"])
        && matches!(text(status, "/phase"), Some("Active" | "Terminating"))
}

fn is_service(spec: &Value) -> bool {
    match text(spec, "/type") {
        Some("ClusterIP" | "NodePort" | "LoadBalancer") => {
            has_text(spec, "/clusterIP") && has_text(spec, "/sessionAffinity")
        }
        Some("ExternalName") => has_text(spec, "/externalName"),
        _ => false,
    }
}

fn is_cron_job(spec: &Value) -> bool {
    has_text(spec, "/schedule") && has(spec, "/jobTemplate/spec/template/spec/containers")
}

/// What runs pods of a template.
fn controller(
    fields: &Fields,
    spec: &Value,
    status: &Value,
) -> Option<(&'static str, &'static str)> {
    const OF_REPLICAS: [&str; 4] = ["replicas", "selector", "template", "minReadySeconds"];
    let selects = has(spec, "/selector/matchLabels") || has(spec, "/selector/matchExpressions");
    let strategy = text(spec, "/strategy/type");
    let counts = has_number(status, "/replicas");
    match () {
        () if has_number(spec, "/backoffLimit") => Some(("batch/v1", "Job")),
        () if selects && has_number(status, "/numberMisscheduled") => {
            Some(("apps/v1", "DaemonSet"))
        }
        () if selects && has_text(spec, "/podManagementPolicy") && has(spec, "/updateStrategy") => {
            Some(("apps/v1", "StatefulSet"))
        }
        () if selects && matches!(strategy, Some("RollingUpdate" | "Recreate")) => {
            (!has(spec, "/triggers")).then_some(("apps/v1", "Deployment"))
        }
        () if counts && has_only(spec, &OF_REPLICAS) && selects => Some(("apps/v1", "ReplicaSet")),
        () if counts
            && has_only(spec, &OF_REPLICAS)
            && fields.metadata.owner_references.is_none() =>
        {
            let selector = spec.pointer("/selector")?.as_object()?;
            let plain = !selector.is_empty() && selector.values().all(Value::is_string);
            plain.then_some(("v1", "ReplicationController"))
        }
        () => None,
    }
}

fn is_endpoint_slice(fields: &Fields) -> bool {
    let kind = fields.address_type.as_ref().and_then(Value::as_str);
    matches!(kind, Some("IPv4" | "IPv6" | "FQDN"))
        && fields.endpoints.as_ref().is_some_and(Value::is_array)
}

/// One with secrets, as those of clusters before 1.24 are; others have no fields of their own.
fn is_service_account(fields: &Fields) -> bool {
    let secrets = fields.secrets.as_ref().and_then(Value::as_array);
    let named = secrets.is_some_and(|secrets| {
        !secrets.is_empty() && secrets.iter().all(|secret| has_text(secret, "/name"))
    });
    named && fields.spec.is_none() && fields.status.is_none() && fields.metadata.namespace.is_some()
}

/// The staged policies of Calico have the same fields, so the group must be told.
fn is_network_policy(fields: &Fields, spec: &Value) -> bool {
    const GROUPS: [&str; 2] = ["networking.k8s.io/", "extensions/"];
    let managers = fields
        .metadata
        .managed_fields
        .as_deref()
        .unwrap_or_default();
    let versions = managers
        .iter()
        .map(|manager| manager.api_version.as_deref());
    let of_kubernetes = |version: Option<&str>| {
        version.is_some_and(|version| GROUPS.iter().any(|group| version.starts_with(group)))
    };
    !managers.is_empty()
        && versions.into_iter().all(of_kubernetes)
        && has(spec, "/podSelector")
        && has(spec, "/policyTypes")
}

fn has(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).is_some_and(|found| !found.is_null())
}

fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str()
}

fn has_text(value: &Value, pointer: &str) -> bool {
    text(value, pointer).is_some()
}

fn has_number(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).is_some_and(Value::is_u64)
}

fn has_only(value: &Value, keys: &[&str]) -> bool {
    let fields = value.as_object();
    fields.is_some_and(|fields| fields.keys().all(|key| keys.contains(&key.as_str())))
}
