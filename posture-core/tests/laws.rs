//! The laws of the score (scoring, section 12), each held against inputs at random.
//!
//! `PROPTEST_CASES` says how many; 256 by default.

mod common;

use std::collections::BTreeSet;
use std::net::IpAddr;

use common::{
    Input, Pool, any_input, cells, default_input, from_clients, input, method, shuffle, tally,
};
use posture_core::action::ActionKind;
use posture_core::edge::EdgeKey;
use posture_core::judge::Judge;
use posture_core::model::{
    Cluster, CveSeverity, Direction, EndKind, Evidence, ImageShare, IsolationScope, Method,
    NetworkEvidence, NetworkPolicy, Origin, Reporter, Sources, UnknownStates,
};
use posture_core::points::Points;
use posture_core::report::{ActionReport, Report};
use posture_core::request::Policies;
use posture_core::risk::{EvidenceKind, RiskType};
use posture_core::score::Status;
use posture_core::selector::LabelSelector;
use posture_core::state::State;
use posture_core::tally::EdgeState;
use proptest::prelude::*;

fn cases() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]

    /// 100 - score = sum of contributions = sum of item attributions
    #[test]
    fn exact_sum(input in any_input()) {
        let report = input.report();
        let lost: Points = cells(&report).values().map(|cell| cell.contribution).sum();
        let by_type: Points = report.types.iter().map(|of| of.contribution).sum();
        let by_namespace: Points = report.namespaces.iter().map(|of| of.risk).sum();
        prop_assert_eq!(lost, by_type);
        prop_assert_eq!(lost, by_namespace);
        if let Some(score) = report.score {
            prop_assert_eq!(Points::HUNDRED - score, lost);
        }
        // with `any`, a share that no action alone can lower is listed under none
        if input.method().image_share == ImageShare::Proportional {
            let items: Points = report.actions.iter().flat_map(|a| &a.items).map(|i| i.points).sum();
            prop_assert_eq!(items, lost);
        }
    }

    /// score = mean of namespace scores (within one unit per contribution)
    #[test]
    fn mean(input in any_input()) {
        let report = input.report();
        if let Some(score) = report.score {
            let weight = |name: &str| i128::from(input.method().namespace_weight(name));
            let units = |points: Points| i128::from(points.units());
            let weights: i128 = report.namespaces.iter().map(|of| weight(&of.namespace)).sum();
            let scores = report.namespaces.iter().map(|of| weight(&of.namespace) * units(of.score.unwrap()));
            let off = (scores.sum::<i128>() - weights * units(score)).abs();
            prop_assert!(off <= weights * contributions(&report), "off by {off} / {weights}");
        }
    }

    /// 0 <= score <= 100; part <= whole
    ///
    /// Within one unit per contribution: each is rounded on its own.
    #[test]
    fn bounds(input in any_input()) {
        let report = input.report();
        let slack = contributions(&report);
        let scores = [report.score, report.assessed_score].into_iter()
            .chain(report.types.iter().map(|of| of.score))
            .chain(report.namespaces.iter().map(|of| of.score));
        for score in scores.flatten() {
            prop_assert!(i128::from(score.units()) >= -slack, "{score}");
            prop_assert!(score <= Points::HUNDRED, "{score}");
        }
        for ((namespace, risk_type), cell) in cells(&report) {
            prop_assert!(cell.part <= cell.whole, "{namespace} {risk_type:?}: {cell:?}");
            prop_assert!(cell.contribution >= Points::ZERO);
        }
        for action in &report.actions {
            prop_assert!(action.part <= action.whole);
            prop_assert!(action.gain <= action.gain_max);
        }
    }

    /// any permutation of the input gives the same bytes
    #[test]
    fn order(input in any_input(), seed: u64) {
        let mut other = input.clone();
        let fragment = &mut other.fragment;
        shuffle(&mut fragment.namespaces, seed);
        shuffle(&mut fragment.nodes, seed);
        shuffle(&mut fragment.pods, seed);
        shuffle(&mut fragment.controllers, seed);
        shuffle(&mut fragment.services, seed);
        shuffle(&mut fragment.policies, seed);
        shuffle(&mut fragment.unread_policies, seed);
        shuffle(&mut fragment.scans, seed);
        shuffle(&mut other.records, seed);
        prop_assert_eq!(input.report().to_json(), other.report().to_json());
    }

    /// tally(a + b) = merge(tally(a), tally(b)) = merge(tally(b), tally(a));
    /// merging edges twice changes no state
    #[test]
    fn merge(input in any_input(), at: prop::sample::Index) {
        let (cluster, method) = (input.cluster(), input.method());
        let (a, b) = input.records.split_at(at.index(input.records.len() + 1));
        let whole = tally(&cluster, method, &input.records);
        let (a, b) = (tally(&cluster, method, a), tally(&cluster, method, b));
        let mut ab = a.clone();
        ab.merge(b.clone());
        let mut ba = b.clone();
        ba.merge(a);
        prop_assert_eq!(&whole, &ab);
        prop_assert_eq!(&whole, &ba);
        let mut twice = whole.clone();
        twice.merge(b);
        twice.merge(whole.clone());
        let states = |tally: &posture_core::tally::Tally| -> Vec<(EdgeKey, EdgeState)> {
            tally.edges().into_iter().map(|(key, edge)| (key.clone(), edge.state(method.settle))).collect()
        };
        prop_assert_eq!(states(&whole), states(&twice));
    }

    /// "an edge keeps the 16 smallest addresses [...] seen (a mergeable sketch) and says when
    /// there were more"
    #[test]
    fn sketch(clients in prop::collection::vec(1..40_u8, 0..60), at: prop::sample::Index) {
        let clients: Vec<IpAddr> = clients.into_iter().map(|last| [9, 9, 9, last].into()).collect();
        let (cluster, method) = (Cluster::default(), Method::default());
        let (a, b) = clients.split_at(at.index(clients.len() + 1));
        let mut merged = tally(&cluster, &method, &from_clients(a));
        merged.merge(tally(&cluster, &method, &from_clients(b)));
        prop_assert_eq!(&merged, &tally(&cluster, &method, &from_clients(&clients)));
        let distinct: BTreeSet<IpAddr> = clients.into_iter().collect();
        for (_, edge) in merged.edges() {
            prop_assert!(edge.addresses.smallest.iter().eq(distinct.iter().take(16)));
            prop_assert_eq!(edge.addresses.more, distinct.len() > 16);
        }
        prop_assert_eq!(merged.edges().len(), usize::from(!distinct.is_empty()));
    }

    /// score(apply(a)) - score = gain(a) for remediate
    #[test]
    fn promise_of_remediation(input in input(Pool::Own, method().boxed())) {
        let report = input.report();
        for action in of_kind(&report, ActionKind::RemediateImages) {
            let after = remediated(&input, &keys(action), &action.namespace).report();
            prop_assert_eq!(gained(&report, &after), Some(action.gain).filter(|_| report.score.is_some()));
            prop_assert_eq!(action.gain, action.gain_max);
        }
    }

    /// score(apply(a)) - score within [gain, gain_max] for scan
    #[test]
    fn promise_of_scanning(input in input(Pool::Own, method().boxed()), bad in any::<u64>()) {
        let report = input.report();
        for action in of_kind(&report, ActionKind::ScanImages) {
            let outcome = |mask: u64| {
                let scanned = scanned(&input, &keys(action), &action.namespace, mask);
                gained(&report, &scanned.report())
            };
            if report.score.is_some() {
                prop_assert_eq!(outcome(u64::MAX), Some(action.gain), "all found bad");
                prop_assert_eq!(outcome(0), Some(action.gain_max), "all found clean");
                let mixed = outcome(bad);
                prop_assert!(mixed >= Some(action.gain) && mixed <= Some(action.gain_max), "{mixed:?}");
            }
        }
    }

    /// score(apply(a)) - score = gain(a) for egress and isolate
    #[test]
    fn promise_of_policies(input in any_input()) {
        let mut input = input;
        input.request.method.evidence = Evidence::Recorded;
        // beyond the boundary one edge is paid for twice: see `promise_of_policies_elsewhere`
        input.request.method.isolation_scope = IsolationScope::Boundary;
        let report = input.report();
        if report.types[2].evidence == Some(EvidenceKind::Traffic) && report.score.is_some() {
            for action in &report.actions {
                if let Some(covered) = covered_edges(action) {
                    let after = secured(&input, |edge| covered(edge, &action.namespace)).report();
                    prop_assert_eq!(gained(&report, &after), Some(action.gain), "{}", action.id);
                }
            }
        }
    }

    /// score(apply(a)) - score >= gain(a) where both network types count one edge, or one pair
    #[test]
    fn promise_of_policies_elsewhere(input in any_input()) {
        let report = input.report();
        for action in report.actions.iter().filter(|action| covered_edges(action).is_some()) {
            let isolating = action.id.starts_with(ActionKind::IsolateNamespace.name());
            let mut after = input.clone();
            after.fragment.sources.policies = true;
            after.fragment.policies.push(policy_for_all(&action.namespace, isolating));
            after.request.method.evidence = Evidence::Current;
            let mut before = input.clone();
            before.request.method.evidence = Evidence::Current;
            before.fragment.sources.policies = true;
            let before = before.report();
            let known = before.actions.iter().find(|other| other.id == action.id);
            let after = after.report();
            let same = same_evidence(&before, &after);
            if let (true, Some(known), Some(gained)) = (same, known, gained(&before, &after)) {
                prop_assert!(gained >= known.gain, "{}: {gained} < {}", known.id, known.gain);
            }
        }
    }

    /// no action alone gains more than the first in the list
    #[test]
    fn first_is_best(input in any_input()) {
        let report = input.report();
        let gains: Vec<_> = report.actions.iter().map(|a| (a.gain, a.gain_max)).collect();
        prop_assert!(gains.windows(2).all(|pair| pair[0] >= pair[1]), "{gains:?}");
        prop_assert!(report.actions.iter().all(|action| action.gain_max > Points::ZERO));
        for (action, rank) in report.actions.iter().zip(1..) {
            prop_assert_eq!(action.rank, rank);
        }
    }

    /// sum of gain_max of all actions = 100 - score, within one unit (10^-9) per action
    #[test]
    fn additivity(input in default_input()) {
        let report = input.report();
        if let Some(score) = report.score {
            let gains: Points = report.actions.iter().map(|action| action.gain_max).sum();
            let off = (gains - (Points::HUNDRED - score)).units().unsigned_abs();
            prop_assert!(off <= report.actions.len() as u64, "off by {off}");
        }
    }

    /// fixing any item, scanning any image, securing any edge never lowers the score
    #[test]
    fn monotone(input in input(Pool::Own, method().boxed()), bad in any::<u64>()) {
        let report = input.report();
        for action in &report.actions {
            let images = !action.id.starts_with("secure") && !action.id.starts_with("isolate");
            for key in keys(action).iter().filter(|_| images).map(std::slice::from_ref) {
                let after = match action.risk_type {
                    RiskType::UnscannedImages => scanned(&input, key, &action.namespace, bad),
                    _ => remediated(&input, key, &action.namespace),
                };
                let accepted = action.risk_type == RiskType::UnscannedImages
                    && !input.method().unscanned_is_high_risk;
                prop_assert!(accepted || after.report().score >= report.score, "{} {key:?}", action.id);
            }
        }
        let cluster = input.cluster();
        for edge in tally(&cluster, input.method(), &input.records).keys() {
            let after = secured(&input, |other| other == edge).report();
            prop_assert!(!same_evidence(&report, &after) || after.score >= report.score, "{edge}");
        }
    }

    /// no input makes a score out of nothing
    #[test]
    fn no_data(input in any_input()) {
        let report = input.report();
        prop_assert_eq!(report.score.is_some(), report.status == Status::Ok);
        if report.score.is_some() {
            prop_assert!(!report.namespaces.is_empty());
            for of in report.types.iter().filter(|of| of.risk_type.is_network() && of.weight > 0) {
                prop_assert!(of.evidence.is_some(), "{of:?}");
            }
        }
        let silent = silenced(&input);
        let weights = &silent.request.method.weights;
        if weights.egress_access + weights.namespace_isolation > 0 {
            prop_assert_eq!(silent.report().score, None);
        }
        let mut nothing = silent;
        nothing.fragment.pods.clear();
        prop_assert_eq!(nothing.report().status, Status::NoData);
        prop_assert_eq!(nothing.report().assessed_score, None);
    }

    /// a namespace whose every pair is governed has share 0 in both network types by traffic
    /// evaluated against the same policies
    #[test]
    fn static_covers(input in any_input(), governed in prop::collection::vec(0..4_usize, 0..3)) {
        let mut input = input;
        input.fragment.sources.policies = true;
        for namespace in governed {
            input.fragment.policies.push(policy_for_all(["a", "b", "c", "kube-x"][namespace], true));
        }
        // records speak of pods that run: what no longer does has no pair
        let cluster = input.cluster();
        input.records.retain(|record| {
            let local = match record.reporter {
                Reporter::Source => &record.source,
                Reporter::Destination | Reporter::Forward => &record.destination,
            };
            let pod = local.namespace.zip(local.name)
                .and_then(|(namespace, name)| cluster.objects(namespace)?.pods.get(name));
            local.kind == EndKind::Workload && pod.is_some_and(posture_core::model::PodOf::is_running)
        });
        let by = |network_evidence| {
            let mut input = input.clone();
            input.request.method.evidence = Evidence::Current;
            input.request.method.unknown = UnknownStates::Exclude;
            input.request.method.network_evidence = network_evidence;
            input.report()
        };
        let (fixed, traffic) = (by(NetworkEvidence::Static), by(NetworkEvidence::Traffic));
        let traffic = cells(&traffic);
        for ((namespace, risk_type), cell) in cells(&fixed) {
            if risk_type == RiskType::NamespaceIsolation && cell.whole > 0 && cell.part == 0 {
                for network in [RiskType::EgressAccess, RiskType::NamespaceIsolation] {
                    let seen = traffic[&(namespace.clone(), network)];
                    prop_assert_eq!(seen.part, 0, "{} {:?}: {:?}", &namespace, network, seen);
                }
            }
        }
    }
}

fn contributions(report: &Report) -> i128 {
    4 * i128::try_from(report.namespaces.len()).unwrap()
}

fn gained(before: &Report, after: &Report) -> Option<Points> {
    after
        .score
        .zip(before.score)
        .map(|(after, before)| after - before)
}

/// "history and deltas treat a change of evidence as a change of method": so do gains.
fn same_evidence(before: &Report, after: &Report) -> bool {
    let evidence = |report: &Report| {
        report
            .types
            .iter()
            .map(|of| of.evidence)
            .collect::<Vec<_>>()
    };
    evidence(before) == evidence(after)
}

fn of_kind(report: &Report, kind: ActionKind) -> impl Iterator<Item = &ActionReport> {
    report
        .actions
        .iter()
        .filter(move |action| action.id.starts_with(kind.name()))
}

fn keys(action: &ActionReport) -> Vec<String> {
    action.items.iter().map(|item| item.key.clone()).collect()
}

/// The input with all findings in some images of a namespace suppressed.
fn remediated(input: &Input, keys: &[String], namespace: &str) -> Input {
    let mut after = input.clone();
    for key in keys {
        let image = common::scan_of(input, key, namespace, None);
        let same = after.fragment.scans.iter_mut().filter(|scan| {
            scan.manifests == image.manifests
                && scan.config == image.config
                && scan.names == image.names
        });
        for finding in same.flat_map(|scan| &mut scan.findings) {
            finding.suppressed = true;
        }
    }
    after
}

/// The input with some images of a namespace scanned: bad where a bit of the mask is set.
fn scanned(input: &Input, keys: &[String], namespace: &str, bad: u64) -> Input {
    let mut after = input.clone();
    for (key, at) in keys.iter().zip(0..) {
        let severity = (bad >> at & 1 == 1).then_some(CveSeverity::Critical);
        after
            .fragment
            .scans
            .push(common::scan_of(input, key, namespace, severity));
    }
    after
}

/// Which edges a network action covers, where it covers any.
fn covered_edges(action: &ActionReport) -> Option<fn(&EdgeKey, &str) -> bool> {
    match action.risk_type {
        RiskType::EgressAccess => Some(|edge, namespace| {
            *edge.workload.namespace == *namespace && edge.is_external_egress()
        }),
        RiskType::NamespaceIsolation => {
            Some(|edge, namespace| *edge.workload.namespace == *namespace && edge.is_boundary())
        }
        RiskType::HighRiskImages | RiskType::UnscannedImages => None,
    }
}

/// The input with the traces of unsecured records of some edges rewritten to an allow by policy.
fn secured(input: &Input, covered: impl Fn(&EdgeKey) -> bool) -> Input {
    let cluster = input.cluster();
    let mut judge = Judge::new(&cluster, input.method().evidence);
    let unknown_counts = input.method().unknown == UnknownStates::Unsecured;
    let mut after = input.clone();
    for record in &mut after.records {
        if let Ok(judgement) = judge.judge(record) {
            let at_risk = match judgement.state {
                State::Secured => false,
                State::Unsecured => true,
                State::Unknown(_) => unknown_counts,
            };
            if at_risk && covered(&judgement.edge) {
                *record = common::secured(record);
            }
        }
    }
    after
}

/// A policy that isolates every pod of a namespace, for egress or for both directions.
fn policy_for_all(namespace: &str, both: bool) -> NetworkPolicy {
    let policy = NetworkPolicy {
        version: 0,
        namespace: namespace.to_owned(),
        name: format!("all-{both}"),
        selector: LabelSelector::default(),
        ingress: both.then(Vec::new),
        egress: Some(Vec::new()),
        origin: Origin::default(),
    };
    assert!(policy.rules(Direction::Egress).is_some());
    policy
}

/// The input with nothing that speaks of traffic or policies.
fn silenced(input: &Input) -> Input {
    let mut silent = input.clone();
    silent.records.clear();
    silent.fragment.policies.clear();
    silent.fragment.unread_policies.clear();
    silent.fragment.sources = Sources {
        policies: false,
        ..silent.fragment.sources
    };
    silent.request.policies = Policies::AsGiven;
    silent
}
