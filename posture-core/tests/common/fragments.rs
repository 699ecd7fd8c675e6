//! Fragments: the objects and scans of a cluster.

use std::net::IpAddr;

use posture_core::model::{
    Container, ContainerRole, Controller, Fragment, ImageIdentity, ImageName, Labels, NamedPort,
    Namespace, Node, Origin, Owner, Phase, Pod, Protocol, Service, Sources,
};
use proptest::prelude::*;

use super::images::{Pool, image, scan, statement};
use super::names::{NAMESPACES, NODES, PODS, PodName, node_address, pod_address};
use super::policies::{labels, policy, unread};

fn container(pool: Pool, namespace: usize) -> impl Strategy<Value = Container> {
    let role = prop_oneof![
        3 => Just(ContainerRole::Main),
        1 => Just(ContainerRole::Init),
        1 => Just(ContainerRole::Ephemeral),
    ];
    let name = prop::sample::select(vec!["main", "main", "side"]);
    (name, role, image(pool, namespace), any::<bool>()).prop_map(|(name, role, image, named)| {
        Container {
            name: name.to_owned(),
            role,
            image,
            ports: named
                .then(|| NamedPort {
                    name: "http".to_owned(),
                    protocol: Protocol::Tcp,
                    number: 80,
                })
                .into_iter()
                .collect(),
        }
    })
}

/// A container whose image has a name.
pub(crate) fn any_container() -> Container {
    Container {
        name: "named".to_owned(),
        role: ContainerRole::Main,
        image: ImageIdentity {
            name: ImageName::parse("nginx").map(|(name, _)| name),
            running: None,
            pinned: None,
            config: None,
        },
        ports: Vec::new(),
    }
}

fn pod(pool: Pool) -> impl Strategy<Value = Pod> {
    let phase = prop_oneof![
        8 => Just(Phase::Running),
        1 => Just(Phase::Finished),
        1 => Just(Phase::NotRunning),
        1 => Just(Phase::Declared),
    ];
    (0..NAMESPACES.len(), 0..PODS.len()).prop_flat_map(move |(namespace, number)| {
        let containers = prop::collection::vec(container(pool, namespace), 0..3);
        let node = prop::option::of(0..NODES.len());
        let attributes = (
            phase.clone(),
            prop::bool::weighted(0.1),
            labels(),
            node,
            containers,
        );
        attributes.prop_map(move |(phase, host_network, labels, node, containers)| {
            let PodName {
                name,
                aggregate,
                owner,
            } = PODS[number];
            Pod {
                version: 0,
                phase,
                namespace: NAMESPACES[namespace].to_owned(),
                name: name.to_owned(),
                generate_name: aggregate.strip_suffix('*').map(str::to_owned),
                labels,
                service_account: "default".to_owned(),
                owner: owner.map(|(kind, name)| Owner {
                    kind: kind.to_owned(),
                    name: name.to_owned(),
                }),
                node: node.map(|node| NODES[node].to_owned()),
                host_network,
                addresses: match (host_network, node) {
                    (true, node) => vec![node_address(node.unwrap_or(0))],
                    // one namespace writes IPv4 as IPv6
                    (false, _) if namespace == 1 => {
                        vec![mapped(pod_address(namespace, number))]
                    }
                    (false, _) => vec![pod_address(namespace, number)],
                },
                containers,
                origin: Origin::default(),
            }
        })
    })
}

fn mapped(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().into(),
        IpAddr::V6(_) => address,
    }
}

fn controller() -> impl Strategy<Value = Controller> {
    let pairs = vec![
        (
            ("ReplicaSet", "web-755cdc7957"),
            Some(("Deployment", "web")),
        ),
        (("ReplicaSet", "web-86c57db685"), Some(("Rollout", "web"))),
        (("Deployment", "web"), None),
        (("Deployment", "web"), Some(("Shop", "shop"))),
        (("StatefulSet", "db"), Some(("Postgres", "db"))),
        (("Job", "report-27893434"), Some(("CronJob", "report"))),
        (("Job", "report-27893434"), None),
    ];
    (0..NAMESPACES.len(), prop::sample::select(pairs)).prop_map(
        |(namespace, ((kind, name), owner))| Controller {
            version: 0,
            namespace: NAMESPACES[namespace].to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            owner: owner.map(|(kind, name)| Owner {
                kind: kind.to_owned(),
                name: name.to_owned(),
            }),
            origin: Origin::default(),
        },
    )
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    prop::sample::subsequence(vec![0, 1], 0..=2).prop_map(|nodes| {
        let node = |number: usize| Node {
            name: NODES[number].to_owned(),
            labels: Labels::new(),
            addresses: vec![node_address(number)],
            pod_cidrs: vec![format!("10.0.{}.0/23", 2 * number).parse().unwrap()],
            origin: Origin::default(),
        };
        nodes.into_iter().map(node).collect()
    })
}

fn services() -> impl Strategy<Value = Vec<Service>> {
    prop::sample::subsequence(vec![0_u8, 1], 0..=2).prop_map(|services| {
        let service = |number: u8| Service {
            namespace: NAMESPACES[usize::from(number)].to_owned(),
            name: "front".to_owned(),
            addresses: vec![[10, 96, 0, number].into()],
            selector: None,
            targets: Vec::new(),
            origin: Origin::default(),
        };
        services.into_iter().map(service).collect()
    })
}

fn namespaces() -> impl Strategy<Value = Vec<Namespace>> {
    prop::collection::vec((0..NAMESPACES.len(), labels()), 0..3).prop_map(|namespaces| {
        let namespaces = namespaces.into_iter().map(|(number, labels)| Namespace {
            version: 0,
            name: NAMESPACES[number].to_owned(),
            labels,
            origin: Origin::default(),
        });
        namespaces.collect()
    })
}

fn sources() -> impl Strategy<Value = Sources> {
    let flag = || prop::bool::weighted(0.8);
    (flag(), flag(), flag()).prop_map(|(pods, policies, scans)| Sources {
        pods,
        policies,
        scans,
    })
}

/// The objects and scans of a cluster. Some objects are given twice: the later one is newer.
pub(crate) fn fragment(pool: Pool) -> impl Strategy<Value = Fragment> {
    let objects = (
        prop::collection::vec(pod(pool), 0..14),
        prop::collection::vec(controller(), 0..5),
        namespaces(),
        nodes(),
        services(),
    );
    let policies = prop::collection::vec(policy(), 0..5);
    let unread =
        prop_oneof![3 => Just(vec![]).boxed(), 1 => prop::collection::vec(unread(), 1..3).boxed()];
    let scans = (
        prop::collection::vec(scan(pool), 0..10),
        prop::collection::vec(statement(), 0..4),
    );
    (objects, policies, unread, scans, sources()).prop_map(
        |(objects, policies, unread, (scans, vex), sources)| {
            let (mut pods, mut controllers, mut namespaces, nodes, services) = objects;
            let mut policies = policies;
            for (object, version) in pods.iter_mut().zip(0..) {
                object.version = version;
            }
            for (object, version) in controllers.iter_mut().zip(0..) {
                object.version = version;
            }
            for (object, version) in namespaces.iter_mut().zip(0..) {
                object.version = version;
            }
            for (object, version) in policies.iter_mut().zip(0..) {
                object.version = version;
            }
            Fragment {
                namespaces,
                nodes,
                pods,
                controllers,
                services,
                policies,
                unread_policies: unread,
                scans,
                vex,
                sources,
                ..Fragment::default()
            }
        },
    )
}
