//! From shares to the score.
//!
//! ```text
//! contribution(t, n) = 100 * w_t / W * c_n / C * part(t, n) / whole(t, n)
//! risk  = sum of all contributions
//! score = 100 - risk
//! namespace score(n) = 100 - sum_t 100 * w_t / W * part / whole
//! type score(t)      = 100 - sum_n 100 * c_n / C * part / whole
//! ```
//!
//! W is the sum of the weights, C the sum of the namespace weights. "So the cluster score is the
//! (weighted) mean of the namespace scores" (scoring, section 3).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{ImageShare, Method};
use crate::points::{Points, Share};
use crate::risk::{Exposure, PerType, RiskType, Risks};

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

/// Turns shares into points: the weights of one assessment.
#[derive(Clone, Copy, Debug)]
pub struct Scale<'m> {
    method: &'m Method,
    types: u128,
    namespaces: u128,
}

impl<'m> Scale<'m> {
    /// The scale of a method over the counted namespaces.
    pub fn new<'n>(method: &'m Method, namespaces: impl Iterator<Item = &'n Arc<str>>) -> Self {
        Self {
            method,
            types: RiskType::ALL
                .iter()
                .map(|t| u128::from(t.weight(method)))
                .sum(),
            namespaces: namespaces
                .map(|n| u128::from(method.namespace_weight(n)))
                .sum(),
        }
    }

    /// `100 * w_t / W * c_n / C * part / whole`: the points of the cluster's score that a share of
    /// a namespace costs.
    pub fn contribution(&self, risk_type: RiskType, namespace: &str, share: Share) -> Points {
        let Share { part, whole } = self.effective(risk_type, share);
        let weight = u128::from(risk_type.weight(self.method));
        let namespace_weight = u128::from(self.method.namespace_weight(namespace));
        Points::of_hundred(
            product([weight, namespace_weight, part.into()]),
            product([self.types, self.namespaces, whole.into()]),
        )
    }

    /// `100 * w_t / W * part / whole`: what the share costs the namespace's own score.
    fn within_namespace(&self, risk_type: RiskType, types: u128, share: Share) -> Points {
        let Share { part, whole } = self.effective(risk_type, share);
        let weight = u128::from(risk_type.weight(self.method));
        Points::of_hundred(
            product([weight, part.into()]),
            product([types, whole.into()]),
        )
    }

    /// `100 * c_n / C * part / whole`: what the share costs the type's score.
    fn within_type(&self, risk_type: RiskType, namespace: &str, share: Share) -> Points {
        let Share { part, whole } = self.effective(risk_type, share);
        let weight = u128::from(self.method.namespace_weight(namespace));
        Points::of_hundred(
            product([weight, part.into()]),
            product([self.namespaces, whole.into()]),
        )
    }

    /// The share that counts: "`any`: share is 1 as soon as one image is bad" (scoring, section
    /// 5).
    fn effective(&self, risk_type: RiskType, share: Share) -> Share {
        match (self.method.image_share, risk_type.is_network()) {
            (ImageShare::Any, false) if share.part > 0 => Share {
                part: share.whole,
                ..share
            },
            _ => share,
        }
    }

    fn is_empty(&self) -> bool {
        self.namespaces == 0
    }
}

/// Scores the risks of a cluster.
pub fn score(risks: &Risks<'_>, method: &Method) -> Score {
    let scale = Scale::new(method, risks.namespaces.keys());
    let status = status(risks, method, &scale);
    let assessed_types = RiskType::ALL
        .iter()
        .filter(|t| risks.basis[**t].is_assessed())
        .map(|t| u128::from(t.weight(method)))
        .sum();

    let mut types = PerType::new(|t| risks.basis[t].is_assessed().then_some(Points::HUNDRED));
    let mut namespaces = BTreeMap::new();
    let mut risk = Points::ZERO;
    let mut assessed = AssessedRisk::default();
    for (namespace, exposures) in &risks.namespaces {
        let contributions = PerType::new(|t| scale.contribution(t, namespace, exposures[t].share));
        let lost = |weights: u128| -> Points {
            RiskType::ALL
                .iter()
                .map(|t| scale.within_namespace(*t, weights, exposures[*t].share))
                .sum()
        };
        for risk_type in RiskType::ALL {
            risk += contributions[risk_type];
            if let Some(score) = &mut types[risk_type] {
                *score -= scale.within_type(risk_type, namespace, exposures[risk_type].share);
            }
        }
        assessed.add(&scale, assessed_types, namespace, exposures);
        let score = NamespaceScore {
            score: (status == Status::Ok).then(|| Points::HUNDRED - lost(scale.types)),
            contributions,
        };
        namespaces.insert(namespace.clone(), score);
    }
    Score {
        status,
        score: (status == Status::Ok).then(|| Points::HUNDRED - risk),
        assessed_score: (status != Status::NoData && assessed_types > 0)
            .then(|| Points::HUNDRED - assessed.0),
        types: PerType::new(|t| types[t].filter(|_| status != Status::NoData)),
        namespaces,
    }
}

/// The risk over the assessed types alone.
#[derive(Default)]
struct AssessedRisk(Points);

impl AssessedRisk {
    fn add(
        &mut self,
        scale: &Scale<'_>,
        assessed_types: u128,
        namespace: &str,
        exposures: &PerType<Exposure<'_>>,
    ) {
        let narrowed = Scale {
            types: assessed_types,
            ..*scale
        };
        for risk_type in RiskType::ALL {
            self.0 += narrowed.contribution(risk_type, namespace, exposures[risk_type].share);
        }
    }
}

/// "no counted namespace: score null, status `no_data`"; where neither flows nor policies say
/// anything, "egress and isolation `not_assessed`, score null" (scoring, section 4), unless the
/// method gives them no weight.
fn status(risks: &Risks<'_>, method: &Method, scale: &Scale<'_>) -> Status {
    let needed_and_missing = |risk_type: &RiskType| {
        risk_type.is_network()
            && risk_type.weight(method) > 0
            && !risks.basis[*risk_type].is_assessed()
    };
    let assessed = |t: &RiskType| t.weight(method) > 0 && risks.basis[*t].is_assessed();
    if scale.is_empty() {
        Status::NoData
    } else if RiskType::ALL.iter().any(needed_and_missing) || !RiskType::ALL.iter().any(assessed) {
        Status::NotAssessed
    } else {
        Status::Ok
    }
}

/// The product of weights and counts. Weights are at most 10 000, so that no product that scoring
/// forms reaches 2^128.
fn product<const N: usize>(factors: [u128; N]) -> u128 {
    factors.into_iter().fold(1, u128::saturating_mul)
}
