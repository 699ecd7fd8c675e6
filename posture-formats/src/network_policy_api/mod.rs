//! Kinds of the network-policy-api: `AdminNetworkPolicy` and `BaselineAdminNetworkPolicy`, and the
//! `ClusterNetworkPolicy` that takes their place.

mod peer;
mod port;
mod rule;

use posture_core::model::{Order, Policy, PolicyKind, Tier};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::object::{Invalid, Metadata, Object, one_of};
use crate::output::Output;
use peer::Subject;
use port::{AdminPort, ClusterProtocol};
use rule::{EgressRule, IngressRule, Reading};

#[derive(Deserialize)]
#[serde(expecting = "an object", bound = "P: DeserializeOwned")]
struct Fields<P> {
    metadata: Option<Metadata>,
    spec: Spec<P>,
}

/// `spec`, where ports are told in the words of `P`.
#[derive(Deserialize)]
#[serde(expecting = "an object", bound = "P: DeserializeOwned")]
struct Spec<P> {
    tier: Option<String>,
    priority: Option<i64>,
    subject: Subject,
    ingress: Option<Vec<IngressRule<P>>>,
    egress: Option<Vec<EgressRule<P>>>,
}

pub(crate) fn read(object: &Object<'_>, output: &mut Output<'_>) -> Result<(), Invalid> {
    match object.kind {
        "AdminNetworkPolicy" => {
            read_with::<AdminPort>(PolicyKind::AdminNetworkPolicy, object, output)
        }
        "BaselineAdminNetworkPolicy" => {
            read_with::<AdminPort>(PolicyKind::BaselineAdminNetworkPolicy, object, output)
        }
        _ => read_with::<ClusterProtocol>(PolicyKind::ClusterNetworkPolicy, object, output),
    }
}

fn read_with<P>(
    kind: PolicyKind,
    object: &Object<'_>,
    output: &mut Output<'_>,
) -> Result<(), Invalid>
where
    P: DeserializeOwned + Into<posture_core::model::TrafficMatch>,
{
    let fields: Fields<P> = object.parse()?;
    let metadata = fields.metadata.unwrap_or_default();
    let spec = fields.spec;
    let (tier, order) = place(kind, spec.tier.as_deref(), spec.priority)?;
    let name = metadata.name.required()?;
    let mut reading = Reading::new(kind);
    let ingress = reading.ingress(spec.ingress)?;
    let egress = reading.egress(spec.egress)?;
    reading.tell(&name, object.at, output);
    output.fragment.policies.push(Policy {
        version: metadata.version,
        kind,
        namespace: String::new(),
        name,
        part: None,
        tier: tier.to_owned(),
        order: Some(order),
        staged: None,
        subject: spec.subject.0,
        ingress,
        egress,
        origin: output.origin(object.at),
    });
    Ok(())
}

/// The tier and the place in it: "priority [...] low first" (policy semantics, section 7). There is
/// one baseline policy, and its order says nothing.
fn place(
    kind: PolicyKind,
    tier: Option<&str>,
    priority: Option<i64>,
) -> Result<(&'static str, Order), Invalid> {
    let tier = match kind {
        PolicyKind::AdminNetworkPolicy => Tier::KUBE_ADMIN,
        PolicyKind::BaselineAdminNetworkPolicy => {
            return Ok((Tier::KUBE_BASELINE, Order::whole(1000)));
        }
        _ => {
            let known = [
                ("Admin", Tier::KUBE_ADMIN),
                ("Baseline", Tier::KUBE_BASELINE),
            ];
            one_of("tier", tier.unwrap_or_default(), &known)
                .map_err(|invalid| invalid.within("tier"))?
        }
    };
    match priority {
        Some(priority) => Ok((tier, Order::whole(priority))),
        None => Err(Invalid::new("expected a number").within("priority")),
    }
}

#[cfg(test)]
mod tests;
