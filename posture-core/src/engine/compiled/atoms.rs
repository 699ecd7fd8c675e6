//! Address atoms: "All CIDRs into sorted disjoint atoms [...]; one lookup per address" (policy
//! semantics, section 10).

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;
use rustc_hash::FxHashSet;

/// The first and last IPv4-mapped address: IPv4 lies among the IPv6 addresses, and no IPv6 net holds
/// it.
const MAPPED: (u128, u128) = (0xffff << 32, (0xffff << 32) | 0xffff_ffff);

/// An address as a number; an IPv4 one as its mapped IPv6 one.
pub(super) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The address of a number.
fn address(number: u128) -> IpAddr {
    IpAddr::V6(Ipv6Addr::from_bits(number)).to_canonical()
}

/// The numbers in a net, as ranges with both ends included.
pub(super) fn ranges(net: &IpNet) -> impl Iterator<Item = (u128, u128)> {
    let (first, last) = (number(net.network()), number(net.broadcast()));
    let around = matches!(net, IpNet::V6(_)) && first <= MAPPED.0 && MAPPED.1 <= last;
    let parts = match around {
        true => [
            (first, MAPPED.0.wrapping_sub(1)),
            (MAPPED.1.wrapping_add(1), last),
        ],
        false => [(first, last), (1, 0)],
    };
    parts.into_iter().filter(|(first, last)| first <= last)
}

/// A piece of the address space.
#[derive(Clone, Copy, Debug)]
pub(super) struct Atom {
    /// Its place among all.
    pub(super) place: u32,
    /// Its first number.
    pub(super) start: u128,
    /// Its row.
    pub(super) row: u32,
}

/// The address space in pieces: no net lies across the border of two.
#[derive(Clone, Debug)]
pub(super) struct Atoms {
    /// The first number of each piece, in order; the first piece starts at 0.
    starts: Vec<u128>,
    /// The row of each piece.
    rows: Vec<u32>,
}

impl Atoms {
    /// One piece.
    pub(super) fn new(row: u32) -> Self {
        Self {
            starts: vec![0],
            rows: vec![row],
        }
    }

    /// The first address of each piece.
    pub(super) fn first_addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.starts.iter().copied().map(address)
    }

    /// The piece that a number is in.
    pub(super) fn find(&self, number: u128) -> Atom {
        let behind = self.starts.partition_point(|start| *start <= number);
        let at = behind.saturating_sub(1);
        Atom {
            place: u32::try_from(at).unwrap_or(u32::MAX),
            start: self.starts.get(at).copied().unwrap_or_default(),
            row: self.rows.get(at).copied().unwrap_or_default(),
        }
    }

    /// Splits pieces at the borders of nets. `part` makes a row for the part from a number on of the
    /// piece with a row. Tells the first numbers of those that were split.
    pub(super) fn split<'n>(
        &mut self,
        nets: impl IntoIterator<Item = &'n IpNet>,
        mut part: impl FnMut(u128, u32) -> u32,
    ) -> FxHashSet<u128> {
        let mut borders: Vec<u128> = vec![MAPPED.0, MAPPED.1 + 1];
        for (first, last) in nets.into_iter().flat_map(ranges) {
            borders.push(first);
            borders.extend(last.checked_add(1));
        }
        borders.sort_unstable();
        borders.dedup();
        borders.retain(|border| self.starts.binary_search(border).is_err());
        let cut = borders
            .iter()
            .map(|border| self.find(*border).start)
            .collect();
        if borders.is_empty() {
            return cut;
        }
        let mut pieces: Vec<(u128, u32)> = self
            .starts
            .iter()
            .copied()
            .zip(self.rows.iter().copied())
            .collect();
        pieces.extend(
            borders
                .iter()
                .map(|border| (*border, part(*border, self.find(*border).row))),
        );
        pieces.sort_unstable();
        (self.starts, self.rows) = pieces.into_iter().unzip();
        cut
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    fn address(number: u128) -> IpAddr {
        IpAddr::V6(Ipv6Addr::from_bits(number)).to_canonical()
    }

    #[test]
    fn no_net_lies_across_a_border() {
        let nets: Vec<IpNet> = [
            "10.0.0.0/8",
            "10.1.0.0/16",
            "0.0.0.0/0",
            "::/0",
            "fd00::/8",
            "9.9.9.9/32",
        ]
        .map(|net| net.parse().unwrap())
        .into();
        let mut atoms = Atoms::new(0);
        let mut rows = 0;
        let cut = atoms.split(&nets, |_, _| {
            rows += 1;
            rows
        });
        assert_eq!(cut, FxHashSet::from_iter([0]));
        assert!(atoms.split(&nets, |_, _| 0).is_empty());
        for text in [
            "10.0.0.1", "10.1.2.3", "9.9.9.9", "9.9.9.8", "0.0.0.0", "fd12::1", "2001::1", "::1",
        ] {
            let one: IpAddr = text.parse().unwrap();
            let start = atoms.find(number(one)).start;
            for net in &nets {
                let by_atom = ranges(net).any(|(first, last)| first <= start && start <= last);
                assert_eq!(by_atom, net.contains(&one), "{net} {one}");
                assert_eq!(
                    net.contains(&address(start)),
                    net.contains(&one),
                    "{net} {one}"
                );
            }
        }
    }
}
