//! Ports by number, range or name.

use posture_core::model::PortMatch;
use serde::Deserialize;

use crate::object::Invalid;
use crate::object::port::{self, NumberOrText};

/// "ranges `a:b`; named ports OR numeric" (policy semantics, section 5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "NumberOrText")]
pub(super) struct PortText(pub(super) PortMatch);

impl TryFrom<NumberOrText> for PortText {
    type Error = Invalid;

    fn try_from(given: NumberOrText) -> Result<Self, Invalid> {
        let text = match given {
            NumberOrText::Number(number) => {
                let number = port::number(number)?;
                return Ok(Self(PortMatch::Range(number, number)));
            }
            NumberOrText::Text(text) => text,
        };
        let (first, last) = text.split_once(':').unwrap_or((&text, &text));
        match (number(first)?, number(last)?) {
            (Some(first), Some(last)) if first <= last => Ok(Self(PortMatch::Range(first, last))),
            (Some(_), Some(_)) => Err(Invalid::new(format!(
                "port range `{text}` ends before it begins"
            ))),
            _ if is_name(&text) => Ok(Self(PortMatch::Named(text))),
            _ => Err(Invalid::new(format!(
                "`{text}` is no port, expected a number, a range such as `80:90` or a name"
            ))),
        }
    }
}

/// The port number that a text of digits is; none for other texts.
fn number(text: &str) -> Result<Option<u16>, Invalid> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    match text.parse() {
        Ok(number) => port::number(number).map(Some),
        Err(_) => Err(Invalid::new(format!(
            "port `{text}` is not between 1 and 65535"
        ))),
    }
}

/// Up to 128 letters, digits, `_`, `.` and `-`.
fn is_name(name: &str) -> bool {
    let is_of_it = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=128).contains(&name.len()) && name.bytes().all(is_of_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let range = |first, last| Ok(PortMatch::Range(first, last));
        let error = |message: &str| Err(message.to_owned());
        for (json, expected) in [
            ("80", range(80, 80)),
            ("\"80\"", range(80, 80)),
            ("\"80:90\"", range(80, 90)),
            ("\"1:65535\"", range(1, 65535)),
            ("\"http\"", Ok(PortMatch::Named("http".to_owned()))),
            (
                "\"My_port.1-a\"",
                Ok(PortMatch::Named("My_port.1-a".to_owned())),
            ),
            ("0", error("port `0` is not between 1 and 65535")),
            ("\"0:10\"", error("port `0` is not between 1 and 65535")),
            ("65536", error("port `65536` is not between 1 and 65535")),
            (
                "\"80:99999\"",
                error("port `99999` is not between 1 and 65535"),
            ),
            (
                "\"99999999999999999999\"",
                error("port `99999999999999999999` is not between 1 and 65535"),
            ),
            (
                "\"90:80\"",
                error("port range `90:80` ends before it begins"),
            ),
            (
                "\"http:90\"",
                error("`http:90` is no port, expected a number, a range such as `80:90` or a name"),
            ),
            (
                "\"\"",
                error("`` is no port, expected a number, a range such as `80:90` or a name"),
            ),
            (
                "[80]",
                error("invalid type: array, expected a whole number or a text"),
            ),
            (
                "80.5",
                error("invalid type: floating point `80.5`, expected a whole number or a text"),
            ),
            (
                "18446744073709551615",
                error(
                    "invalid value: integer `18446744073709551615`, expected a whole number or a text",
                ),
            ),
        ] {
            let read = serde_json::from_str::<PortText>(json);
            let read = read
                .map(|port| port.0)
                .map_err(|error| crate::json::message(&error));
            assert_eq!(read, expected, "{json}");
        }
    }
}
