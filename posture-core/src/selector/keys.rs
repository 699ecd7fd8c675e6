//! Labels that endpoints have apart from their own (policy semantics, section 4).

/// Before the keys of labels that an endpoint inherits from its namespace.
pub(crate) const NAMESPACE_PREFIX: &str = "pcns.";
/// Before the keys of labels that an endpoint inherits from its service account.
pub(crate) const SERVICE_ACCOUNT_PREFIX: &str = "pcsa.";
/// An endpoint's namespace.
pub(crate) const NAMESPACE: &str = "projectcalico.org/namespace";
/// An endpoint's service account.
pub(crate) const SERVICE_ACCOUNT: &str = "projectcalico.org/serviceaccount";
/// What tells pods from other endpoints.
pub(crate) const ORCHESTRATOR: &str = "projectcalico.org/orchestrator";
/// The value of [`ORCHESTRATOR`] that pods have.
pub(crate) const KUBERNETES: &str = "k8s";
/// Behind a prefix: the name of the namespace or service account.
pub(crate) const NAME: &str = "projectcalico.org/name";
/// The label of every namespace with its name.
pub(crate) const METADATA_NAME: &str = "kubernetes.io/metadata.name";
