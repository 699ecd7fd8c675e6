//! Addresses: which are the cluster's own, and what the others are.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

/// The address ranges of a cluster: pods, services and nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    cidrs: Vec<IpNet>,
}

/// What an address outside the cluster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Network {
    /// The network with these ranges.
    pub fn new(cidrs: impl IntoIterator<Item = IpNet>) -> Self {
        let mut cidrs: Vec<IpNet> = cidrs.into_iter().map(|net| net.trunc()).collect();
        cidrs.sort_unstable();
        cidrs.dedup();
        Self { cidrs }
    }

    /// Whether an address is in one of the ranges.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.cidrs.iter().any(|net| net.contains(&address))
    }
}

impl AddressClass {
    /// The class of an address (IPv4-mapped ones as IPv4).
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) if v4 == Ipv4Addr::new(169, 254, 169, 254) => Self::Metadata,
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
        }
    }
}
