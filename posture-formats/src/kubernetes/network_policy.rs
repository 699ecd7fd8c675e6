//! `NetworkPolicy` of Kubernetes, defaulted as the API server does it, and the kind of Calico that
//! stages one.

mod peer;
mod port;

use posture_core::model::{Order, Policy, PolicyKind, Rule, RuleAction, Tier};
use posture_core::selector::Selector;
use serde::Deserialize;

use crate::object::policy::{PolicyType, Staged};
use crate::object::{Invalid, LabelSelector, Metadata, Object};
use crate::output::Output;
use peer::Peer;
use port::Port;

/// "Kubernetes policies sit in `default` at order 1000" (policy semantics, section 4).
const ORDER: Order = Order::whole(1000);

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields {
    metadata: Option<Metadata>,
    spec: Option<Spec>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Spec {
    staged_action: Option<Staged>,
    pod_selector: Option<LabelSelector>,
    policy_types: Option<Vec<PolicyType>>,
    ingress: Option<Vec<IngressRule>>,
    egress: Option<Vec<EgressRule>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct IngressRule {
    from: Option<Vec<Peer>>,
    ports: Option<Vec<Port>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct EgressRule {
    to: Option<Vec<Peer>>,
    ports: Option<Vec<Port>>,
}

pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let spec = fields.spec.unwrap_or_default();
    let (kind, staged) = match object.kind {
        "NetworkPolicy" => (PolicyKind::KubernetesNetworkPolicy, None),
        _ => (
            PolicyKind::StagedKubernetesNetworkPolicy,
            Some(spec.staged_action.unwrap_or_default().0),
        ),
    };
    let namespace = metadata.namespace;
    let (governs_ingress, governs_egress) = directions(&spec);
    let LabelSelector(pods) = spec.pod_selector.unwrap_or_default();
    let ingress = spec.ingress.unwrap_or_default().into_iter();
    let ingress = ingress.map(|rule| Rule {
        traffic: port::traffic(rule.ports),
        source: peer::ends(rule.from, &namespace),
        ..Rule::new(RuleAction::Allow)
    });
    let egress = spec.egress.unwrap_or_default().into_iter();
    let egress = egress.map(|rule| Rule {
        traffic: port::traffic(rule.ports),
        destination: peer::ends(rule.to, &namespace),
        ..Rule::new(RuleAction::Allow)
    });
    output.fragment.policies.push(Policy {
        version: metadata.version,
        kind,
        name: metadata.name.required()?,
        part: None,
        tier: Tier::DEFAULT.to_owned(),
        order: Some(ORDER),
        staged,
        subject: pods_of(&namespace).and(pods),
        ingress: governs_ingress.then(|| ingress.collect()),
        egress: governs_egress.then(|| egress.collect()),
        namespace,
        origin: output.origin(object.at),
    });
    Ok(())
}

/// "policyTypes default: always Ingress; plus Egress iff egress rules exist" (policy semantics,
/// section 3).
fn directions(spec: &Spec) -> (bool, bool) {
    match spec.policy_types.as_deref().unwrap_or_default() {
        [] => {
            let egress = spec.egress.as_ref();
            (true, egress.is_some_and(|rules| !rules.is_empty()))
        }
        types => (
            types.contains(&PolicyType::Ingress),
            types.contains(&PolicyType::Egress),
        ),
    }
}

fn pods_of(namespace: &str) -> Selector {
    Selector::pods().and(Selector::in_namespace(namespace))
}

#[cfg(test)]
mod tests;
