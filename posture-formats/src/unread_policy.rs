//! Policies of kinds that are not evaluated.

use posture_core::issue::IssueKind;
use posture_core::model::UnreadPolicy;
use serde::Deserialize;

use crate::object::{Invalid, Metadata, Object};
use crate::output::Output;

/// What policies of a kind may govern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    namespaced: bool,
    staged: bool,
}

/// The scope of a kind of policy, whoever's it is; none for kinds that are no policies.
pub(crate) fn scope_of(kind: &str) -> Option<Scope> {
    let (namespaced, staged) = match kind {
        "NetworkPolicy" | "CiliumNetworkPolicy" => (true, false),
        "GlobalNetworkPolicy"
        | "AdminNetworkPolicy"
        | "BaselineAdminNetworkPolicy"
        | "ClusterNetworkPolicy"
        | "CiliumClusterwideNetworkPolicy" => (false, false),
        "StagedNetworkPolicy" | "StagedKubernetesNetworkPolicy" => (true, true),
        "StagedGlobalNetworkPolicy" => (false, true),
        _ => return None,
    };
    Some(Scope { namespaced, staged })
}

/// Whether objects of a kind are network policies, whoever's they are.
pub fn is_policy(kind: &str) -> bool {
    scope_of(kind).is_some()
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
}

pub(crate) fn read(
    object: &Object<'_>,
    scope: Scope,
    output: &mut Output<'_>,
) -> Result<(), Invalid> {
    let policy = identify(object, scope, output)?;
    let (kind, consequence) = if scope.staged {
        (IssueKind::UnusedKind, "as a staged one it governs nothing")
    } else {
        (
            IssueKind::UnreadPolicy,
            "ends that it may govern are unknown",
        )
    };
    let group = object.group.unwrap_or("no apiVersion");
    let message = format!(
        "{} `{}` ({group}) is not evaluated: {consequence}",
        policy.kind,
        full_name(&policy)
    );
    output.issue(kind, object.at, message);
    output.fragment.unread_policies.push(policy);
    Ok(())
}

/// Keeps a policy that cannot be understood as one that may govern what its kind may govern, so
/// that a mistake in it never makes an end look open or an allowance look wide.
pub(crate) fn keep_invalid(
    object: &Object<'_>,
    scope: Scope,
    output: &mut Output<'_>,
) -> Result<(), Invalid> {
    let policy = identify(object, scope, output)?;
    output.fragment.unread_policies.push(policy);
    Ok(())
}

/// All policies of a kind, in every namespace, none of which was read.
pub(crate) fn all_of(kind: &str, at: &str, output: &Output<'_>) -> Option<UnreadPolicy> {
    Some(UnreadPolicy {
        kind: kind.to_owned(),
        namespace: String::new(),
        name: "*".to_owned(),
        staged: scope_of(kind)?.staged,
        origin: output.origin(at),
    })
}

fn identify(
    object: &Object<'_>,
    scope: Scope,
    output: &Output<'_>,
) -> Result<UnreadPolicy, Invalid> {
    let metadata = object.parse::<Fields>()?.metadata.unwrap_or_default();
    Ok(UnreadPolicy {
        kind: object.kind.to_owned(),
        namespace: if scope.namespaced {
            metadata.namespace
        } else {
            String::new()
        },
        name: metadata.name.required()?,
        staged: scope.staged,
        origin: output.origin(object.at),
    })
}

fn full_name(policy: &UnreadPolicy) -> String {
    match policy.namespace.as_str() {
        "" => policy.name.clone(),
        namespace => format!("{namespace}/{}", policy.name),
    }
}

#[cfg(test)]
mod tests {
    use posture_core::issue::IssueKind;

    use crate::read_text;

    #[test]
    fn kinds_and_their_scopes() {
        for (version, kind, namespace, staged) in [
            ("example.com/v1", "CiliumNetworkPolicy", "a", false),
            (
                "example.com/v1",
                "CiliumClusterwideNetworkPolicy",
                "",
                false,
            ),
            ("crd.antrea.io/v1beta1", "NetworkPolicy", "a", false),
            ("example.com/v1", "GlobalNetworkPolicy", "", false),
            ("example.com/v1", "StagedNetworkPolicy", "a", true),
            ("example.com/v1", "StagedGlobalNetworkPolicy", "", true),
            ("example.com/v1", "StagedKubernetesNetworkPolicy", "a", true),
            ("example.com/v1", "AdminNetworkPolicy", "", false),
            ("example.com/v1", "BaselineAdminNetworkPolicy", "", false),
            ("crd.antrea.io/v1beta1", "ClusterNetworkPolicy", "", false),
        ] {
            let (fragment, issues) = read_text(&format!(
                "apiVersion: {version}\nkind: {kind}\nmetadata: {{name: p, namespace: a}}\n"
            ));
            assert!(fragment.sources.policies, "{kind}");
            let policy = &fragment.unread_policies[0];
            assert_eq!((policy.kind.as_str(), policy.name.as_str()), (kind, "p"));
            assert_eq!(
                (policy.namespace.as_str(), policy.staged),
                (namespace, staged),
                "{kind}"
            );
            let told = match staged {
                true => IssueKind::UnusedKind,
                false => IssueKind::UnreadPolicy,
            };
            assert_eq!((issues.len(), issues[0].kind), (1, told), "{kind}");
        }
    }
}
