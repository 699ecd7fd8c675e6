//! Values as Goldmane writes them: in the JSON of protobuf, or as Go writes its structures.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use super::super::calico::SECONDS;

/// A whole number; protobuf's JSON writes 64 bits as a text: "int64 as strings or numbers"
/// (formats, section 3).
#[derive(Clone, Copy, Debug)]
pub(in crate::flows) struct Whole(i64);

/// A case of an enumeration: protobuf's JSON has its name, Go's its number.
#[derive(Debug)]
pub(in crate::flows) enum Case<'a> {
    Name(Cow<'a, str>),
    Number(i64),
}

impl Whole {
    /// The number itself.
    pub(in crate::flows) const fn signed(self) -> i64 {
        self.0
    }

    /// Unix seconds, from year 0 to 9999.
    pub(in crate::flows) fn seconds(self, field: &str) -> Result<i64, String> {
        match SECONDS.contains(&self.0) {
            true => Ok(self.0),
            false => Err(format!(
                "`{field}` is `{}`, expected Unix seconds, a whole number before the year 10000",
                self.0
            )),
        }
    }

    /// A count; an absent one is 0.
    pub(in crate::flows) fn count(number: Option<Self>, field: &str) -> Result<u64, String> {
        let number = number.map_or(0, Self::signed);
        let message = |_| format!("`{field}` is `{number}`, expected a whole number of 0 or more");
        u64::try_from(number).map_err(message)
    }

    /// A port; 0 is none.
    pub(in crate::flows) fn port(number: Option<Self>, field: &str) -> Result<Option<u16>, String> {
        let number = number.map_or(0, Self::signed);
        match u16::try_from(number) {
            Ok(port) => Ok(Some(port).filter(|port| *port != 0)),
            Err(_) => Err(format!(
                "`{field}` is `{number}`, expected a port, 0 to 65535"
            )),
        }
    }
}

impl Case<'_> {
    /// Whether it is the case with this name and number.
    pub(in crate::flows) fn is(&self, name: &str, number: i64) -> bool {
        match self {
            Self::Name(known) => known.eq_ignore_ascii_case(name),
            Self::Number(known) => *known == number,
        }
    }

    /// Whether it says something: 0 is always the case `...Unspecified`, and "defaults are omitted"
    /// (formats, section 3).
    pub(in crate::flows) fn is_specified(&self) -> bool {
        match self {
            Self::Name(name) => {
                !matches!(name.as_ref(), "" | "-") && !name.ends_with("Unspecified")
            }
            Self::Number(number) => *number != 0,
        }
    }
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WholeVisitor;

        impl Visitor<'_> for WholeVisitor {
            type Value = Whole;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Whole(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                match i64::try_from(number) {
                    Ok(number) => Ok(Whole(number)),
                    Err(_) => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
                }
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                match text.parse() {
                    Ok(number) => Ok(Whole(number)),
                    Err(_) => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }
        }

        deserializer.deserialize_any(WholeVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Case<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CaseVisitor;

        impl<'de> Visitor<'de> for CaseVisitor {
            type Value = Case<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or a number")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Case::Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Case::Name(Cow::Owned(name.to_owned())))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Case::Number(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                match i64::try_from(number) {
                    Ok(number) => Ok(Case::Number(number)),
                    Err(_) => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
                }
            }
        }

        deserializer.deserialize_any(CaseVisitor)
    }
}
