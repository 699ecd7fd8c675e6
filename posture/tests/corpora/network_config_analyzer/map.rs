//! Connectivity maps of network-config-analyzer: lists of rules that say what goes through.

mod labels;

use std::net::IpAddr;

use ipnet::IpNet;
use posture_core::model::{PodOf, Protocol};

use crate::space::{Place, Space};
use crate::world::{Probe, World};
use labels::{Labels, labels};

/// A rule of a map: all of this traffic goes through.
#[derive(Clone, Debug)]
pub(super) struct MapRule {
    from: Side,
    to: Side,
    /// Any of these.
    traffic: Vec<Cube>,
    /// Whether all but `traffic` is meant.
    all_but: bool,
}

#[derive(Clone, Debug)]
enum Side {
    Addresses(Vec<(IpAddr, IpAddr)>),
    /// Namespaces, and what pods of them.
    Pods(Vec<String>, Pods),
}

#[derive(Clone, Debug)]
enum Pods {
    All,
    /// By name, or by that of what owns them.
    Named(Vec<String>),
    Labelled(Labels),
}

/// Protocols with ports or types; what is not given is any.
#[derive(Clone, Debug, Default)]
struct Cube {
    protocols: Option<Vec<(u8, u8)>>,
    source_ports: Option<Vec<(u16, u16)>>,
    ports: Option<Vec<(u16, u16)>>,
    icmp_types: Option<Vec<(u8, u8)>>,
    icmp_codes: Option<Vec<(u8, u8)>>,
}

/// The maps of an output, by configuration; none of one that speaks of what is not of layer 4.
pub(super) fn maps(text: &str) -> Vec<(String, Option<Vec<MapRule>>)> {
    let mut maps: Vec<(String, Option<Vec<MapRule>>)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some((_, config)) = line.split_once(", config: ") {
            maps.push((config.trim_end_matches(':').to_owned(), Some(Vec::new())));
            continue;
        }
        let (_, map) = maps.last_mut().expect("a configuration before");
        let layer_7 = ["hosts:", "paths:", "methods:"];
        match layer_7.iter().any(|word| line.contains(word)) {
            true => *map = None,
            false => {
                if let Some(map) = map {
                    map.push(rule(line));
                }
            }
        }
    }
    maps
}

/// A connection of a plain list: `a/web[Pod] => 10.0.0.0-10.255.255.255 : {protocols:TCP}`.
pub(super) fn connection(line: &str) -> Option<MapRule> {
    let (ends, connection) = line.split_once(" : ")?;
    let (from, to) = ends.split_once(" => ")?;
    let side = |text: &str| match text.split_once('/') {
        Some((namespace, pod)) => {
            let pod = pod.split('[').next().unwrap_or_default();
            Side::Pods(
                vec![namespace.to_owned()],
                Pods::Named(vec![pod.to_owned()]),
            )
        }
        None => Side::Addresses(vec![addresses(text)]),
    };
    let (traffic, all_but) = connections(connection);
    Some(MapRule {
        from: side(from),
        to: side(to),
        traffic,
        all_but,
    })
}

/// `src_ns: [a,b] src_pods: [*] dst: 10.0.0.0/8 conn: {protocols:TCP}`
fn rule(line: &str) -> MapRule {
    let (ends, connection) = line.split_once(" conn: ").expect("connections");
    let at = ends.find(" dst").expect("a destination");
    let (traffic, all_but) = connections(connection);
    MapRule {
        from: side(&ends[..at]),
        to: side(&ends[at..]),
        traffic,
        all_but,
    }
}

fn side(text: &str) -> Side {
    let text = text.trim();
    let (_, rest) = text.split_once(": ").expect("a value");
    if !text.contains("_ns: ") {
        return Side::Addresses(
            rest.split(',')
                .map(|range| addresses(range.trim()))
                .collect(),
        );
    }
    let (namespaces, pods) = rest.split_once("] ").expect("pods");
    let list = |text: &str| text.split(',').map(|name| name.trim().to_owned()).collect();
    let (_, pods) = pods.split_once(": ").expect("pods");
    let pods = pods.trim_start_matches('[').trim_end_matches(']');
    let pods = match pods {
        "*" => Pods::All,
        _ if pods.contains(['=', '(']) => Pods::Labelled(labels(pods)),
        names => Pods::Named(list(names)),
    };
    Side::Pods(list(namespaces.trim_start_matches('[')), pods)
}

fn addresses(text: &str) -> (IpAddr, IpAddr) {
    if let Some((first, last)) = text.split_once('-') {
        let address = |text: &str| text.parse().expect("an address");
        return (address(first), address(last));
    }
    match text.parse::<IpNet>().expect("a net") {
        IpNet::V4(net) => (net.network().into(), net.broadcast().into()),
        IpNet::V6(net) => (net.network().into(), net.broadcast().into()),
    }
}

/// `All but` some, or just these.
fn connections(text: &str) -> (Vec<Cube>, bool) {
    match text.strip_prefix("All but ") {
        Some(cubes) => (cubes_of(cubes), true),
        None => (cubes_of(text), false),
    }
}

/// `All connections`, or `{protocols:TCP,dst_ports:80,90-99},{protocols:UDP}`.
fn cubes_of(text: &str) -> Vec<Cube> {
    if text.eq_ignore_ascii_case("all connections") {
        return vec![Cube::default()];
    }
    let cubes = text.split('}').filter(|cube| cube.contains('{'));
    cubes
        .map(|cube| cube_of(cube.trim_start_matches([',', ' ', '{'])))
        .collect()
}

fn cube_of(text: &str) -> Cube {
    let mut cube = Cube::default();
    let mut name = "";
    for word in text.split(',') {
        let value = match word.split_once(':') {
            Some((key, value)) => {
                name = key.trim();
                value
            }
            None => word,
        };
        let range = |text: &str| {
            let (first, last) = text
                .trim()
                .split_once('-')
                .unwrap_or((text.trim(), text.trim()));
            let number = |text: &str| text.parse::<u16>().expect("a number");
            (number(first), number(last))
        };
        let byte = |text: &str| {
            let (first, last) = range(text);
            let byte = |number: u16| u8::try_from(number).expect("a byte");
            (byte(first), byte(last))
        };
        match name {
            "protocols" => cube
                .protocols
                .get_or_insert_default()
                .push(protocol(value, &byte)),
            "src_ports" => cube.source_ports.get_or_insert_default().push(range(value)),
            "dst_ports" => cube.ports.get_or_insert_default().push(range(value)),
            "icmp_type" => cube.icmp_types.get_or_insert_default().push(byte(value)),
            "icmp_code" => cube.icmp_codes.get_or_insert_default().push(byte(value)),
            other => panic!("{other} of {text} is not known"),
        }
    }
    cube
}

fn protocol(text: &str, byte: &dyn Fn(&str) -> (u8, u8)) -> (u8, u8) {
    match Protocol::from_name(text.trim()).filter(|_| !text.contains(|c: char| c.is_ascii_digit()))
    {
        Some(protocol) => (number(protocol), number(protocol)),
        None => byte(text),
    }
}

fn number(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
        Protocol::Sctp => 132,
        Protocol::Icmp => 1,
        Protocol::Icmp6 => 58,
        Protocol::Number(number) => number,
        Protocol::Unknown => panic!("a protocol without a number"),
    }
}

/// Tells where the rules of a map and the policies of a cluster do not say the same, and what these
/// say; how much they let through.
pub(super) fn compare(
    space: &Space,
    world: &World,
    rules: &[MapRule],
    differs: &mut dyn FnMut((Place, Place), Probe, bool),
) -> usize {
    let ours = space.sets(world).through;
    for (ends, ours) in space
        .pairs()
        .into_iter()
        .zip(ours.chunks(space.probes.len()))
    {
        let between: Vec<&MapRule> = rules
            .iter()
            .filter(|rule| rule.is_between(space, world, ends))
            .collect();
        for (probe, through) in space.probes.iter().zip(ours) {
            if *through != between.iter().any(|rule| rule.lets_through(*probe)) {
                differs(ends, *probe, *through);
            }
        }
    }
    ours.iter().filter(|through| **through).count()
}

impl MapRule {
    /// Whether the rule is about these two ends of a space.
    fn is_between(&self, space: &Space, world: &World, ends: (Place, Place)) -> bool {
        self.from.holds(space, world, ends.0) && self.to.holds(space, world, ends.1)
    }

    /// Whether the rule lets this through between its ends.
    fn lets_through(&self, probe: Probe) -> bool {
        self.traffic.iter().any(|cube| cube.holds(probe)) != self.all_but
    }
}

impl Side {
    fn holds(&self, space: &Space, world: &World, place: Place) -> bool {
        match (self, place) {
            (Self::Addresses(ranges), Place::Address(at)) => {
                let address = space.addresses[at];
                let holds = |(first, last): &(IpAddr, IpAddr)| {
                    first.is_ipv4() == address.is_ipv4() && (first..=last).contains(&&address)
                };
                ranges.iter().any(holds)
            }
            (Self::Pods(namespaces, pods), Place::Pod(at)) => {
                let (namespace, name) = &space.pods[at];
                let objects = world.cluster.objects(namespace).expect("the namespace");
                namespaces.contains(namespace) && pods.hold(&objects.pods[name])
            }
            _ => false,
        }
    }
}

impl Pods {
    fn hold(&self, known: &PodOf) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => {
                let owner = known.pod.owner.as_ref().map(|owner| &owner.name);
                names.contains(&known.pod.name) || owner.is_some_and(|name| names.contains(name))
            }
            Self::Labelled(labels) => labels.hold(&known.pod.labels),
        }
    }
}

impl Cube {
    fn holds(&self, probe: Probe) -> bool {
        fn any<T: PartialOrd>(ranges: Option<&Vec<(T, T)>>, value: Option<&T>) -> bool {
            ranges.is_none_or(|ranges| {
                let holds = |value: &T| {
                    ranges
                        .iter()
                        .any(|(first, last)| first <= value && value <= last)
                };
                value.is_some_and(holds)
            })
        }
        any(self.protocols.as_ref(), Some(&number(probe.protocol)))
            && any(self.source_ports.as_ref(), probe.source_port.as_ref())
            && any(self.ports.as_ref(), probe.port.as_ref())
            && any(
                self.icmp_types.as_ref(),
                probe.icmp.map(|(kind, _)| kind).as_ref(),
            )
            && any(
                self.icmp_codes.as_ref(),
                probe.icmp.map(|(_, code)| code).as_ref(),
            )
    }
}
