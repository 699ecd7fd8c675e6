//! Kinds of Calico, one file for each kind or group of alike kinds.

mod entity;
pub(crate) mod host_endpoint;
mod labels;
pub(crate) mod network_set;
mod order;
pub(crate) mod policy;
mod port;
mod protocol;
mod rule;
mod selector;
pub(crate) mod tier;
pub(crate) mod workload_endpoint;

/// The API that people use, and the one behind it in which the objects are stored.
pub(crate) const GROUPS: [&str; 2] = ["projectcalico.org", "crd.projectcalico.org"];
