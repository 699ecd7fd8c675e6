//! The pages of a direction, tier by tier.

use std::ops::Range;

use super::build::{Builder, Built};
use super::column::NO_SLOT;
use super::grid::Grid;
use super::page::{Ask, Page, PerSide, Place};
use crate::engine::walk::{Selected, Walk};
use crate::engine::{Sequence, TierOf};
use crate::model::TierAction;

/// The rules of a direction in the order in which they are asked, in pages.
#[derive(Clone, Debug, Default)]
pub(super) struct Stack {
    pub(super) tiers: Vec<TierPages>,
    pub(super) pages: Vec<Page>,
    pub(super) patterns: PerSide<Grid>,
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
        let mut stack = Self::default();
        let mut columns = Columns::default();
        for tier in &sequence.tiers {
            let first = stack.pages.len();
            for (number, policy) in sequence.policies_of(tier) {
                let full = builder.policy(number, policy).into_iter();
                stack.pages.extend(full.map(|built| columns.add(built)));
            }
            stack
                .pages
                .extend(builder.finish().map(|built| columns.add(built)));
            let pages = first..stack.pages.len();
            stack.tiers.push(TierPages::new(tier, pages));
        }
        let Columns(columns) = columns;
        stack.patterns = PerSide {
            subject: Grid::new(&columns.subject, builder.rows()),
            peer: Grid::new(&columns.peer, builder.rows()),
            sent: Grid::new(&columns.sent, builder.pieces()),
        };
        stack
    }

    /// Walks through the tiers with a subject, a peer and what is sent.
    pub(super) fn walk(&self, asked: &PerSide<u32>, ask: Ask<'_>) -> Walk {
        let patterns = PerSide {
            subject: self.patterns.subject.row(asked.subject),
            peer: self.patterns.peer.row(asked.peer),
            sent: self.patterns.sent.row(asked.sent),
        };
        let mut walk = Walk::default();
        for tier in &self.tiers {
            if !walk.enter_tier() {
                break;
            }
            self.walk_tier(tier, asked, &patterns, &mut walk, ask);
        }
        walk
    }

    fn walk_tier(
        &self,
        tier: &TierPages,
        asked: &PerSide<u32>,
        patterns: &PerSide<&[u16]>,
        walk: &mut Walk,
        ask: Ask<'_>,
    ) {
        let mut selected = Selected::default();
        for page in self.pages.get(tier.pages.clone()).unwrap_or_default() {
            let subject = page.column.subject(asked.subject, patterns.subject);
            if subject == NO_SLOT {
                continue;
            }
            let patterns = page.column.patterns(subject, asked, patterns);
            if page.meet(&patterns, walk, &mut selected, ask) {
                return;
            }
        }
        walk.end_tier(tier.default_action, selected);
    }
}

/// The columns of the grids, page by page.
#[derive(Default)]
struct Columns(PerSide<Vec<Vec<u16>>>);

impl Columns {
    /// Adds the columns of a page to the grids, or leaves them with the page where they have more
    /// patterns than a grid tells apart.
    fn add(&mut self, Built { mut page, columns }: Built) -> Page {
        let PerSide {
            subject,
            peer,
            sent,
        } = &columns;
        page.column = match [subject, peer, sent].map(|column| short(column)) {
            [Some(subject), Some(peer), Some(sent)] => {
                let place = self.0.peer.len();
                self.0.subject.push(subject);
                self.0.peer.push(peer);
                self.0.sent.push(sent);
                Place::Grid(place)
            }
            _ => Place::Own(columns.into()),
        };
        page
    }
}

/// A column with numbers that a grid tells apart, if there are no others.
fn short(column: &[u32]) -> Option<Vec<u16>> {
    let most = column.iter().copied().max().unwrap_or_default();
    u16::try_from(most).ok()?;
    let short = column.iter().map(|pattern| u16::try_from(*pattern));
    Some(short.map(Result::unwrap_or_default).collect())
}

impl Place {
    /// The patterns of a page, of which that of the subject is known.
    fn patterns(&self, subject: u32, asked: &PerSide<u32>, grid: &PerSide<&[u16]>) -> PerSide<u32> {
        match self {
            Self::Grid(column) => PerSide {
                subject,
                peer: in_grid(grid.peer, *column),
                sent: in_grid(grid.sent, *column),
            },
            Self::Own(lists) => PerSide {
                subject,
                peer: in_list(&lists.peer, asked.peer),
                sent: in_list(&lists.sent, asked.sent),
            },
        }
    }

    /// The pattern of a subject: of the page's own, or by its column of a row of the grid.
    fn subject(&self, row: u32, grid: &[u16]) -> u32 {
        match self {
            Self::Grid(column) => in_grid(grid, *column),
            Self::Own(lists) => in_list(&lists.subject, row),
        }
    }
}

fn in_grid(row: &[u16], column: usize) -> u32 {
    row.get(column)
        .map_or(NO_SLOT, |pattern| u32::from(*pattern))
}

fn in_list(list: &[u32], row: u32) -> u32 {
    list.get(row as usize).copied().unwrap_or(NO_SLOT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{cluster, policy, tcp};
    use crate::engine::{Decider, End, Engine, Scope, Traffic};
    use crate::model::{Direction, Policy, PolicyModes, Protocol, Rule, RuleAction, Tier};

    /// Each policy has three slots, so that pages end before, in and behind the rules of one.
    #[test]
    fn no_rule_is_lost_between_pages() {
        let ports = |number: u16| [2 * number + 1, 2 * number + 2];
        let rule = |port| Rule {
            traffic: vec![tcp(&[port])],
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

    #[test]
    fn a_grid_has_no_number_of_more_than_16_bits() {
        assert_eq!(short(&[0, 65_535]), Some(vec![0, u16::MAX]));
        assert_eq!(short(&[0, 65_536]), None);
        assert_eq!(short(&[]), Some(Vec::new()));
    }
}
