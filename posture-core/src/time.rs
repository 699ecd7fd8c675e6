//! Instants, in whole seconds.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant in Unix seconds; in JSON an RFC 3339 time in UTC (`2026-11-20T10:00:00Z`). A day is read, too,
/// as its first second.
///
/// Nothing here reads a clock: the present is an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clamped = self
            .0
            .clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        match Timestamp::from_second(clamped) {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_) => self.0.fmt(f),
        }
    }
}

/// A text that is not an RFC 3339 time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time: expected RFC 3339, such as `2026-11-20T10:00:00Z`")]
pub struct NotATime(String);

/// A text that is neither a day nor an RFC 3339 time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no time: expected a day or a time, such as `2027-01-01` or `2027-01-01T00:00:00Z`"
)]
pub struct NotADayOrTime(String);

impl Time {
    /// Reads what people write: a day, which is its first second in UTC, or an RFC 3339 time.
    ///
    /// # Errors
    /// [`NotADayOrTime`] for any other text.
    pub fn of_day_or_time(text: &str) -> Result<Self, NotADayOrTime> {
        let first_second = || format!("{text}T00:00:00Z").parse();
        let time = text.parse().or_else(|_| first_second());
        time.map_err(|_: NotATime| NotADayOrTime(text.to_owned()))
    }
}

impl FromStr for Time {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        match text.parse::<Timestamp>() {
            Ok(timestamp) => Ok(Self(timestamp.as_second())),
            Err(_) => Err(NotATime(text.to_owned())),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::of_day_or_time(&text).map_err(de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let time: Time = "2026-11-20T10:00:00Z".parse().unwrap();
        assert_eq!(time, Time(1_795_168_800));
        assert_eq!(time.to_string(), "2026-11-20T10:00:00Z");
        assert_eq!("2026-11-20T11:00:00+01:00".parse(), Ok(time));
        assert!("yesterday".parse::<Time>().is_err());
        assert_eq!(Time::of_day_or_time("2026-11-20T10:00:00Z"), Ok(time));
        assert_eq!(
            Time::of_day_or_time("2026-11-20"),
            Ok(Time(time.0 - 10 * 3600))
        );
        for bad in ["", "yesterday", "2026-11", "2026-02-30"] {
            assert!(Time::of_day_or_time(bad).is_err(), "{bad}");
        }
    }
}
