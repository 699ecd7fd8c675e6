//! The answers to queries, by comparing what configurations let through. A query of several
//! configurations is answered with the sum over them, as network-config-analyzer does.

use std::sync::Arc;

use posture_core::engine::{End, Outcome};
use posture_core::model::{Cluster, Direction, Policy, PolicyModes, Protocol, Rule, RuleAction};

use crate::space::{Place, Sets, Space, is_within, meet};
use crate::world::{Probe, World};

/// Pods' addresses are in no `nets` there.
pub(super) const MODES: PolicyModes = PolicyModes {
    ip_block_matches_pods: false,
    tie_order: posture_core::model::TieOrder::Name,
    loopback: posture_core::model::Loopback::Allow,
    endpoint_to_host: posture_core::model::EndpointToHost::Accept,
};

/// Whether an answer about all ends is the same about any of them alone: that all is equal, or all
/// contained.
pub(super) fn is_of_each_end(kind: &str, expected: u64, configurations: u64) -> bool {
    let pairs = configurations * configurations.saturating_sub(1) / 2;
    match kind {
        "equivalence" | "permits" | "interferes" | "pairwiseInterferes" => expected == 0,
        "containment" => expected + 1 == configurations,
        "twoWayContainment" => expected == 3 * pairs,
        "vacuity" => expected == configurations,
        _ => false,
    }
}

/// The answer to a query; none of kinds that are not answered here.
pub(super) fn answer(kind: &str, clusters: &[Cluster]) -> Option<u64> {
    let space = Space::of(&clusters.iter().collect::<Vec<_>>());
    let sets = || -> Vec<Sets> {
        let sets = clusters.iter().map(|cluster| space.sets(&world(cluster)));
        sets.collect()
    };
    let each = |answer: &dyn Fn(&Cluster) -> u64| clusters.iter().map(answer).sum();
    Some(match kind {
        "equivalence" => pairs(&sets(), &|one, other| {
            u64::from(one.through != other.through)
        }),
        "twoWayContainment" => pairs(&sets(), &|one, other| {
            let within = is_within(&one.through, &other.through);
            let around = is_within(&other.through, &one.through);
            2 * u64::from(within) + u64::from(around)
        }),
        "containment" => to_first(&sets(), &|base, one| is_within(&one.through, &base.through)),
        "permits" => to_first(&sets(), &|base, one| !is_within(&one.said, &base.through)),
        "forbids" => to_first(&sets(), &|base, one| meet(&one.said, &base.through)),
        "interferes" => to_first(&sets(), &|base, one| !is_within(&one.said, &base.said)),
        "pairwiseInterferes" => pairs(&sets(), &|one, other| {
            let more = |one: &Sets, other: &Sets| u64::from(!is_within(&one.said, &other.said));
            more(one, other) + more(other, one)
        }),
        "vacuity" => each(&|cluster| u64::from(is_vacuous(&space, cluster))),
        "emptiness" => each(&|cluster| {
            let policies = cluster.policies.iter();
            policies
                .map(|policy| emptiness(&space, cluster, policy))
                .sum()
        }),
        "redundancy" => each(&|cluster| redundancy(&space, cluster)),
        "disjointness" => each(&|cluster| overlaps(&space, cluster)),
        "sanity" => each(&|cluster| sanity(&space, cluster)),
        _ => return None,
    })
}

pub(super) fn world(cluster: &Cluster) -> World {
    World::of(cluster.clone(), MODES)
}

fn pairs(sets: &[Sets], answer: &dyn Fn(&Sets, &Sets) -> u64) -> u64 {
    let later = |(at, one)| sets[at + 1..].iter().map(move |other| answer(one, other));
    sets.iter().enumerate().flat_map(later).sum()
}

fn to_first(sets: &[Sets], answer: &dyn Fn(&Sets, &Sets) -> bool) -> u64 {
    let [base, rest @ ..] = sets else { return 0 };
    rest.iter().map(|one| u64::from(answer(base, one))).sum()
}

fn with(cluster: &Cluster, policies: Vec<Arc<Policy>>) -> Cluster {
    let mut cluster = cluster.clone();
    cluster.policies = policies;
    cluster
}

fn is_vacuous(space: &Space, cluster: &Cluster) -> bool {
    space
        .sets(&world(cluster))
        .through
        .iter()
        .all(|through| *through)
}

/// Whether other policies let the same through.
fn is_same(space: &Space, whole: &[bool], cluster: &Cluster, policies: Vec<Arc<Policy>>) -> bool {
    space.is_same(&world(&with(cluster, policies)), whole)
}

/// The pods that a policy selects.
fn selected(space: &Space, cluster: &Cluster, policy: &Policy) -> Vec<usize> {
    let world = world(&with(cluster, vec![Arc::new(policy.clone())]));
    let peer = End::at([203, 0, 113, 7].into());
    let probe = Probe::to(Protocol::Number(99), 1);
    let directions = [Direction::Ingress, Direction::Egress];
    let is_selected = |pod: &usize| {
        let subject = space.end(&world, Place::Pod(*pod));
        directions.iter().any(|direction| {
            policy.rules(*direction).is_some()
                && world.decides(*direction, subject, peer, probe) != Outcome::NotSelected
        })
    };
    (0..space.pods.len()).filter(is_selected).collect()
}

/// Whether a policy that selects no pod, and how many rules that name no end.
fn emptiness(space: &Space, cluster: &Cluster, policy: &Policy) -> u64 {
    let rules = [Direction::Ingress, Direction::Egress]
        .into_iter()
        .flat_map(|direction| {
            let rules = policy.rules(direction).unwrap_or_default().iter();
            rules.map(move |rule| nameless_ends(space, cluster, policy, direction, rule))
        });
    let empty = rules.filter(|ends| *ends > 0).count() as u64;
    empty + u64::from(selected(space, cluster, policy).is_empty())
}

/// How many ends of a rule name nobody.
fn nameless_ends(
    space: &Space,
    cluster: &Cluster,
    policy: &Policy,
    direction: Direction,
    rule: &Rule,
) -> u64 {
    let source = Rule {
        source: rule.source.clone(),
        ..Rule::new(RuleAction::Allow)
    };
    let destination = Rule {
        destination: rule.destination.clone(),
        ..Rule::new(RuleAction::Allow)
    };
    let names_nobody = |rule: Rule| {
        let (ingress, egress) = match direction {
            Direction::Ingress => (Some(vec![rule]), None),
            Direction::Egress => (None, Some(vec![rule])),
        };
        let alone = Policy {
            ingress,
            egress,
            ..policy.clone()
        };
        let world = world(&with(cluster, vec![alone.into()]));
        let probe = Probe::to(Protocol::Number(99), 1);
        !space.pairs().into_iter().any(|(from, to)| {
            let (subject, peer) = match direction {
                Direction::Ingress => (to, from),
                Direction::Egress => (from, to),
            };
            let (subject, peer) = (space.end(&world, subject), space.end(&world, peer));
            let outcome = world.decides(direction, subject, peer, probe);
            matches!(outcome, Outcome::Allowed { .. })
        })
    };
    [source, destination]
        .map(|rule| u64::from(names_nobody(rule)))
        .iter()
        .sum()
}

/// How many policies can go without a difference, and how many rules of the others.
fn redundancy(space: &Space, cluster: &Cluster) -> u64 {
    let whole = space.sets(&world(cluster)).through;
    let all = &cluster.policies;
    (0..all.len())
        .map(|at| match is_redundant(space, &whole, cluster, at) {
            true => 1,
            false => redundant_rules(space, &whole, cluster, at).len() as u64,
        })
        .sum()
}

fn is_redundant(space: &Space, whole: &[bool], cluster: &Cluster, at: usize) -> bool {
    let mut rest = cluster.policies.clone();
    rest.remove(at);
    !rest.is_empty() && is_same(space, whole, cluster, rest)
}

fn redundant_rules(
    space: &Space,
    whole: &[bool],
    cluster: &Cluster,
    at: usize,
) -> Vec<(Direction, usize)> {
    let mut redundant = Vec::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        for rule in 0..cluster.policies[at]
            .rules(direction)
            .unwrap_or_default()
            .len()
        {
            let mut policies = cluster.policies.clone();
            let policy = Arc::make_mut(&mut policies[at]);
            let rules = match direction {
                Direction::Ingress => policy.ingress.as_mut(),
                Direction::Egress => policy.egress.as_mut(),
            };
            rules.expect("rules").remove(rule);
            if is_same(space, whole, cluster, policies) {
                redundant.push((direction, rule));
            }
        }
    }
    redundant
}

/// How many pairs of policies select the same pod.
fn overlaps(space: &Space, cluster: &Cluster) -> u64 {
    let selected: Vec<Vec<usize>> = cluster
        .policies
        .iter()
        .map(|policy| selected(space, cluster, policy))
        .collect();
    let later = |(at, one): (usize, &Vec<usize>)| {
        let meets = |other: &&Vec<usize>| one.iter().any(|pod| other.contains(pod));
        selected[at + 1..].iter().filter(meets).count() as u64
    };
    selected.iter().enumerate().map(later).sum()
}

/// Whether policies of one order contradict each other; else, how many policies and rules are empty
/// or redundant, and whether the configuration is vacuous.
fn sanity(space: &Space, cluster: &Cluster) -> u64 {
    if cluster.policies.is_empty() {
        return 0;
    }
    if contradict(space, cluster) {
        return 1;
    }
    let whole = space.sets(&world(cluster)).through;
    let vacuous = whole.iter().all(|through| *through);
    let mut count = u64::from(vacuous);
    for (at, policy) in cluster.policies.iter().enumerate() {
        if selected(space, cluster, policy).is_empty() {
            count += 1;
            continue;
        }
        let empty_ends =
            |direction, rule: &Rule| nameless_ends(space, cluster, policy, direction, rule);
        let ends = |direction: Direction| -> Vec<u64> {
            let rules = policy.rules(direction).unwrap_or_default().iter();
            rules.map(|rule| empty_ends(direction, rule)).collect()
        };
        let (ingress, egress) = (ends(Direction::Ingress), ends(Direction::Egress));
        count += ingress.iter().chain(&egress).sum::<u64>();
        if vacuous {
            continue;
        }
        if is_redundant(space, &whole, cluster, at) {
            count += 1;
            continue;
        }
        let redundant = redundant_rules(space, &whole, cluster, at);
        let told = redundant
            .iter()
            .filter(|(direction, rule)| match direction {
                Direction::Ingress => ingress[*rule] == 0,
                Direction::Egress => egress[*rule] == 0,
            });
        count += told.count() as u64;
    }
    count
}

/// Whether two Calico policies of one order select the same pod, and one has a rule that allows and
/// the other one that denies.
fn contradict(space: &Space, cluster: &Cluster) -> bool {
    let calico = cluster
        .policies
        .iter()
        .filter(|policy| !policy.kind.is_kubernetes());
    let calico: Vec<&Policy> = calico.map(Arc::as_ref).collect();
    let has = |policy: &Policy, direction, action| {
        let rules = policy.rules(direction).unwrap_or_default().iter();
        rules
            .filter(|rule| rule.action == action)
            .any(|rule| nameless_ends(space, cluster, policy, direction, rule) == 0)
    };
    let opposed = |one: &Policy, other: &Policy| {
        [Direction::Ingress, Direction::Egress]
            .into_iter()
            .any(|direction| {
                has(one, direction, RuleAction::Allow) && has(other, direction, RuleAction::Deny)
                    || has(one, direction, RuleAction::Deny)
                        && has(other, direction, RuleAction::Allow)
            })
    };
    calico.iter().enumerate().any(|(at, one)| {
        calico[at + 1..].iter().any(|other| {
            let pods = selected(space, cluster, one);
            let others = selected(space, cluster, other);
            one.order == other.order
                && pods.iter().any(|pod| others.contains(pod))
                && opposed(one, other)
        })
    })
}
