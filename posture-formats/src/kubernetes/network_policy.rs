//! `NetworkPolicy` of Kubernetes, defaulted as the API server does it, and the kind of Calico that
//! stages one.

mod peer;
mod port;
mod repeated;

use posture_core::model::{Order, Policy, PolicyKind, Rule, RuleAction, Tier};
use posture_core::selector::Selector;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::object::policy::{PolicyType, Staged};
use crate::object::{Invalid, LabelSelector, Metadata, Object};
use crate::output::Output;
pub(crate) use repeated::Repeated;

/// "Kubernetes policies sit in `default` at order 1000" (policy semantics, section 4).
const ORDER: Order = Order::whole(1000);

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Fields<'a> {
    metadata: Option<Metadata>,
    #[serde(borrow)]
    spec: Option<Spec<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Spec<'a> {
    staged_action: Option<Staged>,
    pod_selector: Option<LabelSelector>,
    policy_types: Option<Vec<PolicyType>>,
    #[serde(borrow)]
    ingress: Option<Vec<IngressRule<'a>>>,
    #[serde(borrow)]
    egress: Option<Vec<EgressRule<'a>>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct IngressRule<'a> {
    #[serde(borrow)]
    from: Option<&'a RawValue>,
    #[serde(borrow)]
    ports: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct EgressRule<'a> {
    #[serde(borrow)]
    to: Option<&'a RawValue>,
    #[serde(borrow)]
    ports: Option<&'a RawValue>,
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
    let repeated = &mut output.repeated;
    let ingress = spec.ingress.unwrap_or_default();
    let ingress = each_rule("ingress", &ingress, |rule| {
        Ok(Rule {
            traffic: within("ports", repeated.traffic(rule.ports))?,
            source: within("from", repeated.ends(rule.from, &namespace))?,
            ..Rule::new(RuleAction::Allow)
        })
    })?;
    let egress = spec.egress.unwrap_or_default();
    let egress = each_rule("egress", &egress, |rule| {
        Ok(Rule {
            traffic: within("ports", repeated.traffic(rule.ports))?,
            destination: within("to", repeated.ends(rule.to, &namespace))?,
            ..Rule::new(RuleAction::Allow)
        })
    })?;
    output.fragment.policies.push(Policy {
        version: metadata.version,
        kind,
        name: metadata.name.required()?,
        part: None,
        tier: Tier::DEFAULT.to_owned(),
        order: Some(ORDER),
        staged,
        subject: pods_of(&namespace).and(pods),
        ingress: governs_ingress.then_some(ingress),
        egress: governs_egress.then_some(egress),
        namespace,
        origin: output.origin(object.at),
    });
    Ok(())
}

/// The rules of a direction.
fn each_rule<W>(
    direction: &str,
    written: &[W],
    mut rule: impl FnMut(&W) -> Result<Rule, Invalid>,
) -> Result<Vec<Rule>, Invalid> {
    let rules = written.iter().enumerate().map(|(place, written)| {
        rule(written).map_err(|invalid| invalid.within(&format!("{direction}[{place}]")))
    });
    rules.collect()
}

fn within<T>(part: &str, read: Result<T, Invalid>) -> Result<T, Invalid> {
    read.map_err(|invalid| invalid.within(part))
}

/// "policyTypes default: always Ingress; plus Egress iff egress rules exist" (policy semantics,
/// section 3).
fn directions(spec: &Spec<'_>) -> (bool, bool) {
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
