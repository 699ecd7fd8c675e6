//! The score, computed the obvious way: exact fractions and plain loops.

use std::collections::{BTreeMap, BTreeSet};

use posture_core::model::{EgressDenominator, ImageShare, Method, NetworkEvidence, UnknownStates};
use posture_core::risk::RiskType::{
    self, EgressAccess, HighRiskImages, NamespaceIsolation, UnscannedImages,
};
use posture_core::score::Status;

use crate::common::Input;
use crate::objects::Objects;
use crate::{images, traffic};

/// Units of 100 points.
const HUNDRED: i128 = 100_000_000_000;

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
    let traffic = traffic::Traffic::new(input, &objects);
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
    let unknown_counts = method.unknown == UnknownStates::Unsecured;
    let by_traffic = traffic.any_known || (unknown_counts && !traffic.edges.is_empty());
    let by_policies = pairs.values().any(Option::is_some) || (unknown_counts && !pairs.is_empty());
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

    let mut cells = BTreeMap::new();
    let mut unscanned = BTreeMap::new();
    for namespace in &namespaces {
        let images = images::images(input, &objects, namespace);
        unscanned.insert(namespace.clone(), images.unscanned);
        for risk_type in RiskType::ALL {
            let (share, items) = match risk_type {
                _ if !assessed_types.contains(&risk_type) => ((0, 0), 0),
                HighRiskImages => (
                    (images.high_risk, images.all),
                    usize::try_from(images.high_risk).unwrap(),
                ),
                UnscannedImages => (
                    (images.unscanned, images.all),
                    usize::try_from(images.unscanned).unwrap(),
                ),
                EgressAccess if network == Some(true) => {
                    traffic.egress(method, &objects, namespace)
                }
                NamespaceIsolation if network == Some(true) => traffic.isolation(method, namespace),
                _ => traffic::ungoverned(
                    &pairs,
                    method.unknown == UnknownStates::Unsecured,
                    risk_type,
                    namespace,
                ),
            };
            cells.insert(
                (namespace.clone(), risk_type),
                Cell {
                    part: share.0,
                    whole: share.1,
                    items,
                    contribution: 0,
                },
            );
        }
    }
    scored(method, &namespaces, assessed_types, cells, &unscanned)
}

/// The weights of one method over some namespaces, as exact integers.
struct Scale<'m> {
    method: &'m Method,
    types: i128,
    namespaces: i128,
}

impl Scale<'_> {
    /// `100 * w_t / W * c_n / C * part / whole` in units, as numerator and denominator.
    fn exact(&self, risk_type: RiskType, namespace: &str, (part, whole): Share) -> (i128, i128) {
        let any = self.method.image_share == ImageShare::Any && !risk_type.is_network();
        let part = if any && part > 0 { whole } else { part };
        let weights = i128::from(risk_type.weight(self.method))
            * i128::from(self.method.namespace_weight(namespace));
        let denominator = self.types * self.namespaces * i128::from(whole);
        if denominator == 0 {
            (0, 1)
        } else {
            (HUNDRED * weights * i128::from(part), denominator)
        }
    }

    fn contribution(&self, risk_type: RiskType, namespace: &str, share: Share) -> i128 {
        let (numerator, denominator) = self.exact(risk_type, namespace, share);
        (2 * numerator + denominator) / (2 * denominator)
    }
}

fn scored(
    method: &Method,
    namespaces: &BTreeSet<String>,
    assessed_types: BTreeSet<RiskType>,
    mut cells: BTreeMap<(String, RiskType), Cell>,
    unscanned: &BTreeMap<String, u64>,
) -> Answer {
    let weight = |risk_type: &RiskType| i128::from(risk_type.weight(method));
    let types: i128 = RiskType::ALL.iter().map(weight).sum();
    let weights: i128 = namespaces
        .iter()
        .map(|n| i128::from(method.namespace_weight(n)))
        .sum();
    let scale = Scale {
        method,
        types,
        namespaces: weights,
    };
    for ((namespace, risk_type), cell) in &mut cells {
        cell.contribution = scale.contribution(*risk_type, namespace, (cell.part, cell.whole));
    }
    let missing = |t: &&RiskType| t.is_network() && weight(t) > 0 && !assessed_types.contains(t);
    let assessed_weight: i128 = assessed_types.iter().map(weight).sum();
    let status = if weights == 0 {
        Status::NoData
    } else if RiskType::ALL.iter().any(|t| missing(&t)) || assessed_weight == 0 {
        Status::NotAssessed
    } else {
        Status::Ok
    };

    // 100 minus the sum of exact fractions, rounded down fraction by fraction
    let lost = |scale: &Scale<'_>, only: &dyn Fn(&str, RiskType) -> bool| -> i128 {
        let chosen = cells
            .iter()
            .filter(|((namespace, t), _)| only(namespace, *t));
        let exact = chosen
            .map(|((namespace, t), cell)| scale.exact(*t, namespace, (cell.part, cell.whole)));
        exact
            .map(|(numerator, denominator)| numerator / denominator)
            .sum()
    };
    let ok = status == Status::Ok;
    let some = status != Status::NoData;
    let assessed_scale = Scale {
        types: assessed_weight,
        ..scale
    };
    let score = ok.then(|| HUNDRED - lost(&scale, &|_, _| true));
    let assessed =
        (some && assessed_weight > 0).then(|| HUNDRED - lost(&assessed_scale, &|_, _| true));
    let mut type_scores = BTreeMap::new();
    for t in assessed_types.iter().filter(|_| some) {
        // of one type alone: w_t / W = 1
        let of_type = |(namespace, cell): (&String, &Cell)| {
            let c = i128::from(method.namespace_weight(namespace));
            let part = effective(method, *t, cell);
            (HUNDRED * c * i128::from(part))
                .checked_div(weights * i128::from(cell.whole))
                .unwrap_or(0)
        };
        let risks = cells
            .iter()
            .filter(|((_, other), _)| other == t)
            .map(|((n, _), cell)| of_type((n, cell)));
        type_scores.insert(*t, HUNDRED - risks.sum::<i128>());
    }
    let mut namespace_scores = BTreeMap::new();
    for namespace in namespaces.iter().filter(|_| ok) {
        let mut score = HUNDRED;
        for t in RiskType::ALL {
            let cell = &cells[&(namespace.clone(), t)];
            let part = i128::from(effective(method, t, cell));
            score -= (HUNDRED * weight(&t) * part)
                .checked_div(types * i128::from(cell.whole))
                .unwrap_or(0);
        }
        namespace_scores.insert(namespace.clone(), score);
    }
    let actions = actions(&scale, namespaces, &cells, unscanned);
    Answer {
        status,
        assessed_types,
        cells,
        score,
        assessed,
        type_scores,
        namespace_scores,
        actions,
    }
}

fn effective(method: &Method, risk_type: RiskType, cell: &Cell) -> u64 {
    match method.image_share {
        ImageShare::Any if !risk_type.is_network() && cell.part > 0 => cell.whole,
        _ => cell.part,
    }
}

/// "`gain` = score after - score now, by recomputation with the covered items fixed": here by
/// writing down the shares after.
fn actions(
    scale: &Scale<'_>,
    namespaces: &BTreeSet<String>,
    cells: &BTreeMap<(String, RiskType), Cell>,
    unscanned: &BTreeMap<String, u64>,
) -> Vec<Action> {
    let mut actions = Vec::new();
    for namespace in namespaces {
        let of = |t: RiskType| cells[&(namespace.clone(), t)];
        let risk = |t: RiskType, part: u64| scale.contribution(t, namespace, (part, of(t).whole));
        let now = |t: RiskType| risk(t, of(t).part);
        let to_scan = if of(UnscannedImages).whole == 0 {
            0
        } else {
            unscanned[namespace]
        };
        let both = scale.method.unscanned_is_high_risk;
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

        for (order, t, name) in [
            (2, EgressAccess, "secure-egress"),
            (3, NamespaceIsolation, "isolate-namespace"),
        ] {
            let gain = now(t) - risk(t, 0);
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
