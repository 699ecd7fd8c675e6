//! The pages of a direction, tier by tier.

use std::ops::Range;

use super::build::{Builder, Built};
use super::column::{Fitting, NO_SLOT};
use super::grid::Grid;
use super::origins::Origins;
use super::page::{Ask, Page, PerSide, Place};
use super::subjects::{Pages, Subjects};
use crate::engine::walk::{Selected, Walk};
use crate::engine::{Sequence, TierOf};
use crate::model::TierAction;

/// The rules of a direction in the order in which they are asked, in pages.
#[derive(Clone, Debug, Default)]
pub(super) struct Stack {
    pub(super) tiers: Vec<TierPages>,
    pub(super) pages: Vec<Page>,
    /// The patterns in the pages that there were at first, of the rows and pieces that there were.
    subjects: Subjects,
    peers: Grid,
    sent: Grid,
    pub(super) rows: Origins,
    pub(super) pieces: Origins,
}

/// The pages of a tier.
#[derive(Clone, Debug)]
pub(super) struct TierPages {
    pub(super) name: Box<str>,
    default_action: TierAction,
    pub(super) pages: Range<usize>,
}

impl TierPages {
    pub(super) fn new(tier: &TierOf, pages: Range<usize>) -> Self {
        Self {
            name: tier.tier.name.as_str().into(),
            default_action: tier.tier.default_action,
            pages,
        }
    }
}

impl Stack {
    /// The stack of a sequence.
    pub(super) fn new<'p>(sequence: &'p Sequence, builder: &mut Builder<'_, '_, 'p>) -> Self {
        let mut stack = Self {
            rows: Origins::new(builder.rows()),
            pieces: Origins::new(builder.pieces()),
            ..Self::default()
        };
        let mut columns = Columns::default();
        let mut page = |built: Built| built.into_page(|of| columns.add(of));
        for tier in &sequence.tiers {
            let start = stack.pages.len();
            for (number, policy) in sequence.policies_of(tier) {
                let full = builder.policy(number, policy).into_iter();
                stack.pages.extend(full.map(&mut page));
            }
            stack.pages.extend(builder.finish().map(&mut page));
            let pages = start..stack.pages.len();
            stack.tiers.push(TierPages::new(tier, pages));
        }
        let Columns(PerSide {
            subject,
            peer,
            sent,
        }) = columns;
        stack.subjects = Subjects::new(&subject, builder.rows());
        // columns are large: those of subjects make room for the grid of peers
        drop(subject);
        stack.peers = Grid::new(&peer, builder.rows());
        stack.sent = Grid::new(&sent, builder.pieces());
        stack
    }

    /// Walks through the tiers with a subject, a peer and what is sent.
    pub(super) fn walk(&self, asked: &PerSide<u32>, ask: Ask<'_>) -> Walk {
        let mut walker = Walker {
            asked,
            subject: self.subjects.of(self.rows.of(asked.subject)),
            peer: self.peers.row(self.rows.of(asked.peer)),
            sent: self.sent.row(self.pieces.of(asked.sent)),
        };
        let mut walk = Walk::default();
        for tier in &self.tiers {
            if !walk.enter_tier() {
                break;
            }
            self.walk_tier(tier, &mut walker, &mut walk, ask);
        }
        walk
    }

    fn walk_tier(&self, tier: &TierPages, walker: &mut Walker<'_>, walk: &mut Walk, ask: Ask<'_>) {
        let mut selected = Selected::default();
        for page in self.pages.get(tier.pages.clone()).unwrap_or_default() {
            if let Some(patterns) = walker.enter(&page.place)
                && page.meet(&patterns, walk, &mut selected, ask)
            {
                return;
            }
        }
        walk.end_tier(tier.default_action, selected);
    }
}

/// The columns of the pages that there are at first, page by page.
#[derive(Default)]
struct Columns(PerSide<Vec<Fitting>>);

impl Columns {
    /// Adds those of the next page.
    fn add(&mut self, of: PerSide<Fitting>) -> Place {
        let Self(all) = self;
        let number = u32::try_from(all.subject.len()).unwrap_or(u32::MAX);
        all.subject.push(of.subject);
        all.peer.push(of.peer);
        all.sent.push(of.sent);
        Place::First(number)
    }
}

/// Who walks through the pages.
struct Walker<'w> {
    asked: &'w PerSide<u32>,
    /// Of the pages that there were at first, those that the subject has to do with.
    subject: Pages<'w>,
    /// The peer in each page that there was at first.
    peer: &'w [u32],
    /// What is sent, likewise.
    sent: &'w [u32],
}

impl Walker<'_> {
    /// The patterns in a page; none where no slot fits the subject.
    fn enter(&mut self, place: &Place) -> Option<PerSide<u32>> {
        let subject = match place {
            Place::First(number) => self.subject.pattern(*number),
            Place::Later(lists) => pattern(&lists.subject, self.asked.subject),
        };
        // most pages have none: their other patterns are not looked for
        if subject == NO_SLOT {
            return None;
        }
        let (peer, sent) = match place {
            Place::First(number) => (pattern(self.peer, *number), pattern(self.sent, *number)),
            Place::Later(lists) => (
                pattern(&lists.peer, self.asked.peer),
                pattern(&lists.sent, self.asked.sent),
            ),
        };
        Some(PerSide {
            subject,
            peer,
            sent,
        })
    }
}

fn pattern(list: &[u32], place: u32) -> u32 {
    list.get(place as usize).copied().unwrap_or(NO_SLOT)
}

#[cfg(test)]
mod tests {
    use crate::engine::testing::{cluster, policy, tcp};
    use crate::engine::{Decider, End, Engine, Scope, Traffic};
    use crate::model::{Direction, Policy, PolicyModes, Protocol, Rule, RuleAction, Tier};

    /// Each policy has three slots, so that pages end before, in and behind the rules of one.
    #[test]
    fn no_rule_is_lost_between_pages() {
        let ports = |number: u16| [2 * number + 1, 2 * number + 2];
        let rule = |port| Rule {
            traffic: vec![tcp(&[port])].into(),
            ..Rule::new(RuleAction::Allow)
        };
        let policies = (0..700).map(|number| Policy {
            ingress: Some(ports(number).map(rule).into()),
            ..policy(Tier::DEFAULT, number.into(), &format!("p{number}"))
        });
        let cluster = cluster(policies.collect(), Vec::new());
        let engine = Engine::new(&cluster, PolicyModes::default());
        let end = |name| End::pod(&cluster.objects("shop").unwrap().pods[name], None);
        for number in 0..700 {
            for (rule, port) in (0..).zip(ports(number)) {
                let traffic = Traffic::new(Direction::Ingress, Protocol::Tcp, Some(port));
                let verdict = engine.verdict(Scope::Enforced, end("web"), end("db"), traffic);
                let expected = Decider {
                    policy: number.into(),
                    rule: Some(rule),
                };
                assert_eq!(verdict.by, Some(expected), "port {port}");
            }
        }
    }
}
