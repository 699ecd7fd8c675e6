//! The four risk calculators: what is at risk in each namespace, and what puts it there.

mod evidence;
mod governance;
mod ground;
mod images;
mod seen;
mod traffic;

use std::cmp::Ordering;
use std::ops::{Index, IndexMut};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use evidence::{Basis, EvidenceKind};
pub use ground::Ground;
pub use images::{Images, Join, RunningImage, Verdict};
pub use seen::States;

use crate::edge::EdgeKey;
use crate::engine::Engine;
use crate::model::{Cluster, Direction, Method, WorkloadId};
use crate::points::Share;
use crate::tally::{Edge, Tally};
use crate::time::Time;

/// One of the four kinds of risk, in the order in which ties are broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RiskType {
    /// "running images with a High or Critical vulnerability, plus unscanned ones" of the
    /// running images.
    HighRiskImages,
    /// "running images without a usable scan" of the running images.
    UnscannedImages,
    /// "workloads with an unsecured external edge" of the workloads with any of known state.
    EgressAccess,
    /// "unsecured boundary traffic" of the boundary traffic of known state.
    NamespaceIsolation,
}

impl RiskType {
    /// All four, in order.
    pub const ALL: [Self; 4] = [
        Self::HighRiskImages,
        Self::UnscannedImages,
        Self::EgressAccess,
        Self::NamespaceIsolation,
    ];

    /// Its name in results and methods.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HighRiskImages => "high_risk_images",
            Self::UnscannedImages => "unscanned_images",
            Self::EgressAccess => "egress_access",
            Self::NamespaceIsolation => "namespace_isolation",
        }
    }

    /// Its name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::HighRiskImages => "High-risk images",
            Self::UnscannedImages => "Unscanned images",
            Self::EgressAccess => "Egress access",
            Self::NamespaceIsolation => "Namespace isolation",
        }
    }

    /// Its weight in a method.
    pub const fn weight(self, method: &Method) -> u32 {
        match self {
            Self::HighRiskImages => method.weights.high_risk_images,
            Self::UnscannedImages => method.weights.unscanned_images,
            Self::EgressAccess => method.weights.egress_access,
            Self::NamespaceIsolation => method.weights.namespace_isolation,
        }
    }

    /// Whether it is about traffic, not images.
    pub const fn is_network(self) -> bool {
        matches!(self, Self::EgressAccess | Self::NamespaceIsolation)
    }
}

/// A value for each risk type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PerType<T> {
    /// Of high-risk images.
    pub high_risk_images: T,
    /// Of unscanned images.
    pub unscanned_images: T,
    /// Of egress access.
    pub egress_access: T,
    /// Of namespace isolation.
    pub namespace_isolation: T,
}

impl<T> PerType<T> {
    /// The value of each type.
    pub fn new(mut value: impl FnMut(RiskType) -> T) -> Self {
        Self {
            high_risk_images: value(RiskType::HighRiskImages),
            unscanned_images: value(RiskType::UnscannedImages),
            egress_access: value(RiskType::EgressAccess),
            namespace_isolation: value(RiskType::NamespaceIsolation),
        }
    }
}

impl<T> Index<RiskType> for PerType<T> {
    type Output = T;

    fn index(&self, risk_type: RiskType) -> &T {
        match risk_type {
            RiskType::HighRiskImages => &self.high_risk_images,
            RiskType::UnscannedImages => &self.unscanned_images,
            RiskType::EgressAccess => &self.egress_access,
            RiskType::NamespaceIsolation => &self.namespace_isolation,
        }
    }
}

impl<T> IndexMut<RiskType> for PerType<T> {
    fn index_mut(&mut self, risk_type: RiskType) -> &mut T {
        match risk_type {
            RiskType::HighRiskImages => &mut self.high_risk_images,
            RiskType::UnscannedImages => &mut self.unscanned_images,
            RiskType::EgressAccess => &mut self.egress_access,
            RiskType::NamespaceIsolation => &mut self.namespace_isolation,
        }
    }
}

/// How exposed a namespace is to one type of risk.
#[derive(Clone, Debug, Default)]
pub struct Exposure<'a> {
    /// How much of the whole is at risk; a whole of 0 is "not applicable".
    pub share: Share,
    /// What is at risk, in no particular order. The units of all items sum to the part.
    pub items: Vec<Item<'a>>,
}

/// One thing at risk: the owner of lost points.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// Its weight among the items of its exposure.
    pub units: u64,
    /// What it is.
    pub subject: Subject<'a>,
}

/// What can be at risk, with the evidence for it.
#[derive(Clone, Debug)]
pub enum Subject<'a> {
    /// A running image.
    Image(&'a RunningImage<'a>),
    /// A workload with unsecured external edges.
    Workload(Arc<WorkloadId>, Vec<(&'a EdgeKey, &'a Edge)>),
    /// An unsecured edge across a boundary.
    Edge(&'a EdgeKey, &'a Edge),
    /// A direction of a workload that no policy governs.
    Ungoverned(Arc<WorkloadId>, Direction),
}

impl Item<'_> {
    /// The order of items in an exposure: of images by key, of workloads and edges by namespace, name,
    /// kind, direction, peer, protocol and port.
    pub fn in_order(&self, other: &Self) -> Ordering {
        match (&self.subject, &other.subject) {
            (Subject::Image(one), Subject::Image(other)) => one.key.cmp(&other.key),
            (Subject::Edge(one, _), Subject::Edge(other, _)) => one.cmp(other),
            (Subject::Workload(one, _), Subject::Workload(other, _)) => one.cmp(other),
            (Subject::Ungoverned(one, to), Subject::Ungoverned(other, other_to)) => {
                (one, to).cmp(&(other, other_to))
            }
            (one, other) => one.key().cmp(&other.key()),
        }
    }
}

impl Subject<'_> {
    /// The key that tells items of one exposure apart and orders them.
    pub fn key(&self) -> String {
        match self {
            Self::Image(image) => image.key.clone(),
            Self::Workload(workload, _) => format!("{workload:#}"),
            Self::Edge(edge, _) => format!("{edge:#}"),
            Self::Ungoverned(workload, direction) => {
                format!("{workload:#} {direction}")
            }
        }
    }
}

/// What is at risk in every counted namespace.
#[derive(Clone, Debug)]
pub struct Risks<'a> {
    /// Each counted namespace, by name.
    pub namespaces: Vec<NamespaceRisk<'a>>,
    /// What each type was judged from.
    pub basis: PerType<Basis>,
}

/// What is at risk in a counted namespace.
#[derive(Clone, Debug)]
pub struct NamespaceRisk<'a> {
    /// Its name.
    pub namespace: Arc<str>,
    /// How exposed it is to each type.
    pub exposures: PerType<Exposure<'a>>,
}

impl NamespaceRisk<'_> {
    /// How much is at risk, by type.
    pub fn shares(&self) -> PerType<Share> {
        PerType::new(|risk_type| self.exposures[risk_type].share)
    }
}

impl Risks<'_> {
    /// The names of the counted namespaces, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.namespaces.iter().map(|of| of.namespace.as_ref())
    }

    /// The weights of the counted namespaces, in order of their names.
    pub fn weights(&self, method: &Method) -> impl Iterator<Item = u32> {
        self.names().map(|name| method.namespace_weight(name))
    }

    /// The place of a namespace, where it counts.
    pub fn place(&self, namespace: &str) -> Option<usize> {
        let by_name = |of: &NamespaceRisk<'_>| of.namespace.as_ref().cmp(namespace);
        self.namespaces.binary_search_by(by_name).ok()
    }
}

/// The running images of a cluster with their scans: what the image types are judged from.
pub fn images<'c>(cluster: &'c Cluster, method: &Method, now: Option<Time>) -> Images<'c> {
    Images::new(cluster, method, now)
}

/// Runs the four calculators over every counted namespace.
pub fn assess<'a>(
    cluster: &'a Cluster,
    engine: &Engine,
    images: &'a Images<'a>,
    tally: &'a Tally,
    method: &Method,
) -> Risks<'a> {
    Ground::new(cluster, images, tally).assess(engine, method)
}
