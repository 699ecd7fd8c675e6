//! What each risk type can be judged from.

use serde::{Deserialize, Serialize};

use super::PerType;
use super::governance::Pairs;
use crate::model::{Cluster, Method, NetworkEvidence, UnknownStates};
use crate::tally::Tally;

/// What a risk type is judged from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// Running images and their scans.
    Scans,
    /// Flow records.
    Traffic,
    /// The policies alone.
    Static,
}

/// What a risk type was judged from; without any, it is not assessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// The evidence.
    pub evidence: Option<EvidenceKind>,
}

impl Basis {
    /// Whether the type is assessed.
    pub const fn is_assessed(self) -> bool {
        self.evidence.is_some()
    }
}

/// What there is to judge from (scoring, sections 4 and 6.4).
///
/// Images are assessed where both the running images and scans are known. Traffic serves where a
/// counted namespace has at least one edge of known state, and policies alone where it has at
/// least one (workload, direction) of known state, or where the method counts unknown states as
/// unsecured: what says nothing is no evidence, and "no input makes a score out of nothing"
/// (scoring, section 12).
pub(super) fn basis(
    cluster: &Cluster,
    tally: &Tally,
    pairs: &Pairs,
    method: &Method,
    counts: impl Fn(&str) -> bool,
) -> PerType<Basis> {
    let scans = (cluster.sources.pods && cluster.sources.scans).then_some(EvidenceKind::Scans);
    let says = |known: bool| known || method.unknown == UnknownStates::Unsecured;
    let mut seen = tally
        .iter()
        .filter(|(key, _)| counts(&key.workload.namespace));
    let traffic = seen
        .any(|(_, edge)| says(edge.is_known()))
        .then_some(EvidenceKind::Traffic);
    let fixed = pairs
        .values()
        .any(|pair| says(pair.is_some()))
        .then_some(EvidenceKind::Static);
    let network = match method.network_evidence {
        NetworkEvidence::Auto => traffic.or(fixed),
        NetworkEvidence::Traffic => traffic,
        NetworkEvidence::Static => fixed,
    };
    PerType::new(|risk_type| Basis {
        evidence: if risk_type.is_network() {
            network
        } else {
            scans
        },
    })
}
