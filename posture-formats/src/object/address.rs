//! Addresses and networks as texts.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use posture_core::issue::IssueKind;
use serde::Deserialize;

use super::Invalid;
use crate::output::Output;

/// The addresses in texts, IPv4-mapped ones as IPv4, each once; a text that is none is told and
/// left out.
pub(crate) fn addresses<'a>(
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
pub(crate) fn network(text: &str) -> Option<IpNet> {
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

/// A network, or an address as the network that holds it alone.
pub(crate) fn network_or_address(text: &str) -> Option<IpNet> {
    let address = || {
        text.parse::<IpAddr>()
            .ok()
            .map(|address| address.to_canonical())
    };
    network(text).or_else(|| address().map(IpNet::from))
}

/// A text that is a network or an address.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Net(pub(crate) IpNet);

impl TryFrom<String> for Net {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        network_or_address(&text).map(Self).ok_or_else(|| {
            Invalid::new(format!(
                "`{text}` is no network, expected a CIDR or an address"
            ))
        })
    }
}

/// A text that is a network.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Cidr(pub(crate) IpNet);

impl TryFrom<String> for Cidr {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let network = network(&text).map(Self);
        network.ok_or_else(|| Invalid::new(format!("`{text}` is no network, expected a CIDR")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        for (text, expected) in [
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            ("::ffff:10.1.2.3/104", Some("10.0.0.0/8")),
            ("::ffff:0.0.0.0/96", Some("0.0.0.0/0")),
            ("::/0", Some("::/0")),
            ("10.1.2.3", Some("10.1.2.3/32")),
            ("::ffff:10.1.2.3", Some("10.1.2.3/32")),
            ("fd00::1", Some("fd00::1/128")),
            ("10.0.0.0/33", None),
            ("10.0.0", None),
            ("", None),
        ] {
            let network = network_or_address(text).map(|network| network.to_string());
            assert_eq!(network.as_deref(), expected, "{text}");
        }
        assert!(network("10.1.2.3").is_none());
    }
}
