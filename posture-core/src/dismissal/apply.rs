//! What dismissals take out of the risks.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Dismissal;
use crate::attribute::attribute;
use crate::model::Method;
use crate::points::Points;
use crate::remedy::Fixed;
use crate::risk::{Exposure, Item, PerType, RiskType, Risks};
use crate::score::{Caps, NamespaceCaps};
use crate::time::Time;

/// What became of dismissals: "Results list active, expired and orphaned dismissals" (scoring,
/// section 8).
#[derive(Clone, Debug, Default)]
pub struct Dismissed<'a> {
    /// In force.
    pub active: Vec<Active<'a>>,
    /// Past their time.
    pub expired: Vec<&'a Dismissal>,
    /// About what is not at risk any more.
    pub orphaned: Vec<&'a Dismissal>,
}

/// A dismissal in force.
#[derive(Clone, Debug)]
pub struct Active<'a> {
    /// The dismissal.
    pub dismissal: &'a Dismissal,
    /// The points of the cluster's score that it gives back: of several about one item, the first.
    pub points: Points,
    /// The items that it took out, each with its points. An item at risk in two types is one.
    pub items: Vec<(Item<'a>, Points)>,
    /// The units that it took out, by type.
    pub units: PerType<u64>,
}

impl Dismissed<'_> {
    /// The units that were taken out of each namespace, by type.
    pub fn units(&self) -> BTreeMap<&Arc<str>, PerType<u64>> {
        let mut units: BTreeMap<&Arc<str>, PerType<u64>> = BTreeMap::new();
        for active in &self.active {
            let sums = units.entry(&active.dismissal.action.namespace).or_default();
            for risk_type in RiskType::ALL {
                sums[risk_type] = sums[risk_type].saturating_add(active.units[risk_type]);
            }
        }
        units
    }
}

/// Takes the items of dismissals in force out of the risks, one dismissal after the other.
///
/// "Dismissing sets the part of the snapshot of its items to 0 and leaves every denominator alone:
/// the score rises by exactly the `gain_max` shown, no other namespace moves; reverting restores the
/// bits." (scoring, section 8)
pub fn apply<'a>(
    dismissals: &'a [Dismissal],
    risks: &mut Risks<'a>,
    method: &Method,
    now: Option<Time>,
) -> Dismissed<'a> {
    let mut dismissed = Dismissed::default();
    if dismissals.is_empty() {
        return dismissed;
    }
    let caps = Caps::of(risks, method);
    for dismissal in dismissals {
        if dismissal.is_expired(now) {
            dismissed.expired.push(dismissal);
            continue;
        }
        let place = risks.place(&dismissal.action.namespace);
        let at = place.and_then(|place| Some((risks.namespaces.get_mut(place)?, caps.at(place))));
        match at.and_then(|(risk, caps)| take_out(dismissal, &mut risk.exposures, caps)) {
            Some(active) => dismissed.active.push(active),
            None => dismissed.orphaned.push(dismissal),
        }
    }
    dismissed
}

fn take_out<'a>(
    dismissal: &'a Dismissal,
    exposures: &mut PerType<Exposure<'a>>,
    caps: NamespaceCaps,
) -> Option<Active<'a>> {
    let fixed = Fixed::by(dismissal.action.kind, exposures, |item| {
        dismissal.covers(item)
    });
    if fixed.is_empty() {
        return None;
    }
    let cost = |exposures: &PerType<Exposure<'_>>| {
        PerType::new(|risk_type| caps.contribution(risk_type, exposures[risk_type].share))
    };
    let units = PerType::new(|risk_type| fixed.units(risk_type, exposures));
    let before = cost(exposures);
    let taken = fixed.take_out(exposures);
    let after = cost(exposures);
    let points = |risk_type: RiskType| before[risk_type] - after[risk_type];
    Some(Active {
        dismissal,
        points: RiskType::ALL.into_iter().map(points).sum(),
        items: merged(dismissal.action.kind.risk_type(), taken, points),
        units,
    })
}

/// The items of all types, each once: those of the action's own type first.
fn merged<'a>(
    own: RiskType,
    mut taken: PerType<Vec<Item<'a>>>,
    points: impl Fn(RiskType) -> Points,
) -> Vec<(Item<'a>, Points)> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut items: Vec<(Item<'a>, Points)> = Vec::new();
    let others = RiskType::ALL.into_iter().filter(|other| *other != own);
    for risk_type in [own].into_iter().chain(others) {
        let mut taken = std::mem::take(&mut taken[risk_type]);
        taken.sort_by(Item::in_order);
        let units: Vec<u64> = taken.iter().map(|item| item.units).collect();
        let shares = attribute(points(risk_type), &units);
        for (item, more) in taken.into_iter().zip(shares) {
            let place = *places.entry(item.subject.key()).or_insert(items.len());
            match items.get_mut(place) {
                Some((_, points)) => *points += more,
                None => items.push((item, more)),
            }
        }
    }
    items
}
