//! Recommended actions: what to do, and exactly what it gains.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::attribute::attribute;
use crate::model::Method;
use crate::points::{Points, Share};
use crate::remedy::{ActionId, ActionKind, Fixed, Outlook, is_unscanned};
use crate::risk::{Exposure, Item, NamespaceRisk, PerType, RiskType, Risks, Subject};
use crate::score::{Caps, NamespaceCaps};

/// How much an action matters: "`gain_max` >= 8 critical, >= 5 high, >= 2 medium, else low"
/// (scoring, section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ActionSeverity {
    /// Less than 2 points.
    Low,
    /// 2 points and more.
    Medium,
    /// 5 points and more.
    High,
    /// 8 points and more.
    Critical,
}

impl ActionSeverity {
    /// The severity of an action that gains at most this.
    pub fn of(gain_max: Points) -> Self {
        match gain_max.units() {
            8_000_000_000.. => Self::Critical,
            5_000_000_000.. => Self::High,
            2_000_000_000.. => Self::Medium,
            _ => Self::Low,
        }
    }
}

/// One recommended action: there is at most one of a kind for a namespace.
#[derive(Clone, Debug)]
pub struct Action<'a> {
    /// What it asks for, and where.
    pub id: ActionId,
    /// The points that it is sure to gain: "score after - score now, by recomputation with the
    /// covered items fixed".
    pub gain: Points,
    /// The points that it gains at best: "A scan's outcome is unknown: `gain` is the guaranteed
    /// minimum (found bad), `gain_max` the best case (found clean); for the others both are
    /// equal" (scoring, section 7).
    pub gain_max: Points,
    /// How much of the whole it covers.
    pub progress: Share,
    /// What it covers, in order of its key, each with the points it has lost.
    pub items: Vec<(Item<'a>, Points)>,
}

impl Action<'_> {
    /// What it asks for, in a line.
    pub fn title(&self) -> String {
        let count = self.items.len();
        let ActionId { kind, namespace } = &self.id;
        let s = if count == 1 { "" } else { "s" };
        let subject = self.items.first().map(|(item, _)| &item.subject);
        match (kind, subject) {
            (ActionKind::RemediateImages, _) => {
                format!("Remediate {count} high-risk image{s} in {namespace}")
            }
            (ActionKind::ScanImages, _) => format!("Scan {count} image{s} in {namespace}"),
            (ActionKind::SecureEgress, _) => {
                format!("Secure the egress of {count} workload{s} in {namespace}")
            }
            (ActionKind::IsolateNamespace, Some(Subject::Ungoverned(..))) => {
                format!("Isolate {namespace}: {count} direction{s} of its workloads without policy")
            }
            (ActionKind::IsolateNamespace, _) => {
                let across = |(item, _): &(Item<'_>, Points)| matches!(&item.subject, Subject::Edge(key, _) if key.is_boundary());
                let where_to = if self.items.iter().all(across) {
                    " across its boundary"
                } else {
                    ""
                };
                format!("Isolate {namespace}: {count} unsecured edge{s}{where_to}")
            }
        }
    }

    /// "Ranked by gain, then `gain_max`, item count, type order, namespace" (scoring, section 7), of
    /// equal gain the one with fewer items.
    fn by_gain(&self, other: &Self) -> Ordering {
        (other.gain, other.gain_max)
            .cmp(&(self.gain, self.gain_max))
            .then_with(|| self.items.len().cmp(&other.items.len()))
            .then_with(|| self.id.cmp(&other.id))
    }

    /// How much it matters.
    pub fn severity(&self) -> ActionSeverity {
        ActionSeverity::of(self.gain_max)
    }
}

/// All actions that gain anything, best first.
pub fn actions<'a>(risks: &Risks<'a>, method: &Method) -> Vec<Action<'a>> {
    let caps = Caps::of(risks, method);
    let mut actions: Vec<Action<'a>> = risks
        .namespaces
        .iter()
        .zip(caps.iter())
        .flat_map(|(risk, caps)| of_namespace(risk, caps))
        .filter(|action| action.gain_max > Points::ZERO)
        .collect();
    actions.sort_by(Action::by_gain);
    actions
}

/// An action, if it gains anything.
pub fn action<'a>(risks: &Risks<'a>, method: &Method, id: &ActionId) -> Option<Action<'a>> {
    let caps = Caps::of(risks, method);
    let mut namespaces = risks.namespaces.iter().zip(caps.iter());
    let (risk, caps) = namespaces.find(|(risk, _)| risk.namespace == id.namespace)?;
    let actions = of_namespace(risk, caps);
    let mut gaining = actions
        .into_iter()
        .filter(|action| action.gain_max > Points::ZERO);
    gaining.find(|action| action.id == *id)
}

/// The actions of a namespace, those that gain nothing among them.
fn of_namespace<'a>(risk: &NamespaceRisk<'a>, caps: NamespaceCaps) -> [Action<'a>; 4] {
    let NamespaceRisk {
        namespace,
        exposures,
    } = risk;
    let now = Outlook::new(risk.shares());
    ActionKind::ALL.map(|kind| {
        let fixed = Fixed::by(kind, exposures, |_| true);
        let items = covered(kind, exposures, caps);
        let after = now.after(kind, &fixed, exposures);
        let gain = after.gain_since(&now, caps);
        Action {
            id: ActionId {
                kind,
                namespace: namespace.clone(),
            },
            gain: gain.sure,
            gain_max: gain.at_best,
            progress: Share {
                part: items
                    .iter()
                    .map(|(item, _)| item.units)
                    .fold(0, u64::saturating_add),
                whole: exposures[kind.risk_type()].share.whole,
            },
            items,
        }
    })
}

/// The items of an action with the points they have lost. An unscanned image loses points in both
/// image types, and scanning it is about both.
fn covered<'a>(
    kind: ActionKind,
    exposures: &PerType<Exposure<'a>>,
    caps: NamespaceCaps,
) -> Vec<(Item<'a>, Points)> {
    let attributed = |risk_type: RiskType| {
        let Exposure { share, items } = &exposures[risk_type];
        let mut items = items.clone();
        items.sort_by(Item::in_order);
        let units: Vec<u64> = items.iter().map(|item| item.units).collect();
        let points = attribute(caps.contribution(risk_type, *share), &units);
        items.into_iter().zip(points)
    };
    let own = attributed(kind.risk_type()).filter(|(item, _)| kind.covers(item));
    if kind != ActionKind::ScanImages {
        return own.collect();
    }
    let mut as_high_risk = attributed(RiskType::HighRiskImages)
        .filter(|(item, _)| is_unscanned(item))
        .map(|(_, points)| points);
    own.map(|(item, points)| (item, points + as_high_risk.next().unwrap_or_default()))
        .collect()
}
