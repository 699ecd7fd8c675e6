//! What policies are wanted, as it is written.

use posture_core::model::Tier;
use posture_core::recommend::{Form, Granularity, Isolate, Wanted};
use serde::Deserialize;

/// What policies are wanted, as it is written in JSON. All keys are optional.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WantedForm {
    /// One policy for each namespace (`namespace`), or for each workload (`workload`).
    pub granularity: Granularity,
    /// Which kind of policy: `staged-calico`, `staged-kubernetes`, `calico` or `kubernetes`.
    pub form: Form,
    /// The tier of Calico's policies; `default` where it is not given.
    pub tier: Option<String>,
    /// The order of Calico's policies in their tier; behind all others where it is not given.
    pub order: Option<i32>,
    /// Which directions are isolated: those with unsecured traffic (`unsecured`), or `both`.
    pub isolate: Isolate,
}

/// What cannot be wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WantedError {
    /// A tier or an order.
    #[error("`{0}`: policies of Kubernetes have none, expected a form of Calico beside it")]
    OfKubernetes(&'static str),
}

impl Default for WantedForm {
    fn default() -> Self {
        let Wanted {
            granularity,
            form,
            isolate,
            ..
        } = Wanted::default();
        Self {
            granularity,
            form,
            tier: None,
            order: None,
            isolate,
        }
    }
}

impl WantedForm {
    /// What is wanted.
    ///
    /// # Errors
    /// [`WantedError`] for a tier or an order of policies that have none.
    pub fn wanted(self) -> Result<Wanted, WantedError> {
        let given = [
            ("tier", self.tier.is_some()),
            ("order", self.order.is_some()),
        ];
        for (name, given) in given {
            if given && self.form.is_kubernetes() {
                return Err(WantedError::OfKubernetes(name));
            }
        }
        Ok(Wanted {
            granularity: self.granularity,
            form: self.form,
            tier: self.tier.unwrap_or_else(|| Tier::DEFAULT.to_owned()),
            order: self.order,
            isolate: self.isolate,
        })
    }
}
