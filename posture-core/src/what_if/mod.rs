//! What the score would be if: one assessment held open for changes, each of which costs what it moves.

mod scenario;
mod standing;

pub use scenario::Scenario;

use standing::{Lost, Shares, Standing};

use serde::Serialize;

use crate::engine::Engine;
use crate::model::{Cluster, Method};
use crate::points::Points;
use crate::remedy::ActionId;
use crate::request::Request;
use crate::risk::{Basis, Ground, Images, NamespaceRisk, PerType, RiskType};
use crate::score::{Caps, NamespaceCaps, Status, Totals, status};
use crate::tally::Tally;

/// An assessment held open for changes: what it says of a scenario is the same, to the bit, as what a
/// fresh assessment of the changed input says.
#[derive(Debug)]
pub struct WhatIf<'a> {
    engine: &'a Engine,
    request: &'a Request,
    ground: Ground<'a>,
    scenario: Scenario,
    method: Method,
    basis: PerType<Basis>,
    /// What is at risk as it is seen, by namespace.
    seen: Vec<NamespaceRisk<'a>>,
    /// How each namespace stands in the scenario.
    standings: Vec<Standing>,
    total: Lost,
}

/// What the scores would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Outcome {
    /// The scores, when the scans that are done find nothing.
    #[serde(flatten)]
    pub totals: Totals,
    /// The score when these scans find the worst in every image.
    pub score_at_worst: Option<Points>,
    /// The score as if nothing were dismissed.
    pub score_without_dismissals: Option<Points>,
}

impl<'a> WhatIf<'a> {
    /// Opens an assessment; see [`risk::images`](crate::risk::images).
    pub fn new(
        cluster: &'a Cluster,
        engine: &'a Engine,
        images: &'a Images<'a>,
        tally: &'a Tally,
        request: &'a Request,
    ) -> Self {
        let ground = Ground::new(cluster, images, tally, &request.method);
        let risks = ground.assess(engine, &request.method);
        let scenario = Scenario {
            dismissals: request.dismissals.clone(),
            weights: request.method.weights,
            ..Scenario::default()
        };
        let standing = |risk: &NamespaceRisk<'_>| Standing {
            weight: Some(request.method.namespace_weight(&risk.namespace)),
            shares: Shares::new(&risk.namespace, &risk.exposures, &scenario, request.now),
            caps: NamespaceCaps::default(),
            assessed_caps: NamespaceCaps::default(),
        };
        let mut what_if = Self {
            engine,
            request,
            ground,
            standings: risks.namespaces.iter().map(standing).collect(),
            scenario,
            method: request.method.clone(),
            basis: risks.basis,
            seen: risks.namespaces,
            total: Lost::default(),
        };
        what_if.weigh();
        what_if
    }

    /// The scenario as it stands: at first what is.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Whether an action has items here, dismissed ones included.
    pub fn has(&self, action: &ActionId) -> bool {
        let risk = self
            .place(&action.namespace)
            .and_then(|place| self.seen.get(place));
        risk.is_some_and(|risk| {
            let items = &risk.exposures[action.kind.risk_type()].items;
            items.iter().any(|item| action.kind.covers(item))
        })
    }

    /// Whether a namespace counts, or would if it were not left out.
    pub fn counts(&self, namespace: &str) -> bool {
        self.place(namespace).is_some()
    }

    /// What the scores are as it stands.
    pub fn outcome(&self) -> Outcome {
        let status = status(self.weights(), &self.basis, &self.method);
        let score = |lost: Points| (status == Status::Ok).then(|| Points::HUNDRED - lost);
        Outcome {
            totals: Totals::new(status, &self.basis, &self.total.at_best, &self.method),
            score_at_worst: score(self.total.at_worst),
            score_without_dismissals: score(self.total.undismissed),
        }
    }

    /// Goes over to another scenario, and says what the scores are there.
    pub fn try_out(&mut self, scenario: Scenario) -> Outcome {
        let before = std::mem::replace(&mut self.scenario, scenario);
        let now = &self.scenario;
        let mut reweighed = before.weights != now.weights || before.left_out != now.left_out;
        let place = |namespace: &str| self.place(namespace);
        let mut moved: Vec<usize> = before.moved(now).into_iter().filter_map(place).collect();
        let in_or_out = before.left_out.symmetric_difference(&now.left_out);
        let in_or_out: Vec<usize> = in_or_out.filter_map(|of| place(of)).collect();
        if reweighed {
            self.method.weights = now.weights;
            self.method.scope = self.request.method.scope.clone();
            let left_out = now.left_out.iter().map(ToString::to_string);
            self.method.scope.exclude.extend(left_out);
        }
        if reweighed || before.states != now.states {
            let basis = self.ground.basis(self.engine, &self.method, &now.states);
            if basis != self.basis {
                self.basis = basis;
                reweighed = true;
                moved = (0..self.seen.len()).collect();
            }
        }
        for place in moved {
            self.stand(place);
        }
        for place in in_or_out {
            self.take_in_or_out(place);
        }
        if reweighed {
            self.weigh();
        }
        self.outcome()
    }

    /// The weights of the namespaces that are not left out.
    fn weights(&self) -> impl Iterator<Item = u32> {
        self.standings.iter().filter_map(|of| of.weight)
    }

    fn place(&self, namespace: &str) -> Option<usize> {
        let by_name = |risk: &NamespaceRisk<'_>| risk.namespace.as_ref().cmp(namespace);
        self.seen.binary_search_by(by_name).ok()
    }

    /// Takes a namespace into the scope, or out of it.
    fn take_in_or_out(&mut self, place: usize) {
        let (Some(risk), Some(standing)) = (self.seen.get(place), self.standings.get_mut(place))
        else {
            return;
        };
        let name = &risk.namespace;
        standing.weight = match self.scenario.left_out.contains(name) {
            true => None,
            false => Some(self.request.method.namespace_weight(name)),
        };
    }

    /// Looks at a namespace anew.
    fn stand(&mut self, place: usize) {
        let (Some(risk), Some(standing)) =
            (self.seen.get_mut(place), self.standings.get_mut(place))
        else {
            return;
        };
        let states = &self.scenario.states;
        risk.exposures = self.ground.expose(
            &risk.namespace,
            self.basis,
            self.engine,
            &self.method,
            states,
        );
        let lost = standing.lost();
        let (namespace, now) = (&risk.namespace, self.request.now);
        standing.shares = Shares::new(namespace, &risk.exposures, &self.scenario, now);
        self.total = self.total.minus(lost).plus(standing.lost());
    }

    /// Divides the points anew over types and namespaces. One that is left out can cost nothing.
    fn weigh(&mut self) {
        let assessed = |t| self.basis[t].is_assessed();
        let caps = Caps::new(self.weights(), &self.method, |_| true);
        let assessed_caps = match RiskType::ALL.into_iter().all(assessed) {
            true => caps.clone(),
            false => Caps::new(self.weights(), &self.method, assessed),
        };
        let mut each = caps.iter().zip(assessed_caps.iter());
        let mut total = Lost::default();
        for standing in &mut self.standings {
            let (caps, assessed) = match standing.weight {
                None => Default::default(),
                Some(_) => each.next().map(|(a, b)| (*a, *b)).unwrap_or_default(),
            };
            (standing.caps, standing.assessed_caps) = (caps, assessed);
            total = total.plus(standing.lost());
        }
        self.total = total;
    }
}
