//! Times and spans of time, as they are given to options.

use posture_core::time::Time;

/// A span of time, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Age(i64);

/// A time, or how long ago it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// At that time.
    At(Time),
    /// So long ago.
    Ago(Age),
}

impl Age {
    /// The time that was so long before another.
    pub(crate) const fn before(self, now: Time) -> Time {
        Time(now.0.saturating_sub(self.0))
    }
}

impl When {
    /// The time, where it is `now`.
    pub(crate) const fn time(self, now: Time) -> Time {
        match self {
            Self::At(time) => time,
            Self::Ago(age) => age.before(now),
        }
    }
}

/// Reads a span of time: `90d`, `4w`, `36h`.
pub(crate) fn age(text: &str) -> Result<Age, String> {
    let read = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let seconds = match unit {
            "h" => 3_600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return None,
        };
        let number = number.parse::<u32>().ok()?;
        i64::from(number).checked_mul(seconds).map(Age)
    };
    read().ok_or_else(|| "expected hours, days or weeks, such as 36h, 90d or 4w".to_owned())
}

/// Reads a time, or a span before now.
pub(crate) fn when(text: &str) -> Result<When, String> {
    let at = || Time::of_day_or_time(text).map(When::At).ok();
    let ago = || age(text).map(When::Ago).ok();
    at().or_else(ago).ok_or_else(|| {
        "expected a day or a time, such as 2026-11-20 or 2026-11-20T10:00:00Z, or how long ago, such as 30d".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_times() {
        assert_eq!(age("90d"), Ok(Age(7_776_000)));
        assert_eq!(age("0h"), Ok(Age(0)));
        for bad in ["", "d", "90", "-1d", "1.5d", "1y", "9ä"] {
            assert!(age(bad).is_err(), "{bad}");
        }
        let now = Time(1_000_000);
        assert_eq!(when("1w").unwrap().time(now), Time(395_200));
        assert_eq!(when("1970-01-01T00:00:09Z").unwrap().time(now), Time(9));
        assert_eq!(when("1970-01-02").unwrap().time(now), Time(86_400));
        assert!(when("yesterday").is_err());
    }
}
