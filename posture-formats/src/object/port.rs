//! Port numbers, names of ports, and protocols that have ports.

use std::fmt;

use posture_core::model::Protocol;
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Invalid, one_of};

/// A value that may be written as a number or as a text.
pub(crate) enum NumberOrText {
    Number(i64),
    Text(String),
}

impl<'de> Deserialize<'de> for NumberOrText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadNumberOrText)
    }
}

struct ReadNumberOrText;

impl Visitor<'_> for ReadNumberOrText {
    type Value = NumberOrText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or a text")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<NumberOrText, E> {
        Ok(NumberOrText::Number(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<NumberOrText, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<NumberOrText, E> {
        Ok(NumberOrText::Text(text.to_owned()))
    }
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
