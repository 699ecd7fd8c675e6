//! What the score would be if: one assessment held open for changes, each of which costs what it moves.

mod scenario;
mod shares;

use std::cmp::Reverse;
use std::sync::Arc;

use serde::Serialize;

pub use scenario::Scenario;

use shares::{Lost, Shares, after};

use crate::engine::Engine;
use crate::model::{Cluster, Method};
use crate::plan::{self, Goal, Left, Plan, Standing};
use crate::points::Points;
use crate::remedy::ActionId;
use crate::request::Request;
use crate::risk::{Basis, Exposure, Ground, Images, PerType, RiskType, States};
use crate::score::{Caps, Status, Totals, status};
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
    /// The namespaces that count, or would if they were not left out.
    names: Vec<Arc<str>>,
    /// The weight of each, 0 where it is left out.
    weights: Vec<u32>,
    /// How much of each is at risk.
    shares: Vec<Shares>,
    caps: Caps,
    /// What each can cost where only assessed types count, if not all are.
    assessed_caps: Option<Caps>,
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

/// What a namespace would lose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamespaceOutcome {
    /// Its name.
    pub namespace: Arc<str>,
    /// Its score, when the scans that are done find nothing; null where the cluster has none.
    pub score: Option<Points>,
    /// The points of the cluster's score that would be lost here.
    pub risk: Points,
    /// The same, by type.
    pub types: PerType<Points>,
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
        let method = &request.method;
        let ground = Ground::new(cluster, images, tally);
        let names: Vec<Arc<str>> = ground.counted(method).cloned().collect();
        let weights = names.iter().map(|name| method.namespace_weight(name));
        let weights: Vec<u32> = weights.collect();
        let mut what_if = Self {
            engine,
            request,
            basis: ground.basis(engine, method, &States::default()),
            ground,
            scenario: Scenario {
                dismissals: request.dismissals.clone(),
                weights: method.weights,
                ..Scenario::default()
            },
            method: method.clone(),
            names,
            shares: Vec::new(),
            caps: Caps::default(),
            assessed_caps: None,
            weights,
            total: Lost::default(),
        };
        let names = what_if.names.iter();
        what_if.shares = names.map(|name| what_if.shares_of(name)).collect();
        what_if.weigh();
        what_if
    }

    /// The scenario as it stands: at first what is.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Whether an action has items here, dismissed ones included.
    pub fn has(&self, action: &ActionId) -> bool {
        self.counts(&action.namespace) && {
            let exposures = self.seen(&action.namespace);
            let mut items = exposures[action.kind.risk_type()].items.iter();
            items.any(|item| action.kind.covers(item))
        }
    }

    /// Whether a namespace counts, or would if it were not left out.
    pub fn counts(&self, namespace: &str) -> bool {
        self.place(namespace).is_some()
    }

    /// What the scores are as it stands.
    pub fn outcome(&self) -> Outcome {
        let weights = self.weights.iter().copied();
        let status = status(weights, &self.basis, &self.method);
        let score = |lost: Points| (status == Status::Ok).then(|| Points::HUNDRED - lost);
        Outcome {
            totals: Totals::new(status, &self.basis, &self.total.at_best, &self.method),
            score_at_worst: score(self.total.at_worst),
            score_without_dismissals: score(self.total.undismissed),
        }
    }

    /// The counted namespaces as it stands: the highest risk first, then by name.
    pub fn namespaces(&self) -> Vec<NamespaceOutcome> {
        let has_score = self.outcome().totals.score.is_some();
        let counted = self.counted();
        let mut namespaces: Vec<NamespaceOutcome> = counted
            .map(|(place, namespace, shares)| {
                let caps = self.caps.at(place);
                let types = PerType::new(|t| caps.contribution(t, shares.at_best()[t]));
                let own = |t: RiskType| caps.within_namespace(t, shares.at_best()[t]);
                let lost: Points = RiskType::ALL.into_iter().map(own).sum();
                NamespaceOutcome {
                    namespace: namespace.clone(),
                    score: has_score.then(|| Points::HUNDRED - lost),
                    risk: RiskType::ALL.into_iter().map(|t| types[t]).sum(),
                    types,
                }
            })
            .collect();
        namespaces.sort_by_key(|of| Reverse(of.risk));
        namespaces
    }

    /// What is left to do as it stands, best first.
    pub fn left(&self) -> Vec<Left> {
        plan::left(&self.standings())
    }

    /// The way to a goal from where it stands.
    pub fn plan(&self, goal: Goal) -> Plan {
        let Outcome {
            totals,
            score_at_worst,
            ..
        } = self.outcome();
        let scores = score_at_worst.zip(totals.score);
        Plan {
            score: score_at_worst,
            steps: scores.map_or_else(Vec::new, |(at_worst, at_best)| {
                plan::steps(self.standings(), [at_worst, at_best], goal)
            }),
        }
    }

    /// The namespaces that count, with their places.
    fn counted(&self) -> impl Iterator<Item = (usize, &Arc<str>, &Shares)> {
        let all = self.names.iter().zip(&self.shares).enumerate();
        let placed = all.map(|(place, (name, shares))| (place, name, shares));
        placed.filter(|(_, name, _)| !self.scenario.left_out.contains(*name))
    }

    /// What is left at risk of every namespace that counts.
    fn standings(&self) -> Vec<Standing<'a>> {
        let standings = self.counted().map(|(place, namespace, _)| {
            let changes = self.scenario.of(namespace, self.request.now);
            let (exposures, outlook) = after(self.seen(namespace), &changes);
            Standing {
                namespace: namespace.clone(),
                exposures,
                outlook,
                caps: self.caps.at(place),
            }
        });
        standings.collect()
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
                moved = (0..self.names.len()).collect();
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

    fn place(&self, namespace: &str) -> Option<usize> {
        let by_name = |name: &Arc<str>| name.as_ref().cmp(namespace);
        self.names.binary_search_by(by_name).ok()
    }

    /// What is at risk of a namespace as it is seen.
    fn seen(&self, namespace: &str) -> PerType<Exposure<'a>> {
        let states = &self.scenario.states;
        self.ground
            .expose(namespace, self.basis, self.engine, &self.method, states)
    }

    /// How much of a namespace is at risk in the scenario.
    fn shares_of(&self, namespace: &str) -> Shares {
        let changes = self.scenario.of(namespace, self.request.now);
        if !changes.is_empty() {
            return Shares::changed(self.seen(namespace), &changes);
        }
        let states = &self.scenario.states;
        Shares::as_seen(self.ground.shares(
            namespace,
            self.basis,
            self.engine,
            &self.method,
            states,
        ))
    }

    /// Takes a namespace into the scope, or out of it.
    fn take_in_or_out(&mut self, place: usize) {
        let (Some(name), Some(weight)) = (self.names.get(place), self.weights.get_mut(place))
        else {
            return;
        };
        *weight = match self.scenario.left_out.contains(name) {
            true => 0,
            false => self.request.method.namespace_weight(name),
        };
    }

    /// Looks at a namespace anew.
    fn stand(&mut self, place: usize) {
        let Some(shares) = self.names.get(place).map(|name| self.shares_of(name)) else {
            return;
        };
        let before = self.lost(place);
        if let Some(slot) = self.shares.get_mut(place) {
            *slot = shares;
        }
        self.total = self.total.minus(before).plus(self.lost(place));
    }

    /// What a namespace loses.
    fn lost(&self, place: usize) -> Lost {
        let assessed = self.assessed_caps.as_ref().map(|caps| caps.at(place));
        let shares = self.shares.get(place);
        shares.map_or_else(Lost::default, |shares| {
            shares.lost(self.caps.at(place), assessed)
        })
    }

    /// Divides the points anew over types and namespaces. One that is left out can cost nothing.
    fn weigh(&mut self) {
        let assessed = |t| self.basis[t].is_assessed();
        let caps = |counts: &dyn Fn(RiskType) -> bool| {
            Caps::new(self.weights.iter().copied(), &self.method, counts)
        };
        let all_assessed = RiskType::ALL.into_iter().all(assessed);
        let assessed_caps = (!all_assessed).then(|| caps(&assessed));
        (self.caps, self.assessed_caps) = (caps(&|_| true), assessed_caps);
        let each = (0..self.names.len()).map(|place| self.lost(place));
        self.total = each.fold(Lost::default(), Lost::plus);
    }
}
