//! Whether what is sent by one criterion is all that another one means.

use crate::model::{PortMatch, TrafficMatch};

/// Whether one criterion holds for all that another one holds for.
pub(super) fn holds_traffic(broad: &TrafficMatch, narrow: &TrafficMatch) -> bool {
    let protocol = broad.protocol.is_none() || broad.protocol == narrow.protocol;
    let ports = broad.ports.is_empty()
        || !narrow.ports.is_empty() && holds_ports(&broad.ports, &narrow.ports);
    let icmp = match (broad.icmp, narrow.icmp) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(broad), Some(narrow)) => {
            broad.kind == narrow.kind && (broad.code.is_none() || broad.code == narrow.code)
        }
    };
    protocol && ports && icmp
}

/// Whether all of some ports are among others.
pub(super) fn holds_ports(broad: &[PortMatch], narrow: &[PortMatch]) -> bool {
    let mut ranges: Vec<(u16, u16)> = broad
        .iter()
        .filter_map(|port| match port {
            PortMatch::Range(first, last) => Some((*first, *last)),
            PortMatch::Named(_) => None,
        })
        .collect();
    ranges.sort_unstable();
    narrow.iter().all(|port| match port {
        PortMatch::Named(_) => broad.contains(port),
        PortMatch::Range(first, last) => holds_range(&ranges, *first, *last),
    })
}

/// Whether a range is in the union of others, which are in order.
fn holds_range(ranges: &[(u16, u16)], first: u16, last: u16) -> bool {
    let mut next = Some(first);
    for (from, to) in ranges {
        match next {
            Some(wanted) if *from <= wanted && wanted <= *to => next = to.checked_add(1),
            _ => {}
        }
    }
    next.is_none_or(|next| next > last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (ranges, first, last, expected) in [
            (vec![(80, 80)], 80, 80, true),
            (vec![(80, 90), (91, 100)], 85, 95, true),
            (vec![(80, 90), (92, 100)], 85, 95, false),
            (vec![(1, 10), (80, 90)], 80, 90, true),
            (vec![(1, 100), (2, 3)], 1, 100, true),
            (vec![(0, u16::MAX)], 5, u16::MAX, true),
            (vec![], 1, 1, false),
        ] {
            assert_eq!(holds_range(&ranges, first, last), expected, "{ranges:?}");
        }
    }
}
