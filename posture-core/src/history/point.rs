//! What history keeps of one result.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::json;
use crate::model::{Direction, Method};
use crate::points::{Points, Share};
use crate::remedy::{ActionId, ActionKind};
use crate::report::{Coverage, Evidence, Item, NamespaceType, Report, TypeReport};
use crate::risk::{EvidenceKind, RiskType};
use crate::score::Status;
use crate::time::Time;

/// How many items of a namespace and type are kept by name, at risk or dismissed; of more only
/// their number is kept.
pub const MAX_KEPT: usize = 200;

/// What history keeps of one result. The same result makes the same point, to the byte of its
/// JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Point {
    /// When the result was made, where that is known.
    pub at: Option<Time>,
    /// The Cluster Security Score, 0 to 100; null where there is none.
    pub score: Option<Points>,
    /// Whether there is a score.
    pub status: Status,
    /// The version of the scoring method.
    pub scoring_version: u32,
    /// The method: weights, switches and scope.
    pub method: Method,
    /// The score as if nothing were dismissed.
    pub score_without_dismissals: Option<Points>,
    /// The four types, in order.
    pub types: Vec<TypeReport>,
    /// Every counted namespace.
    pub namespaces: BTreeMap<Arc<str>, NamespacePoint>,
    /// The actions whose dismissals are past their time.
    pub expired: BTreeSet<ActionId>,
    /// What the score rests on.
    pub coverage: Coverage,
}

/// A counted namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamespacePoint {
    /// Its score, 0 to 100; null where the cluster has none.
    pub score: Option<Points>,
    /// All four types.
    pub types: BTreeMap<RiskType, Cell>,
}

/// One type in one namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cell {
    /// How much is at risk.
    pub part: u64,
    /// How much there is.
    pub whole: u64,
    /// How much would be at risk beside it, and was dismissed.
    pub dismissed: u64,
    /// The points of the cluster's score that are lost to it here.
    pub contribution: Points,
    /// All items at risk and all dismissed ones by name; null where the result does not list every
    /// one, or there are more than [`MAX_KEPT`].
    pub items: Option<Items>,
}

/// The items of a namespace and type, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Items {
    /// Those at risk.
    pub at_risk: BTreeMap<String, ItemAtRisk>,
    /// Those that were dismissed.
    pub dismissed: BTreeMap<String, DismissedItem>,
}

/// An item at risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ItemAtRisk {
    /// Its units.
    pub units: u64,
    /// The first name that it runs under, of an image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// An item that was dismissed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DismissedItem {
    /// The action that was dismissed: its kind.
    pub action: ActionKind,
    /// Its units.
    pub units: u64,
}

impl Cell {
    /// How much of how much is at risk.
    pub const fn share(&self) -> Share {
        Share {
            part: self.part,
            whole: self.whole,
        }
    }
}

impl Items {
    fn len(&self) -> usize {
        self.at_risk.len().saturating_add(self.dismissed.len())
    }

    fn are_all_of(&self, of: &NamespaceType) -> bool {
        let at_risk = self.at_risk.values().map(|item| item.units);
        let dismissed = self.dismissed.values().map(|item| item.units);
        sum(at_risk) == of.part && sum(dismissed) == of.dismissed
    }
}

impl Point {
    /// What history keeps of a result. One that lists every item
    /// ([`MaxItems::All`](crate::request::MaxItems::All)) makes a point that explains the most.
    pub fn of(report: &Report) -> Self {
        let mut listed = listed(report);
        let namespaces = report.namespaces.iter().map(|of| {
            let cells = of.types.iter().map(|(risk_type, cell)| {
                let items = listed.remove(&(of.namespace.as_str(), *risk_type));
                let items = items.unwrap_or_default();
                (*risk_type, self::cell(cell, items))
            });
            let types = cells.collect();
            let score = of.score;
            (
                of.namespace.as_str().into(),
                NamespacePoint { score, types },
            )
        });
        let expired = report.dismissals.expired.iter();
        Self {
            at: report.at,
            score: report.score,
            status: report.status,
            scoring_version: report.scoring_version,
            method: report.method.clone(),
            score_without_dismissals: report.score_without_dismissals,
            types: report.types.clone(),
            namespaces: namespaces.collect(),
            expired: expired.filter_map(|of| of.action.parse().ok()).collect(),
            coverage: report.coverage.clone(),
        }
    }

    /// Its canonical JSON: one line.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a point back.
    ///
    /// # Errors
    /// The text is no point.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        json::from_str(json)
    }

    /// What a type was judged from.
    pub fn evidence(&self, risk_type: RiskType) -> Option<EvidenceKind> {
        let mut types = self.types.iter();
        types.find(|of| of.risk_type == risk_type)?.evidence
    }

    /// The points of the score that dismissals give back.
    pub fn dismissed(&self) -> Points {
        let scores = self.score.zip(self.score_without_dismissals);
        scores.map_or(Points::ZERO, |(with, without)| with - without)
    }
}

fn cell(of: &NamespaceType, items: Items) -> Cell {
    let is_kept = items.len() <= MAX_KEPT && items.are_all_of(of);
    Cell {
        part: of.part,
        whole: of.whole,
        dismissed: of.dismissed,
        contribution: of.contribution,
        items: is_kept.then_some(items),
    }
}

/// The items that the report lists, by namespace and type.
fn listed(report: &Report) -> BTreeMap<(&str, RiskType), Items> {
    let mut listed: BTreeMap<(&str, RiskType), Items> = BTreeMap::new();
    for action in &report.actions {
        let Ok(ActionId { kind, .. }) = action.id.parse() else {
            continue;
        };
        for item in &action.items {
            for risk_type in listed_in(kind, &report.method) {
                let items = listed.entry((&action.namespace, risk_type)).or_default();
                items.at_risk.insert(item.key.clone(), at_risk(item));
            }
        }
    }
    for dismissal in &report.dismissals.active {
        let Some((_, namespace)) = dismissal.action.split_once('/') else {
            continue;
        };
        let Ok(ActionId { kind, .. }) = dismissal.action.parse() else {
            continue;
        };
        for item in &dismissal.items {
            let (action, units) = (kind, item.units);
            for risk_type in dismissed_in(kind, item, &report.method) {
                let items = listed.entry((namespace, risk_type)).or_default();
                let dismissed = DismissedItem { action, units };
                items.dismissed.insert(item.key.clone(), dismissed);
            }
        }
    }
    listed
}

fn at_risk(item: &Item) -> ItemAtRisk {
    ItemAtRisk {
        units: item.units,
        name: match &item.evidence {
            Evidence::Image(image) => image.names.first().cloned(),
            _ => None,
        },
    }
}

/// The types in which the items of an action are at risk, of those that no other action lists.
fn listed_in(kind: ActionKind, method: &Method) -> Vec<RiskType> {
    let own = kind.risk_type();
    match kind {
        ActionKind::ScanImages if method.unscanned_is_high_risk => {
            vec![RiskType::HighRiskImages, own]
        }
        _ => vec![own],
    }
}

/// The types out of which an item was dismissed: traffic that is at risk in both network types is
/// one item.
fn dismissed_in(kind: ActionKind, item: &Item, method: &Method) -> Vec<RiskType> {
    match &item.evidence {
        Evidence::Image(_) => listed_in(kind, method),
        Evidence::Workload { .. } => vec![RiskType::EgressAccess],
        Evidence::Edge(_) => vec![RiskType::NamespaceIsolation],
        Evidence::Ungoverned { direction, .. } => match direction {
            Direction::Egress => vec![RiskType::EgressAccess, RiskType::NamespaceIsolation],
            Direction::Ingress => vec![RiskType::NamespaceIsolation],
        },
    }
}

fn sum(units: impl Iterator<Item = u64>) -> u64 {
    units.fold(0, u64::saturating_add)
}
