//! Clusters of a few pods, network sets and hosts, with policies of every kind.

use std::net::IpAddr;

use ipnet::IpNet;
use posture_core::issue::Issues;
use posture_core::model::{
    Cluster, Container, ContainerRole, EndpointSlice, EndpointToHost, Fragment, HostEndpoint,
    ImageIdentity, Labels, Loopback, NamedPort, Namespace, NetworkSet, Node, Order, Origin, Phase,
    Pod, PolicyModes, PortMatch, Protocol, Service, ServiceAccount, ServiceTarget, TieOrder, Tier,
    TierAction,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::policies::policy;

pub(crate) const NAMESPACES: [&str; 3] = ["a", "b", "c"];
pub(crate) const NODES: [&str; 2] = ["n0", "n1"];
pub(crate) const SETS: [(&str, &str); 4] = [("", "s0"), ("", "s1"), ("a", "s2"), ("b", "s3")];
/// How many pods a namespace may have.
pub(crate) const PODS: u8 = 4;

/// Nets that lie in each other, of pods and of others.
pub(crate) const NETS: [&str; 12] = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/24",
    "10.0.1.0/24",
    "10.0.0.1/32",
    "9.9.9.0/24",
    "9.9.9.9/32",
    "192.168.0.0/16",
    "::/0",
    "fd00::/8",
    "fd00::1/128",
    "2001:db8::/32",
];

/// Addresses at the borders of nets.
pub(crate) const ADDRESSES: [&str; 12] = [
    "10.0.0.200",
    "10.1.0.1",
    "9.9.9.9",
    "9.9.9.8",
    "9.9.8.255",
    "8.8.8.8",
    "192.168.0.1",
    "192.168.0.2",
    "255.255.255.255",
    "fd00::ffff",
    "2001:db8::1",
    "2002::1",
];

pub(crate) fn pod_address(namespace: usize, number: u8) -> IpAddr {
    IpAddr::from([10, 0, u8::try_from(namespace).unwrap(), number])
}

pub(crate) fn pod_address_6(namespace: usize, number: u8) -> IpAddr {
    let namespace = u16::try_from(namespace).unwrap();
    IpAddr::from([0xfd00, 0, 0, 0, 0, 0, namespace, u16::from(number)])
}

pub(crate) fn node_address(number: usize) -> IpAddr {
    IpAddr::from([192, 168, 0, 1 + u8::try_from(number).unwrap()])
}

pub(crate) fn net() -> impl Strategy<Value = IpNet> {
    select(NETS.to_vec()).prop_map(|text| text.parse().unwrap())
}

/// Few keys and values, so that much of it meets.
pub(crate) fn labels() -> impl Strategy<Value = Labels> {
    let pair = |key: &'static str, values: Vec<&'static str>| {
        prop::option::weighted(0.6, select(values))
            .prop_map(move |value| value.map(|value| (key.to_owned(), value.to_owned())))
    };
    (
        pair("app", vec!["web", "db", "webby", ""]),
        pair("tier", vec!["front", "back"]),
        pair("pcns.team", vec!["red"]),
    )
        .prop_map(|(app, tier, dropped)| app.into_iter().chain(tier).chain(dropped).collect())
}

fn namespaces() -> impl Strategy<Value = Vec<Namespace>> {
    let labels = prop::option::weighted(0.7, select(vec!["red", "blue"]));
    prop::collection::vec(labels, 0..=NAMESPACES.len()).prop_map(|teams| {
        let namespaces = teams
            .into_iter()
            .zip(NAMESPACES)
            .map(|(team, name)| Namespace {
                version: 0,
                name: name.to_owned(),
                labels: team
                    .map(|team| ("team".to_owned(), team.to_owned()))
                    .into_iter()
                    .collect(),
                origin: Origin::default(),
            });
        namespaces.collect()
    })
}

pub(crate) fn named_port() -> impl Strategy<Value = NamedPort> {
    (
        select(vec!["http", "dns"]),
        select(vec![Protocol::Tcp, Protocol::Udp]),
        select(vec![80, 81, 443]),
    )
        .prop_map(|(name, protocol, number)| NamedPort {
            name: name.to_owned(),
            protocol,
            number,
        })
}

fn pod() -> impl Strategy<Value = Pod> {
    let families = select(vec![
        (true, false),
        (true, true),
        (false, true),
        (false, false),
    ]);
    let place = (0..NAMESPACES.len(), 0..PODS, families);
    let rest = (
        labels(),
        select(vec!["default", "robot"]),
        prop::option::of(0..NODES.len()),
        prop::bool::weighted(0.1),
        prop::collection::vec(named_port(), 0..3),
    );
    (place, rest).prop_map(|((namespace, number, (four, six)), rest)| {
        let (labels, service_account, node, host_network, ports) = rest;
        let addresses = four
            .then(|| pod_address(namespace, number))
            .into_iter()
            .chain(six.then(|| pod_address_6(namespace, number)));
        Pod {
            version: 0,
            phase: Phase::Running,
            namespace: NAMESPACES[namespace].to_owned(),
            name: format!("p{number}"),
            generate_name: None,
            labels,
            owner: None,
            service_account: service_account.to_owned(),
            node: node.map(|node| NODES[node].to_owned()),
            host_network,
            addresses: addresses.collect(),
            containers: vec![Container {
                name: "main".to_owned(),
                role: ContainerRole::Main,
                image: ImageIdentity::default(),
                ports,
            }],
            origin: Origin::default(),
        }
    })
}

fn service_accounts() -> impl Strategy<Value = Vec<ServiceAccount>> {
    let account = (
        select(NAMESPACES.to_vec()),
        prop::option::of(select(vec!["api", "batch"])),
    );
    prop::collection::vec(account, 0..3).prop_map(|accounts| {
        let accounts = accounts
            .into_iter()
            .map(|(namespace, role)| ServiceAccount {
                version: 0,
                namespace: namespace.to_owned(),
                name: "robot".to_owned(),
                labels: role
                    .map(|role| ("role".to_owned(), role.to_owned()))
                    .into_iter()
                    .collect(),
                origin: Origin::default(),
            });
        accounts.collect()
    })
}

fn network_set() -> impl Strategy<Value = NetworkSet> {
    let domains = prop::collection::vec(select(vec!["example.com", "*.example.com"]), 0..2);
    let domains = prop_oneof![4 => Just(vec![]), 1 => domains];
    (
        select(SETS.to_vec()),
        labels(),
        prop::collection::vec(net(), 0..3),
        domains,
    )
        .prop_map(|((namespace, name), labels, nets, domains)| NetworkSet {
            version: 0,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            labels,
            nets,
            domains: domains.into_iter().map(str::to_owned).collect(),
            origin: Origin::default(),
        })
}

fn host_endpoint() -> impl Strategy<Value = HostEndpoint> {
    (
        0..NODES.len(),
        labels(),
        prop::collection::vec(named_port(), 0..2),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(node, labels, ports, told)| HostEndpoint {
            version: 0,
            name: format!("h{node}"),
            node: NODES[node].to_owned(),
            labels,
            addresses: if told {
                vec![node_address(node)]
            } else {
                vec![]
            },
            ports,
            origin: Origin::default(),
        })
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let node = (labels(), prop::option::of(Just("10.0.0.128/25")));
    prop::collection::vec(node, 0..=NODES.len()).prop_map(|nodes| {
        let nodes = nodes.into_iter().enumerate();
        let nodes = nodes.map(|(number, (labels, pods))| Node {
            name: NODES[number].to_owned(),
            labels,
            addresses: vec![node_address(number)],
            pod_cidrs: pods.map(|net| net.parse().unwrap()).into_iter().collect(),
            origin: Origin::default(),
        });
        nodes.collect()
    })
}

fn service() -> impl Strategy<Value = Service> {
    let port = prop_oneof![
        Just(PortMatch::Range(80, 80)),
        Just(PortMatch::Named("http".to_owned())),
    ];
    (select(NAMESPACES.to_vec()), labels(), port).prop_map(|(namespace, mut selector, port)| {
        selector.remove("pcns.team");
        Service {
            namespace: namespace.to_owned(),
            name: "svc".to_owned(),
            addresses: vec![],
            selector: Some(selector),
            targets: vec![ServiceTarget {
                protocol: Protocol::Tcp,
                port,
            }],
            origin: Origin::default(),
        }
    })
}

/// The endpoints of the API server, which may be a node.
fn api_server() -> impl Strategy<Value = Option<EndpointSlice>> {
    let address = select(vec!["192.168.0.1", "8.8.8.8", "10.0.0.200"]);
    let slice = prop::collection::vec(address, 0..3).prop_map(|addresses| EndpointSlice {
        version: 0,
        namespace: "default".to_owned(),
        name: "kubernetes".to_owned(),
        service: "kubernetes".to_owned(),
        addresses: addresses
            .into_iter()
            .map(|text| text.parse().unwrap())
            .collect(),
        ports: vec![(Protocol::Tcp, Some(443))],
        origin: Origin::default(),
    });
    prop::option::weighted(0.7, slice)
}

fn tier() -> impl Strategy<Value = Tier> {
    let order = prop::option::of(select(vec![5, 5, 2_000_000]));
    let action = select(vec![TierAction::Deny, TierAction::Pass]);
    (select(vec!["t0", "t1"]), order, action).prop_map(|(name, order, default_action)| Tier {
        version: 0,
        name: name.to_owned(),
        order: order.map(Order::whole),
        default_action,
        origin: Origin::default(),
    })
}

fn modes() -> impl Strategy<Value = PolicyModes> {
    (
        any::<bool>(),
        select(vec![TieOrder::Name, TieOrder::TierPrefixed]),
        select(vec![Loopback::Allow, Loopback::Evaluate]),
        select(vec![EndpointToHost::Accept, EndpointToHost::Drop]),
    )
        .prop_map(
            |(ip_block_matches_pods, tie_order, loopback, endpoint_to_host)| PolicyModes {
                ip_block_matches_pods,
                tie_order,
                loopback,
                endpoint_to_host,
            },
        )
}

/// A cluster and how its policies are read.
pub(crate) fn any_cluster() -> impl Strategy<Value = (Cluster, PolicyModes)> {
    let surroundings = (
        namespaces(),
        service_accounts(),
        prop::collection::vec(network_set(), 0..4),
        prop::collection::vec(host_endpoint(), 0..2),
        nodes(),
        prop::collection::vec(service(), 0..2),
        api_server(),
        prop::collection::vec(tier(), 0..3),
    );
    let pods = prop::collection::vec(pod(), 1..8);
    let policies = prop::collection::vec(policy(), 0..8);
    (surroundings, pods, policies, modes()).prop_map(|(around, pods, policies, modes)| {
        let (
            namespaces,
            service_accounts,
            network_sets,
            host_endpoints,
            nodes,
            services,
            slice,
            tiers,
        ) = around;
        let fragment = Fragment {
            namespaces,
            service_accounts,
            network_sets,
            host_endpoints,
            nodes,
            services,
            endpoint_slices: slice.into_iter().collect(),
            tiers,
            pods,
            policies,
            ..Fragment::default()
        };
        let cluster = Cluster::build(fragment, &[], true, &mut Issues::default());
        (cluster.expect("every object has a name"), modes)
    })
}
