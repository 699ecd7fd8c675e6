//! The flow log of a cluster, row by row.
//!
//! Everything constant is rendered once, per pod and per edge; a row is then mostly copying, so that
//! hundreds of millions of rows need little time and no memory.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::Ipv4Addr;

use super::cluster::{CLIENTS, offset};
use super::objects::{node_name, replica_set_name};
use super::{Cluster, Direction, Edge, End, Hit, Pod, Random, Workload};

/// Seconds between two flushes of a node.
const INTERVAL: u64 = 300;

/// Writes the rows in order of intervals: a `src` and a `dst` row per connection, as far as its ends are
/// workloads and it was not denied before.
pub fn write_flows(cluster: &Cluster, out: &mut impl Write) -> io::Result<()> {
    let random = &mut Random::new(cluster.shape.seed, 1);
    let ends: Vec<Vec<RenderedPod>> = cluster
        .workloads
        .iter()
        .map(|workload| {
            workload
                .pods
                .iter()
                .map(|pod| RenderedPod::new(cluster, workload, pod))
                .collect()
        })
        .collect();
    let edges: Vec<RenderedEdge> = (0..cluster.edges.len())
        .map(|index| RenderedEdge::new(cluster, index))
        .collect();
    let rows = cluster.shape.flow_rows;
    let mut written = 0;
    let mut connection = 0;
    let mut text = String::new();
    while written < rows && !edges.is_empty() {
        // First every edge once, then by chance.
        let index = if connection < edges.len() {
            connection
        } else {
            random.below(edges.len())
        };
        connection += 1;
        let edge = &cluster.edges[index];
        let source = Side::of(edge.source, &ends, random);
        let destination = Side::of(edge.destination, &ends, random);
        let traffic = Traffic::new(random);
        let start =
            cluster.shape.start + INTERVAL * interval(written, rows, cluster.shape.intervals);
        for (reporter, side) in [
            (Reporter::Source, &source),
            (Reporter::Destination, &destination),
        ] {
            let (Some(report), Some(node)) = (edges[index].report(reporter), side.node()) else {
                continue;
            };
            if written == rows {
                break;
            }
            let row = Row {
                start: start + node as u64 % 60,
                node,
                source: &source,
                destination: &destination,
            };
            text.clear();
            row.render(reporter, edge, report, &edges[index], &traffic, &mut text);
            out.write_all(text.as_bytes())?;
            written += 1;
        }
    }
    Ok(())
}

/// The interval of row `row` of `rows`: time passes evenly.
fn interval(row: usize, rows: usize, intervals: u64) -> u64 {
    let passed = row as u128 * u128::from(intervals) / rows.max(1) as u128;
    u64::try_from(passed).unwrap_or(0)
}

/// The node that wrote a row stands at one end of the connection.
#[derive(Debug, Clone, Copy)]
enum Reporter {
    Source,
    Destination,
}

/// A pod as either end of a row, field names left out up to the prefix.
struct RenderedPod {
    source: String,
    destination: String,
    node: usize,
}

impl RenderedPod {
    fn new(cluster: &Cluster, workload: &Workload, pod: &Pod) -> Self {
        let render = |prefix: &str| {
            let labels: Vec<String> = workload
                .labels()
                .iter()
                .map(|(key, value)| format!("\"{key}={value}\""))
                .collect();
            format!(
                "\"{prefix}_ip\":\"{}\",\"{prefix}_name\":\"{}\",\"{prefix}_name_aggr\":\"{}-*\",\
                 \"{prefix}_namespace\":\"{}\",\"{prefix}_type\":\"wep\",\"{prefix}_labels\":{{\"labels\":[{}]}}",
                pod.address,
                pod.name,
                replica_set_name(workload),
                cluster.namespace_of(workload).name,
                labels.join(","),
            )
        };
        Self {
            source: render("source"),
            destination: render("dest"),
            node: pod.node,
        }
    }
}

/// What the rows of one edge have in common.
struct RenderedEdge {
    service: String,
    source: Option<Report>,
    destination: Option<Report>,
    denied: bool,
}

/// The verdict at one end.
struct Report {
    action: &'static str,
    policies: String,
}

impl RenderedEdge {
    fn new(cluster: &Cluster, index: usize) -> Self {
        let edge = &cluster.edges[index];
        let hit = |end, direction| match end {
            End::Workload(workload) => Some(report(
                cluster,
                &cluster.workloads[workload],
                direction,
                index,
            )),
            End::Server(_) | End::Clients => None,
        };
        let source: Option<Report> = hit(edge.source, Direction::Egress);
        let refused = |report: &Option<Report>| {
            report
                .as_ref()
                .is_some_and(|report| report.action == "deny")
        };
        // What the source may not send never arrives.
        let destination = if refused(&source) {
            None
        } else {
            hit(edge.destination, Direction::Ingress)
        };
        let denied = refused(&source) || refused(&destination);
        Self {
            service: service(cluster, edge),
            source,
            destination,
            denied,
        }
    }

    fn report(&self, reporter: Reporter) -> Option<&Report> {
        match reporter {
            Reporter::Source => self.source.as_ref(),
            Reporter::Destination => self.destination.as_ref(),
        }
    }
}

fn report(cluster: &Cluster, workload: &Workload, direction: Direction, edge: usize) -> Report {
    let hit: Hit = cluster.hit(workload, direction, edge);
    let trace = hit.to_trace(&cluster.namespace_of(workload).name);
    let policies = format!(
        "{{\"all_policies\":[\"{trace}\"],\"enforced_policies\":[\"{trace}\"],\"pending_policies\":[\"{trace}\"]}}"
    );
    Report {
        action: hit.action(),
        policies,
    }
}

/// The Service and domain that the source named; the destination's node does not know them.
fn service(cluster: &Cluster, edge: &Edge) -> String {
    match edge.destination {
        End::Workload(index) => {
            let workload = &cluster.workloads[index];
            format!(
                "\"dest_service_namespace\":\"{}\",\"dest_service_name\":\"{}\",\"dest_service_port\":\"main\",\
                 \"dest_service_port_num\":{},\"dest_domains\":null",
                cluster.namespace_of(workload).name,
                workload.name,
                workload.port,
            )
        }
        End::Server(address) => {
            let [.., high, low] = address.octets();
            NO_SERVICE.replace(
                "\"dest_domains\":null",
                &format!("\"dest_domains\":[\"api-{high}-{low}.example\"]"),
            )
        }
        End::Clients => NO_SERVICE.to_owned(),
    }
}

const NO_SERVICE: &str = "\"dest_service_namespace\":\"-\",\"dest_service_name\":\"-\",\"dest_service_port\":\"-\",\
                          \"dest_service_port_num\":null,\"dest_domains\":null";

/// An end of one connection.
enum Side<'a> {
    Pod(&'a RenderedPod),
    Address(Ipv4Addr),
}

impl<'a> Side<'a> {
    fn of(end: End, ends: &'a [Vec<RenderedPod>], random: &mut Random) -> Self {
        match end {
            End::Workload(index) => Self::Pod(random.pick(&ends[index])),
            End::Server(address) => Self::Address(address),
            End::Clients => Self::Address(offset(CLIENTS, random.below(0x1_0000))),
        }
    }

    fn node(&self) -> Option<usize> {
        match self {
            Self::Pod(pod) => Some(pod.node),
            Self::Address(_) => None,
        }
    }
}

/// The sums of one interval, seen from the source.
struct Traffic {
    flows: usize,
    bytes_sent: usize,
    bytes_received: usize,
    packets_sent: usize,
    packets_received: usize,
}

impl Traffic {
    fn new(random: &mut Random) -> Self {
        let flows = 1 + random.below(200);
        let packets_sent = flows * (5 + random.below(5));
        let packets_received = flows * (4 + random.below(5));
        Self {
            flows,
            bytes_sent: packets_sent * (60 + random.below(400)),
            bytes_received: packets_received * (60 + random.below(1200)),
            packets_sent,
            packets_received,
        }
    }

    /// `[bytes in, bytes out, packets in, packets out]` of the reporter's workload. Of a denied
    /// connection there are only the packets that asked for it.
    fn counts(&self, reporter: Reporter, denied: bool) -> [usize; 4] {
        let sent = if denied {
            [self.flows * 60, self.flows]
        } else {
            [self.bytes_sent, self.packets_sent]
        };
        let received = if denied {
            [0, 0]
        } else {
            [self.bytes_received, self.packets_received]
        };
        match reporter {
            Reporter::Source => [received[0], sent[0], received[1], sent[1]],
            Reporter::Destination => [sent[0], received[0], sent[1], received[1]],
        }
    }
}

/// Where and when a row is written.
struct Row<'a> {
    start: u64,
    node: usize,
    source: &'a Side<'a>,
    destination: &'a Side<'a>,
}

impl Row<'_> {
    fn render(
        &self,
        reporter: Reporter,
        edge: &Edge,
        report: &Report,
        rendered: &RenderedEdge,
        traffic: &Traffic,
        text: &mut String,
    ) {
        let end = self.start + INTERVAL;
        let _ = write!(text, "{{\"start_time\":{},\"end_time\":{end},", self.start);
        match self.source {
            Side::Pod(pod) => text.push_str(&pod.source),
            Side::Address(address) => push_network("source", *address, text),
        }
        text.push_str(",\"source_port\":null,");
        match self.destination {
            Side::Pod(pod) => text.push_str(&pod.destination),
            Side::Address(address) => push_network("dest", *address, text),
        }
        let _ = write!(text, ",\"dest_port\":{},", edge.port);
        let (name, service) = match reporter {
            Reporter::Source => ("src", rendered.service.as_str()),
            Reporter::Destination => ("dst", NO_SERVICE),
        };
        text.push_str(service);
        let _ = write!(
            text,
            ",\"proto\":\"tcp\",\"action\":\"{}\",\"reporter\":\"{name}\",",
            report.action
        );
        let _ = write!(text, "\"policies\":{},", report.policies);
        let [bytes_in, bytes_out, packets_in, packets_out] =
            traffic.counts(reporter, rendered.denied);
        let flows = traffic.flows;
        let _ = writeln!(
            text,
            "\"bytes_in\":{bytes_in},\"bytes_out\":{bytes_out},\"num_flows\":{flows},\"num_flows_started\":{flows},\
             \"num_flows_completed\":{flows},\"packets_in\":{packets_in},\"packets_out\":{packets_out},\
             \"host\":\"{}\",\"@timestamp\":{end}000}}",
            node_name(self.node),
        );
    }
}

/// An end outside the cluster.
fn push_network(prefix: &str, address: Ipv4Addr, text: &mut String) {
    let _ = write!(
        text,
        "\"{prefix}_ip\":\"{address}\",\"{prefix}_name\":\"-\",\"{prefix}_name_aggr\":\"pub\",\
         \"{prefix}_namespace\":\"-\",\"{prefix}_type\":\"net\",\"{prefix}_labels\":null"
    );
}
