//! The laws of the score (scoring, section 12), each held against inputs at random.
//!
//! `PROPTEST_CASES` says how many; 256 by default.

mod changes;
#[path = "../common/mod.rs"]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use changes::{
    changed, covered_edges, policy_for_all, remediated, scanned, secured, silenced, traced,
    wholly_bad,
};
use common::{
    Input, Pool, any_input, cells, default_input, dismissing, from_clients, input, method, shuffle,
    tally,
};
use posture_core::edge::EdgeKey;
use posture_core::history::{self, Kind, Point};
use posture_core::model::{
    Cluster, EndKind, Evidence, ImageShare, Method, NetworkEvidence, Reporter, UnknownStates,
};
use posture_core::points::Points;
use posture_core::remedy::ActionKind;
use posture_core::report::{ActionReport, Report};
use posture_core::request::MaxItems;
use posture_core::risk::{EvidenceKind, RiskType};
use posture_core::score::Status;
use posture_core::tally::{EdgeState, Tally};
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
    #[test]
    fn bounds(input in any_input()) {
        let report = input.report();
        let scores = [report.score, report.assessed_score].into_iter()
            .chain(report.types.iter().map(|of| of.score))
            .chain(report.namespaces.iter().map(|of| of.score));
        for score in scores.flatten() {
            prop_assert!((Points::ZERO..=Points::HUNDRED).contains(&score), "{score}");
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

    /// nothing is left of a wholly bad cluster: score exactly 0
    #[test]
    fn nothing_left(input in any_input()) {
        let report = wholly_bad(&input).report();
        let scores = [report.score, report.assessed_score].into_iter()
            .chain(report.namespaces.iter().map(|of| of.score));
        for score in scores.chain(report.types.iter().map(|of| of.score)) {
            let expected = if report.status == Status::NoData { None } else { Some(Points::ZERO) };
            prop_assert_eq!(score, expected);
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
        shuffle(&mut fragment.vex, seed);
        shuffle(&mut other.records, seed);
        prop_assert_eq!(input.report().to_json(), other.report().to_json());
    }

    /// a scan read twice is one scan
    #[test]
    fn read_twice(input in any_input()) {
        let mut twice = input.clone();
        let again = input.fragment.scans.iter().cloned().map(|mut scan| {
            scan.origin.file = "z.json".into();
            scan
        });
        twice.fragment.scans.extend(again);
        prop_assert_eq!(input.report().to_json(), twice.report().to_json());
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
        let states = |tally: &Tally| -> Vec<(EdgeKey, EdgeState)> {
            tally.edges().into_iter().map(|(key, edge)| (key.clone(), edge.state(method.settle, method.unknown))).collect()
        };
        prop_assert_eq!(states(&whole), states(&twice));
    }

    /// from_bytes(to_bytes(tally)) = tally, and equal tallies give equal bytes
    #[test]
    fn bytes(input in any_input()) {
        let seen = tally(&input.cluster(), input.method(), &input.records);
        let read = Tally::from_bytes(&seen.to_bytes()).unwrap();
        prop_assert_eq!(&read, &seen);
        prop_assert_eq!(read.to_bytes(), seen.to_bytes());
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

    /// parts of a delta sum to the delta: also where methods, dismissals and what is named differ
    #[test]
    fn explain(
        before in any_input(), after in any_input(), same_method: bool, same_cluster: bool,
        masks: (u64, u64), limits: (Option<u8>, Option<u8>),
    ) {
        let mut after = if same_cluster { changed(&before, &after) } else { after };
        if same_method {
            after.request.method = before.request.method.clone();
        }
        let limited = |input: &Input, mask, limit: Option<u8>| {
            let mut input = dismissing(input, mask);
            input.request.max_items = limit.map_or(MaxItems::All, |limit| MaxItems::AtMost(usize::from(limit % 4)));
            Point::of(&input.report())
        };
        let (before, after) = (limited(&before, masks.0, limits.0), limited(&after, masks.1, limits.1));
        let delta = history::explain(&before, &after);
        let sum: Points = delta.parts.iter().map(|part| part.points).sum();
        prop_assert_eq!(sum, delta.kinds.values().copied().sum());
        match before.score.zip(after.score) {
            Some((before, after)) => prop_assert_eq!(delta.delta, Some(after - before)),
            None => prop_assert!(delta.unexplained.is_some()),
        }
        prop_assert_eq!(sum, delta.delta.unwrap_or_default(), "{:#?}", delta);
        prop_assert!(history::explain(&after, &after).parts.is_empty());
    }

    /// the parts of a remediation are all `fixed` and sum to its gain; those of a dismissal are all
    /// `dismissed`, of its return `reverted`, and sum to what it gives back
    #[test]
    fn explain_deeds(input in input(Pool::Own, method().boxed()), mask: u64) {
        let report = input.report();
        let kinds = |before: &Report, after: &Report| {
            let (before, after) = (Point::of(before), Point::of(after));
            history::explain(&before, &after).kinds
        };
        let only = |kind, points: Points| {
            let is_told = report.score.is_some() && points != Points::ZERO;
            is_told.then_some((kind, points)).into_iter().collect::<BTreeMap<Kind, Points>>()
        };
        let of_something = |kinds: BTreeMap<Kind, Points>| -> BTreeMap<Kind, Points> {
            kinds.into_iter().filter(|(_, points)| *points != Points::ZERO).collect()
        };
        for action in of_kind(&report, ActionKind::RemediateImages) {
            let after = remediated(&input, &keys(action), &action.namespace).report();
            prop_assert_eq!(of_something(kinds(&report, &after)), only(Kind::Fixed, action.gain));
        }
        let after = dismissing(&input, mask).report();
        let returned: Points = after.dismissals.active.iter().map(|of| of.points).sum();
        prop_assert_eq!(of_something(kinds(&report, &after)), only(Kind::Dismissed, returned));
        let mut back = input.clone();
        back.request.dismissals.clear();
        prop_assert_eq!(of_something(kinds(&after, &back.report())), only(Kind::Reverted, -returned));
    }

    /// results and points are what their JSON says
    #[test]
    fn read_back(input in any_input(), mask: u64) {
        let report = dismissing(&input, mask).report();
        let read = Report::from_json(&report.to_json()).unwrap();
        prop_assert_eq!(&read, &report);
        let point = Point::of(&read);
        prop_assert_eq!(&Point::from_json(&point.to_json()).unwrap(), &point);
        // every item is named, but of actions that gain nothing
        if input.method() == &Method::default() {
            for (name, namespace) in &point.namespaces {
                for (risk_type, cell) in &namespace.types {
                    prop_assert!(cell.items.is_some(), "{name} {risk_type:?} {cell:?}");
                }
            }
        }
    }

    /// items can be left out later as well as never asked for
    #[test]
    fn listing(input in any_input(), mask: u64, limit in 0..4_usize) {
        let all = dismissing(&input, mask);
        let mut few = all.clone();
        few.request.max_items = MaxItems::AtMost(limit);
        prop_assert_eq!(all.report().listing(MaxItems::AtMost(limit)), few.report());
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

    /// score(apply(a)) - score = gain(a) for egress and isolate, of traffic
    #[test]
    fn promise_by_traffic(input in any_input()) {
        let (given, input) = (input.report(), traced(&input));
        let report = input.report();
        prop_assert_eq!(given.score, report.score);
        if report.types[2].evidence == Some(EvidenceKind::Traffic) && report.score.is_some() {
            for action in report.actions.iter().filter(|action| action.risk_type.is_network()) {
                let covered = covered_edges(&input, action);
                let after = secured(&input, |edge| covered.contains(edge)).report();
                prop_assert_eq!(gained(&report, &after), Some(action.gain), "{}", action.id);
                prop_assert_eq!(action.gain, action.gain_max);
            }
        }
    }

    /// score(apply(a)) - score = gain(a) for egress and isolate, by the policies alone
    #[test]
    fn promise_by_policies(input in any_input()) {
        let mut input = input;
        input.request.method.network_evidence = NetworkEvidence::Static;
        let report = input.report();
        for action in report.actions.iter().filter(|action| action.risk_type.is_network()) {
            let both = action.risk_type == RiskType::NamespaceIsolation;
            let mut after = input.clone();
            after.fragment.policies.push(policy_for_all(&action.namespace, both));
            let gain = Some(action.gain).filter(|_| report.score.is_some());
            prop_assert_eq!(gained(&report, &after.report()), gain, "{}", action.id);
            prop_assert_eq!(action.gain, action.gain_max);
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

    /// sum of gain_max of all actions = 100 - score, within one unit (10^-9) per action, of
    /// traffic with the default method
    ///
    /// Beyond the default `isolation_scope`, and by the policies alone, one edge or one direction
    /// of a workload can be at risk in both network types, and is in the gains of both actions:
    /// they sum to at least what is lost.
    #[test]
    fn additivity(input in default_input()) {
        let report = input.report();
        let overlapping = report.types[2].evidence == Some(EvidenceKind::Static);
        if let Some(score) = report.score {
            let gains: Points = report.actions.iter().map(|action| action.gain_max).sum();
            let over = (gains - (Points::HUNDRED - score)).units();
            let slack = i64::try_from(report.actions.len()).unwrap();
            prop_assert!(over >= -slack, "off by {over}");
            prop_assert!(overlapping || over <= slack, "off by {over}");
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
        for (edge, _) in tally(&cluster, input.method(), &input.records).iter() {
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
                _ => &record.destination,
            };
            let pod = local.namespace.zip(local.name)
                .and_then(|(namespace, name)| cluster.objects(namespace)?.pods.get(name));
            local.kind == EndKind::Workload && pod.is_some_and(posture_core::model::PodOf::is_running)
        });
        let by = |network_evidence| {
            let mut input = input.clone();
            input.request.method.evidence = Evidence::Current;
            input.request.method.unknown = UnknownStates::Exclude;
            input.request.dismissals.clear();
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
