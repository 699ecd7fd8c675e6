//! What is fixed when items of an action are.
//!
//! One edge, or one direction of a workload, can be at risk in both network types: with static
//! evidence, and where `isolation_scope` takes in egress to outside. Fixing it there fixes it here,
//! and a gain is "score after - score now, by recomputation" (scoring, section 7). An unscanned image
//! is at risk in both image types, and scanning it is about both.

use rustc_hash::FxHashSet;

use super::{ActionKind, is_unscanned};
use crate::edge::EdgeKey;
use crate::model::{Direction, WorkloadId};
use crate::risk::{Exposure, Item, PerType, RiskType, Subject};

/// Which items of a namespace are fixed: for each type, one flag an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed(PerType<Vec<bool>>);

impl Fixed {
    /// What is fixed at best when the items are that an action covers and `chosen` names, of those of
    /// its own type.
    pub fn by(
        kind: ActionKind,
        exposures: &PerType<Exposure<'_>>,
        chosen: impl Fn(&Item<'_>) -> bool,
    ) -> Self {
        let own = kind.risk_type();
        let flags = |risk_type: RiskType, is: &dyn Fn(&Item<'_>) -> bool| {
            exposures[risk_type].items.iter().map(is).collect()
        };
        let mut fixed = PerType::new(|risk_type| vec![false; exposures[risk_type].items.len()]);
        let covered: Vec<bool> = flags(own, &|item| kind.covers(item) && chosen(item));
        match kind {
            ActionKind::RemediateImages => {}
            ActionKind::ScanImages => {
                let scanned = |item: &Item<'_>| is_unscanned(item) && chosen(item);
                fixed.high_risk_images = flags(RiskType::HighRiskImages, &scanned);
            }
            ActionKind::SecureEgress | ActionKind::IsolateNamespace => {
                let along = match kind {
                    ActionKind::SecureEgress => RiskType::NamespaceIsolation,
                    _ => RiskType::EgressAccess,
                };
                let traffic = Traffic::of(&exposures[own].items, &covered);
                fixed[along] = flags(along, &|item| traffic.holds(&item.subject));
            }
        }
        fixed[own] = covered;
        Self(fixed)
    }

    /// The units that are fixed of a type.
    pub fn units(&self, risk_type: RiskType, exposures: &PerType<Exposure<'_>>) -> u64 {
        let items = exposures[risk_type].items.iter().zip(&self.0[risk_type]);
        items
            .filter(|(_, fixed)| **fixed)
            .map(|(item, _)| item.units)
            .fold(0, u64::saturating_add)
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        let any = |risk_type: &RiskType| self.0[*risk_type].contains(&true);
        !RiskType::ALL.iter().any(any)
    }

    /// Takes what is fixed out of the exposures: "the part of the snapshot of its items to 0 and
    /// leaves every denominator alone" (scoring, section 8). Gives what was taken out, by type.
    pub fn take_out<'a>(&self, exposures: &mut PerType<Exposure<'a>>) -> PerType<Vec<Item<'a>>> {
        PerType::new(|risk_type| {
            let units = self.units(risk_type, exposures);
            let exposure = &mut exposures[risk_type];
            exposure.share = exposure.share.without(units);
            let mut flags = self.0[risk_type].iter();
            let taken = exposure
                .items
                .extract_if(.., |_| flags.next() == Some(&true));
            taken.collect()
        })
    }
}

/// Traffic, or directions of workloads, of some items.
#[derive(Default)]
struct Traffic<'a> {
    edges: FxHashSet<&'a EdgeKey>,
    directions: FxHashSet<(&'a WorkloadId, Direction)>,
}

impl<'a> Traffic<'a> {
    fn of(items: &'a [Item<'_>], fixed: &[bool]) -> Self {
        let mut traffic = Self::default();
        for (item, _) in items.iter().zip(fixed).filter(|(_, fixed)| **fixed) {
            match &item.subject {
                Subject::Workload(_, edges) => {
                    traffic.edges.extend(edges.iter().map(|(key, _)| *key));
                }
                Subject::Edge(key, _) => {
                    traffic.edges.insert(key);
                }
                Subject::Ungoverned(workload, direction) => {
                    traffic.directions.insert((workload, *direction));
                }
                Subject::Image(_) => {}
            }
        }
        traffic
    }

    fn holds(&self, subject: &Subject<'_>) -> bool {
        match subject {
            Subject::Workload(_, edges) => edges.iter().all(|(key, _)| self.edges.contains(key)),
            Subject::Edge(key, _) => self.edges.contains(key),
            Subject::Ungoverned(workload, direction) => {
                self.directions.contains(&(workload.as_ref(), *direction))
            }
            Subject::Image(_) => false,
        }
    }
}
