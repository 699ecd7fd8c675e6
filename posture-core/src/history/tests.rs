//! Differences derived by hand. With two namespaces and the default weights each type can cost 12.5
//! points in each.

use super::*;
use crate::issue::Issues;
use crate::model::{Cluster, ImageShare, Record};
use crate::points::{Points, Share};
use crate::remedy::{ActionId, ActionKind};
use crate::request::Request;
use crate::risk::{EvidenceKind, RiskType};
use crate::score::{Caps, Status};

const HIGH_RISK: RiskType = RiskType::HighRiskImages;
const EGRESS: RiskType = RiskType::EgressAccess;
const ISOLATION: RiskType = RiskType::NamespaceIsolation;

/// Items at risk and dismissed ones, each `name` or `name=units`, and how much there is.
type Of<'a> = (&'a str, RiskType, &'a [&'a str], &'a [&'a str], u64);

/// A point of the namespaces `a` and `b`, and of those that are named.
fn point(cells: &[Of<'_>]) -> Point {
    let nothing: [Record<'_>; 0] = [];
    let request = Request::default();
    let report = crate::assess(&Cluster::default(), nothing, &request, Issues::default());
    let mut point = Point::of(&report);
    point.status = Status::Ok;
    for of in &mut point.types {
        of.evidence = Some(EvidenceKind::Scans);
    }
    let names = cells.iter().map(|(name, ..)| *name);
    for name in names.chain(["a", "b"]) {
        let empty = |_| Cell {
            part: 0,
            whole: 0,
            dismissed: 0,
            contribution: Points::ZERO,
            items: Some(Items::default()),
        };
        let types = RiskType::ALL.into_iter().map(|of| (of, empty(of)));
        point.namespaces.insert(
            name.into(),
            NamespacePoint {
                score: None,
                types: types.collect(),
            },
        );
    }
    for (name, risk_type, at_risk, dismissed, whole) in cells {
        let units = |item: &str| {
            item.split_once('=')
                .map_or(1, |(_, units)| units.parse().unwrap())
        };
        let key = |item: &str| item.split('=').next().unwrap().to_owned();
        let at_risk_item = |item: &str| ItemAtRisk {
            units: units(item),
            name: None,
        };
        let dismissed_item = |item: &str| DismissedItem {
            action: ActionKind::RemediateImages,
            units: units(item),
        };
        let cell = Cell {
            part: at_risk.iter().map(|item| units(item)).sum(),
            whole: *whole,
            dismissed: dismissed.iter().map(|item| units(item)).sum(),
            contribution: Points::ZERO,
            items: Some(Items {
                at_risk: at_risk
                    .iter()
                    .map(|item| (key(item), at_risk_item(item)))
                    .collect(),
                dismissed: dismissed
                    .iter()
                    .map(|item| (key(item), dismissed_item(item)))
                    .collect(),
            }),
        };
        let namespace = point.namespaces.get_mut(*name).unwrap();
        namespace.types.insert(*risk_type, cell);
    }
    costed(point)
}

/// The point with what its shares cost by its method.
fn costed(mut point: Point) -> Point {
    let names = point.namespaces.keys();
    let weights = names.map(|name| point.method.namespace_weight(name));
    let caps = Caps::new(weights, &point.method, |_| true);
    let mut lost = Points::ZERO;
    for (namespace, caps) in point.namespaces.values_mut().zip(caps.iter()) {
        for (risk_type, cell) in &mut namespace.types {
            cell.contribution = caps.contribution(*risk_type, cell.share());
            lost += cell.contribution;
        }
    }
    point.score = Some(Points::HUNDRED - lost);
    point
}

/// The parts as `kind namespace points count items`, the heaviest first; they sum to the delta.
fn told(before: &Point, after: &Point) -> Vec<String> {
    let delta = explain(before, after);
    let sum: Points = delta.parts.iter().map(|part| part.points).sum();
    assert_eq!(delta.delta, Some(sum));
    assert_eq!(delta.kinds.values().copied().sum::<Points>(), sum);
    let tell = |part: &Part| {
        let net = if part.net { " net" } else { "" };
        let (kind, items) = (
            serde_json::to_string(&part.kind).unwrap(),
            part.items
                .iter()
                .map(|item| item.key.as_str())
                .collect::<Vec<_>>()
                .join(","),
        );
        let text = format!(
            "{} {} {} {} {items}",
            kind.trim_matches('"'),
            part.namespace,
            part.points,
            part.count
        );
        text.trim_end().to_owned() + net
    };
    delta.parts.iter().map(tell).collect()
}

#[test]
fn nothing_differs() {
    let one = point(&[("a", HIGH_RISK, &["x"], &["y"], 4)]);
    assert!(told(&one, &one).is_empty());
    assert_eq!(explain(&one, &one).delta, Some(Points::ZERO));
}

#[test]
fn fixed_and_new() {
    // 12.5 * 2/4 = 6.25, 12.5 * 1/4 = 3.125
    let both = point(&[("a", HIGH_RISK, &["x", "y"], &[], 4)]);
    let one = point(&[("a", HIGH_RISK, &["y"], &[], 4)]);
    assert_eq!(told(&both, &one), ["fixed a 3.125 1 x"]);
    assert_eq!(told(&one, &both), ["new a -3.125 1 x"]);
    let other = point(&[("a", HIGH_RISK, &["z"], &[], 4)]);
    assert_eq!(
        told(&one, &other),
        ["fixed a 3.125 1 y", "new a -3.125 1 z"]
    );
}

#[test]
fn resized() {
    // 12.5 * 1/2 = 6.25, 12.5 * 1/4 = 3.125
    let small = point(&[("a", HIGH_RISK, &["x"], &[], 2)]);
    let large = point(&[("a", HIGH_RISK, &["x"], &[], 4)]);
    assert_eq!(told(&small, &large), ["resized a 3.125 2"]);
    assert_eq!(told(&large, &small), ["resized a -3.125 2"]);
    // a bad image goes, and only bad ones are left: fixing it gains what its going loses
    let two = point(&[("a", HIGH_RISK, &["x", "y"], &[], 2)]);
    let one = point(&[("a", HIGH_RISK, &["x"], &[], 1)]);
    assert_eq!(told(&two, &one), ["fixed a 6.25 1 y", "resized a -6.25 1"]);
    assert_eq!(told(&one, &two), ["resized a 6.25 1", "new a -6.25 1 y"]);
    // the same edge carries more: 12.5 * 10/20 = 6.25, 12.5 * 15/20 = 9.375
    let light = point(&[("a", ISOLATION, &["x=10"], &[], 20)]);
    let heavy = point(&[("a", ISOLATION, &["x=15"], &[], 20)]);
    assert_eq!(told(&light, &heavy), ["resized a -3.125 0"]);
}

#[test]
fn dismissed_reverted_and_expired() {
    let open = point(&[("a", HIGH_RISK, &["x", "y"], &[], 4)]);
    let dismissed = point(&[("a", HIGH_RISK, &["y"], &["x"], 4)]);
    assert_eq!(told(&open, &dismissed), ["dismissed a 3.125 1 x"]);
    assert_eq!(told(&dismissed, &open), ["reverted a -3.125 1 x"]);
    let expired = |kind| {
        let namespace = "a".into();
        let mut point = open.clone();
        point.expired = [ActionId { kind, namespace }].into();
        point
    };
    let by_its_action = expired(ActionKind::RemediateImages);
    assert_eq!(told(&dismissed, &by_its_action), ["expired a -3.125 1 x"]);
    let by_another = expired(ActionKind::ScanImages);
    assert_eq!(told(&dismissed, &by_another), ["reverted a -3.125 1 x"]);
    // what was dismissed and is gone changes nothing but the whole: 12.5 * 1/4 to 12.5 * 1/2
    let gone = point(&[("a", HIGH_RISK, &["y"], &[], 2)]);
    assert_eq!(told(&dismissed, &gone), ["resized a -3.125 2"]);
}

#[test]
fn scope() {
    // three namespaces: 25 / 3, the unit that is left to the first
    let two = point(&[("a", HIGH_RISK, &["x"], &[], 1)]);
    let bad = point(&[
        ("a", HIGH_RISK, &["x"], &[], 1),
        ("c", HIGH_RISK, &["z"], &[], 1),
    ]);
    assert_eq!(
        told(&two, &bad),
        ["scope c -8.333333333 1", "scope a 4.166666666 0"]
    );
    assert_eq!(
        told(&bad, &two),
        ["scope c 8.333333333 1", "scope a -4.166666666 0"]
    );
    // fixed in the same time, by the caps of after: 25 / 3
    let fixed = point(&[("a", HIGH_RISK, &[], &[], 1), ("c", HIGH_RISK, &[], &[], 1)]);
    assert_eq!(
        told(&two, &fixed),
        ["fixed a 8.333333334 1 x", "scope a 4.166666666 0"]
    );
}

#[test]
fn method() {
    let before = point(&[
        ("a", HIGH_RISK, &["x"], &[], 1),
        ("a", EGRESS, &["w"], &[], 1),
    ]);
    // weights 75, 25, 25, 25: 100 * 75/150 / 2 = 25; 16.666666667 / 2 = 8.333333334, as units that are
    // left go to the first
    let mut heavier = before.clone();
    heavier.method.weights.high_risk_images = 75;
    let heavier = costed(heavier);
    assert_eq!(
        told(&before, &heavier),
        ["method a -12.5 0", "method a 4.166666666 0"]
    );
    assert_eq!(explain(&before, &heavier).method_changes, ["weights"]);
    // weights and a fix: the fix gains by the new weights
    let mut fixed = point(&[("a", HIGH_RISK, &[], &[], 1), ("a", EGRESS, &["w"], &[], 1)]);
    fixed.method = heavier.method.clone();
    let fixed = costed(fixed);
    let parts = [
        "fixed a 25 1 x",
        "method a -12.5 0",
        "method a 4.166666666 0",
    ];
    assert_eq!(told(&before, &fixed), parts);
}

#[test]
fn a_switch_makes_all_of_it_a_change_of_method() {
    let before = point(&[("a", HIGH_RISK, &["x"], &[], 2)]);
    let mut after = point(&[
        ("a", HIGH_RISK, &["y"], &[], 2),
        ("c", HIGH_RISK, &["z"], &[], 2),
    ]);
    after.method.image_share = ImageShare::Any;
    let after = costed(after);
    // 12.5 * 1/2 before; 25 / 3 in each after
    assert_eq!(
        told(&before, &after),
        ["method c -8.333333333 0", "method a -2.083333334 0"]
    );
    assert_eq!(explain(&before, &after).method_changes, ["image_share"]);
    let mut newer = point(&[("a", HIGH_RISK, &[], &[], 2)]);
    newer.scoring_version = 2;
    assert_eq!(told(&before, &newer), ["method a 6.25 0"]);
    assert_eq!(explain(&before, &newer).method_changes, ["scoring_version"]);
}

#[test]
fn evidence_is_a_change_of_method_for_its_type_alone() {
    let before = point(&[
        ("a", HIGH_RISK, &["x"], &[], 2),
        ("a", EGRESS, &["w"], &[], 1),
    ]);
    let mut after = point(&[("a", HIGH_RISK, &[], &[], 2), ("a", EGRESS, &["v"], &[], 2)]);
    after.types.get_mut(2).unwrap().evidence = Some(EvidenceKind::Static);
    assert_eq!(
        told(&before, &after),
        ["fixed a 6.25 1 x", "method a 6.25 0"]
    );
    assert_eq!(
        explain(&before, &after).method_changes,
        ["evidence.egress_access"]
    );
}

#[test]
fn net_numbers_where_items_are_not_named() {
    let unnamed = |mut point: Point| {
        for namespace in point.namespaces.values_mut() {
            namespace.types.get_mut(&HIGH_RISK).unwrap().items = None;
        }
        point
    };
    // 12.5 * 3/8 = 4.6875 for three; one of them is dismissed, two are fixed
    let before = point(&[("a", HIGH_RISK, &["x", "y", "z", "u"], &[], 8)]);
    let after = unnamed(point(&[("a", HIGH_RISK, &["v"], &["x"], 8)]));
    let parts = ["fixed a 3.125 2 net", "dismissed a 1.5625 1 net"];
    assert_eq!(told(&before, &after), parts);
    let parts = ["new a -3.125 2 net", "reverted a -1.5625 1 net"];
    assert_eq!(told(&after, &before), parts);
}

#[test]
fn without_a_score_there_is_no_difference() {
    let one = point(&[("a", HIGH_RISK, &["x"], &[], 2)]);
    let mut none = one.clone();
    (none.score, none.status) = (None, Status::NotAssessed);
    for (before, after, why) in [
        (&none, &one, Unexplained::NoScoreBefore),
        (&one, &none, Unexplained::NoScoreAfter),
        (&none, &none, Unexplained::NoScores),
    ] {
        let delta = explain(before, after);
        assert_eq!((delta.delta, delta.unexplained), (None, Some(why)));
        assert!(delta.parts.is_empty());
    }
}

#[test]
fn one_instant_has_one_content() {
    let mut one = point(&[("a", HIGH_RISK, &["x"], &[], 2)]);
    one.at = Some(Time(1_795_172_400));
    assert_eq!(admit(None, &one), Ok(Admission::New));
    assert_eq!(admit(Some(&one.clone()), &one), Ok(Admission::Known));
    let mut other = one.clone();
    other.score = Some(Points::HUNDRED);
    let message = admit(Some(&other), &one).unwrap_err().to_string();
    assert_eq!(
        message,
        "the history has another result of `2026-11-20T11:00:00Z`, expected one of another time"
    );
}

#[test]
fn more_items_than_are_kept_are_not_named() {
    let share = Share { part: 1, whole: 2 };
    let point = point(&[("a", HIGH_RISK, &["x"], &[], 2)]);
    let cell = &point.namespaces["a"].types[&HIGH_RISK];
    assert_eq!(cell.share(), share);
    let json = point.to_json();
    assert_eq!(Point::from_json(&json).unwrap(), point);
    assert!(!json.contains('\n'));
}
