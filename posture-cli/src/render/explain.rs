//! From the score down to every lost point: type, namespace, item. Each sums to the one above.

use std::fmt::Write;

use posture_core::attribute::attribute;
use posture_core::points::Points;
use posture_core::report::{
    ActionReport, EdgeEvidence, Evidence, ImageEvidence, Item, NamespaceReport, Report,
};
use posture_core::risk::RiskType;

use super::numbers::{count, counted};
use super::{times, words};

/// How many edges of a workload, addresses and domains are told.
const TOLD: usize = 3;

/// Points that were lost, and to what. The points of all parts sum to those of the whole.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) points: Points,
    pub(super) to: String,
    /// What is known of it.
    pub(super) detail: String,
    pub(super) parts: Vec<Lost>,
}

/// All points that were lost, by type, namespace and item; none where there is no score.
///
/// The report has all items; of those of one namespace and type `items` are listed, the heaviest
/// first, and the rest are one.
pub(super) fn lost(report: &Report, items: usize) -> Option<Lost> {
    let score = report.score?;
    let types = report
        .types
        .iter()
        .filter(|of| of.contribution > Points::ZERO);
    Some(Lost {
        points: Points::HUNDRED - score,
        to: "lost".to_owned(),
        detail: format!("of 100, which leaves {score}, shown as {}", score.shown()),
        parts: types
            .map(|of| Lost {
                points: of.contribution,
                to: of.risk_type.title().to_owned(),
                detail: words::at_risk(of, report.method.traffic_unit),
                parts: namespaces(report, of.risk_type, items),
            })
            .collect(),
    })
}

fn namespaces(report: &Report, risk_type: RiskType, items: usize) -> Vec<Lost> {
    let mut namespaces: Vec<Lost> = report
        .namespaces
        .iter()
        .filter_map(|namespace| {
            let of = namespace.types.get(&risk_type)?;
            let parts = self::items(report, namespace, risk_type);
            (of.contribution > Points::ZERO).then(|| Lost {
                points: of.contribution,
                to: namespace.namespace.clone(),
                detail: format!("{} of {}", count(of.part), count(of.whole)),
                parts: folded(parts, of.contribution, items),
            })
        })
        .collect();
    namespaces.sort_by_key(|namespace| std::cmp::Reverse(namespace.points));
    namespaces
}

/// The heaviest parts, and one for the others.
fn folded(mut parts: Vec<Lost>, whole: Points, limit: usize) -> Vec<Lost> {
    let known: Points = parts.iter().map(|part| part.points).sum();
    parts.sort_by_key(|part| std::cmp::Reverse(part.points));
    let others = parts.split_off(limit.min(parts.len()));
    if !others.is_empty() {
        parts.push(Lost {
            points: others.iter().map(|part| part.points).sum(),
            to: format!("{} more", count(others.len() as u64)),
            detail: "`--items all` lists them".to_owned(),
            parts: Vec::new(),
        });
    }
    if known != whole {
        parts.push(Lost {
            points: whole - known,
            to: "what no action alone can gain".to_owned(),
            detail: String::new(),
            parts: Vec::new(),
        });
    }
    parts
}

fn items(report: &Report, namespace: &NamespaceReport, risk_type: RiskType) -> Vec<Lost> {
    let action = |risk_type: RiskType| {
        let actions = report.actions.iter();
        actions
            .filter(move |action| action.namespace == namespace.namespace)
            .find(move |action| action.risk_type == risk_type)
    };
    let mut items: Vec<Lost> = Vec::new();
    if risk_type != RiskType::UnscannedImages {
        let listed = action(risk_type).map_or([].as_slice(), |action| &action.items);
        items.extend(listed.iter().map(|item| item_lost(item, item.points)));
    }
    if let (RiskType::HighRiskImages | RiskType::UnscannedImages, Some(scan)) =
        (risk_type, action(RiskType::UnscannedImages))
    {
        for (item, as_unscanned) in unscanned(scan, namespace) {
            let points = match risk_type {
                RiskType::UnscannedImages => as_unscanned,
                _ => item.points - as_unscanned,
            };
            items.push(item_lost(item, points));
        }
    }
    items.retain(|item| item.points > Points::ZERO);
    items
}

/// The unscanned images, each with what it has lost in `unscanned_images` alone: an action to scan
/// an image is about both image types.
fn unscanned<'a>(scan: &'a ActionReport, namespace: &NamespaceReport) -> Vec<(&'a Item, Points)> {
    let mut items: Vec<&Item> = scan.items.iter().collect();
    items.sort_by(|a, b| a.key.cmp(&b.key));
    let of = namespace.types.get(&RiskType::UnscannedImages);
    let lost = of.map_or(Points::ZERO, |of| of.contribution);
    let points = attribute(lost, &vec![1; items.len()]);
    items.into_iter().zip(points).collect()
}

pub(super) fn item_lost(item: &Item, points: Points) -> Lost {
    let (to, detail) = match &item.evidence {
        Evidence::Image(image) => (name(item), image_detail(image)),
        Evidence::Workload {
            edges, edge_count, ..
        } => (item.key.clone(), edges_detail(edges, *edge_count)),
        Evidence::Edge(edge) => (item.key.clone(), edge_detail(edge)),
        Evidence::Ungoverned { direction, .. } => (
            item.key.clone(),
            format!("no policy governs its {direction}"),
        ),
    };
    Lost {
        points,
        to,
        detail,
        parts: Vec::new(),
    }
}

/// What an item is called: an image by all names that it runs under.
pub(super) fn name(item: &Item) -> String {
    match &item.evidence {
        Evidence::Image(image) if !image.names.is_empty() => image.names.join(", "),
        _ => item.key.clone(),
    }
}

pub(super) fn image_detail(image: &ImageEvidence) -> String {
    let Some(scan) = &image.scan else {
        return "unscanned".to_owned();
    };
    let mut text = String::new();
    for (position, found) in scan.vulnerabilities.iter().take(TOLD).enumerate() {
        let comma = if position > 0 { ", " } else { "" };
        let _ = write!(text, "{comma}{}", found.id);
    }
    more(
        &mut text,
        scan.vulnerability_count,
        TOLD.min(scan.vulnerabilities.len()),
    );
    let _ = write!(text, " ({}", scan.file);
    if !scan.place.is_empty() {
        let _ = write!(text, " {}", scan.place);
    }
    let _ = write!(text, ", by {})", words::join(scan.join));
    text
}

fn edges_detail(edges: &[EdgeEvidence], edge_count: usize) -> String {
    let mut text = String::new();
    for (position, edge) in edges.iter().take(TOLD).enumerate() {
        let comma = if position > 0 { ", " } else { "" };
        let _ = write!(text, "{comma}{} {}", edge.peer, edge.protocol);
        if edge.port != posture_core::model::Port::None {
            let _ = write!(text, "/{}", edge.port);
        }
        if let Some(name) = edge
            .domains
            .first()
            .cloned()
            .or(edge.addresses.first().map(ToString::to_string))
        {
            let _ = write!(text, " ({name})");
        }
    }
    more(&mut text, edge_count, TOLD.min(edges.len()));
    text
}

pub(super) fn edge_detail(edge: &EdgeEvidence) -> String {
    let mut text = counted(edge.connections, "connection");
    if let Some(last) = edge.last_unsecured {
        let _ = write!(text, ", last {}", times::date_and_time(last));
    }
    let addresses = edge.addresses.iter().map(ToString::to_string);
    let names: Vec<String> = edge.domains.iter().cloned().chain(addresses).collect();
    for name in names.iter().take(TOLD) {
        let _ = write!(text, ", {name}");
    }
    if names.len() > TOLD || edge.more_addresses || edge.more_domains {
        text.push_str(" and others");
    }
    if edge.awaiting_reconnect {
        text.push_str(", awaiting reconnect");
    }
    text
}

fn more(text: &mut String, all: usize, told: usize) {
    if all > told {
        let _ = write!(text, " and {} more", count((all - told) as u64));
    }
}
