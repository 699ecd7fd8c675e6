//! What a person must know of recommended policies.

use std::collections::BTreeSet;

use super::Wanted;
use super::need::{Nets, Whom};
use super::rules::Allow;
use super::seen::Seen;
use crate::engine::{End, Governance, Scope};
use crate::model::{Cluster, Direction, Tier, TierAction};

/// What a person must know of a rule.
pub(super) fn rule(rule: &Allow, cluster: &Cluster) -> Option<String> {
    let told = match &rule.whom {
        Whom::Domains(_) => {
            "rules for domains are enforced by Calico Enterprise and Calico Cloud only"
        }
        Whom::Nets(Nets::Cluster, _) => {
            "traffic with addresses of the cluster that belong to nothing that was read: the rule for \
             them allows all pods, too"
        }
        Whom::Nets(Nets::Private, _) if cluster.network.cidrs().is_empty() => {
            "the cluster's own address ranges are not known, so that the rule for private networks \
             allows pods, too: say them (`--cluster-cidr`), or add the nodes"
        }
        _ => return None,
    };
    Some(told.to_owned())
}

/// What a person must know of a tier of Calico's.
pub(super) fn tier(cluster: &Cluster, wanted: &Wanted) -> Option<String> {
    if wanted.form.is_kubernetes() || wanted.tier == Tier::DEFAULT {
        return None;
    }
    let tier = &wanted.tier;
    let order = |name: &str| cluster.tiers.get(name).map(|tier| tier.order);
    match cluster.tiers.get(tier) {
        None => Some(format!(
            "tier `{tier}` was not read: it is taken to come last, and to deny at its end"
        )),
        Some(known) if known.default_action == TierAction::Pass => Some(format!(
            "tier `{tier}` passes at its end, so that what no rule names is left to later tiers"
        )),
        Some(known) if known.order.is_some() && order(Tier::DEFAULT) > Some(known.order) => {
            Some(format!(
                "what is allowed in tier `{tier}` is not asked of the tiers behind it, `default` among them"
            ))
        }
        Some(_) => None,
    }
}

/// That rules of a policy that selects all pods hold for those, too, that others restrict.
pub(super) fn restricted(seen: &Seen<'_>, namespace: &str, direction: Direction) -> Option<String> {
    let objects = seen.cluster.objects(namespace)?;
    let pods = objects.pods.values();
    let policed = pods.filter(|known| known.is_running() && !known.pod.host_network);
    let governed = policed.filter(|known| {
        let pod = End::pod(known, None);
        let governance = seen.engine.governance(Scope::Enforced, pod, direction);
        matches!(governance, Governance::By(_))
    });
    let names: BTreeSet<&str> = governed.map(|known| known.workload.name.as_ref()).collect();
    if names.is_empty() {
        return None;
    }
    let names: Vec<&str> = names.into_iter().collect();
    Some(format!(
        "rules for {direction} hold for {}, too, which other policies restrict already: \
         `--granularity workload` leaves these alone",
        names.join(", ")
    ))
}
