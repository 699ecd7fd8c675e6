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
/// Images are assessed where both the running images and scans are known. Traffic serves where at
/// least one record has a known state, and policies alone where at least one (workload,
/// direction) has, or the method counts unknown states as unsecured: what says nothing is no
/// evidence, and "no input makes a score out of nothing"
/// (scoring, section 12).
pub(super) fn basis(
    cluster: &Cluster,
    tally: &Tally,
    pairs: &Pairs,
    method: &Method,
) -> PerType<Basis> {
    let scans = (cluster.sources.pods && cluster.sources.scans).then_some(EvidenceKind::Scans);
    let says = |known: bool, unknown: bool| match method.unknown {
        UnknownStates::Exclude => known,
        UnknownStates::Unsecured => known || unknown,
    };
    let records = &tally.records;
    let traffic =
        says(records.known() > 0, !records.unknown.is_empty()).then_some(EvidenceKind::Traffic);
    let fixed = says(pairs.values().any(Option::is_some), !pairs.is_empty())
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
