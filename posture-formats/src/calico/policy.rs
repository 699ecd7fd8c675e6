//! `NetworkPolicy` and `GlobalNetworkPolicy` of Calico, and the kinds that stage them.

use posture_core::issue::IssueKind;
use posture_core::model::{Policy, PolicyKind, Rule, Tier};
use posture_core::selector::Selector;
use serde::Deserialize;

use super::order::OrderNumber;
use super::rule::RuleFields;
use super::selector::{SelectorText, given};
use crate::object::policy::{PolicyType, Staged};
use crate::object::{Invalid, Metadata, Object};
use crate::output::Output;

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
    tier: Option<String>,
    order: Option<OrderNumber>,
    selector: Option<SelectorText>,
    namespace_selector: Option<SelectorText>,
    service_account_selector: Option<SelectorText>,
    types: Option<Vec<PolicyType>>,
    ingress: Option<Vec<RuleFields>>,
    egress: Option<Vec<RuleFields>>,
    do_not_track: Option<bool>,
    #[serde(rename = "preDNAT")]
    pre_dnat: Option<bool>,
}

pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    let fields: Fields = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let name = metadata.name.required()?;
    let mut spec = fields.spec.unwrap_or_default();
    let kind = match object.kind {
        "NetworkPolicy" => PolicyKind::NetworkPolicy,
        "StagedNetworkPolicy" => PolicyKind::StagedNetworkPolicy,
        "StagedGlobalNetworkPolicy" => PolicyKind::StagedGlobalNetworkPolicy,
        _ => PolicyKind::GlobalNetworkPolicy,
    };
    let namespace = match kind.enforced().unwrap_or(kind) {
        PolicyKind::NetworkPolicy => Some(metadata.namespace),
        _ => None,
    };
    let namespace = namespace.as_deref();
    let (governs_ingress, governs_egress) = directions(&spec);
    let ingress = rules(spec.ingress.take(), "ingress", namespace)?;
    let egress = rules(spec.egress.take(), "egress", namespace)?;
    if let Some(field) = only_for_hosts(&spec) {
        let message = format!("{kind} `{name}` ({field}) governs hosts only, no workload");
        output.issue(IssueKind::UnusedKind, object.at, message);
        return Ok(());
    }
    let staged = spec.staged_action.take().unwrap_or_default().0;
    let tier = spec.tier.take().filter(|tier| !tier.is_empty());
    output.fragment.policies.push(Policy {
        version: metadata.version,
        kind,
        namespace: namespace.unwrap_or_default().to_owned(),
        name,
        part: None,
        tier: tier.unwrap_or_else(|| Tier::DEFAULT.to_owned()),
        order: spec.order.map(|OrderNumber(order)| order),
        staged: kind.enforced().map(|_| staged),
        subject: subject(spec, namespace),
        ingress: governs_ingress.then_some(ingress),
        egress: governs_egress.then_some(egress),
        origin: output.origin(object.at),
    });
    Ok(())
}

/// "types default: no egress rules -> Ingress; only egress rules -> Egress; both -> both" (policy
/// semantics, section 4).
fn directions(spec: &Spec) -> (bool, bool) {
    let has = |rules: &Option<Vec<_>>| rules.as_ref().is_some_and(|rules| !rules.is_empty());
    let (ingress, egress) = (has(&spec.ingress), has(&spec.egress));
    match spec.types.as_deref().unwrap_or_default() {
        [] => (ingress || !egress, egress),
        types => (
            types.contains(&PolicyType::Ingress),
            types.contains(&PolicyType::Egress),
        ),
    }
}

/// "`NetworkPolicy`: selector and own namespace. `GlobalNetworkPolicy`: selector, namespaceSelector,
/// serviceAccountSelector" (policy semantics, section 4), all of them. A `NetworkPolicy` may select
/// service accounts, too.
fn subject(spec: Spec, namespace: Option<&str>) -> Selector {
    let there = match namespace {
        Some(namespace) => Some(Selector::in_namespace(namespace)),
        None => given(spec.namespace_selector).map(Selector::of_namespaces_of_subjects),
    };
    let accounts = given(spec.service_account_selector).map(Selector::of_service_accounts);
    let all = [there, given(spec.selector), accounts];
    all.into_iter()
        .flatten()
        .reduce(Selector::and)
        .unwrap_or_default()
}

fn rules(
    rules: Option<Vec<RuleFields>>,
    direction: &str,
    namespace: Option<&str>,
) -> Result<Vec<Rule>, Invalid> {
    let rules = rules.into_iter().flatten().enumerate();
    rules
        .map(|(index, rule)| {
            let rule = rule.into_rule(namespace);
            rule.map_err(|invalid| invalid.within(&format!("{direction}[{index}]")))
        })
        .collect()
}

/// "doNotTrack, preDNAT, applyOnForward do not touch workloads" (policy semantics, section 5). A
/// policy that is applied on forward as well governs workloads as any other; one of the two others
/// governs nothing else.
fn only_for_hosts(spec: &Spec) -> Option<&'static str> {
    match (spec.do_not_track, spec.pre_dnat) {
        (Some(true), _) => Some("doNotTrack"),
        (_, Some(true)) => Some("preDNAT"),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
