//! Small changes to a stack: policies that come and go.

use std::sync::Arc;

use super::build::Builder;
use super::column::{NO_SLOT, listed};
use super::page::{Page, PerSide, Place};
use super::stack::{Stack, TierPages};
use super::world::Added;
use crate::engine::sequence::values;
use crate::engine::{Sequence, TierOf};
use crate::model::Policy;

impl Stack {
    /// Adds rows and pieces that no policy of the stack tells from those that they were part of.
    pub(super) fn extend(&mut self, added: &Added) {
        self.rows.extend(&added.rows);
        self.pieces.extend(&added.pieces);
        for page in &mut self.pages {
            if let Place::Later(lists) = &mut page.place {
                let lists = Arc::make_mut(lists);
                extend(&mut lists.subject, &added.rows);
                extend(&mut lists.peer, &added.rows);
                extend(&mut lists.sent, &added.pieces);
            }
        }
    }

    /// Goes from one sequence to another. The policies of both are the same values where they are the
    /// same policies.
    pub(super) fn change<'p>(
        &mut self,
        before: &Sequence,
        after: &'p Sequence,
        builder: &mut Builder<'_, '_, 'p>,
    ) {
        let (old, new) = (values(&before.policies), values(&after.policies));
        let gone = |(_, policy): &(u32, &Arc<Policy>)| !new.contains(&Arc::as_ptr(policy));
        let gone: Vec<_> = (0_u32..).zip(&before.policies).filter(gone).collect();
        for (place, _) in gone.into_iter().rev() {
            self.remove(place);
        }
        let is_left =
            |tier: &TierPages| after.tiers.iter().any(|left| *left.tier.name == *tier.name);
        self.tiers.retain(is_left);
        for tier in &after.tiers {
            let first = self.tier(tier, after);
            for (place, policy) in after.policies_of(tier) {
                if !old.contains(&std::ptr::from_ref(policy)) {
                    self.insert(first, place, policy, builder);
                }
            }
        }
    }

    /// Takes a policy out: its slots are not asked any more.
    fn remove(&mut self, place: u32) {
        self.split(place);
        self.split(place.saturating_add(1));
        for page in &mut self.pages {
            if page.policies.start == place && !page.policies.is_empty() {
                *page = page.within(0..0);
            } else if page.policies.start > place {
                page.shift(1_u32.wrapping_neg());
            }
        }
    }

    /// Puts a policy where it belongs in a tier.
    fn insert<'p>(
        &mut self,
        tier: usize,
        place: u32,
        policy: &'p Policy,
        builder: &mut Builder<'_, '_, 'p>,
    ) {
        self.split(place);
        for page in &mut self.pages {
            if page.policies.start >= place {
                page.shift(1);
            }
        }
        let Some(range) = self.tiers.get(tier).map(|tier| tier.pages.clone()) else {
            return;
        };
        let later = |number: &usize| {
            let page = self.pages.get(*number);
            page.is_some_and(|page| !page.policies.is_empty() && page.policies.start > place)
        };
        let mut at = range.clone().find(later).unwrap_or(range.end);
        let mut built = builder.policy(place, policy);
        built.extend(builder.finish());
        for built in built {
            let (rows, pieces) = (builder.rows(), builder.pieces());
            let page = built.into_page(|of| {
                let lists = PerSide {
                    subject: listed(&of.subject, rows),
                    peer: listed(&of.peer, rows),
                    sent: listed(&of.sent, pieces),
                };
                Place::Later(lists.into())
            });
            self.pages.insert(at, page);
            self.make_room(tier, at);
            at = at.saturating_add(1);
        }
    }

    /// Splits the page that has policies both before a place and from it on.
    fn split(&mut self, place: u32) {
        let across = |page: &Page| page.policies.start < place && place < page.policies.end;
        let Some(at) = self.pages.iter().position(across) else {
            return;
        };
        let Some(page) = self.pages.get_mut(at) else {
            return;
        };
        let rest = page.within(place..u32::MAX);
        *page = page.within(0..place);
        let behind = at.saturating_add(1);
        self.pages.insert(behind, rest);
        let tier = self.tiers.iter().position(|tier| tier.pages.contains(&at));
        if let Some(tier) = tier {
            self.make_room(tier, behind);
        }
    }

    /// Where a tier is among those of the stack; puts it there where it is new.
    fn tier(&mut self, tier: &TierOf, sequence: &Sequence) -> usize {
        let place =
            |tiers: &[TierPages], name: &str| tiers.iter().position(|known| *known.name == *name);
        if let Some(known) = place(&self.tiers, &tier.tier.name) {
            return known;
        }
        let before = sequence
            .tiers
            .iter()
            .take_while(|other| other.tier.name != tier.tier.name);
        let before = before.filter_map(|other| place(&self.tiers, &other.tier.name));
        let at = before.max().map_or(0, |last| last.saturating_add(1));
        let page = match at.checked_sub(1).and_then(|last| self.tiers.get(last)) {
            Some(last) => last.pages.end,
            None => 0,
        };
        self.tiers.insert(at, TierPages::new(tier, page..page));
        at
    }

    /// Makes room for a page in a tier.
    fn make_room(&mut self, tier: usize, page: usize) {
        for (number, other) in self.tiers.iter_mut().enumerate() {
            if number == tier {
                other.pages.end = other.pages.end.saturating_add(1);
            } else if other.pages.start >= page && number > tier {
                other.pages.start = other.pages.start.saturating_add(1);
                other.pages.end = other.pages.end.saturating_add(1);
            }
        }
    }
}

fn extend(list: &mut Vec<u32>, parents: &[u32]) {
    for parent in parents {
        list.push(list.get(*parent as usize).copied().unwrap_or(NO_SLOT));
    }
}
