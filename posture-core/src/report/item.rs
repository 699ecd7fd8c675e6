//! Items of actions, with the evidence behind each lost point.

use std::cmp::Reverse;
use std::net::IpAddr;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::assessment::Assessment;
use crate::edge::{EdgeKey, Peer};
use crate::model::{CveSeverity, Direction, HighRiskFrom, Port, Protocol, WorkloadId};
use crate::points::Points;
use crate::remedy::ActionId;
use crate::request::Request;
use crate::risk::{self, Join, RunningImage, Subject};
use crate::tally::Edge;
use crate::time::Time;

/// How many vulnerabilities an image lists; their number is always given.
const MAX_VULNERABILITIES: usize = 5;

/// One thing at risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Item {
    /// What tells it apart from the action's other items.
    pub key: String,
    /// Its weight in the part of its type: 1, or its connections or bytes where these are the unit of
    /// traffic.
    pub units: u64,
    /// The points of the cluster's score that it costs.
    pub points: Points,
    /// What it is, and what is known of it.
    pub evidence: Evidence,
}

/// What an item is, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A running image.
    Image(ImageEvidence),
    /// A workload with unsecured external edges.
    Workload {
        /// The workload.
        workload: WorkloadId,
        /// How many unsecured external edges it has.
        edge_count: usize,
        /// These edges, as many as were asked for.
        edges: Vec<EdgeEvidence>,
    },
    /// An unsecured edge across a boundary.
    Edge(EdgeEvidence),
    /// A direction of a workload that no policy governs.
    Ungoverned {
        /// The workload.
        workload: WorkloadId,
        /// The direction.
        direction: Direction,
    },
}

/// A running image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageEvidence {
    /// The names it runs under.
    pub names: Vec<String>,
    /// The workloads that run it.
    pub workloads: Vec<WorkloadId>,
    /// The scan that belongs to it.
    pub scan: Option<ScanEvidence>,
}

/// What a scan found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScanEvidence {
    /// The file it was read from.
    pub file: String,
    /// Where in the file; empty where the scan is all of it.
    pub place: String,
    /// By what it was found to belong to the image.
    pub join: Join,
    /// When the scan was made.
    pub at: Option<Time>,
    /// How many distinct vulnerabilities make the image a high-risk one.
    pub vulnerability_count: usize,
    /// The worst of them.
    pub vulnerabilities: Vec<Vulnerability>,
}

/// A vulnerability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Vulnerability {
    /// Its id.
    pub id: String,
    /// Its severity.
    pub severity: CveSeverity,
}

/// An edge and what was seen of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EdgeEvidence {
    /// The workload whose policies were judged.
    pub workload: WorkloadId,
    /// Which way the traffic goes, seen from the workload.
    pub direction: Direction,
    /// The other end.
    pub peer: Peer,
    /// The protocol.
    pub protocol: Protocol,
    /// The destination port.
    pub port: Port,
    /// When it was last seen unsecured.
    pub last_unsecured: Option<Time>,
    /// Connections, in unsecured records.
    pub connections: u64,
    /// Bytes in both directions, in unsecured records.
    pub bytes: u64,
    /// The smallest of the peer's addresses outside the cluster.
    pub addresses: Vec<IpAddr>,
    /// Whether there were more addresses.
    pub more_addresses: bool,
    /// The smallest of the peer's domain names.
    pub domains: Vec<String>,
    /// Whether there were more domain names.
    pub more_domains: bool,
    /// Whether it only waits for its connections to be made anew.
    pub awaiting_reconnect: bool,
}

/// The items of an action at some places of the list that has the heaviest first; none where the action
/// gains nothing. Of workloads as many edges are listed as was asked for.
pub fn items(
    assessment: &Assessment<'_>,
    action: &ActionId,
    places: Range<usize>,
) -> Option<Vec<Item>> {
    let items = assessment.action(action)?.items;
    Some(heaviest(&items, places, assessment.request))
}

/// The items that lost the most points, those at some places of them.
pub(super) fn heaviest(
    items: &[(risk::Item<'_>, Points)],
    places: Range<usize>,
    request: &Request,
) -> Vec<Item> {
    let mut heaviest: Vec<_> = items.iter().collect();
    heaviest.sort_by_key(|(item, points)| Reverse((*points, item.units)));
    let listed = heaviest.into_iter().take(places.end).skip(places.start);
    listed
        .map(|(of, points)| item(of, *points, request))
        .collect()
}

/// Something at risk, and what is known of it in short.
pub(crate) fn item(item: &risk::Item<'_>, points: Points, request: &Request) -> Item {
    Item {
        key: item.subject.key(),
        units: item.units,
        points,
        evidence: evidence(&item.subject, Listed::in_short(request)),
    }
}

/// How much of the evidence is listed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    edges: usize,
    vulnerabilities: usize,
    high_risk_from: HighRiskFrom,
}

impl Listed {
    /// The edges that were asked for, and the worst vulnerabilities.
    pub(crate) const fn in_short(request: &Request) -> Self {
        Self {
            edges: request.max_items.limit(),
            vulnerabilities: MAX_VULNERABILITIES,
            high_risk_from: request.method.high_risk_from,
        }
    }

    /// Everything.
    pub(crate) const fn in_full(request: &Request) -> Self {
        Self {
            edges: usize::MAX,
            vulnerabilities: usize::MAX,
            high_risk_from: request.method.high_risk_from,
        }
    }
}

/// What something at risk is, and what is known of it.
pub(crate) fn evidence(subject: &Subject<'_>, listed: Listed) -> Evidence {
    match subject {
        Subject::Image(image) => Evidence::Image(image_evidence(image, listed)),
        Subject::Workload(workload, edges) => Evidence::Workload {
            workload: workload.as_ref().clone(),
            edge_count: edges.len(),
            edges: edges
                .iter()
                .take(listed.edges)
                .map(|(key, edge)| edge_evidence(key, edge))
                .collect(),
        },
        Subject::Edge(key, edge) => Evidence::Edge(edge_evidence(key, edge)),
        Subject::Ungoverned(workload, direction) => Evidence::Ungoverned {
            workload: workload.as_ref().clone(),
            direction: *direction,
        },
    }
}

fn image_evidence(image: &RunningImage<'_>, listed: Listed) -> ImageEvidence {
    let findings = image.high_risk_findings(listed.high_risk_from);
    ImageEvidence {
        names: image.names().iter().map(ToString::to_string).collect(),
        workloads: image.workloads().into_iter().cloned().collect(),
        scan: image.scan.map(|(scan, join)| ScanEvidence {
            file: scan.origin.file.to_string(),
            place: scan.origin.at.clone(),
            join,
            at: scan.at.map(Time),
            vulnerability_count: findings.len(),
            vulnerabilities: findings
                .iter()
                .take(listed.vulnerabilities)
                .map(|(id, severity)| Vulnerability {
                    id: (*id).to_owned(),
                    severity: *severity,
                })
                .collect(),
        }),
    }
}

fn edge_evidence(key: &EdgeKey, edge: &Edge) -> EdgeEvidence {
    EdgeEvidence {
        workload: key.workload.as_ref().clone(),
        direction: key.direction,
        peer: key.peer.clone(),
        protocol: key.protocol,
        port: key.port,
        last_unsecured: edge.unsecured.last.map(Time),
        connections: edge.unsecured.connections,
        bytes: edge.unsecured.bytes,
        addresses: edge.addresses.smallest.clone(),
        more_addresses: edge.addresses.more,
        domains: edge.domains.smallest.clone(),
        more_domains: edge.domains.more,
        awaiting_reconnect: edge.awaiting_reconnect.is_some()
            && edge.awaiting_reconnect == edge.unsecured.last,
    }
}
