//! From shares to the score.
//!
//! ```text
//! cap(t, n)          = 100 * w_t / W * c_n / C      what a type can cost in a namespace
//! contribution(t, n) = cap(t, n) * part(t, n) / whole(t, n)
//! risk  = sum of all contributions
//! score = 100 - risk
//! namespace score(n) = 100 - sum_t 100 * w_t / W * part / whole
//! type score(t)      = 100 - sum_n 100 * c_n / C * part / whole
//! ```
//!
//! W is the sum of the weights, C the sum of the namespace weights. "So the cluster score is the
//! (weighted) mean of the namespace scores" (scoring, section 3).
//!
//! Caps are 100 points divided without remainder, over the types and then over the namespaces: they
//! sum to exactly 100, so that no rounding takes the score below 0, and a cluster in which all is at
//! risk has exactly 0.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::attribute::attribute;
use crate::model::{ImageShare, Method};
use crate::points::{Points, Share};
use crate::risk::{PerType, RiskType, Risks};

/// The version of the method: a change to any number that it yields is a new version.
pub const SCORING_VERSION: u32 = 1;

/// Whether there is a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// There is.
    Ok,
    /// No namespace counts.
    NoData,
    /// A type that the score cannot do without is not assessed.
    NotAssessed,
}

/// The scores of a cluster.
#[derive(Clone, Debug)]
pub struct Score {
    /// Whether there is a score.
    pub status: Status,
    /// The cluster's score.
    pub score: Option<Points>,
    /// The score over the assessed types alone; none where no type is assessed.
    pub assessed_score: Option<Points>,
    /// The score of each type, where it is assessed.
    pub types: PerType<Option<Points>>,
    /// Each counted namespace.
    pub namespaces: BTreeMap<Arc<str>, NamespaceScore>,
}

/// The score of a namespace.
#[derive(Clone, Debug)]
pub struct NamespaceScore {
    /// 100 minus the weighted shares; none where the cluster has no score.
    pub score: Option<Points>,
    /// The points of the cluster's score that are lost here, by type.
    pub contributions: PerType<Points>,
}

impl NamespaceScore {
    /// The points of the cluster's score that are lost here.
    pub fn risk(&self) -> Points {
        RiskType::ALL
            .iter()
            .map(|risk_type| self.contributions[*risk_type])
            .sum()
    }
}

/// What each type can cost: 100 points, divided "by largest remainder, ties by item key".
#[derive(Clone, Debug)]
pub struct Caps {
    types: PerType<Points>,
    namespaces: BTreeMap<Arc<str>, NamespaceCaps>,
    image_share: ImageShare,
}

/// What a namespace can cost.
#[derive(Clone, Copy, Debug)]
struct NamespaceCaps {
    /// 100 points by namespace weight: what it can cost the score of a type.
    whole: Points,
    /// What each type can cost the cluster's score here.
    types: PerType<Points>,
}

impl Caps {
    /// The caps of the types for which `counts` holds, by the method's weights.
    pub fn new(risks: &Risks<'_>, method: &Method, counts: impl Fn(RiskType) -> bool) -> Self {
        let weight = |t: RiskType| if counts(t) { t.weight(method) } else { 0 };
        let weights = RiskType::ALL.map(|t| u64::from(weight(t)));
        let mut by_type = attribute(Points::HUNDRED, &weights).into_iter();
        let types = PerType::new(|_| by_type.next().unwrap_or_default());

        let names = || risks.namespaces.keys();
        let weights: Vec<u64> = names().map(|n| method.namespace_weight(n).into()).collect();
        let mut wholes = attribute(Points::HUNDRED, &weights).into_iter();
        let mut parts = PerType::new(|t| attribute(types[t], &weights).into_iter());
        let namespaces = names()
            .map(|namespace| {
                let caps = NamespaceCaps {
                    whole: wholes.next().unwrap_or_default(),
                    types: PerType::new(|t| parts[t].next().unwrap_or_default()),
                };
                (namespace.clone(), caps)
            })
            .collect();
        Self {
            types,
            namespaces,
            image_share: method.image_share,
        }
    }

    /// The points of the cluster's score that a share of a namespace costs.
    pub fn contribution(&self, risk_type: RiskType, namespace: &str, share: Share) -> Points {
        let cap = self
            .namespaces
            .get(namespace)
            .map(|caps| caps.types[risk_type]);
        cap.unwrap_or_default().of(self.effective(risk_type, share))
    }

    /// What the share costs the namespace's own score.
    fn within_namespace(&self, risk_type: RiskType, share: Share) -> Points {
        self.types[risk_type].of(self.effective(risk_type, share))
    }

    /// What the share costs the type's score.
    fn within_type(&self, risk_type: RiskType, namespace: &str, share: Share) -> Points {
        let cap = self.namespaces.get(namespace).map(|caps| caps.whole);
        cap.unwrap_or_default().of(self.effective(risk_type, share))
    }

    /// The share that counts: "`any`: share is 1 as soon as one image is bad" (scoring, section
    /// 5).
    fn effective(&self, risk_type: RiskType, share: Share) -> Share {
        match (self.image_share, risk_type.is_network()) {
            (ImageShare::Any, false) if share.part > 0 => Share {
                part: share.whole,
                ..share
            },
            _ => share,
        }
    }
}

/// Scores the risks of a cluster.
pub fn score(risks: &Risks<'_>, method: &Method) -> Score {
    let status = status(risks, method);
    let caps = Caps::new(risks, method, |_| true);
    let assessed = |t: RiskType| risks.basis[t].is_assessed();
    let any_assessed = RiskType::ALL
        .iter()
        .any(|t| assessed(*t) && t.weight(method) > 0);

    let namespaces: BTreeMap<Arc<str>, NamespaceScore> = risks
        .namespaces
        .iter()
        .map(|(namespace, exposures)| {
            let lost: Points = RiskType::ALL
                .iter()
                .map(|t| caps.within_namespace(*t, exposures[*t].share))
                .sum();
            let score = NamespaceScore {
                score: (status == Status::Ok).then(|| Points::HUNDRED - lost),
                contributions: PerType::new(|t| {
                    caps.contribution(t, namespace, exposures[t].share)
                }),
            };
            (namespace.clone(), score)
        })
        .collect();
    let risk: Points = namespaces.values().map(NamespaceScore::risk).sum();
    Score {
        status,
        score: (status == Status::Ok).then(|| Points::HUNDRED - risk),
        assessed_score: (status != Status::NoData && any_assessed)
            .then(|| Points::HUNDRED - total(risks, &Caps::new(risks, method, assessed))),
        types: PerType::new(|t| {
            let lost = || -> Points {
                let exposed = risks.namespaces.iter();
                exposed
                    .map(|(name, of)| caps.within_type(t, name, of[t].share))
                    .sum()
            };
            (status != Status::NoData && assessed(t)).then(|| Points::HUNDRED - lost())
        }),
        namespaces,
    }
}

/// The sum of all contributions.
fn total(risks: &Risks<'_>, caps: &Caps) -> Points {
    let exposed = risks.namespaces.iter();
    exposed
        .flat_map(|(name, of)| RiskType::ALL.map(|t| caps.contribution(t, name, of[t].share)))
        .sum()
}

/// "no counted namespace: score null, status `no_data`"; where neither flows nor policies say
/// anything, "egress and isolation `not_assessed`, score null" (scoring, section 4), unless the
/// method gives them no weight.
fn status(risks: &Risks<'_>, method: &Method) -> Status {
    let weighty = |t: &&RiskType| t.weight(method) > 0;
    let assessed = |t: &RiskType| risks.basis[*t].is_assessed();
    let mut types = RiskType::ALL.iter().filter(weighty);
    if risks
        .namespaces
        .keys()
        .all(|n| method.namespace_weight(n) == 0)
    {
        Status::NoData
    } else if types.clone().any(|t| t.is_network() && !assessed(t)) || !types.any(assessed) {
        Status::NotAssessed
    } else {
        Status::Ok
    }
}
