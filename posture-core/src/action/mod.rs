//! Recommended actions: what to do, and exactly what it gains.

mod gain;
mod overlap;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use gain::{Gain, Stakes, gain};

use crate::attribute::attribute;
use crate::model::Method;
use crate::points::{Points, Share};
use crate::risk::{Item, RiskType, Risks, Subject, Verdict};
use crate::score::Caps;

/// What an action asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// Fix or replace the scanned high-risk images.
    RemediateImages,
    /// Scan the unscanned images.
    ScanImages,
    /// Have policies address the external egress of the unsecured workloads.
    SecureEgress,
    /// Have policies address the unsecured edges across the namespace's boundary.
    IsolateNamespace,
}

impl ActionKind {
    /// All four, in order of the risk types they are about.
    pub const ALL: [Self; 4] = [
        Self::RemediateImages,
        Self::ScanImages,
        Self::SecureEgress,
        Self::IsolateNamespace,
    ];

    /// Its name in an action's id.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RemediateImages => "remediate-images",
            Self::ScanImages => "scan-images",
            Self::SecureEgress => "secure-egress",
            Self::IsolateNamespace => "isolate-namespace",
        }
    }

    /// The risk type it is listed under.
    pub const fn risk_type(self) -> RiskType {
        match self {
            Self::RemediateImages => RiskType::HighRiskImages,
            Self::ScanImages => RiskType::UnscannedImages,
            Self::SecureEgress => RiskType::EgressAccess,
            Self::IsolateNamespace => RiskType::NamespaceIsolation,
        }
    }
}

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
    /// What it asks for.
    pub kind: ActionKind,
    /// Where.
    pub namespace: Arc<str>,
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
    /// `kind/namespace`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.kind.name(), self.namespace)
    }

    /// What it asks for, in a line.
    pub fn title(&self) -> String {
        let count = self.items.len();
        let namespace = &self.namespace;
        let s = if count == 1 { "" } else { "s" };
        let subject = self.items.first().map(|(item, _)| &item.subject);
        match (self.kind, subject) {
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

    /// How much it matters.
    pub fn severity(&self) -> ActionSeverity {
        ActionSeverity::of(self.gain_max)
    }
}

/// All actions that gain anything, best first: "Ranked by gain, then `gain_max`, item count, type
/// order, namespace" (scoring, section 7), of equal gain the one with fewer items.
pub fn actions<'a>(risks: &Risks<'a>, method: &Method) -> Vec<Action<'a>> {
    let caps = Caps::new(risks, method, |_| true);
    let mut actions: Vec<Action<'a>> = risks
        .namespaces
        .iter()
        .flat_map(|(namespace, exposures)| {
            let stakes = Stakes {
                namespace,
                exposures,
                caps: &caps,
            };
            ActionKind::ALL.map(|kind| action(kind, &stakes, method))
        })
        .filter(|action| action.gain_max > Points::ZERO)
        .collect();
    actions.sort_by(|a, b| {
        (b.gain, b.gain_max)
            .cmp(&(a.gain, a.gain_max))
            .then_with(|| a.items.len().cmp(&b.items.len()))
            .then_with(|| (a.kind, &a.namespace).cmp(&(b.kind, &b.namespace)))
    });
    actions
}

fn action<'a>(kind: ActionKind, stakes: &Stakes<'_, 'a>, method: &Method) -> Action<'a> {
    let items = covered(kind, stakes);
    let units = items.iter().map(|(item, _)| item.units);
    let progress = Share {
        part: units.fold(0, u64::saturating_add),
        whole: stakes.exposures[kind.risk_type()].share.whole,
    };
    let Gain { sure, at_best } = gain(kind, progress.part, stakes, method);
    Action {
        kind,
        namespace: stakes.namespace.clone(),
        gain: sure,
        gain_max: at_best,
        progress,
        items,
    }
}

/// The items of an action with the points they have lost. An unscanned image loses points in both
/// image types, and scanning it is about both.
fn covered<'a>(kind: ActionKind, stakes: &Stakes<'_, 'a>) -> Vec<(Item<'a>, Points)> {
    let attributed = |risk_type: RiskType| {
        let items = &stakes.exposures[risk_type].items;
        let units: Vec<u64> = items.iter().map(|item| item.units).collect();
        let points = attribute(stakes.lost(risk_type), &units);
        items.clone().into_iter().zip(points)
    };
    let unscanned = |item: &Item<'_>| matches!(&item.subject, Subject::Image(image) if image.verdict == Verdict::Unscanned);
    match kind {
        ActionKind::RemediateImages => attributed(RiskType::HighRiskImages)
            .filter(|(item, _)| !unscanned(item))
            .collect(),
        ActionKind::ScanImages => {
            let mut as_high_risk = attributed(RiskType::HighRiskImages)
                .filter(|(item, _)| unscanned(item))
                .map(|(_, points)| points);
            attributed(RiskType::UnscannedImages)
                .map(|(item, points)| (item, points + as_high_risk.next().unwrap_or_default()))
                .collect()
        }
        ActionKind::SecureEgress => attributed(RiskType::EgressAccess).collect(),
        ActionKind::IsolateNamespace => attributed(RiskType::NamespaceIsolation).collect(),
    }
}
