//! Recommended policies: from the traffic that no policy addresses, in a namespace.
//!
//! ```text
//! actions -> target -> need -> plan -> manifest
//! ```
//!
//! A policy isolates, so what it does not name is denied. Its rules are therefore not made from the
//! unsecured edges alone but from all that went through the directions that it isolates, as far as no
//! other policy lets it through: nothing that was allowed may be denied. Whoever shows a
//! recommendation proves that first, by asking the policy about the edges
//! ([`replay`](crate::replay)).

mod about;
mod manifest;
mod need;
mod plan;
mod ranges;
mod rules;
mod seen;
mod select;
mod target;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use manifest::Manifest;
use seen::Seen;
pub use target::Target;

use crate::edge::EdgeKey;
use crate::engine::Engine;
use crate::model::{Cluster, Direction, PolicyKind, Tier};
use crate::replay::Replay;
use crate::request::Request;
use crate::tally::{Tally, Window};

/// What policies are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// How many.
    pub granularity: Granularity,
    /// Of which kind.
    pub form: Form,
    /// The tier of Calico's; those of Kubernetes are in `default`.
    pub tier: String,
    /// Their order in the tier; none: behind all others.
    pub order: Option<i32>,
    /// Which directions they isolate.
    pub isolate: Isolate,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            granularity: Granularity::Namespace,
            form: Form::StagedCalico,
            tier: Tier::DEFAULT.to_owned(),
            order: None,
            isolate: Isolate::Unsecured,
        }
    }
}

/// How many policies there are for a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Granularity {
    /// One.
    Namespace,
    /// One for each workload.
    Workload,
}

/// A kind of policy that can be recommended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// `StagedNetworkPolicy` of Calico.
    StagedCalico,
    /// `StagedKubernetesNetworkPolicy` of Calico.
    StagedKubernetes,
    /// `NetworkPolicy` of Calico.
    Calico,
    /// `NetworkPolicy` of Kubernetes.
    Kubernetes,
}

/// Which directions a policy isolates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Isolate {
    /// Those with unsecured traffic.
    Unsecured,
    /// Both.
    Both,
}

/// How much was seen of the traffic that rules are made from. A tally does not tell when an edge was
/// first seen, so this is about the time that the records cover, and promises no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Less than an hour.
    Learning,
    /// Less than a day: what runs once a day may be missing.
    Stabilizing,
    /// A day and more.
    Stable,
}

/// Recommended policies of a namespace, not proved yet.
#[derive(Clone, Debug)]
pub struct Recommendation {
    /// The namespace.
    pub namespace: Arc<str>,
    /// How much was seen; none where there are no records.
    pub status: Option<Status>,
    /// What the policies are there for.
    pub targets: Vec<Target>,
    /// Unsecured edges that today's policies secure: they wait for their connections to be made anew.
    pub awaiting: Vec<EdgeKey>,
    /// The policies; none where there is nothing to make them from.
    pub policies: Vec<Manifest>,
    /// The directions that they isolate.
    pub directions: Vec<Direction>,
    /// What could not be put into a rule, and why: unless it goes through all the same, the policies
    /// are not to be shown.
    pub obstacles: Vec<Obstacle>,
    /// What a person must know of them.
    pub warnings: Vec<String>,
}

/// Something that no rule can be made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The traffic; none for what is about the policy as a whole.
    pub edge: Option<EdgeKey>,
    /// Why not, and what would help.
    pub reason: String,
}

impl Form {
    /// The kind of the policies.
    pub const fn kind(self) -> PolicyKind {
        match self {
            Self::StagedCalico => PolicyKind::StagedNetworkPolicy,
            Self::StagedKubernetes => PolicyKind::StagedKubernetesNetworkPolicy,
            Self::Calico => PolicyKind::NetworkPolicy,
            Self::Kubernetes => PolicyKind::KubernetesNetworkPolicy,
        }
    }

    /// Whether rules are worded as those of Kubernetes.
    pub const fn is_kubernetes(self) -> bool {
        self.kind().is_kubernetes()
    }
}

impl Status {
    const HOUR: i64 = 3_600;
    const DAY: i64 = 86_400;

    /// By the time that records cover.
    pub const fn of(window: Window) -> Self {
        match window.end.saturating_sub(window.start) {
            Self::DAY.. => Self::Stable,
            Self::HOUR.. => Self::Stabilizing,
            _ => Self::Learning,
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Learning => "learning",
            Self::Stabilizing => "stabilizing",
            Self::Stable => "stable",
        }
    }
}

/// Recommends policies for every namespace with a `secure-egress` or `isolate-namespace` action,
/// those of which `concerns` holds. What was dismissed is no reason for a policy.
pub fn recommend(
    cluster: &Cluster,
    engine: &Engine,
    tally: &Tally,
    request: &Request,
    wanted: &Wanted,
    concerns: impl Fn(&str) -> bool,
) -> Vec<Recommendation> {
    let governed;
    let cluster = if cluster.sources.policies {
        cluster
    } else {
        governed = cluster.with_policies([]);
        &governed
    };
    let mut today = Replay::new(cluster, engine);
    let edges = tally.edges();
    let targets = target::targets(cluster, engine, tally, request);
    let concerned = targets
        .into_iter()
        .filter(|(namespace, _)| concerns(namespace));
    let recommended = concerned.map(|(namespace, targets)| {
        let of = |(key, _): &&(&EdgeKey, _)| key.workload.namespace == namespace;
        let seen = Seen {
            cluster,
            engine,
            edges: edges.iter().filter(of).copied().collect(),
            settle: request.method.settle,
            window: tally.window.filter(|_| !edges.is_empty()),
        };
        plan::recommend(&seen, namespace, targets, wanted, &mut today)
    });
    recommended.collect()
}
