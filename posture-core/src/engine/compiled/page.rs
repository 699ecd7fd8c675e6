//! A page and what its slots stand for: "the flattened rule list with tier ends; per peer atom, port
//! atom and protocol a rule bitmap; AND them and take the lowest bit" (policy semantics, section 10).

use std::ops::Range;
use std::sync::Arc;

use super::column::{Bits, NO_SLOT, Patterns, WORDS};
use crate::engine::walk::{Effect, Selected, Walk};
use crate::engine::{Decider, Match};

/// A page, and the part of it that is asked.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// The places that its policies have in the sequence.
    pub(super) policies: Range<u32>,
    /// The place that the policies of slots are counted from.
    pub(super) first: u32,
    /// The slots that are asked.
    pub(super) asked: Bits,
    /// Where its patterns are found.
    pub(super) place: Place,
    pub(super) slots: Arc<Slots>,
}

/// Where the patterns of a page are found.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// With those of the other pages that there were at first, by its number among them.
    First(u32),
    /// In lists of all rows and pieces: it came later.
    Later(Arc<PerSide<Vec<u32>>>),
}

/// Something for the subject, for the peer and for what is sent.
#[derive(Clone, Debug, Default)]
pub(super) struct PerSide<T> {
    pub(super) subject: T,
    pub(super) peer: T,
    pub(super) sent: T,
}

/// What the slots of a page stand for.
#[derive(Debug)]
pub(super) struct Slots {
    pub(super) all: Vec<Slot>,
    /// The slots that stand for policies.
    pub(super) heads: Bits,
    pub(super) patterns: PerSide<Arc<Patterns>>,
}

/// A policy, which no traffic meets, or one of its rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// Counted from the first policy of the page.
    pub(super) policy: u32,
    pub(super) rule: u32,
    pub(super) effect: Effect,
}

/// Answers what bitmaps cannot tell: whether a policy selects the subject and whether its rule names
/// the traffic.
pub(super) type Ask<'a> = &'a mut dyn FnMut(Decider) -> Match;

impl Page {
    /// Meets every slot that fits; whether the tier ends with one of them.
    pub(super) fn meet(
        &self,
        patterns: &PerSide<u32>,
        walk: &mut Walk,
        selected: &mut Selected,
        ask: Ask<'_>,
    ) -> bool {
        if selected.any != Match::Yes {
            self.select(patterns.subject, selected, ask);
        }
        if patterns.peer == NO_SLOT || patterns.sent == NO_SLOT {
            return false;
        }
        let known = &self.slots.patterns;
        let subject = known.subject.may(patterns.subject);
        let peer = known.peer.may(patterns.peer);
        let sent = known.sent.may(patterns.sent);
        for word in 0..WORDS {
            let of = |bits: &Bits| bits.get(word).copied().unwrap_or_default();
            let mut met = of(subject) & of(peer) & of(sent) & of(&self.asked);
            if met == 0 {
                continue;
            }
            let certain = of(known.subject.must(patterns.subject))
                & of(known.peer.must(patterns.peer))
                & of(known.sent.must(patterns.sent));
            while met != 0 {
                let bit = met.trailing_zeros();
                met &= met - 1;
                let Some(slot) = self.slots.all.get(word * 64 + bit as usize) else {
                    continue;
                };
                let decider = Decider {
                    policy: self.place_of(slot),
                    rule: Some(slot.rule),
                };
                let applies = match certain >> bit & 1 {
                    1 => Match::Yes,
                    _ => ask(decider),
                };
                if walk.meet(slot.effect, decider, applies) {
                    return true;
                }
            }
        }
        false
    }

    /// The place of a slot's policy in the sequence.
    fn place_of(&self, slot: &Slot) -> u32 {
        self.first.wrapping_add(slot.policy)
    }

    /// The page without the policies outside of some places.
    pub(super) fn within(&self, places: Range<u32>) -> Self {
        let mut asked = self.asked;
        for (slot, of) in self.slots.all.iter().enumerate() {
            if !places.contains(&self.place_of(of))
                && let Some(word) = asked.get_mut(slot / 64)
            {
                *word &= !(1 << (slot % 64));
            }
        }
        let (start, end) = (
            self.policies.start.max(places.start),
            self.policies.end.min(places.end),
        );
        Self {
            policies: if start < end { start..end } else { 0..0 },
            asked,
            ..self.clone()
        }
    }

    /// The page once its policies are so many places later, or as many less than 2^32.
    pub(super) fn shift(&mut self, by: u32) {
        if self.policies.is_empty() {
            return;
        }
        let Range { start, end } = self.policies;
        self.policies = start.wrapping_add(by)..end.wrapping_add(by);
        self.first = self.first.wrapping_add(by);
    }

    /// Notes the policies that select the subject, until one is known to.
    fn select(&self, pattern: u32, selected: &mut Selected, ask: Ask<'_>) {
        let known = &self.slots.patterns.subject;
        let (may, must) = (known.may(pattern), known.must(pattern));
        let heads = self.slots.heads.iter().zip(&self.asked);
        for (word, ((heads, asked), (may, must))) in heads.zip(may.iter().zip(must)).enumerate() {
            let mut met = heads & asked & may;
            while met != 0 {
                let bit = met.trailing_zeros();
                met &= met - 1;
                let Some(slot) = self.slots.all.get(word * 64 + bit as usize) else {
                    continue;
                };
                let policy = self.place_of(slot);
                let selects = match must >> bit & 1 {
                    1 => Match::Yes,
                    _ => ask(Decider { policy, rule: None }),
                };
                selected.add(policy, selects);
                if selected.any == Match::Yes {
                    return;
                }
            }
        }
    }
}
