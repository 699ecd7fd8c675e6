//! The columns of a Calico flow log (formats, section 2).

use std::borrow::Cow;
use std::fmt;

use posture_core::model::Labels;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde_json::value::RawValue;

use super::known_text;
use crate::json;

/// A text that borrows from its line where it can.
#[derive(Debug, serde::Deserialize)]
pub(in crate::flows) struct Text<'a>(#[serde(borrow)] pub(in crate::flows) Cow<'a, str>);

/// The text, where it says something: "`-` = unknown or none; null = aggregated away".
pub(in crate::flows) fn known<'a>(text: Option<&'a Text<'_>>) -> Option<&'a str> {
    text.and_then(|text| known_text(&text.0))
}

/// One line. Columns that the score does not use are passed over.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(expecting = "a flow record")]
pub(super) struct Row<'a> {
    pub(super) start_time: Option<Seconds>,
    pub(super) end_time: Option<Seconds>,
    #[serde(borrow)]
    pub(super) action: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) reporter: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) proto: Option<Proto<'a>>,
    pub(super) num_flows: Option<u64>,
    pub(super) bytes_in: Option<u64>,
    pub(super) bytes_out: Option<u64>,
    #[serde(borrow)]
    pub(super) source_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) source_namespace: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) source_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) source_name_aggr: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) source_ip: Option<Text<'a>>,
    #[serde(default)]
    pub(super) source_port: MaybePort,
    #[serde(borrow, default, deserialize_with = "raw")]
    pub(super) source_labels: Option<&'a str>,
    #[serde(borrow)]
    pub(super) dest_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) dest_namespace: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) dest_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) dest_name_aggr: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) dest_ip: Option<Text<'a>>,
    #[serde(default)]
    pub(super) dest_port: MaybePort,
    #[serde(borrow, default, deserialize_with = "raw")]
    pub(super) dest_labels: Option<&'a str>,
    #[serde(borrow)]
    pub(super) dest_service_namespace: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) dest_service_name: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "raw")]
    pub(super) dest_domains: Option<&'a str>,
    #[serde(borrow, default, deserialize_with = "raw")]
    pub(super) policies: Option<&'a str>,
    /// "Elasticsearch exports wrap the row in `_source`" (formats, section 2).
    #[serde(borrow, default, rename = "_source", deserialize_with = "raw")]
    pub(super) wrapped: Option<&'a str>,
}

/// The columns of one end.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowEnd<'a> {
    pub(super) kind: Option<&'a Text<'a>>,
    pub(super) namespace: Option<&'a Text<'a>>,
    pub(super) name: Option<&'a Text<'a>>,
    pub(super) aggregate: Option<&'a Text<'a>>,
    pub(super) ip: Option<&'a Text<'a>>,
    pub(super) port: MaybePort,
}

impl Row<'_> {
    pub(super) fn source(&self) -> RowEnd<'_> {
        RowEnd {
            kind: self.source_type.as_ref(),
            namespace: self.source_namespace.as_ref(),
            name: self.source_name.as_ref(),
            aggregate: self.source_name_aggr.as_ref(),
            ip: self.source_ip.as_ref(),
            port: self.source_port,
        }
    }

    pub(super) fn destination(&self) -> RowEnd<'_> {
        RowEnd {
            kind: self.dest_type.as_ref(),
            namespace: self.dest_namespace.as_ref(),
            name: self.dest_name.as_ref(),
            aggregate: self.dest_name_aggr.as_ref(),
            ip: self.dest_ip.as_ref(),
            port: self.dest_port,
        }
    }
}

/// A value as it stands; none where it is null.
fn raw<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'a str>, D::Error> {
    let value = Option::<&'de RawValue>::deserialize(deserializer)?;
    Ok(value.map(RawValue::get))
}

/// The labels of an end: `{"labels": ["k=v", ...]}`, or the list alone.
pub fn labels(text: &str) -> Result<Labels, String> {
    #[derive(serde::Deserialize)]
    struct Wrapped {
        labels: Option<Vec<String>>,
    }
    let expected = |_| "expected a list of `key=value`".to_owned();
    let pairs = match text.starts_with('[') {
        true => json::from_str(text).map_err(expected)?,
        false => json::from_str::<Wrapped>(text)
            .map_err(expected)?
            .labels
            .unwrap_or_default(),
    };
    Ok(pairs.iter().map(|pair| label(pair)).collect())
}

/// A label: `key=value`, or a key alone.
pub fn label(pair: &str) -> (String, String) {
    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
    (key.to_owned(), value.to_owned())
}

/// The seconds of the years 0 to 9999, Unix time.
pub const SECONDS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

/// Unix seconds, of [`SECONDS`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Seconds(pub(super) i64);

/// A port; null and 0 are none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MaybePort(pub(super) Option<u16>);

/// A protocol by name or number.
#[derive(Debug)]
pub(super) enum Proto<'a> {
    Name(Cow<'a, str>),
    Number(u8),
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SecondsVisitor;

        impl Visitor<'_> for SecondsVisitor {
            type Value = Seconds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("Unix seconds, a whole number before the year 10000")
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<Self::Value, E> {
                match SECONDS.contains(&seconds) {
                    true => Ok(Seconds(seconds)),
                    false => Err(E::invalid_value(Unexpected::Signed(seconds), &self)),
                }
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<Self::Value, E> {
                match i64::try_from(seconds) {
                    Ok(seconds) => self.visit_i64(seconds),
                    Err(_) => Err(E::invalid_value(Unexpected::Unsigned(seconds), &self)),
                }
            }
        }

        deserializer.deserialize_i64(SecondsVisitor)
    }
}

impl<'de> Deserialize<'de> for MaybePort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<u64>::deserialize(deserializer)? {
            None => Ok(Self(None)),
            Some(number) => match u16::try_from(number) {
                Ok(port) => Ok(Self(Some(port))),
                Err(_) => Err(D::Error::invalid_value(
                    Unexpected::Unsigned(number),
                    &"a port, 0 to 65535",
                )),
            },
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Proto<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ProtoVisitor;

        impl<'de> Visitor<'de> for ProtoVisitor {
            type Value = Proto<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a protocol's name or its number, 0 to 255")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Proto::Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Proto::Name(Cow::Owned(name.to_owned())))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                match u8::try_from(number) {
                    Ok(number) => Ok(Proto::Number(number)),
                    Err(_) => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
                }
            }
        }

        deserializer.deserialize_any(ProtoVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn what_is_wrong_is_said_in_words_of_the_log() {
        let whole = "expected a whole number of 0 or more";
        let seconds = "expected Unix seconds, a whole number before the year 10000";
        for (line, message) in [
            (
                r#"{"end_time": 1e3}"#,
                format!("invalid type: floating point `1000.0`, {seconds}"),
            ),
            (
                r#"{"end_time": 253402300800}"#,
                format!("invalid value: integer `253402300800`, {seconds}"),
            ),
            (
                r#"{"num_flows": -1}"#,
                format!("invalid value: integer `-1`, {whole}"),
            ),
            (
                r#"{"bytes_in": "1"}"#,
                format!("invalid type: string \"1\", {whole}"),
            ),
            (
                r#"{"dest_port": 65536}"#,
                "invalid value: integer `65536`, expected a port, 0 to 65535".to_owned(),
            ),
            (
                "7",
                "invalid type: integer `7`, expected a flow record".to_owned(),
            ),
        ] {
            let error = json::from_str::<Row<'_>>(line).unwrap_err();
            assert_eq!(json::message(&error), message);
        }
    }
}
