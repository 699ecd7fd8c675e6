//! From policies to pages.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::column::{Bits, Fitting, SLOTS, Scratch, WORDS, column};
use super::page::{Page, PerSide, Place, Slot, Slots};
use super::ports::{Ports, Sent};
use super::row_set::{RowSet, Rows};
use super::select::Finder;
use crate::engine::Match;
use crate::engine::walk::Effect;
use crate::model::{Direction, Policy, PolicyModes, Rule, TrafficMatch};

/// Fills pages with the rules of policies, one after the other.
pub(super) struct Builder<'b, 'w, 'p> {
    finder: &'b mut Finder<'w>,
    ports: &'b Ports,
    direction: Direction,
    /// Whether address blocks of Kubernetes policies hold no pods.
    blocks_spare_pods: bool,
    sent: FxHashMap<(&'p [TrafficMatch], &'p [TrafficMatch]), Rows>,
    page: Unfinished,
    of_rows: Scratch,
    of_pieces: Scratch,
}

/// What a page is made of.
pub(super) struct Built {
    policies: Range<u32>,
    slots: Slots,
    /// The patterns of rows and pieces.
    columns: PerSide<Fitting>,
}

impl Built {
    /// The page, once it is said where its patterns are found.
    pub(super) fn into_page(self, place: impl FnOnce(PerSide<Fitting>) -> Place) -> Page {
        Page {
            first: self.policies.start,
            policies: self.policies,
            asked: [u64::MAX; WORDS],
            place: place(self.columns),
            slots: Arc::new(self.slots),
        }
    }
}

/// The slots of a page, and the rows that fit each of them.
#[derive(Default)]
struct Unfinished {
    first: Option<u32>,
    last: u32,
    slots: Vec<Slot>,
    heads: Bits,
    subject: Vec<(usize, Rows)>,
    peer: Vec<(usize, Rows)>,
    sent: Vec<(usize, Rows)>,
}

impl<'b, 'w, 'p> Builder<'b, 'w, 'p> {
    pub(super) fn new(
        finder: &'b mut Finder<'w>,
        ports: &'b Ports,
        direction: Direction,
        modes: PolicyModes,
    ) -> Self {
        Self {
            of_rows: Scratch::new(finder.len()),
            of_pieces: Scratch::new(ports.pieces().len()),
            finder,
            ports,
            direction,
            blocks_spare_pods: !modes.ip_block_matches_pods,
            sent: FxHashMap::default(),
            page: Unfinished::default(),
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.of_rows.rows()
    }

    pub(super) fn pieces(&self) -> usize {
        self.of_pieces.rows()
    }

    /// Adds a policy: the pages that it fills.
    pub(super) fn policy(&mut self, place: u32, policy: &'p Policy) -> Vec<Built> {
        let mut full = Vec::new();
        let Some(rules) = policy.rules(self.direction) else {
            return full;
        };
        let subjects = self.finder.subjects(policy);
        full.extend(self.make_room());
        self.page.head(place, subjects.clone());
        let spares_pods = self.blocks_spare_pods && policy.kind.is_kubernetes();
        for (rule, number) in rules.iter().zip(0_u32..) {
            let effect = Effect::of(rule);
            if effect != Effect::Log {
                full.extend(self.make_room());
                let fits = self.rule(rule, &subjects, spares_pods);
                self.page.rule(place, number, effect, fits);
            }
        }
        full
    }

    /// Ends the page.
    pub(super) fn finish(&mut self) -> Option<Built> {
        let page = std::mem::take(&mut self.page);
        let first = page.first?;
        let subject = column(&page.subject, &mut self.of_rows);
        let peer = column(&page.peer, &mut self.of_rows);
        let sent = column(&page.sent, &mut self.of_pieces);
        let slots = Slots {
            all: page.slots,
            heads: page.heads,
            patterns: PerSide {
                subject: subject.patterns,
                peer: peer.patterns,
                sent: sent.patterns,
            },
        };
        Some(Built {
            policies: first..page.last.saturating_add(1),
            slots,
            columns: PerSide {
                subject: subject.of,
                peer: peer.of,
                sent: sent.of,
            },
        })
    }

    fn make_room(&mut self) -> Option<Built> {
        match self.page.slots.len() < SLOTS {
            true => None,
            false => self.finish(),
        }
    }

    /// Which subjects, peers and pieces of what is sent a rule names.
    fn rule(&mut self, rule: &'p Rule, subjects: &Rows, spares_pods: bool) -> [Rows; 3] {
        let (here, there) = match self.direction {
            Direction::Egress => (&rule.source, &rule.destination),
            Direction::Ingress => (&rule.destination, &rule.source),
        };
        let subjects = match here.is_empty() {
            true => subjects.clone(),
            false => subjects.and(&self.finder.any_end(here, spares_pods), self.finder.len()),
        };
        let peers = self.finder.any_end(there, spares_pods);
        [subjects, peers, self.sent(rule)]
    }

    fn sent(&mut self, rule: &'p Rule) -> Rows {
        let (ports, key) = (self.ports, (&rule.traffic[..], &rule.except[..]));
        let named = self.sent.entry(key).or_insert_with(|| pieces(ports, rule));
        let mut named = named.clone();
        let pieces = ports.pieces().len();
        // what depends on more than an end, a protocol and a port is asked one by one
        if rule.beyond.is_some()
            || rule.family.is_some()
            || !rule.source_ports.is_empty()
            || !rule.not_source_ports.is_empty()
        {
            named = Rows::none().or_unknown(&named.may(pieces), pieces);
        }
        named
    }
}

/// The pieces of what is sent that a rule names, as far as protocol and port tell.
fn pieces(ports: &Ports, rule: &Rule) -> Rows {
    let (mut must, mut unknown) = (Vec::new(), Vec::new());
    let sent = Sent::new(rule);
    for (number, (protocol, port)) in (0_u32..).zip(ports.pieces()) {
        match sent.names(*protocol, *port) {
            Match::No => {}
            Match::Unknown(_) => unknown.push(number),
            Match::Yes => must.push(number),
        }
    }
    let count = ports.pieces().len();
    Rows {
        must: RowSet::of(must, count),
        unknown: RowSet::of(unknown, count),
    }
}

impl Unfinished {
    fn head(&mut self, place: u32, subjects: Rows) {
        let slot = self.add(place, 0, Effect::Log);
        if let Some(word) = self.heads.get_mut(slot / 64) {
            *word |= 1 << (slot % 64);
        }
        self.subject.push((slot, subjects));
    }

    fn rule(&mut self, place: u32, rule: u32, effect: Effect, [subjects, peers, sent]: [Rows; 3]) {
        let slot = self.add(place, rule, effect);
        self.subject.push((slot, subjects));
        self.peer.push((slot, peers));
        self.sent.push((slot, sent));
    }

    fn add(&mut self, place: u32, rule: u32, effect: Effect) -> usize {
        let first = *self.first.get_or_insert(place);
        self.last = place;
        self.slots.push(Slot {
            policy: place.saturating_sub(first),
            rule,
            effect,
        });
        self.slots.len().saturating_sub(1)
    }
}
