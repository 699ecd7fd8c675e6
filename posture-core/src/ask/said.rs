//! What is said of the ends.

use std::net::IpAddr;

use serde::Serialize;

use super::{Found, Place};
use crate::engine::{Scope, family_of};
use crate::model::{Cluster, Family, StagedAction, WorkloadId};

/// An end of the traffic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Said {
    /// As it was named.
    pub given: String,
    /// Its workload, where it has one with a network of its own.
    pub workload: Option<WorkloadId>,
    /// The pod that stands for all.
    pub pod: Option<String>,
    /// How many pods it has.
    pub pods: usize,
    /// Its address.
    pub address: Option<IpAddr>,
    /// What it is, in words.
    pub is: String,
}

impl Said {
    pub(super) fn new(
        found: &Found<'_>,
        place: &Place,
        pod: usize,
        family: Option<Family>,
    ) -> Self {
        let known = match found {
            Found::Pods(pods, _) => pods.get(pod).or_else(|| pods.first()),
            _ => None,
        };
        let pods = match found {
            Found::Pods(pods, _) => pods.len(),
            _ => 0,
        };
        let is_of_family =
            |address: &IpAddr| family.is_none_or(|family| family_of(*address) == family);
        let is = match (found, known) {
            (Found::Pods(..), Some(known)) => {
                let of = match (&known.workload.kind, pods) {
                    (kind, 1) if kind.as_ref() == "Pod" => String::new(),
                    (_, 1) => format!(" of {:#}", known.workload),
                    (_, pods) => format!(", one of {pods} of {:#}", known.workload),
                };
                format!("pod {}/{}{of}", known.pod.namespace, known.pod.name)
            }
            (Found::Node(name, _), _) => {
                let node = match name {
                    Some(name) => format!("node {name}"),
                    None => "a node".to_owned(),
                };
                match place {
                    Place::Named { .. } => format!("{place} shares the network of {node}"),
                    Place::Address(_) => node,
                }
            }
            (Found::Inside(_), _) => "an address of the cluster that nothing read has".to_owned(),
            _ => "an address outside the cluster".to_owned(),
        };
        Self {
            given: place.to_string(),
            workload: known.map(|known| known.workload.as_ref().clone()),
            pod: known.map(|known| known.pod.name.clone()),
            pods,
            address: found.end(pod, is_of_family).address,
            is,
        }
    }

    /// Its name, as short as it can be.
    pub fn name(&self) -> String {
        match &self.workload {
            Some(workload) => workload.to_string(),
            None => self.given.clone(),
        }
    }
}

/// "Calico itself does not simulate Delete" (policy semantics, section 6), so whoever compares the two
/// is told.
pub(super) fn deletions(cluster: &Cluster, scope: Scope, differs: bool) -> Option<String> {
    let mut policies = cluster.policies.iter();
    let deletes = policies.any(|policy| policy.staged == Some(StagedAction::Delete));
    (deletes && (scope == Scope::Staged || differs)).then(|| {
        "staged deletions are taken as done; Calico itself does not simulate them".to_owned()
    })
}
