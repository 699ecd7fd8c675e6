//! What is kept of each kind of object.

pub(crate) mod calico;
pub(crate) mod cilium;
pub(crate) mod kubernetes;
pub(crate) mod network_policy;
pub(crate) mod network_policy_api;
pub(crate) mod ranges;
pub(crate) mod scans;

use crate::shape::{Meaning, Shape};

const WORD: Shape = Shape::Is(Meaning::Word);
const NAME: Shape = Shape::Is(Meaning::Name);
const ADDRESS: Shape = Shape::Is(Meaning::Address);
const DOMAIN: Shape = Shape::Is(Meaning::Domain);
const PORT: Shape = Shape::Is(Meaning::Port);
const SELECTOR: Shape = Shape::Is(Meaning::Selector);

/// A label selector of Kubernetes: of one the readers tell fields that they do not know.
const LABEL_SELECTOR: Shape = Shape::Told(&[
    ("matchLabels", Shape::Labels),
    ("matchExpressions", EXPRESSIONS),
]);

const EXPRESSIONS: Shape = Shape::Fields(&[
    ("key", Shape::Is(Meaning::LabelKey)),
    ("operator", WORD),
    ("values", Shape::Is(Meaning::LabelValue)),
]);

/// `metadata` of an object of which the labels do not matter.
const METADATA: Shape = Shape::Fields(&[
    ("name", NAME),
    ("namespace", NAME),
    ("resourceVersion", WORD),
]);

/// `metadata` of an object that has labels.
const LABELLED: Shape = Shape::Fields(&[
    ("name", NAME),
    ("namespace", NAME),
    ("resourceVersion", WORD),
    ("labels", Shape::Labels),
]);

/// `metadata` of a policy.
const POLICY: Shape = Shape::Fields(&[
    ("name", Shape::Is(Meaning::PolicyName)),
    ("namespace", NAME),
    ("resourceVersion", WORD),
]);

const OWNERS: Shape = Shape::Fields(&[("kind", WORD), ("name", NAME), ("controller", WORD)]);

/// A policy of a kind that is not evaluated: that it is there.
pub(crate) const UNREAD_POLICY: Shape = Shape::Fields(&[("metadata", POLICY)]);

/// An object of a kind that says nothing: what it is, so that it is counted.
pub(crate) const UNUSED: Shape = Shape::Fields(&[]);
