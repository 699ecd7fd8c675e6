//! Protocols by name or number.

use posture_core::model::Protocol;
use serde::Deserialize;

use crate::object::Invalid;
use crate::object::port::NumberOrText;

/// A protocol by its name, in upper or lower case, or by its number from 1 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "NumberOrText")]
pub(super) struct ProtocolWord(pub(super) Protocol);

impl TryFrom<NumberOrText> for ProtocolWord {
    type Error = Invalid;

    fn try_from(given: NumberOrText) -> Result<Self, Invalid> {
        let text = match given {
            NumberOrText::Number(number) => number.to_string(),
            NumberOrText::Text(text) => text,
        };
        match Protocol::from_name(&text) {
            Some(protocol) if !matches!(protocol, Protocol::Unknown | Protocol::Number(0)) => {
                Ok(Self(protocol))
            }
            _ => Err(Invalid::new(format!(
                "protocol `{text}` is not known, expected TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite or a number from 1 to 255"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        for (json, expected) in [
            ("\"TCP\"", Some(Protocol::Tcp)),
            ("\"udp\"", Some(Protocol::Udp)),
            ("\"Sctp\"", Some(Protocol::Sctp)),
            ("\"ICMP\"", Some(Protocol::Icmp)),
            ("\"ICMPv6\"", Some(Protocol::Icmp6)),
            ("\"UDPLite\"", Some(Protocol::Number(136))),
            ("6", Some(Protocol::Tcp)),
            ("\"17\"", Some(Protocol::Udp)),
            ("58", Some(Protocol::Icmp6)),
            ("255", Some(Protocol::Number(255))),
            ("0", None),
            ("256", None),
            ("-1", None),
            ("\"\"", None),
            ("\"-\"", None),
            ("\"any\"", None),
        ] {
            let read = serde_json::from_str::<ProtocolWord>(json).ok();
            assert_eq!(read.map(|word| word.0), expected, "{json}");
        }
    }
}
