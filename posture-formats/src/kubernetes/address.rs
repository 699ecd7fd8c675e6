//! Addresses and networks as texts.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use posture_core::issue::IssueKind;

use crate::output::Output;

/// The addresses in texts, IPv4-mapped ones as IPv4, each once; a text that is none is told and
/// left out.
pub(super) fn addresses<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    at: &str,
    output: &mut Output<'_>,
) -> Vec<IpAddr> {
    let mut addresses = Vec::new();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        match text.parse::<IpAddr>() {
            Ok(address) if addresses.contains(&address.to_canonical()) => {}
            Ok(address) => addresses.push(address.to_canonical()),
            Err(_) => output.issue(
                IssueKind::InvalidObject,
                at,
                format!("`{text}` is no address and is left out"),
            ),
        }
    }
    addresses
}

/// A network with its host bits masked, an IPv4-mapped one as IPv4.
pub(super) fn network(text: &str) -> Option<IpNet> {
    let network: IpNet = text.parse().ok()?;
    let network = match network {
        IpNet::V6(v6) => {
            let mapped = v6
                .addr()
                .to_ipv4_mapped()
                .zip(v6.prefix_len().checked_sub(96));
            match mapped {
                Some((v4, length)) => IpNet::V4(Ipv4Net::new(v4, length).ok()?),
                None => network,
            }
        }
        IpNet::V4(_) => network,
    };
    Some(network.trunc())
}
