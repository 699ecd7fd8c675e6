//! Policy hits as objects, of Goldmane and of Whisker alike.

use posture_core::model::{Action, Hit, HitAction, HitKind, Trace, Traces};
use serde_json::value::RawValue;

use super::super::calico::{Text, known};
use super::value::{Case, Whole};
use crate::json;

/// The tier that Calico's hit strings give profiles.
const PROFILE_TIER: &str = "__PROFILE__";

/// "the rule of an end of tier is -1" (formats, section 3).
const END_OF_TIER: i32 = -1;

#[derive(serde::Deserialize)]
struct PolicyTrace<'a> {
    #[serde(borrow, alias = "enforcedPolicies", alias = "enforced_policies")]
    enforced: Option<&'a RawValue>,
    #[serde(borrow, alias = "pendingPolicies", alias = "pending_policies")]
    pending: Option<&'a RawValue>,
}

#[derive(serde::Deserialize)]
struct PolicyHit<'a> {
    #[serde(borrow)]
    kind: Option<Case<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    namespace: Option<Text<'a>>,
    #[serde(borrow)]
    tier: Option<Text<'a>>,
    #[serde(borrow)]
    action: Option<Case<'a>>,
    #[serde(alias = "policyIndex")]
    policy_index: Option<Whole>,
    #[serde(alias = "ruleIndex")]
    rule_index: Option<Whole>,
    #[serde(borrow)]
    trigger: Option<Box<PolicyHit<'a>>>,
}

/// What a hit names.
enum Kind {
    /// A policy, with what Calico's hit strings put before its name.
    Policy { mark: &'static str, staged: bool },
    /// A profile.
    Profile,
    /// The end of a tier.
    EndOfTier,
}

/// The traces of a flow.
pub(in crate::flows) fn read(policies: &str) -> Traces {
    match json::from_str::<PolicyTrace<'_>>(policies) {
        Ok(PolicyTrace { enforced, pending }) => Traces {
            enforced: trace(enforced),
            pending: trace(pending),
        },
        Err(_) => Traces {
            enforced: Trace::Unparsable,
            pending: Trace::Unparsable,
        },
    }
}

/// The action of a flow: "where it says neither, the last enforced hit tells" (formats, section 3).
pub(in crate::flows) fn action(
    action: Option<&Case<'_>>,
    traces: &Traces,
) -> Result<Action, String> {
    let stated = action.filter(|action| action.is_specified());
    match stated {
        Some(action) if action.is("Allow", 1) => return Ok(Action::Allow),
        Some(action) if action.is("Deny", 2) => return Ok(Action::Deny),
        Some(action) if !action.is("Pass", 3) => {
            return Err(format!(
                "`action` is `{action}`, expected `Allow` or `Deny`"
            ));
        }
        Some(_) | None => {}
    }
    match last_enforced(&traces.enforced) {
        Some(HitAction::Allow) => Ok(Action::Allow),
        Some(HitAction::Deny) => Ok(Action::Deny),
        Some(HitAction::Pass) | None => Err(match stated {
            Some(_) => "`action` is `Pass`, expected `Allow` or `Deny`".to_owned(),
            None => "`action` is missing, expected `Allow` or `Deny`".to_owned(),
        }),
    }
}

fn last_enforced(trace: &Trace) -> Option<HitAction> {
    match trace {
        Trace::Hits(hits) => hits.iter().rfind(|hit| !hit.staged).map(|hit| hit.action),
        Trace::Absent | Trace::Unparsable => None,
    }
}

/// The hits of a list, "unordered: sorted by their index" (formats, section 3).
fn trace(list: Option<&RawValue>) -> Trace {
    let Some(list) = list else {
        return Trace::Absent;
    };
    let Ok(hits) = json::from_str::<Option<Vec<PolicyHit<'_>>>>(list.get()) else {
        return Trace::Unparsable;
    };
    let hits = hits.unwrap_or_default();
    if hits.is_empty() {
        return Trace::Absent;
    }
    match hits.iter().map(hit).collect::<Option<Vec<Hit>>>() {
        Some(mut hits) => {
            hits.sort_by_key(|hit| hit.index);
            Trace::Hits(hits)
        }
        None => Trace::Unparsable,
    }
}

/// A hit; none where it does not say what it names or what that decided.
fn hit(hit: &PolicyHit<'_>) -> Option<Hit> {
    let rule = hit.rule_index.map_or(0, Whole::signed);
    let rule = i32::try_from(rule).ok()?;
    let (tier, policy, kind, staged, rule) = match kind(hit)? {
        Kind::Policy { mark, staged } => {
            let tier = known(hit.tier.as_ref()).unwrap_or_default();
            (tier, named(mark, hit)?, HitKind::Policy, staged, rule)
        }
        Kind::Profile => (
            PROFILE_TIER,
            named("pro", hit)?,
            HitKind::Profile,
            false,
            rule,
        ),
        Kind::EndOfTier => {
            let trigger = hit.trigger.as_deref()?;
            let Kind::Policy { mark, staged } = self::kind(trigger)? else {
                return None;
            };
            let tier = known(hit.tier.as_ref()).or(known(trigger.tier.as_ref()))?;
            let policy = named(mark, trigger)?;
            (tier, policy, HitKind::Policy, staged, END_OF_TIER)
        }
    };
    Some(Hit {
        index: u32::try_from(hit.policy_index.map_or(0, Whole::signed)).ok()?,
        tier: tier.into(),
        policy: policy.into(),
        kind,
        staged,
        action: decided(hit.action.as_ref()?)?,
        rule: Some(rule),
    })
}

fn decided(action: &Case<'_>) -> Option<HitAction> {
    [
        ("Allow", 1, HitAction::Allow),
        ("Deny", 2, HitAction::Deny),
        ("Pass", 3, HitAction::Pass),
    ]
    .into_iter()
    .find_map(|(name, number, decided)| action.is(name, number).then_some(decided))
}

/// The name as Calico's newer hit strings write it: `<kind>:[<ns>/]<name>`.
fn named(mark: &str, hit: &PolicyHit<'_>) -> Option<String> {
    let name = known(hit.name.as_ref())?;
    Some(match known(hit.namespace.as_ref()) {
        Some(namespace) => format!("{mark}:{namespace}/{name}"),
        None => format!("{mark}:{name}"),
    })
}

fn kind(hit: &PolicyHit<'_>) -> Option<Kind> {
    let policy = |mark| Kind::Policy {
        mark,
        staged: false,
    };
    let staged = |mark| Kind::Policy { mark, staged: true };
    Some(match hit.kind.as_ref()? {
        Case::Name(name) => match name.as_ref() {
            "CalicoNetworkPolicy" => policy("np"),
            "GlobalNetworkPolicy" => policy("gnp"),
            "StagedNetworkPolicy" => staged("snp"),
            "StagedGlobalNetworkPolicy" => staged("sgnp"),
            "StagedKubernetesNetworkPolicy" => staged("sknp"),
            "NetworkPolicy" => policy("knp"),
            "AdminNetworkPolicy" => policy("kanp"),
            "BaselineAdminNetworkPolicy" => policy("kbanp"),
            "ClusterNetworkPolicy"
            | "ClusterNetworkPolicyAdminTier"
            | "ClusterNetworkPolicyBaselineTier" => policy("kcnp"),
            "Profile" => Kind::Profile,
            "EndOfTier" => Kind::EndOfTier,
            _ => return None,
        },
        Case::Number(1) => policy("np"),
        Case::Number(2) => policy("gnp"),
        Case::Number(3) => staged("snp"),
        Case::Number(4) => staged("sgnp"),
        Case::Number(5) => staged("sknp"),
        Case::Number(6) => policy("knp"),
        // "What the numbers from 7 on mean changed with the kinds of the network-policy-api, so what
        // such a hit holds tells" (formats, section 3).
        Case::Number(7..=10) if hit.trigger.is_some() => Kind::EndOfTier,
        Case::Number(7..=10) if known(hit.tier.as_ref()).is_none() => Kind::Profile,
        Case::Number(7 | 8) => policy("kcnp"),
        Case::Number(_) => return None,
    })
}

#[cfg(test)]
mod tests;
