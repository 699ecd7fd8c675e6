//! Addresses that an edge still asks for.

use std::net::{IpAddr, Ipv6Addr};

use crate::known::NOTHING;

/// How many addresses are remembered: as many as an edge keeps.
const REMEMBERED: usize = 16;

/// Which addresses the edge of a kind of rows still asks for. "An edge keeps the 16 smallest addresses" (scoring, section 6.3), so
/// most addresses of an edge that has many change nothing, and that is told here, where a row waits for little
/// memory. A filter in front of the edge: it changes no answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// None that is larger.
    up_to: IpAddr,
    /// None of those that were added last, by their numbers.
    added: [u32; REMEMBERED],
    oldest: usize,
}

impl Asked {
    /// All addresses are asked for.
    pub(crate) const EVERY: Self = Self {
        up_to: IpAddr::V6(Ipv6Addr::from_bits(u128::MAX)),
        added: [NOTHING; REMEMBERED],
        oldest: 0,
    };

    /// Whether an address may still change something; its number is not 0.
    #[inline]
    pub(crate) fn is_for(&self, number: u32, address: IpAddr) -> bool {
        address <= self.up_to && !self.added.contains(&number)
    }

    /// An address was added; none larger than the last of those that are kept changes anything, if there is such.
    pub(crate) fn added(&mut self, number: u32, last: Option<IpAddr>) {
        if let Some(slot) = self.added.get_mut(self.oldest) {
            *slot = number;
        }
        self.oldest = self
            .oldest
            .wrapping_add(1)
            .checked_rem(REMEMBERED)
            .unwrap_or(0);
        self.up_to = last.unwrap_or(self.up_to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_and_what_is_too_large_is_asked_for_no_more() {
        let address = |number: u8| IpAddr::from([10, 0, 0, number]);
        let mut asked = Asked::EVERY;
        assert!(asked.is_for(1, IpAddr::V6(Ipv6Addr::from_bits(u128::MAX))));
        asked.added(1, None);
        assert!(!asked.is_for(1, address(1)));
        assert!(asked.is_for(2, address(9)));
        asked.added(2, Some(address(5)));
        assert!(!asked.is_for(3, address(6)));
        assert!(
            !asked.is_for(4, Ipv6Addr::LOCALHOST.into()),
            "larger than any of IPv4"
        );
        assert!(asked.is_for(5, address(5)) && asked.is_for(6, address(4)));
    }

    #[test]
    fn the_one_added_first_is_forgotten_first() {
        let mut asked = Asked::EVERY;
        for number in 1..=17 {
            asked.added(number, None);
        }
        let is_for = |number| asked.is_for(number, Ipv6Addr::LOCALHOST.into());
        assert!(is_for(1) && (2..=17).all(|number| !is_for(number)));
    }
}
