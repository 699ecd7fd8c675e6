//! Policies as objects that can be applied.

mod calico;
mod kubernetes;

use serde::Serialize;

use super::Form;
use super::rules::Allow;
use crate::model::{Direction, Labels};

/// A policy as an object: serialised, it is what `kubectl apply` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Metadata {
    name: String,
    namespace: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Spec {
    Calico(calico::Spec),
    Kubernetes(kubernetes::Spec),
}

/// A policy that is to be written.
pub(super) struct Draft<'d> {
    pub(super) form: Form,
    pub(super) name: String,
    pub(super) namespace: &'d str,
    pub(super) tier: &'d str,
    pub(super) order: Option<i32>,
    /// Labels of the pods that it selects; none: all of the namespace.
    pub(super) labels: Labels,
    /// The rules of each direction that it isolates.
    pub(super) rules: Vec<(Direction, Vec<Allow>)>,
}

impl Manifest {
    pub(super) fn of(draft: Draft<'_>) -> Self {
        let form = draft.form;
        Self {
            api_version: match form {
                Form::Kubernetes => "networking.k8s.io/v1",
                _ => "projectcalico.org/v3",
            },
            kind: match form {
                Form::StagedCalico => "StagedNetworkPolicy",
                Form::StagedKubernetes => "StagedKubernetesNetworkPolicy",
                Form::Calico | Form::Kubernetes => "NetworkPolicy",
            },
            metadata: Metadata {
                name: draft.name.clone(),
                namespace: draft.namespace.to_owned(),
            },
            spec: match form.is_kubernetes() {
                true => Spec::Kubernetes(kubernetes::spec(draft)),
                false => Spec::Calico(calico::spec(&draft)),
            },
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// Its namespace.
    pub fn namespace(&self) -> &str {
        &self.metadata.namespace
    }

    /// Its kind, as it calls itself.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Manifest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Manifest".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object",
            "description": "A policy as an object: what `kubectl apply` takes.",
            "required": ["apiVersion", "kind", "metadata", "spec"]
        })
    }
}

/// The parts of a policy that go by direction.
struct Directed<R> {
    types: Vec<&'static str>,
    ingress: Vec<R>,
    egress: Vec<R>,
}

impl<R> Directed<R> {
    fn new<I: IntoIterator<Item = R>>(
        directions: &[(Direction, Vec<Allow>)],
        rules: impl Fn(&Allow, Direction) -> I,
    ) -> Self {
        let mut directed = Self {
            types: Vec::new(),
            ingress: Vec::new(),
            egress: Vec::new(),
        };
        for (direction, allows) in directions {
            let made = allows.iter().flat_map(|allow| rules(allow, *direction));
            match direction {
                Direction::Ingress => {
                    directed.types.push("Ingress");
                    directed.ingress.extend(made);
                }
                Direction::Egress => {
                    directed.types.push("Egress");
                    directed.egress.extend(made);
                }
            }
        }
        directed
    }
}

/// The word for what a staged policy does when it is enforced; none of an enforced one.
const fn staged_action(form: Form) -> Option<&'static str> {
    match form {
        Form::StagedCalico | Form::StagedKubernetes => Some("Set"),
        Form::Calico | Form::Kubernetes => None,
    }
}
