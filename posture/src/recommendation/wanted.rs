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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WantedError {
    /// A tier or an order.
    #[error("`{0}`: policies of Kubernetes have none, expected a form of Calico beside it")]
    OfKubernetes(&'static str),
    /// A tier that no cluster can have.
    #[error(
        "`{0}` is no name of a tier: expected lower-case letters, digits, `-` and `.`, a letter or digit first and last"
    )]
    NotATier(String),
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
    /// [`WantedError`] for a tier or an order of policies that have none, or a tier that cannot be.
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
        if let Some(tier) = self.tier.as_ref().filter(|tier| !is_subdomain(tier)) {
            return Err(WantedError::NotATier(tier.clone()));
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

/// Names of most objects: "contain no more than 253 characters; contain only lowercase alphanumeric
/// characters, '-' or '.'; start with an alphanumeric character; end with an alphanumeric character"
/// (Kubernetes, Object Names and IDs, DNS Subdomain Names).
fn is_subdomain(name: &str) -> bool {
    let is_alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let mut all = bytes.iter();
    let (first, last) = (bytes.first(), bytes.last());
    bytes.len() <= 253
        && all.all(|byte| is_alphanumeric(byte) || b"-.".contains(byte))
        && first.is_some_and(is_alphanumeric)
        && last.is_some_and(is_alphanumeric)
}
