//! Why the score is what it is: from 100 points down to every item that lost some of them.
//!
//! ```text
//! lost          = sum over types      = 100 - score
//! of a type     = sum over namespaces
//! of a namespace, in a type = sum over items
//! ```
//!
//! Every sum is made of its parts, so what is shown adds up, to the last unit.

mod found;
mod governance;
mod one;
mod rows;

use std::cmp::Reverse;
use std::sync::Arc;

use serde::Serialize;

pub use found::{Found, NotThere};
pub use governance::{Selecting, Ungoverned};
pub use one::{ItemExplanation, Owed};
pub use rows::{Row, RowCounts, RowFinder, Rows};

use crate::ask::near::near;
use crate::assessment::Assessment;
use crate::attribute::attribute;
use crate::points::{Points, Share};
use crate::remedy::ActionId;
use crate::report::{Item, item};
use crate::risk::{self, EvidenceKind, NamespaceRisk, RiskType};
use crate::score::{Caps, NamespaceCaps, Status};

/// What of a score is explained; all of it where nothing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Focus {
    /// One type.
    pub risk_type: Option<RiskType>,
    /// One namespace, down to its items.
    pub namespace: Option<String>,
}

/// Why the score is what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The score: 100 minus what is lost; null where there is none.
    pub score: Option<Points>,
    /// Why there is none, where there is none.
    pub status: Status,
    /// The points that all types lose.
    pub lost: Points,
    /// The sum of the weights of all types.
    pub weights: u64,
    /// The sum of the weights of all counted namespaces: their number, where each weighs 1.
    pub namespace_weights: u64,
    /// The types that were asked for, in order.
    pub types: Vec<TypeLoss>,
    /// What of them would be lost, and is dismissed.
    pub dismissed: Vec<DismissedLoss>,
}

/// What a dismissal gives back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DismissedLoss {
    /// The action that is dismissed.
    pub action: ActionId,
    /// The points of the cluster's score that it gives back: of several about one item, the first.
    pub points: Points,
    /// How many items it took out.
    pub item_count: usize,
}

/// What a type loses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TypeLoss {
    /// The type.
    #[serde(rename = "type")]
    pub risk_type: RiskType,
    /// What it was judged from; null where it is not assessed, and loses nothing.
    pub evidence: Option<EvidenceKind>,
    /// Its weight.
    pub weight: u32,
    /// What is at risk in all namespaces, of all there is.
    pub at_risk: Share,
    /// The points that all namespaces lose.
    pub points: Points,
    /// The namespaces that lose points, the most first; only the one that was asked for, where one
    /// was.
    pub namespaces: Vec<NamespaceLoss>,
}

/// What a namespace loses in a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamespaceLoss {
    /// Its name.
    pub namespace: Arc<str>,
    /// Its weight.
    pub weight: u32,
    /// What the type can cost here: 100 points by the weights of type and namespace.
    pub most: Points,
    /// What is at risk, of all there is.
    pub at_risk: Share,
    /// The share that counts: all, where the method says that one bad image is enough.
    pub counted: Share,
    /// The points that are lost: the counted share of the most, rounded half up; and what all items
    /// lose.
    pub points: Points,
    /// What lost them, the most first; none where no namespace was asked for.
    pub items: Vec<Item>,
}

impl Focus {
    /// The types that are explained.
    fn types(&self) -> impl Iterator<Item = RiskType> + use<> {
        let only = self.risk_type;
        let all = RiskType::ALL.into_iter();
        all.filter(move |of| only.is_none_or(|only| only == *of))
    }

    /// Whether a namespace is explained.
    fn has(&self, namespace: &str) -> bool {
        let only = self.namespace.as_deref();
        only.is_none_or(|only| only == namespace)
    }
}

/// Explains a score.
///
/// # Errors
/// [`NotThere`] for a namespace that does not count, and says which do.
pub fn explain(assessment: &Assessment<'_>, focus: &Focus) -> Result<Explanation, NotThere> {
    let Assessment { request, risks, .. } = assessment;
    let method = &request.method;
    counts(assessment, focus.namespace.as_deref())?;
    let caps = Caps::of(risks, method);
    let types = RiskType::ALL.map(|t| of_type(assessment, &caps, t, focus));
    let weights = RiskType::ALL.map(|t| u64::from(t.weight(method)));
    let of_namespaces = risks.names().map(|n| u64::from(method.namespace_weight(n)));
    let totals = &assessment.score.totals;
    Ok(Explanation {
        score: totals.score,
        status: totals.status,
        lost: types.iter().map(|of| of.points).sum(),
        weights: weights.into_iter().sum(),
        namespace_weights: of_namespaces.sum(),
        types: types
            .into_iter()
            .filter(|of| focus.risk_type.is_none_or(|only| only == of.risk_type))
            .collect(),
        dismissed: dismissed(assessment, focus),
    })
}

/// What is dismissed of what is explained.
fn dismissed(assessment: &Assessment<'_>, focus: &Focus) -> Vec<DismissedLoss> {
    let active = assessment.dismissed.active.iter();
    let explained = active.filter(|of| {
        let is_of = |risk_type: RiskType| of.units[risk_type] > 0;
        focus.has(&of.dismissal.action.namespace) && focus.types().any(is_of)
    });
    explained
        .map(|of| DismissedLoss {
            action: of.dismissal.action.clone(),
            points: of.points,
            item_count: of.items.len(),
        })
        .collect()
}

/// Whether a namespace counts.
fn counts(assessment: &Assessment<'_>, namespace: Option<&str>) -> Result<(), NotThere> {
    let risks = &assessment.risks;
    match namespace.filter(|name| risks.place(name).is_none()) {
        None => Ok(()),
        Some(name) => {
            let near = near(name, risks.names(), "did you mean", "there are", "");
            Err(NotThere(format!(
                "`{name}` is no namespace that counts{near}"
            )))
        }
    }
}

fn of_type(
    assessment: &Assessment<'_>,
    caps: &Caps,
    risk_type: RiskType,
    focus: &Focus,
) -> TypeLoss {
    let Assessment { request, risks, .. } = assessment;
    let each = risks.namespaces.iter().zip(caps.iter());
    let mut namespaces: Vec<NamespaceLoss> = each
        .map(|(risk, caps)| of_namespace(assessment, risk, caps, risk_type, focus))
        .collect();
    let points = namespaces.iter().map(|of| of.points).sum();
    let at_risk = namespaces.iter().map(|of| of.at_risk).sum();
    namespaces.retain(|of| of.points > Points::ZERO && focus.has(&of.namespace));
    namespaces.sort_by_key(|of| Reverse(of.points));
    TypeLoss {
        risk_type,
        evidence: risks.basis[risk_type].evidence,
        weight: risk_type.weight(&request.method),
        at_risk,
        points,
        namespaces,
    }
}

fn of_namespace(
    assessment: &Assessment<'_>,
    risk: &NamespaceRisk<'_>,
    caps: NamespaceCaps,
    risk_type: RiskType,
    focus: &Focus,
) -> NamespaceLoss {
    let request = assessment.request;
    let share = risk.exposures[risk_type].share;
    let has_items = focus.namespace.is_some() && focus.has(&risk.namespace);
    NamespaceLoss {
        namespace: risk.namespace.clone(),
        weight: request.method.namespace_weight(&risk.namespace),
        most: caps.most(risk_type),
        at_risk: share,
        counted: caps.counted(risk_type, share),
        points: caps.contribution(risk_type, share),
        items: if has_items {
            let mut items = attributed(risk, caps, risk_type);
            items.sort_by_key(|(item, points)| Reverse((*points, item.units)));
            let named = items.into_iter();
            named
                .map(|(of, points)| item(of, points, request))
                .collect()
        } else {
            Vec::new()
        },
    }
}

/// The items of a namespace and type in their order, each with the points that it loses.
fn attributed<'r, 'a>(
    risk: &'r NamespaceRisk<'a>,
    caps: NamespaceCaps,
    risk_type: RiskType,
) -> Vec<(&'r risk::Item<'a>, Points)> {
    let exposure = &risk.exposures[risk_type];
    let mut items: Vec<&risk::Item<'a>> = exposure.items.iter().collect();
    items.sort_by(|one, other| one.in_order(other));
    let units: Vec<u64> = items.iter().map(|item| item.units).collect();
    let points = attribute(caps.contribution(risk_type, exposure.share), &units);
    items.into_iter().zip(points).collect()
}
