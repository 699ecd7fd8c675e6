//! Addresses for those that were seen and not kept.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::engine::{Engine, family_of};
use crate::model::{AddressClass, Cluster, Family};

/// How many are asked about at most.
const MOST: usize = 1024;

/// Nets at whose borders the class of addresses changes, apart from private ones.
const OTHERS: [&str; 11] = [
    "0.0.0.0/32",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "169.254.169.254/32",
    "224.0.0.0/4",
    "255.255.255.255/32",
    "::/127",
    "::ffff:0:0/96",
    "fe80::/10",
    "ff00::/8",
    "::/0",
];

/// An address outside the cluster for each part of those of a class that no policy divides: what is
/// asked about them is asked about all. None where there are too many.
pub(super) fn addresses(
    cluster: &Cluster,
    engine: &Engine,
    class: AddressClass,
    families: &[Family],
) -> Option<Vec<IpAddr>> {
    let texts = AddressClass::PRIVATE.iter().chain(&OTHERS);
    let nets = texts.filter_map(|text| text.parse::<IpNet>().ok());
    let nets = nets.chain(cluster.network.cidrs().iter().copied());
    let borders = nets.flat_map(|net| [Some(net.network()), behind(&net)]);
    let mut parts: Vec<IpAddr> = engine
        .first_addresses()
        .chain(borders.flatten())
        .map(|address| address.to_canonical())
        .filter(|address| {
            families.contains(&family_of(*address))
                && AddressClass::of(*address) == class
                && !cluster.network.contains(*address)
        })
        .collect();
    parts.sort_unstable();
    parts.dedup();
    (1..=MOST).contains(&parts.len()).then_some(parts)
}

/// The first address behind a net.
fn behind(net: &IpNet) -> Option<IpAddr> {
    Some(match net.broadcast() {
        IpAddr::V4(last) => IpAddr::V4(last.to_bits().checked_add(1)?.into()),
        IpAddr::V6(last) => IpAddr::V6(last.to_bits().checked_add(1)?.into()),
    })
}
