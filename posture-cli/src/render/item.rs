//! All that is known of one item, in a terminal.

use std::fmt::Write;

use posture_core::edge::Peer;
use posture_core::engine::explain::Applies;
use posture_core::explain::{ItemExplanation, Row, Rows, Ungoverned};
use posture_core::judge::{Grounds, Why};
use posture_core::model::{CveSeverity, Port, Protocol, WorkloadId};
use posture_core::report::{EdgeEvidence, Evidence, ImageEvidence};
use posture_core::tally::EdgeState;

use super::layout::{Column, Grid, wrap};
use super::numbers::{count, counted, exact};
use super::table::section;
use super::times::{date_and_time, span};
use super::{PLAIN, QUIET, STRONG, words};

/// What is known, in words, line by line.
struct Facts(Grid);

/// An item in lines of at most `width` columns; of edges `limit` are listed.
pub(crate) fn item(item: &ItemExplanation, limit: usize, width: usize) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", STRONG.text(&item.key));
    owed(item, width, &mut out);
    let mut facts = Facts::new();
    match &item.evidence {
        Evidence::Image(image) => of_image(image, &mut facts),
        Evidence::Edge(edge) => of_edge(edge, &mut facts),
        Evidence::Workload { .. } | Evidence::Ungoverned { .. } => {}
    }
    if let Some(ungoverned) = &item.ungoverned {
        facts.add("Pod", &ungoverned.pod);
        facts.add("Why", &ungoverned.why);
    }
    facts.render(width, &mut out);
    if let Evidence::Workload {
        edges, edge_count, ..
    } = &item.evidence
    {
        of_edges(edges, *edge_count, limit, width, &mut out);
    }
    if let Some(ungoverned) = &item.ungoverned {
        policies(ungoverned, width, &mut out);
    }
    if let Some(rows) = &item.rows {
        of_rows(rows, width, &mut out);
    }
    out
}

/// What it loses, and of what that is its part.
fn owed(item: &ItemExplanation, width: usize, out: &mut String) {
    let mut grid = Grid::new([Column::Right, Column::Right, Column::Wrapped]);
    let mut line = |sign: &str, points, detail: &str| {
        grid.row([
            STRONG.text(sign),
            PLAIN.text(exact(points)),
            PLAIN.text(detail),
        ]);
    };
    for owed in &item.owed {
        let title = owed.risk_type.title();
        let part = format!(
            "{}/{} of {}",
            count(owed.units),
            count(owed.of_units),
            owed.of_points
        );
        line(
            "",
            owed.points,
            &format!("{title} in {}: {part}", item.namespace),
        );
    }
    if item.owed.len() > 1 {
        line("=", item.points, "");
    }
    grid.render(width, out);
    out.push('\n');
}

fn of_image(image: &ImageEvidence, facts: &mut Facts) {
    facts.add("Names", image.names.join(", "));
    facts.add("Workloads", joined(&image.workloads));
    let Some(scan) = &image.scan else {
        facts.add("Scan", "none that can be used");
        return;
    };
    let place = if scan.place.is_empty() { "" } else { ", " };
    let at = scan
        .at
        .map_or_else(String::new, |at| format!(", of {}", date_and_time(at)));
    let join = words::join(scan.join);
    facts.add(
        "Scan",
        format!("{}{place}{}, by {join}{at}", scan.file, scan.place),
    );
    let mut worst: Option<CveSeverity> = None;
    for found in &scan.vulnerabilities {
        if worst == Some(found.severity) {
            continue;
        }
        worst = Some(found.severity);
        let alike = scan.vulnerabilities.iter();
        let ids: Vec<&str> = alike
            .filter(|other| other.severity == found.severity)
            .map(|other| other.id.as_str())
            .collect();
        let severity = words::cve_severity(found.severity);
        facts.add(
            severity,
            format!("{}: {}", count(ids.len() as u64), ids.join(", ")),
        );
    }
}

fn joined(workloads: &[WorkloadId]) -> String {
    let names: Vec<String> = workloads.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn of_edge(edge: &EdgeEvidence, facts: &mut Facts) {
    facts.add("Unsecured", traffic(edge));
    let others = |more: bool| if more { " and others" } else { "" };
    let addresses: Vec<String> = edge.addresses.iter().map(ToString::to_string).collect();
    facts.add(
        "Addresses",
        addresses.join(", ") + others(edge.more_addresses),
    );
    facts.add(
        "Domains",
        edge.domains.join(", ") + others(edge.more_domains),
    );
    if edge.awaiting_reconnect {
        let why = "today's policies would secure it, once its connections are made anew";
        facts.add("Awaiting reconnect", why);
    }
}

fn traffic(edge: &EdgeEvidence) -> String {
    let last = edge.last_unsecured.map(date_and_time);
    let last = last.map_or_else(String::new, |last| format!(", last {last}"));
    let (connections, bytes) = (
        counted(edge.connections, "connection"),
        counted(edge.bytes, "byte"),
    );
    format!("{connections}, {bytes}{last}")
}

/// The unsecured edges of a workload.
fn of_edges(
    edges: &[EdgeEvidence],
    edge_count: usize,
    limit: usize,
    width: usize,
    out: &mut String,
) {
    let _ = writeln!(out, "{}", STRONG.text("Unsecured external edges"));
    for edge in edges.iter().take(limit) {
        let addresses = edge.addresses.iter().map(ToString::to_string);
        let names: Vec<String> = edge.domains.iter().cloned().chain(addresses).collect();
        let _ = writeln!(
            out,
            "  {}",
            PLAIN.text(far_end(&edge.peer, edge.protocol, edge.port))
        );
        let detail = format!("{}; {}", names.join(", "), traffic(edge));
        for line in wrap(detail.trim_start_matches("; "), width.saturating_sub(4)) {
            let _ = writeln!(out, "    {}", QUIET.text(line));
        }
    }
    if edge_count > limit {
        let more = count((edge_count - limit) as u64);
        let _ = writeln!(
            out,
            "{}",
            QUIET.text(format!("{more} more: --rows {edge_count}"))
        );
    }
}

/// `the Internet tcp/443`.
fn far_end(peer: &Peer, protocol: Protocol, port: Port) -> String {
    match port {
        Port::None => format!("{peer} {protocol}"),
        port => format!("{peer} {protocol}/{port}"),
    }
}

fn policies(of: &Ungoverned, width: usize, out: &mut String) {
    if of.policies.is_empty() {
        return;
    }
    let mut grid = Grid::new([Column::Wrapped, Column::Spare, Column::Wrapped]);
    grid.row(
        [
            "Policy that selects it",
            "Tier",
            "Why it does not govern it",
        ]
        .map(|head| STRONG.text(head)),
    );
    for policy in &of.policies {
        let may = match policy.selects {
            Applies::Yes | Applies::No => "",
            Applies::Unknown => " (perhaps)",
        };
        grid.row([
            PLAIN.text(format!("{}{may}", policy.policy)),
            QUIET.text(&policy.tier),
            PLAIN.text(&policy.why),
        ]);
    }
    section(&grid, width, out);
}

/// The rows behind edges; their reason once, where all have the same.
fn of_rows(rows: &Rows, width: usize, out: &mut String) {
    let counts = rows.counts;
    let _ = writeln!(
        out,
        "\n{}  {} unsecured, {} secured, {} unknown{}",
        STRONG.text("Flow rows"),
        count(counts.unsecured),
        count(counts.secured),
        count(counts.unknown),
        newest(rows),
    );
    for log in &rows.left_out {
        let left_out =
            format!("Rows of {log} are not shown: what comes out of a pipe is not read twice");
        let _ = writeln!(out, "{}", QUIET.text(left_out));
    }
    let Some(first) = rows.newest.first() else {
        return;
    };
    let same_why = rows.newest.iter().all(|row| row.why == first.why);
    let same_edge = rows.newest.iter().all(|row| row.edge == first.edge);
    let mut facts = Facts::new();
    if same_why {
        facts.add("Why", why(&first.why));
    }
    facts.add("Staged", staged(rows));
    facts.render(width, out);
    let mut grid = Grid::new([
        Column::Left,
        Column::Left,
        Column::Left,
        Column::SpareRight,
        Column::Wrapped,
        Column::Wrapped,
    ]);
    let why_head = if same_why { "" } else { "Why" };
    let edge_head = if same_edge { "" } else { "Other end" };
    grid.row(
        [
            "Row",
            "Time (UTC)",
            "State",
            "Connections",
            edge_head,
            why_head,
        ]
        .map(|head| STRONG.text(head)),
    );
    for row in &rows.newest {
        grid.row([
            PLAIN.text(format!("{}, {}", row.file, row.at)),
            PLAIN.text(span(row.start, row.end)),
            PLAIN.text(state(row)),
            PLAIN.text(count(row.connections)),
            PLAIN.text(if same_edge {
                String::new()
            } else {
                far_end(&row.edge.peer, row.edge.protocol, row.edge.port)
            }),
            PLAIN.text(if same_why {
                String::new()
            } else {
                why(&row.why)
            }),
        ]);
    }
    grid.render(width, out);
}

fn newest(rows: &Rows) -> String {
    let told = rows.newest.len() as u64;
    match told < rows.counts.unsecured {
        true => format!("; the newest {}", count(told)),
        false => String::new(),
    }
}

/// What staged policies would change.
fn staged(rows: &Rows) -> String {
    let secured = rows
        .newest
        .iter()
        .filter(|row| row.secured_if_staged_enforced);
    match secured.count() {
        0 => String::new(),
        number => format!(
            "{} of these would be secured if staged policies were enforced",
            count(number as u64)
        ),
    }
}

fn state(row: &Row) -> String {
    let action = if row.allowed { "allowed" } else { "denied" };
    let state = match row.state {
        EdgeState::Unsecured => "unsecured",
        EdgeState::Secured => "secured",
        EdgeState::Unknown => "unknown",
    };
    let waits = if row.awaiting_reconnect {
        ", awaiting reconnect"
    } else {
        ""
    };
    format!("{action}, {state}{waits}")
}

fn why(why: &Why) -> String {
    let from = match why.from {
        Grounds::Trace => "recorded trace",
        Grounds::Policies => "today's policies",
    };
    format!("{from}: {}", why.words)
}

impl Facts {
    fn new() -> Self {
        Self(Grid::new([Column::Left, Column::Wrapped]))
    }

    /// Something that is known; nothing where it is empty.
    fn add(&mut self, about: &str, text: impl AsRef<str>) {
        if !text.as_ref().is_empty() {
            self.0.row([QUIET.text(about), PLAIN.text(text)]);
        }
    }

    fn render(&self, width: usize, out: &mut String) {
        self.0.render(width, out);
    }
}
