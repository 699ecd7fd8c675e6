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
use std::iter::Sum;
use std::ops::{Add, Sub};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::attribute::attribute;
use crate::model::{ImageShare, Method};
use crate::points::{Points, Share};
use crate::risk::{Basis, PerType, RiskType, Risks};

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
    /// Those of the whole.
    pub totals: Totals,
    /// Each counted namespace.
    pub namespaces: BTreeMap<Arc<str>, NamespaceScore>,
}

/// The scores of a cluster as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Totals {
    /// Whether there is a score.
    pub status: Status,
    /// The cluster's score.
    pub score: Option<Points>,
    /// The score over the assessed types alone; none where no type is assessed.
    pub assessed_score: Option<Points>,
    /// The score of each type, where it is assessed.
    pub types: PerType<Option<Points>>,
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
#[derive(Clone, Debug, Default)]
pub struct Caps {
    /// 100 points by namespace weight.
    wholes: Vec<Points>,
    /// The points of each type by namespace weight.
    types: PerType<Vec<Points>>,
    /// The points of each type.
    own: PerType<Points>,
    image_share: ImageShare,
}

/// What a namespace can cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NamespaceCaps {
    /// 100 points by namespace weight: what it can cost the score of a type.
    whole: Points,
    /// What each type can cost the cluster's score here.
    types: PerType<Points>,
    /// What each type can cost the namespace's own score.
    own: PerType<Points>,
    image_share: ImageShare,
}

impl Caps {
    /// The caps of namespaces of these weights, in order of their names, and of the types for which
    /// `counts` holds. What weighs nothing can cost nothing.
    pub fn new(
        weights: impl IntoIterator<Item = u32>,
        method: &Method,
        counts: impl Fn(RiskType) -> bool,
    ) -> Self {
        let weight = |t: RiskType| if counts(t) { t.weight(method) } else { 0 };
        let of_types = RiskType::ALL.map(|t| u64::from(weight(t)));
        let mut by_type = attribute(Points::HUNDRED, &of_types).into_iter();
        let types = PerType::new(|_| by_type.next().unwrap_or_default());

        let weights: Vec<u64> = weights.into_iter().map(u64::from).collect();
        Self {
            wholes: attribute(Points::HUNDRED, &weights),
            types: PerType::new(|t| attribute(types[t], &weights)),
            own: types,
            image_share: method.image_share,
        }
    }

    /// The caps of the counted namespaces.
    pub fn of(risks: &Risks<'_>, method: &Method) -> Self {
        Self::new(risks.weights(method), method, |_| true)
    }

    /// What each namespace can cost, in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = NamespaceCaps> {
        (0..self.wholes.len()).map(|place| self.at(place))
    }

    /// What the namespace at a place can cost.
    pub fn at(&self, place: usize) -> NamespaceCaps {
        let of = |points: &[Points]| points.get(place).copied().unwrap_or_default();
        NamespaceCaps {
            whole: of(&self.wholes),
            types: PerType::new(|t| of(&self.types[t])),
            own: self.own,
            image_share: self.image_share,
        }
    }
}

impl NamespaceCaps {
    /// The points of the cluster's score that a type can cost.
    pub fn most(&self, risk_type: RiskType) -> Points {
        self.types[risk_type]
    }

    /// The points of the cluster's score that a share costs.
    pub fn contribution(&self, risk_type: RiskType, share: Share) -> Points {
        self.types[risk_type].of(self.counted(risk_type, share))
    }

    /// The points of the cluster's score that the shares of all types cost.
    pub fn risk(&self, shares: &PerType<Share>) -> Points {
        let types = RiskType::ALL.into_iter();
        types.map(|t| self.contribution(t, shares[t])).sum()
    }

    /// What the share costs the namespace's own score.
    pub fn within_namespace(&self, risk_type: RiskType, share: Share) -> Points {
        self.own[risk_type].of(self.counted(risk_type, share))
    }

    /// What the share costs the type's score.
    pub fn within_type(&self, risk_type: RiskType, share: Share) -> Points {
        self.whole.of(self.counted(risk_type, share))
    }

    /// The share that counts: "`any`: share is 1 as soon as one image is bad" (scoring, section
    /// 5).
    pub fn counted(&self, risk_type: RiskType, share: Share) -> Share {
        match (self.image_share, risk_type.is_network()) {
            (ImageShare::Any, false) if share.part > 0 => Share {
                part: share.whole,
                ..share
            },
            _ => share,
        }
    }
}

/// What is lost, in one namespace or in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// The points of the cluster's score, by type.
    pub contributions: PerType<Points>,
    /// The points of the score over the assessed types alone.
    pub assessed: Points,
    /// The points of the scores of the types.
    pub types: PerType<Points>,
}

impl Loss {
    /// What a namespace loses with these shares: `caps` are those of all types, `assessed` those of the
    /// assessed ones alone, where not all are.
    pub fn new(
        shares: &PerType<Share>,
        caps: NamespaceCaps,
        assessed: Option<NamespaceCaps>,
    ) -> Self {
        let contributions = PerType::new(|t| caps.contribution(t, shares[t]));
        let sum = |of: PerType<Points>| RiskType::ALL.iter().map(|t| of[*t]).sum();
        Self {
            contributions,
            assessed: match assessed {
                None => sum(contributions),
                Some(assessed) => assessed.risk(shares),
            },
            types: PerType::new(|t| caps.within_type(t, shares[t])),
        }
    }

    /// The points of the cluster's score.
    pub fn risk(&self) -> Points {
        RiskType::ALL.iter().map(|t| self.contributions[*t]).sum()
    }
}

impl Add for Loss {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            contributions: PerType::new(|t| self.contributions[t] + other.contributions[t]),
            assessed: self.assessed + other.assessed,
            types: PerType::new(|t| self.types[t] + other.types[t]),
        }
    }
}

impl Sub for Loss {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            contributions: PerType::new(|t| self.contributions[t] - other.contributions[t]),
            assessed: self.assessed - other.assessed,
            types: PerType::new(|t| self.types[t] - other.types[t]),
        }
    }
}

impl Sum for Loss {
    fn sum<I: Iterator<Item = Self>>(losses: I) -> Self {
        losses.fold(Self::default(), Add::add)
    }
}

/// Scores the risks of a cluster.
pub fn score(risks: &Risks<'_>, method: &Method) -> Score {
    let caps = Caps::of(risks, method);
    let is_assessed = |t| risks.basis[t].is_assessed();
    let assessed = Caps::new(risks.weights(method), method, is_assessed);
    let status = status(risks.weights(method), &risks.basis, method);
    let mut sum = Loss::default();
    let mut namespaces = BTreeMap::new();
    for ((risk, caps), assessed) in risks
        .namespaces
        .iter()
        .zip(caps.iter())
        .zip(assessed.iter())
    {
        let shares = risk.shares();
        let loss = Loss::new(&shares, caps, Some(assessed));
        sum = sum + loss;
        let types = RiskType::ALL.iter();
        let own: Points = types.map(|t| caps.within_namespace(*t, shares[*t])).sum();
        let score = NamespaceScore {
            score: (status == Status::Ok).then(|| Points::HUNDRED - own),
            contributions: loss.contributions,
        };
        namespaces.insert(risk.namespace.clone(), score);
    }
    Score {
        totals: Totals::new(status, &risks.basis, &sum, method),
        namespaces,
    }
}

impl Totals {
    /// The scores of a cluster that loses so much.
    pub fn new(status: Status, basis: &PerType<Basis>, lost: &Loss, method: &Method) -> Self {
        let counts = |t: RiskType| status != Status::NoData && basis[t].is_assessed();
        let any_assessed = RiskType::ALL
            .into_iter()
            .any(|t| counts(t) && t.weight(method) > 0);
        Self {
            status,
            score: (status == Status::Ok).then(|| Points::HUNDRED - lost.risk()),
            assessed_score: any_assessed.then(|| Points::HUNDRED - lost.assessed),
            types: PerType::new(|t| counts(t).then(|| Points::HUNDRED - lost.types[t])),
        }
    }
}

/// "no counted namespace: score null, status `no_data`"; where neither flows nor policies say
/// anything, "egress and isolation `not_assessed`, score null" (scoring, section 4), unless the
/// method gives them no weight.
pub fn status(
    namespace_weights: impl IntoIterator<Item = u32>,
    basis: &PerType<Basis>,
    method: &Method,
) -> Status {
    let weighty = |t: &&RiskType| t.weight(method) > 0;
    let assessed = |t: &RiskType| basis[*t].is_assessed();
    let mut types = RiskType::ALL.iter().filter(weighty);
    if namespace_weights.into_iter().all(|weight| weight == 0) {
        Status::NoData
    } else if types.clone().any(|t| t.is_network() && !assessed(t)) || !types.any(assessed) {
        Status::NotAssessed
    } else {
        Status::Ok
    }
}
