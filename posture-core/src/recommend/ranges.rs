//! Address ranges of rules: private and public networks without what is the cluster's own.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::engine::family_of;
use crate::model::{AddressClass, Cluster, Family};

/// A range and what is left out of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Block {
    pub(super) net: IpNet,
    pub(super) except: Vec<IpNet>,
}

/// Addresses of one host each, in order.
pub(super) fn hosts(addresses: impl IntoIterator<Item = IpAddr>) -> Vec<Block> {
    blocks(
        addresses
            .into_iter()
            .map(|address| IpNet::from(address.to_canonical())),
    )
}

/// Ranges with nothing left out.
pub(super) fn blocks(nets: impl IntoIterator<Item = IpNet>) -> Vec<Block> {
    let mut nets: Vec<IpNet> = nets.into_iter().collect();
    nets.sort_unstable();
    nets.dedup();
    let block = |net| Block {
        net,
        except: Vec::new(),
    };
    nets.into_iter().map(block).collect()
}

/// "the private ranges without the cluster's own, so that pods are not let in by the way"
/// (recommendations, section 2). A range that is wholly the cluster's own is not among them.
pub(super) fn private(cluster: &Cluster, families: &[Family]) -> Vec<Block> {
    let own = cluster.network.cidrs();
    let nets = private_nets().filter(|net| families.contains(&family(net)));
    let outside = nets.filter(|net| !own.iter().any(|own| own.contains(net)));
    outside
        .map(|net| without(net, own.iter().copied()))
        .collect()
}

/// All addresses but private ones, those of the cluster, and the cloud's metadata service.
pub(super) fn public(cluster: &Cluster, families: &[Family]) -> Vec<Block> {
    let own = cluster.network.cidrs().iter().copied();
    let others: Vec<IpNet> = private_nets()
        .chain(own)
        .chain([AddressClass::METADATA.into()])
        .collect();
    let all = ["0.0.0.0/0", "::/0"]
        .into_iter()
        .filter_map(|net| net.parse().ok());
    let all = all.filter(|net| families.contains(&family(net)));
    all.map(|net| without(net, others.iter().copied()))
        .collect()
}

/// Link-local and multicast addresses, IPv6 where the cluster has ranges of it.
pub(super) fn local(cluster: &Cluster) -> Vec<Block> {
    let v6 = cluster
        .network
        .cidrs()
        .iter()
        .any(|net| family(net) == Family::V6);
    let nets = ["169.254.0.0/16", "224.0.0.0/4", "fe80::/10", "ff00::/8"];
    let nets = nets.into_iter().filter_map(|net| net.parse().ok());
    let nets = nets.filter(|net| v6 || family(net) == Family::V4);
    nets.map(|net| without(net, [AddressClass::METADATA.into()]))
        .collect()
}

fn family(net: &IpNet) -> Family {
    family_of(net.addr())
}

fn private_nets() -> impl Iterator<Item = IpNet> {
    AddressClass::PRIVATE
        .iter()
        .filter_map(|net| net.parse().ok())
}

/// A range without others: those in it, each of them once.
fn without(net: IpNet, others: impl IntoIterator<Item = IpNet>) -> Block {
    let mut except: Vec<IpNet> = others
        .into_iter()
        .filter(|other| net.contains(other) && net != *other)
        .collect();
    except.sort_unstable();
    except.dedup();
    let all = except.clone();
    except.retain(|net| !all.iter().any(|other| other != net && other.contains(net)));
    Block { net, except }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{build, fragment};
    use crate::model::{AddressRange, Network, Origin, RangeSource};

    fn cluster(own: &[&str]) -> Cluster {
        let range = |net: &&str| AddressRange {
            net: net.parse().unwrap(),
            source: RangeSource::Caller,
            origin: Origin::default(),
        };
        let mut cluster = build(fragment(Vec::new(), Vec::new()));
        cluster.network = Network::new(own.iter().map(range));
        cluster
    }

    fn told(blocks: &[Block]) -> String {
        let blocks = blocks.iter().map(|Block { net, except }| {
            let except: Vec<String> = except.iter().map(|net| format!(" - {net}")).collect();
            format!("{net}{}", except.concat())
        });
        blocks.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_clusters_own_is_left_out() {
        let v4 = &[Family::V4];
        let own = cluster(&[
            "10.1.0.0/16",
            "10.1.2.0/24",
            "172.16.0.0/12",
            "203.0.113.0/24",
        ]);
        assert_eq!(
            told(&private(&own, v4)),
            "10.0.0.0/8 - 10.1.0.0/16, 192.168.0.0/16, 100.64.0.0/10"
        );
        assert_eq!(
            told(&public(&own, v4)),
            "0.0.0.0/0 - 10.0.0.0/8 - 100.64.0.0/10 - 169.254.169.254/32 - 172.16.0.0/12 - \
             192.168.0.0/16 - 203.0.113.0/24"
        );
        assert_eq!(
            told(&local(&own)),
            "169.254.0.0/16 - 169.254.169.254/32, 224.0.0.0/4"
        );
        let wide = cluster(&["10.0.0.0/7", "fd00:1::/32"]);
        assert_eq!(
            told(&private(&wide, &[Family::V4, Family::V6])),
            "172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, fc00::/7 - fd00:1::/32"
        );
        assert_eq!(told(&public(&wide, &[Family::V6])), "::/0 - fc00::/7");
    }
}
