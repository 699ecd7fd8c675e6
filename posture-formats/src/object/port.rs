//! Port numbers, names of ports, and protocols that have ports.

use posture_core::model::Protocol;
use serde::Deserialize;

use super::{Invalid, one_of};

/// A value that may be written as a number or as a text.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number or a text")]
pub(crate) enum NumberOrText {
    Number(i64),
    Text(String),
}

/// A protocol with ports, as Kubernetes' own kinds write it; "null protocol = TCP" (policy semantics,
/// section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct PortProtocol(pub(crate) Protocol);

impl Default for PortProtocol {
    fn default() -> Self {
        Self(Protocol::Tcp)
    }
}

impl TryFrom<String> for PortProtocol {
    type Error = Invalid;

    fn try_from(word: String) -> Result<Self, Invalid> {
        let known = [
            ("TCP", Protocol::Tcp),
            ("UDP", Protocol::Udp),
            ("SCTP", Protocol::Sctp),
        ];
        one_of("protocol", &word, &known).map(Self)
    }
}

pub(crate) fn number(number: i64) -> Result<u16, Invalid> {
    let valid = u16::try_from(number).ok().filter(|number| *number > 0);
    valid.ok_or_else(|| Invalid::new(format!("port `{number}` is not between 1 and 65535")))
}

/// An IANA service name (RFC 6335): up to 15 of `a-z`, `0-9` and `-`, one letter at least.
pub(crate) fn is_name(name: &str) -> bool {
    name.len() <= 15
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && name.bytes().any(|b| b.is_ascii_lowercase())
}
