//! Addresses: which are the cluster's own, and what the others are.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::{Node, Origin};

/// The address ranges of a cluster: pods, services and nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Its ranges, each with what tells it; one range may be told by several.
    pub ranges: Vec<AddressRange>,
    nets: Vec<IpNet>,
}

/// An address range of the cluster, and what tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressRange {
    /// The range.
    pub net: IpNet,
    /// What tells it.
    pub source: RangeSource,
    /// Where that was read; nowhere for what the caller says.
    pub origin: Origin,
}

/// What tells an address range of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RangeSource {
    /// The caller.
    Caller,
    /// An object that holds ranges, by kind and name: a node, a pool of addresses.
    Object {
        /// Its kind.
        kind: String,
        /// Its name.
        name: String,
    },
    /// An argument of a part of the control plane: `kube-apiserver --service-cluster-ip-range`.
    Argument {
        /// The program.
        program: String,
        /// The argument.
        flag: String,
    },
}

impl fmt::Display for RangeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caller => f.write_str("the caller"),
            Self::Object { kind, name } => write!(f, "{kind} {name}"),
            Self::Argument { program, flag } => write!(f, "{program} {flag}"),
        }
    }
}

impl Network {
    /// The network with the ranges that the caller knows, those of nodes, and others that were read.
    pub(super) fn of(given: &[IpNet], nodes: &[Node], read: Vec<AddressRange>) -> Self {
        let given = given.iter().map(|net| AddressRange {
            net: *net,
            source: RangeSource::Caller,
            origin: Origin::default(),
        });
        let of_node = |node: &Node, net: &IpNet| AddressRange {
            net: *net,
            source: RangeSource::Object {
                kind: "Node".to_owned(),
                name: node.name.clone(),
            },
            origin: node.origin.clone(),
        };
        let of_nodes = nodes
            .iter()
            .flat_map(|node| node.pod_cidrs.iter().map(move |net| of_node(node, net)));
        Self::new(given.chain(of_nodes).chain(read))
    }

    /// The network with these ranges.
    pub fn new(ranges: impl IntoIterator<Item = AddressRange>) -> Self {
        let trunc = |range: AddressRange| AddressRange {
            net: range.net.trunc(),
            ..range
        };
        let mut ranges: Vec<AddressRange> = ranges.into_iter().map(trunc).collect();
        ranges.sort_unstable();
        ranges.dedup();
        let mut nets: Vec<IpNet> = ranges.iter().map(|range| range.net).collect();
        nets.dedup();
        Self { ranges, nets }
    }

    /// The ranges, each once.
    pub fn cidrs(&self) -> &[IpNet] {
        &self.nets
    }

    /// Whether an address is in one of the ranges.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.nets.iter().any(|net| net.contains(&address))
    }
}

/// What an address outside the cluster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressClass {
    /// The host itself, or its link: not external. Multicast, broadcast and unspecified addresses
    /// are no one's outside the cluster and count as such.
    Local,
    /// `169.254.169.254`, "(cloud metadata) is external and named" (scoring, section 6.3).
    Metadata,
    /// "Private addresses (RFC 1918, IPv6 ULA, 100.64/10) outside the cluster CIDRs are
    /// external" (scoring, section 6.3).
    Private,
    /// Any other address.
    Public,
}

impl AddressClass {
    /// The address of [`Self::Metadata`].
    pub(crate) const METADATA: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));

    /// The nets of [`Self::Private`].
    pub(crate) const PRIVATE: [&str; 5] = [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
    ];

    /// The class of an address (IPv4-mapped ones as IPv4).
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            address if address == Self::METADATA => Self::Metadata,
            IpAddr::V4(v4) if v4.is_loopback() || v4.is_link_local() => Self::Local,
            IpAddr::V4(v4) if v4.is_multicast() || v4.is_broadcast() => Self::Local,
            IpAddr::V6(v6) if v6.is_multicast() => Self::Local,
            address if address.is_unspecified() => Self::Local,
            IpAddr::V4(v4) if v4.is_private() || is_shared(v4) => Self::Private,
            IpAddr::V6(v6) if v6.is_loopback() || v6.is_unicast_link_local() => Self::Local,
            IpAddr::V6(v6) if v6.is_unique_local() => Self::Private,
            _ => Self::Public,
        }
    }
}

/// 100.64.0.0/10 (RFC 6598).
fn is_shared(v4: Ipv4Addr) -> bool {
    let [first, second, ..] = v4.octets();
    first == 100 && (64..128).contains(&second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_keep_what_tells_them() {
        let range = |net: &str, kind: &str| AddressRange {
            net: net.parse().unwrap(),
            source: RangeSource::Object {
                kind: kind.to_owned(),
                name: "x".to_owned(),
            },
            origin: Origin::default(),
        };
        let pool = range("10.1.2.3/16", "IPPool");
        let ranges = vec![range("10.1.0.0/16", "Node"), pool.clone(), pool];
        let network = Network::of(&["192.168.0.0/24".parse().unwrap()], &[], ranges);
        let told: Vec<String> = network
            .ranges
            .iter()
            .map(|range| range.net.to_string())
            .collect();
        assert_eq!(told, ["10.1.0.0/16", "10.1.0.0/16", "192.168.0.0/24"]);
        assert_eq!(network.ranges[2].source, RangeSource::Caller);
        assert!(network.contains("10.1.9.9".parse().unwrap()));
        assert!(network.contains("192.168.0.9".parse().unwrap()));
        assert!(!network.contains("10.2.0.0".parse().unwrap()));
    }

    #[test]
    fn classes_at_their_borders() {
        let class = |text: &str| AddressClass::of(text.parse().unwrap());
        for (address, expected) in [
            ("169.254.169.254", AddressClass::Metadata),
            ("::ffff:169.254.169.254", AddressClass::Metadata),
            ("169.254.169.253", AddressClass::Local),
            ("127.0.0.1", AddressClass::Local),
            ("::1", AddressClass::Local),
            ("fe80::1", AddressClass::Local),
            ("224.0.0.251", AddressClass::Local),
            ("223.255.255.255", AddressClass::Public),
            ("240.0.0.0", AddressClass::Public),
            ("255.255.255.255", AddressClass::Local),
            ("0.0.0.0", AddressClass::Local),
            ("::", AddressClass::Local),
            ("ff02::fb", AddressClass::Local),
            ("10.0.0.1", AddressClass::Private),
            ("172.15.255.255", AddressClass::Public),
            ("172.16.0.0", AddressClass::Private),
            ("172.31.255.255", AddressClass::Private),
            ("172.32.0.0", AddressClass::Public),
            ("192.168.1.1", AddressClass::Private),
            ("100.63.255.255", AddressClass::Public),
            ("100.64.0.0", AddressClass::Private),
            ("100.127.255.255", AddressClass::Private),
            ("100.128.0.0", AddressClass::Public),
            ("fc00::", AddressClass::Private),
            ("fdff::1", AddressClass::Private),
            ("fe00::1", AddressClass::Public),
            ("2001:4860:4860::8888", AddressClass::Public),
            ("8.8.8.8", AddressClass::Public),
        ] {
            assert_eq!(class(address), expected, "{address}");
            let of: IpAddr = address.parse().unwrap();
            let nets = AddressClass::PRIVATE.map(|net| net.parse::<IpNet>().unwrap());
            let private = nets.iter().any(|net| net.contains(&of));
            assert_eq!(private, expected == AddressClass::Private, "{address}");
        }
    }
}
