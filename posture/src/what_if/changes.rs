//! What would be different, as it is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use posture_core::dismissal::{Covers, Dismissal, Snapshot};
use posture_core::model::{Method, MethodError, Weights};
use posture_core::remedy::ActionId;
use posture_core::request::Request;
use posture_core::risk::RiskType;
use posture_core::time::Time;
use posture_core::what_if::{Scenario, WhatIf};
use serde::Deserialize;

/// What would be different, as it is written in JSON. All keys are optional.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Changes {
    /// Actions that are done, such as `isolate-namespace/shop`.
    pub done: Vec<ActionId>,
    /// Actions that are dismissed.
    pub dismiss: Vec<ActionId>,
    /// Actions whose dismissals are taken back.
    pub revert: Vec<ActionId>,
    /// Other weights of types.
    pub weights: BTreeMap<RiskType, u32>,
    /// Namespaces that are taken out of scope.
    pub left_out: Vec<String>,
}

/// Something that is not there, and cannot be different.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// An action that is done.
    #[error("`{0}` cannot be done, expected an action that has something to do")]
    Done(ActionId),
    /// An action that is dismissed.
    #[error("`{0}` cannot be dismissed, expected an action that has something to do")]
    Dismiss(ActionId),
    /// An action whose dismissals are taken back.
    #[error("`{0}` cannot be reverted, expected an action that is dismissed")]
    Revert(ActionId),
    /// A namespace.
    #[error("`{0}` cannot be left out, expected a namespace that counts")]
    LeftOut(String),
}

impl Changes {
    /// Checks that all that would be different is there.
    ///
    /// # Errors
    /// [`ChangeError`] names the first thing that is not.
    pub fn check(&self, request: &Request, what_if: &WhatIf<'_>) -> Result<(), ChangeError> {
        let is_missing = |action: &&ActionId| !what_if.has(action);
        if let Some(action) = self.done.iter().find(is_missing) {
            return Err(ChangeError::Done(action.clone()));
        }
        if let Some(action) = self.dismiss.iter().find(is_missing) {
            return Err(ChangeError::Dismiss(action.clone()));
        }
        let is_dismissed = |action: &&ActionId| {
            let mut dismissals = request.dismissals.iter();
            dismissals.any(|dismissal| dismissal.action == **action)
        };
        if let Some(action) = self.revert.iter().find(|action| !is_dismissed(action)) {
            return Err(ChangeError::Revert(action.clone()));
        }
        match self.left_out.iter().find(|name| !what_if.counts(name)) {
            Some(name) => Err(ChangeError::LeftOut(name.clone())),
            None => Ok(()),
        }
    }

    /// The scenario that they make of what is.
    ///
    /// # Errors
    /// [`MethodError`] for weights out of range.
    pub fn scenario(&self, request: &Request) -> Result<Scenario, MethodError> {
        let is_left = |dismissal: &&Dismissal| !self.revert.contains(&dismissal.action);
        let mut dismissals: Vec<Dismissal> =
            request.dismissals.iter().filter(is_left).cloned().collect();
        dismissals.extend(self.dismiss.iter().map(|action| Dismissal {
            action: action.clone(),
            reason: "what if".to_owned(),
            by: "what if".to_owned(),
            // no outcome says when
            at: request.now.unwrap_or(Time(0)),
            until: None,
            covers: Covers::Action,
            items: Snapshot::default(),
        }));
        let method = Method {
            weights: self.weights(request.method.weights),
            ..request.method.clone()
        };
        method.check()?;
        Ok(Scenario {
            done: self.done.iter().cloned().collect(),
            dismissals,
            weights: method.weights,
            left_out: self
                .left_out
                .iter()
                .map(|name| Arc::from(name.as_str()))
                .collect(),
            ..Scenario::default()
        })
    }

    fn weights(&self, mut weights: Weights) -> Weights {
        for (risk_type, weight) in &self.weights {
            *match risk_type {
                RiskType::HighRiskImages => &mut weights.high_risk_images,
                RiskType::UnscannedImages => &mut weights.unscanned_images,
                RiskType::EgressAccess => &mut weights.egress_access,
                RiskType::NamespaceIsolation => &mut weights.namespace_isolation,
            } = *weight;
        }
        weights
    }
}
