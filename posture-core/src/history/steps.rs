//! What happened to the items of one type in one namespace, step by step.

use std::collections::BTreeMap;

use super::delta::{ItemMoved, Kind, MAX_NAMED};
use super::point::{Cell, ItemAtRisk, Items};
use crate::points::Share;
use crate::remedy::ActionKind;

/// One step: the share that it leaves, and what it is about.
pub(super) struct Step {
    pub(super) kind: Kind,
    pub(super) share: Share,
    pub(super) count: u64,
    pub(super) net: bool,
    pub(super) items: Vec<ItemMoved>,
}

/// The steps from one share to the other, in the order of [`Kind`]: first what is at risk no more,
/// then the whole, then what is at risk now, so that no step has more at risk than there is.
pub(super) fn steps(
    before: &Cell,
    after: &Cell,
    expired: impl Fn(ActionKind) -> bool,
) -> Vec<Step> {
    let moves = match (&before.items, &after.items) {
        (Some(from), Some(to)) => Moves::named(from, to, expired),
        _ => Moves::net(before, after, ActionKind::ALL.into_iter().any(expired)),
    };
    let mut share = before.share();
    let mut steps = Vec::new();
    let mut step = |kind: Kind, share: Share| {
        let of_kind = moves.of.get(&kind);
        steps.push(Step {
            kind,
            share,
            count: match kind {
                Kind::Resized => before.whole.abs_diff(after.whole),
                _ => of_kind.map_or(0, |moved| moved.count),
            },
            net: moves.net,
            items: of_kind.map_or_else(Vec::new, |moved| moved.named.clone()),
        });
    };
    for kind in [Kind::Fixed, Kind::Dismissed] {
        share = share.without(moves.units(kind));
        step(kind, share);
    }
    let added = [Kind::Reverted, Kind::Expired, Kind::New];
    let units = added.map(|kind| moves.units(kind));
    share = after
        .share()
        .without(units.into_iter().fold(0, u64::saturating_add));
    step(Kind::Resized, share);
    for (kind, units) in added.into_iter().zip(units) {
        share.part = share.part.saturating_add(units);
        step(kind, share);
    }
    steps
}

/// Items that moved the same way.
#[derive(Default)]
struct Moved {
    units: u64,
    count: u64,
    named: Vec<ItemMoved>,
}

/// All that moved, by kind.
struct Moves {
    of: BTreeMap<Kind, Moved>,
    net: bool,
}

impl Moves {
    /// By the names of all items.
    fn named(before: &Items, after: &Items, expired: impl Fn(ActionKind) -> bool) -> Self {
        let mut moves = Self {
            of: BTreeMap::new(),
            net: false,
        };
        for (key, item) in &before.at_risk {
            if after.at_risk.contains_key(key) {
                continue;
            }
            let kind = match after.dismissed.contains_key(key) {
                true => Kind::Dismissed,
                false => Kind::Fixed,
            };
            moves.add(kind, key, item);
        }
        for (key, item) in &after.at_risk {
            if before.at_risk.contains_key(key) {
                continue;
            }
            let kind = match before.dismissed.get(key) {
                Some(dismissed) if expired(dismissed.action) => Kind::Expired,
                Some(_) => Kind::Reverted,
                None => Kind::New,
            };
            moves.add(kind, key, item);
        }
        moves
    }

    /// By numbers alone: as much of the change as dismissals can account for is theirs.
    fn net(before: &Cell, after: &Cell, has_expired: bool) -> Self {
        let back = match has_expired {
            true => Kind::Expired,
            false => Kind::Reverted,
        };
        let split = |units: u64, dismissals: u64| {
            let theirs = units.min(dismissals);
            (theirs, units.saturating_sub(theirs))
        };
        let (dismissed, fixed) = split(
            before.part.saturating_sub(after.part),
            after.dismissed.saturating_sub(before.dismissed),
        );
        let (returned, new) = split(
            after.part.saturating_sub(before.part),
            before.dismissed.saturating_sub(after.dismissed),
        );
        let moved = |units: u64| Moved {
            units,
            count: units,
            named: Vec::new(),
        };
        let of = [
            (Kind::Fixed, fixed),
            (Kind::Dismissed, dismissed),
            (back, returned),
            (Kind::New, new),
        ];
        Self {
            of: of
                .into_iter()
                .map(|(kind, units)| (kind, moved(units)))
                .collect(),
            net: true,
        }
    }

    fn add(&mut self, kind: Kind, key: &str, item: &ItemAtRisk) {
        let moved = self.of.entry(kind).or_default();
        moved.units = moved.units.saturating_add(item.units);
        moved.count = moved.count.saturating_add(1);
        if moved.named.len() < MAX_NAMED {
            moved.named.push(ItemMoved {
                key: key.to_owned(),
                name: item.name.clone(),
            });
        }
    }

    fn units(&self, kind: Kind) -> u64 {
        self.of.get(&kind).map_or(0, |moved| moved.units)
    }
}
