//! The expected outputs of netpol-analyzer: lists of connections, and explanations of them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use posture_core::model::{Labels, Protocol};

use crate::world::WITH_PORTS;

/// A form of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `from => to : ports`, for every pair that has a connection.
    List,
    /// `from,to,ports`, likewise.
    Table,
    /// What is allowed and denied between pairs, and why; and what could connect to workloads that
    /// are not there.
    Explanation,
}

/// What goes from one end to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Connection {
    pub(super) from: Peer,
    pub(super) to: Peer,
    pub(super) ports: Ports,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// `namespace/name[Kind]`
    Workload(String),
    /// All addresses from the first to the last.
    Addresses(IpAddr, IpAddr),
    /// A pod that is not there: of any namespace where none is named, with these labels alone.
    Potential(Option<String>, Labels),
}

/// Ports by protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ports(BTreeMap<Protocol, Vec<(u16, u16)>>);

/// The folder that an output is of, and its form.
pub(super) fn named(file: &str) -> Option<(&str, Form)> {
    [
        ("_connlist_output.txt", Form::List),
        ("_connlist_output.csv", Form::Table),
        ("_explain_output.txt", Form::Explanation),
        ("_explain_exposure_output.txt", Form::Explanation),
    ]
    .into_iter()
    .find_map(|(end, form)| Some((file.strip_suffix(end)?, form)))
}

impl Form {
    /// Whether pairs that the output does not speak of have no connection.
    pub(super) fn is_complete(self) -> bool {
        self != Self::Explanation
    }

    pub(super) fn read(self, text: &str) -> Vec<Connection> {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        match self {
            Self::List => lines.map(connection).collect(),
            Self::Table => lines
                .skip(1)
                .map(|line| {
                    let mut cells = line.splitn(3, ',');
                    let mut cell = || cells.next().expect("three cells").trim_matches('"');
                    Connection {
                        from: peer(cell()),
                        to: peer(cell()),
                        ports: ports(cell()),
                    }
                })
                .collect(),
            Self::Explanation => explanation(lines),
        }
    }
}

fn explanation<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<Connection> {
    let mut connections: Vec<Connection> = Vec::new();
    for line in lines.map(str::trim) {
        if let Some(pair) = line.strip_prefix("Connections between ") {
            let pair = pair.strip_suffix(':').expect("a colon behind the pair");
            connections.push(connection(&format!("{pair} : No Connections")));
        } else if let Some(allowed) = line
            .strip_prefix("Allowed ")
            .and_then(|rest| rest.split_once(" due to "))
        {
            let last = connections.last_mut().expect("a pair before");
            last.ports.add(&ports(allowed.0));
        } else if line.contains(" => ") && !line.contains(" : ") {
            connections.push(connection(&format!("{line} : All Connections")));
        } else if line.contains("=> ") || line.contains("<= ") {
            connections.push(connection(line));
        }
    }
    connections
}

/// `from => to : ports`, or `to <= from : ports`.
fn connection(line: &str) -> Connection {
    let (pair, allowed) = line.split_once(" : ").expect("ports behind the pair");
    let ports = ports(allowed);
    let (from, to) = pair
        .split_once("=>")
        .or_else(|| pair.split_once("<=").map(|(to, from)| (from, to)))
        .unwrap_or_else(|| panic!("{line} names no pair"));
    let (from, to) = (peer(from.trim()), peer(to.trim()));
    Connection { from, to, ports }
}

fn peer(text: &str) -> Peer {
    if let Some(range) = text.strip_suffix("[External]") {
        let (first, last) = range.split_once('-').expect("a range of addresses");
        let address = |text: &str| text.parse().expect("an address");
        return Peer::Addresses(address(first), address(last));
    }
    if text == "entire-cluster" {
        return Peer::Potential(None, Labels::new());
    }
    match text.split_once("/[") {
        None => Peer::Workload(text.to_owned()),
        Some((namespace, pods)) => {
            let namespace = (namespace != "[all namespaces]").then(|| namespace.to_owned());
            let labels = pods.strip_prefix("pod with {");
            let labels = labels.map_or("", |labels| labels.trim_end_matches("}]"));
            let label = |text: &str| {
                let (key, value) = text.split_once('=')?;
                Some((key.to_owned(), value.to_owned()))
            };
            Peer::Potential(namespace, labels.split(',').filter_map(label).collect())
        }
    }
}

/// `TCP 80,90-99,UDP 53`, `TCP:[80,90-99], UDP`, `All Connections` or `No Connections`.
fn ports(text: &str) -> Ports {
    let mut ports = Ports::default();
    if text == "All Connections" {
        ports.0 = WITH_PORTS.map(|protocol| (protocol, vec![ALL])).into();
    }
    if text.ends_with("Connections") {
        return ports;
    }
    let words = text
        .split([' ', ',', ':', '[', ']'])
        .filter(|word| !word.is_empty());
    let mut current = None;
    for word in words {
        if let Some(protocol) = Protocol::from_name(word).filter(|protocol| protocol.has_ports()) {
            ports.0.insert(protocol, Vec::new());
            current = Some(protocol);
            continue;
        }
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        let port = |text: &str| text.parse().unwrap_or_else(|_| panic!("{text} is no port"));
        let of = current.and_then(|protocol| ports.0.get_mut(&protocol));
        of.expect("a protocol before")
            .push((port(first), port(last)));
    }
    for ranges in ports.0.values_mut().filter(|ranges| ranges.is_empty()) {
        ranges.push(ALL);
    }
    ports
}

const ALL: (u16, u16) = (1, u16::MAX);

impl Ports {
    pub(super) fn allow(&self, protocol: Protocol, port: u16) -> bool {
        let ranges = self.0.get(&protocol).into_iter().flatten();
        ranges
            .clone()
            .any(|(first, last)| (*first..=*last).contains(&port))
    }

    pub(super) fn ranges(&self) -> impl Iterator<Item = (u16, u16)> {
        self.0.values().flatten().copied()
    }

    fn add(&mut self, other: &Self) {
        for (protocol, ranges) in &other.0 {
            self.0.entry(*protocol).or_default().extend(ranges);
        }
    }
}

/// The address in the middle of a range.
pub(super) fn middle(first: IpAddr, last: IpAddr) -> IpAddr {
    match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => {
            let (first, last) = (first.to_bits(), last.to_bits());
            IpAddr::from(Ipv4Addr::from_bits(first + (last - first) / 2))
        }
        _ => first,
    }
}

/// What the forms of output say, in one example each.
pub(crate) fn forms_of_output(_: &std::path::Path) {
    let (from, to) = ("a/web[Deployment]", "b/db[StatefulSet]");
    let text = format!("{from} => {to} : TCP 80,90-99,UDP 53\n");
    let list = Form::List.read(&text);
    let table = format!("src,dst,conn\n{from},{to},\"TCP 80,90-99,UDP 53\"\n");
    assert_eq!(Form::Table.read(&table), list);
    let expected = [
        (Protocol::Tcp, vec![(80, 80), (90, 99)]),
        (Protocol::Udp, vec![(53, 53)]),
    ];
    assert_eq!(list[0].ports, Ports(expected.into()));
    let text = format!(
        "Connections between {from} => {to}:\n\nAllowed connections:\n\
         \tAllowed TCP:[80,90-99] due to x\n\n\tAllowed UDP:[53] due to y\n\
         {from} \t<= \tentire-cluster : No Connections\n"
    );
    let explained = Form::Explanation.read(&text);
    assert_eq!(explained[0], list[0]);
    assert_eq!(explained[1].from, Peer::Potential(None, Labels::new()));
    assert_eq!(explained[1].ports, Ports::default());
}
