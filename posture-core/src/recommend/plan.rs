//! Policies of a namespace: which pods they select, which directions they isolate, and the rules that
//! keep what went through.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::about;
use super::manifest::{Draft, Manifest};
use super::need::needs;
use super::rules::rules;
use super::seen::Seen;
use super::select::labels_of;
use super::target::Target;
use super::{Granularity, Isolate, Obstacle, Recommendation, Status, Wanted};
use crate::edge::EdgeKey;
use crate::model::{
    Cluster, Direction, Labels, Order, Origin, Policy, PolicyKind, Tier, WorkloadId,
};
use crate::replay::Replay;
use crate::selector::Selector;
use crate::tally::EdgeState;

/// The pods that a policy is for.
struct Pods {
    /// The workload; none: all of the namespace.
    workload: Option<Arc<WorkloadId>>,
    labels: Labels,
    directions: Vec<Direction>,
}

/// The policies of a namespace.
pub(super) fn recommend(
    seen: &Seen<'_>,
    namespace: Arc<str>,
    targets: Vec<Target>,
    wanted: &Wanted,
    today: &mut Replay<'_>,
) -> Recommendation {
    let mut is_awaiting = |target: &Target| match target {
        Target::Edge(key) => seen
            .edge(key)
            .is_some_and(|edge| today.edge(key, edge).state == EdgeState::Secured),
        Target::Direction(..) => false,
    };
    let (awaiting, targets): (Vec<_>, Vec<_>) = targets.into_iter().partition(&mut is_awaiting);
    let edge = |target| match target {
        Target::Edge(key) => Some(key),
        Target::Direction(..) => None,
    };
    let mut recommendation = Recommendation {
        namespace,
        status: seen.window.map(Status::of),
        targets,
        awaiting: awaiting.into_iter().filter_map(edge).collect(),
        policies: Vec::new(),
        directions: Vec::new(),
        obstacles: Vec::new(),
        warnings: Vec::new(),
    };
    let mut warnings = BTreeSet::new();
    if let Some(reason) = nothing_to_go_by(seen, &recommendation.targets, wanted) {
        recommendation
            .obstacles
            .push(Obstacle { edge: None, reason });
        return recommendation;
    }
    for pods in selections(seen, wanted, &mut recommendation, &mut warnings) {
        if pods.workload.is_none() {
            let directions = pods.directions.iter();
            let restricted = directions.filter_map(|direction| {
                about::restricted(seen, &recommendation.namespace, *direction)
            });
            warnings.extend(restricted);
        }
        let manifest = policy(
            seen,
            &pods,
            wanted,
            today,
            &mut recommendation,
            &mut warnings,
        );
        recommendation.policies.push(manifest);
        recommendation.directions.extend(pods.directions);
    }
    if seen.edges.is_empty() && !recommendation.policies.is_empty() {
        let warning = "no traffic was seen, so that all of it would be denied, names (DNS) too";
        warnings.insert(warning.to_owned());
    }
    recommendation.directions.sort_unstable();
    recommendation.directions.dedup();
    if !recommendation.policies.is_empty() {
        warnings.extend(about::tier(seen.cluster, wanted));
    }
    recommendation.warnings = warnings.into_iter().collect();
    recommendation
}

fn nothing_to_go_by(seen: &Seen<'_>, targets: &[Target], wanted: &Wanted) -> Option<String> {
    let all = wanted.isolate == Isolate::Both;
    let no_one = wanted.granularity == Granularity::Workload || !all;
    if targets.is_empty() && no_one {
        let reason = "no traffic that went through is unsecured by today's policies";
        return Some(reason.to_owned());
    }
    let nothing_seen = seen.edges.is_empty() && !all;
    nothing_seen.then(|| {
        "there are no flow logs, so there is no traffic to make rules from: add them, or ask for \
         policies that deny all of it (`--default-deny`)"
            .to_owned()
    })
}

/// The pods of each policy.
fn selections(
    seen: &Seen<'_>,
    wanted: &Wanted,
    recommendation: &mut Recommendation,
    warnings: &mut BTreeSet<String>,
) -> Vec<Pods> {
    let directions = |of: &dyn Fn(&Target) -> bool| {
        let isolated = |direction: &Direction| {
            let mut targets = recommendation.targets.iter();
            wanted.isolate == Isolate::Both
                || targets.any(|target| of(target) && target.direction() == *direction)
        };
        let both = [Direction::Ingress, Direction::Egress].into_iter();
        both.filter(isolated).collect::<Vec<_>>()
    };
    if wanted.granularity == Granularity::Namespace {
        return vec![Pods {
            workload: None,
            labels: Labels::new(),
            directions: directions(&|_| true),
        }];
    }
    let workloads: BTreeSet<&Arc<WorkloadId>> = recommendation
        .targets
        .iter()
        .map(Target::workload)
        .collect();
    let (mut selections, mut left_out) = (Vec::new(), Vec::new());
    for workload in workloads {
        match labels_of(seen.cluster, workload) {
            Ok(labels) => selections.push(Pods {
                workload: Some(workload.clone()),
                labels,
                directions: directions(&|target| target.workload() == workload),
            }),
            Err(reason) => left_out.push(reason),
        }
    }
    if selections.is_empty() {
        let about_all = |reason| Obstacle { edge: None, reason };
        let obstacles = left_out.into_iter().map(about_all);
        recommendation.obstacles.extend(obstacles);
    } else {
        let reasons = left_out.into_iter();
        warnings.extend(reasons.map(|reason| format!("left out: {reason}")));
    }
    selections
}

/// A policy with rules for all that it would deny otherwise and that went through.
fn policy(
    seen: &Seen<'_>,
    pods: &Pods,
    wanted: &Wanted,
    today: &Replay<'_>,
    recommendation: &mut Recommendation,
    warnings: &mut BTreeSet<String>,
) -> Manifest {
    let Recommendation {
        namespace,
        obstacles,
        ..
    } = recommendation;
    let name = free(seen.cluster, namespace, name(namespace, pods, wanted));
    let bare = without_rules(namespace, &name, pods, wanted);
    let engine = seen.engine.with_policy(seen.cluster, bare);
    let mut alone = today.with(seen.cluster, &engine);
    let is_selected = |key: &EdgeKey| {
        let mut workload = pods.workload.iter();
        workload.all(|workload| *workload == key.workload)
    };
    let mut rules_of = |direction: Direction| {
        let mut all = Vec::new();
        for (key, edge) in &seen.edges {
            let concerns = key.direction == direction
                && is_selected(key)
                && edge.is_allowed(seen.settle)
                && alone.edge(key, edge).allowed != Some(true);
            if !concerns {
                continue;
            }
            match needs(seen.cluster, wanted.form, key, edge) {
                Ok(needs) => all.extend(needs),
                Err(reason) => obstacles.push(Obstacle {
                    edge: Some((*key).clone()),
                    reason,
                }),
            }
        }
        let rules = rules(all, direction, wanted.form, warnings);
        warnings.extend(
            rules
                .iter()
                .filter_map(|rule| about::rule(rule, seen.cluster)),
        );
        rules
    };
    let directions = pods.directions.iter();
    let rules = directions
        .map(|direction| (*direction, rules_of(*direction)))
        .collect();
    Manifest::of(Draft {
        form: wanted.form,
        name,
        namespace,
        tier: &wanted.tier,
        order: wanted.order,
        labels: pods.labels.clone(),
        rules,
    })
}

/// `posture-` and the namespace or workload; "prefixed with the tier where that is not `default`"
/// (recommendations, section 2).
fn name(namespace: &str, pods: &Pods, wanted: &Wanted) -> String {
    let base = match &pods.workload {
        None => namespace.to_owned(),
        Some(workload) if workload.kind.is_empty() => workload.name.to_string(),
        Some(workload) => format!("{}-{}", workload.name, workload.kind.to_ascii_lowercase()),
    };
    match wanted.form.is_kubernetes() || wanted.tier == Tier::DEFAULT {
        true => format!("posture-{base}"),
        false => format!("{}.posture-{base}", wanted.tier),
    }
}

/// The name, or the first with a number behind it that no policy in force of the namespace has: a policy
/// of the same name would take the place of that one. Staged policies may be replaced.
fn free(cluster: &Cluster, namespace: &str, name: String) -> String {
    let is_taken = |name: &str| {
        let in_force = cluster
            .policies
            .iter()
            .filter(|policy| policy.staged.is_none());
        let mut here = in_force.filter(|policy| policy.namespace == namespace);
        here.any(|policy| policy.name == name)
    };
    let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or(name)
}

/// The policy as it is enforced, without any rule.
fn without_rules(namespace: &str, name: &str, pods: &Pods, wanted: &Wanted) -> Policy {
    let rules = |direction| pods.directions.contains(&direction).then(Vec::new);
    let kubernetes = wanted.form.is_kubernetes();
    let there = Selector::in_namespace(namespace);
    let labels = pods.labels.iter();
    let labels = labels.map(|(key, value)| Selector::Equals(key.clone(), value.clone()));
    Policy {
        version: 0,
        kind: match kubernetes {
            true => PolicyKind::KubernetesNetworkPolicy,
            false => PolicyKind::NetworkPolicy,
        },
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        part: None,
        tier: match kubernetes {
            true => Tier::DEFAULT.to_owned(),
            false => wanted.tier.clone(),
        },
        order: match kubernetes {
            true => Some(Order::whole(1000)),
            false => wanted.order.map(|order| Order::whole(order.into())),
        },
        staged: None,
        subject: labels.fold(there, Selector::and),
        ingress: rules(Direction::Ingress),
        egress: rules(Direction::Egress),
        origin: Origin::default(),
    }
}
