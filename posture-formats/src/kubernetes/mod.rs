//! Kinds of Kubernetes itself, one file for each kind or group of alike kinds.

mod container;
pub(crate) mod controller;
pub(crate) mod endpoint_slice;
pub(crate) mod namespace;
pub(crate) mod network_policy;
pub(crate) mod node;
pub(crate) mod pod;
pub(crate) mod service;
pub(crate) mod service_account;
