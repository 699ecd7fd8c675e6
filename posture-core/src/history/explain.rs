//! "A delta is explained exactly: its parts sum to it" (scoring, section 9).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::delta::{Delta, End, Kind, Part, Unexplained};
use super::point::{Cell, Point};
use super::steps::steps;
use crate::json;
use crate::model::Method;
use crate::points::Points;
use crate::remedy::{ActionId, ActionKind};
use crate::risk::RiskType;
use crate::score::{Caps, NamespaceCaps};

/// Switches whose change is explained by itself, and does not make all of the difference one of
/// method.
const TOLD_APART: [&str; 3] = ["namespace_weights", "scope", "weights"];

/// Explains the difference between two points of one cluster.
///
/// "100 - score is the sum of contributions, so each type in each namespace is explained by itself,
/// in steps, and a part is what one step changes of a contribution" (scoring, section 9).
pub fn explain(before: &Point, after: &Point) -> Delta {
    let unexplained = Unexplained::of(before, after);
    let mut parts = match unexplained {
        None => Ends::new(before, after).parts(),
        Some(_) => Vec::new(),
    };
    parts.sort_by_key(|part| Reverse(part.points.units().unsigned_abs()));
    let mut kinds = BTreeMap::new();
    for part in &parts {
        *kinds.entry(part.kind).or_insert(Points::ZERO) += part.points;
    }
    let delta = after.score.zip(before.score);
    Delta {
        before: End::of(before),
        after: End::of(after),
        delta: delta.map(|(after, before)| after - before),
        unexplained,
        method_changes: method_changes(before, after),
        kinds,
        parts,
    }
}

/// The two points, and what each type can cost in a namespace.
struct Ends<'p> {
    before: &'p Point,
    after: &'p Point,
    /// By the namespaces before and the weights after.
    reweighed: BTreeMap<&'p str, NamespaceCaps>,
    /// By the namespaces and weights after.
    caps: BTreeMap<&'p str, NamespaceCaps>,
    /// The types of which all is a change of method.
    incomparable: BTreeSet<RiskType>,
}

/// What each namespace of a point can cost.
pub(super) fn caps<'p>(point: &'p Point, method: &Method) -> BTreeMap<&'p str, NamespaceCaps> {
    let names = || point.namespaces.keys().map(AsRef::as_ref);
    let weights = names().map(|name| method.namespace_weight(name));
    let caps = Caps::new(weights, method, |_| true);
    names().zip(caps.iter()).collect()
}

fn cap(caps: &BTreeMap<&str, NamespaceCaps>, namespace: &str) -> NamespaceCaps {
    caps.get(namespace).copied().unwrap_or_default()
}

impl<'p> Ends<'p> {
    fn new(before: &'p Point, after: &'p Point) -> Self {
        let switches = switches(before, after);
        let all = before.scoring_version != after.scoring_version
            || switches
                .iter()
                .any(|name| !TOLD_APART.contains(&name.as_str()));
        let is_incomparable = |of: &RiskType| all || before.evidence(*of) != after.evidence(*of);
        Self {
            before,
            after,
            reweighed: caps(before, &after.method),
            caps: caps(after, &after.method),
            incomparable: RiskType::ALL.into_iter().filter(is_incomparable).collect(),
        }
    }

    fn parts(&self) -> Vec<Part> {
        let names = self
            .before
            .namespaces
            .keys()
            .chain(self.after.namespaces.keys());
        let names: BTreeSet<&Arc<str>> = names.collect();
        let cells = names
            .into_iter()
            .flat_map(|name| RiskType::ALL.map(|of| (name, of)));
        cells
            .flat_map(|(name, risk_type)| self.cell(name, risk_type))
            .collect()
    }

    /// The parts of one type in one namespace.
    fn cell(&self, name: &Arc<str>, risk_type: RiskType) -> Vec<Part> {
        let of = |point: &'p Point| point.namespaces.get(name)?.types.get(&risk_type);
        let (before, after) = (of(self.before), of(self.after));
        let cost = |cell: Option<&Cell>| cell.map_or(Points::ZERO, |cell| cell.contribution);
        let mut telling = Telling {
            namespace: name,
            risk_type,
            cost: cost(before),
            parts: Vec::new(),
        };
        if self.incomparable.contains(&risk_type) {
            telling.now(Kind::Method, cost(after));
            return telling.parts;
        }
        if let Some(before) = before {
            let caps = cap(&self.reweighed, name);
            telling.now(Kind::Method, caps.contribution(risk_type, before.share()));
        }
        let (Some(before), Some(after)) = (before, after) else {
            let part = Part {
                count: 1,
                ..telling.part(Kind::Scope)
            };
            telling.about(cost(after), part);
            return telling.parts;
        };
        let caps = cap(&self.caps, name);
        let cost = |share| caps.contribution(risk_type, share);
        telling.now(Kind::Scope, cost(before.share()));
        for step in steps(before, after, |kind| self.has_expired(kind, name)) {
            telling.about(
                cost(step.share),
                Part {
                    count: step.count,
                    net: step.net,
                    items: step.items,
                    ..telling.part(step.kind)
                },
            );
        }
        telling.parts
    }

    fn has_expired(&self, kind: ActionKind, namespace: &Arc<str>) -> bool {
        let namespace = namespace.clone();
        self.after.expired.contains(&ActionId { kind, namespace })
    }
}

/// The parts of one type in one namespace, as they are told one after the other.
struct Telling<'p> {
    namespace: &'p str,
    risk_type: RiskType,
    /// What it costs so far.
    cost: Points,
    parts: Vec<Part>,
}

impl Telling<'_> {
    fn part(&self, kind: Kind) -> Part {
        Part {
            kind,
            risk_type: self.risk_type,
            namespace: self.namespace.to_owned(),
            points: Points::ZERO,
            count: 0,
            net: false,
            items: Vec::new(),
        }
    }

    /// A step that is about no items, and leaves a cost.
    fn now(&mut self, kind: Kind, cost: Points) {
        self.about(cost, self.part(kind));
    }

    /// A step that leaves a cost. One that changes nothing is told where it is about items.
    fn about(&mut self, cost: Points, part: Part) {
        let points = self.cost - cost;
        self.cost = cost;
        let is_of_items = !matches!(part.kind, Kind::Scope | Kind::Resized);
        let moves_items = is_of_items && part.count > 0;
        if points != Points::ZERO || moves_items {
            self.parts.push(Part { points, ..part });
        }
    }
}

/// The switches that differ, by name.
fn switches(before: &Point, after: &Point) -> Vec<String> {
    let values = |method: &Method| match json::tree(method) {
        Ok(Value::Object(switches)) => switches,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (values(&before.method), values(&after.method));
    let differing = after
        .into_iter()
        .filter(|(name, value)| before.get(name) != Some(value));
    differing.map(|(name, _)| name).collect()
}

/// What differs in how two points were scored: `scoring_version`, switches of the method by name, and
/// `evidence.<type>`.
pub fn method_changes(before: &Point, after: &Point) -> Vec<String> {
    let version = before.scoring_version != after.scoring_version;
    let evidence = RiskType::ALL.into_iter();
    let evidence = evidence.filter(|of| before.evidence(*of) != after.evidence(*of));
    let version = version.then(|| "scoring_version".to_owned());
    version
        .into_iter()
        .chain(switches(before, after))
        .chain(evidence.map(|of| format!("evidence.{}", of.name())))
        .collect()
}
