//! The score, computed the obvious way: whole numbers and plain loops.

use std::collections::{BTreeMap, BTreeSet};

use posture_core::model::{EgressDenominator, Method, NetworkEvidence, UnknownStates};
use posture_core::risk::RiskType::{
    self, EgressAccess, HighRiskImages, NamespaceIsolation, UnscannedImages,
};
use posture_core::score::Status;

use crate::caps::{Caps, HUNDRED};
use crate::common::Input;
use crate::objects::Objects;
use crate::traffic::{Pairs, Traffic};
use crate::{images, traffic};

/// What a report must say.
pub(crate) struct Answer {
    pub(crate) status: Status,
    pub(crate) assessed_types: BTreeSet<RiskType>,
    pub(crate) cells: BTreeMap<(String, RiskType), Cell>,
    pub(crate) score: Option<i128>,
    pub(crate) assessed: Option<i128>,
    pub(crate) type_scores: BTreeMap<RiskType, i128>,
    pub(crate) namespace_scores: BTreeMap<String, i128>,
    pub(crate) actions: Vec<Action>,
}

/// One type in one namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) part: u64,
    pub(crate) whole: u64,
    pub(crate) items: usize,
    pub(crate) contribution: i128,
}

impl Cell {
    fn share(&self) -> Share {
        (self.part, self.whole)
    }
}

/// What actions lead to.
#[derive(Default)]
struct After {
    /// How many images of a namespace are to be scanned.
    unscanned: BTreeMap<String, u64>,
    /// The shares of egress access and namespace isolation in a namespace, when all that is at
    /// risk there in one of the two is secured.
    secured: BTreeMap<(String, RiskType), [Share; 2]>,
}

/// One action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) id: String,
    pub(crate) gain: i128,
    pub(crate) gain_max: i128,
    pub(crate) part: u64,
    pub(crate) items: usize,
}

/// A share as a fraction.
pub(crate) type Share = (u64, u64);

pub(crate) fn answer(input: &Input) -> Answer {
    let method = input.method();
    let objects = Objects::new(input);
    let traffic = Traffic::new(input, &objects);
    let pairs = traffic::pairs(&objects);

    let mut namespaces = BTreeSet::new();
    for pod in objects.running() {
        namespaces.insert(pod.workload.namespace.clone());
    }
    for edge in traffic.edges.keys() {
        namespaces.insert(edge.workload.namespace.clone());
    }
    namespaces.retain(|namespace| in_scope(method, namespace));

    let sources = input.fragment.sources;
    // what no counted namespace shows is no evidence
    let unknown_counts = method.unknown == UnknownStates::Unsecured;
    let says = |known: bool| known || unknown_counts;
    let by_traffic = traffic.edges.iter().any(|(edge, seen)| {
        namespaces.contains(&edge.workload.namespace)
            && says(seen.iter().any(traffic::Seen::is_known))
    });
    let by_policies = pairs.iter().any(|((workload, _), state)| {
        namespaces.contains(&workload.namespace) && says(state.is_some())
    });
    let network = match method.network_evidence {
        NetworkEvidence::Auto if by_traffic => Some(true),
        NetworkEvidence::Auto | NetworkEvidence::Static => by_policies.then_some(false),
        NetworkEvidence::Traffic => by_traffic.then_some(true),
    };
    let mut assessed_types = BTreeSet::new();
    if sources.pods && sources.scans {
        assessed_types.extend([HighRiskImages, UnscannedImages]);
    }
    if network.is_some() {
        assessed_types.extend([EgressAccess, NamespaceIsolation]);
    }

    let network_share =
        |traffic: &Traffic, pairs: &Pairs, t: RiskType, namespace: &str| match (network, t) {
            (None, _) => ((0, 0), 0),
            (Some(true), EgressAccess) => traffic.egress(method, &objects, namespace),
            (Some(true), _) => traffic.isolation(method, namespace),
            (Some(false), _) => traffic::ungoverned(pairs, unknown_counts, t, namespace),
        };

    let mut cells = BTreeMap::new();
    let mut after = After::default();
    for namespace in &namespaces {
        let images = images::images(input, &objects, namespace);
        after.unscanned.insert(namespace.clone(), images.unscanned);
        let counted = |part: u64| ((part, images.all), usize::try_from(part).unwrap());
        for t in RiskType::ALL {
            let (share, items) = match t {
                _ if !assessed_types.contains(&t) => ((0, 0), 0),
                HighRiskImages => counted(images.high_risk),
                UnscannedImages => counted(images.unscanned),
                _ => network_share(&traffic, &pairs, t, namespace),
            };
            let cell = Cell {
                part: share.0,
                whole: share.1,
                items,
                contribution: 0,
            };
            cells.insert((namespace.clone(), t), cell);
        }
        for t in [EgressAccess, NamespaceIsolation] {
            let traffic = traffic.secured(method, t, namespace);
            let pairs = traffic::governed(&pairs, unknown_counts, t, namespace);
            let shares = [EgressAccess, NamespaceIsolation]
                .map(|other| network_share(&traffic, &pairs, other, namespace).0);
            after.secured.insert((namespace.clone(), t), shares);
        }
    }
    scored(method, &namespaces, assessed_types, cells, &after)
}

fn scored(
    method: &Method,
    namespaces: &BTreeSet<String>,
    assessed_types: BTreeSet<RiskType>,
    mut cells: BTreeMap<(String, RiskType), Cell>,
    after: &After,
) -> Answer {
    let all = Caps::new(method, namespaces, &RiskType::ALL.into());
    let of_assessed = Caps::new(method, namespaces, &assessed_types);
    for ((namespace, t), cell) in &mut cells {
        cell.contribution = all.contribution(*t, namespace, cell.share());
    }

    let weight = |t: &RiskType| t.weight(method);
    let missing = |t: &RiskType| t.is_network() && weight(t) > 0 && !assessed_types.contains(t);
    let any_assessed = assessed_types.iter().any(|t| weight(t) > 0);
    let status = if namespaces.iter().all(|n| method.namespace_weight(n) == 0) {
        Status::NoData
    } else if RiskType::ALL.iter().any(missing) || !any_assessed {
        Status::NotAssessed
    } else {
        Status::Ok
    };

    let ok = status == Status::Ok;
    let some = status != Status::NoData;
    let mut score = HUNDRED;
    let mut assessed = HUNDRED;
    let mut type_scores: BTreeMap<RiskType, i128> =
        assessed_types.iter().map(|t| (*t, HUNDRED)).collect();
    let mut namespace_scores: BTreeMap<String, i128> =
        namespaces.iter().map(|n| (n.clone(), HUNDRED)).collect();
    for ((namespace, t), cell) in &cells {
        score -= cell.contribution;
        assessed -= of_assessed.contribution(*t, namespace, cell.share());
        *namespace_scores.get_mut(namespace).unwrap() -= all.in_namespace(*t, cell.share());
        if let Some(score) = type_scores.get_mut(t) {
            *score -= all.in_type(*t, namespace, cell.share());
        }
    }
    if !ok {
        namespace_scores.clear();
    }
    if !some {
        type_scores.clear();
    }
    Answer {
        status,
        assessed_types,
        score: ok.then_some(score),
        assessed: (some && any_assessed).then_some(assessed),
        type_scores,
        namespace_scores,
        actions: actions(method, &all, namespaces, &cells, after),
        cells,
    }
}

/// "`gain` = score after - score now, by recomputation with the covered items fixed": here by
/// writing down the shares after.
fn actions(
    method: &Method,
    caps: &Caps,
    namespaces: &BTreeSet<String>,
    cells: &BTreeMap<(String, RiskType), Cell>,
    after: &After,
) -> Vec<Action> {
    let mut actions = Vec::new();
    for namespace in namespaces {
        let of = |t: RiskType| cells[&(namespace.clone(), t)];
        let risk = |t: RiskType, part: u64| caps.contribution(t, namespace, (part, of(t).whole));
        let now = |t: RiskType| of(t).contribution;
        let to_scan = if of(UnscannedImages).whole == 0 {
            0
        } else {
            after.unscanned[namespace]
        };
        let both = method.unscanned_is_high_risk;
        let scanned_bad = of(HighRiskImages).part - if both { to_scan } else { 0 };

        let left = of(HighRiskImages).part - scanned_bad;
        let gain = now(HighRiskImages) - risk(HighRiskImages, left);
        let items = usize::try_from(scanned_bad).unwrap();
        actions.push((
            0,
            namespace,
            "remediate-images",
            gain,
            gain,
            scanned_bad,
            items,
        ));

        let images_now = now(HighRiskImages) + now(UnscannedImages);
        let found_clean = risk(HighRiskImages, scanned_bad) + risk(UnscannedImages, 0);
        let found_bad = risk(HighRiskImages, scanned_bad + to_scan) + risk(UnscannedImages, 0);
        let items = usize::try_from(to_scan).unwrap();
        actions.push((
            1,
            namespace,
            "scan-images",
            images_now - found_bad,
            images_now - found_clean,
            to_scan,
            items,
        ));

        let network_now = now(EgressAccess) + now(NamespaceIsolation);
        for (order, t, name) in [
            (2, EgressAccess, "secure-egress"),
            (3, NamespaceIsolation, "isolate-namespace"),
        ] {
            let [egress, isolation] = after.secured[&(namespace.clone(), t)];
            let gain = network_now
                - caps.contribution(EgressAccess, namespace, egress)
                - caps.contribution(NamespaceIsolation, namespace, isolation);
            actions.push((order, namespace, name, gain, gain, of(t).part, of(t).items));
        }
    }
    actions.retain(|action| action.4 > 0);
    actions.sort_by_key(|a| (-a.3, -a.4, a.6, a.0, a.1.clone()));
    let action =
        |(_, namespace, name, gain, gain_max, part, items): (_, &String, &str, _, _, _, _)| {
            Action {
                id: format!("{name}/{namespace}"),
                gain,
                gain_max,
                part,
                items,
            }
        };
    actions.into_iter().map(action).collect()
}

/// Namespaces by name; a pattern may end in `*`.
fn in_scope(method: &Method, namespace: &str) -> bool {
    let matches = |pattern: &String| match pattern.strip_suffix('*') {
        Some(start) => namespace.starts_with(start),
        None => pattern == namespace,
    };
    let scope = &method.scope;
    (scope.include.is_empty() || scope.include.iter().any(matches))
        && !scope.exclude.iter().any(matches)
}

/// Whether all workloads are counted in the whole of egress access.
pub(crate) fn all_workloads(method: &Method) -> bool {
    method.egress_denominator == EgressDenominator::AllWorkloads
}
