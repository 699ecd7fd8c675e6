//! Fixed-point points and the one rounding of the score.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;

/// Units in one point.
const UNIT: i64 = 1_000_000_000;

/// A number of points in units of 10⁻⁹.
///
/// Integers make sums exact and equal on every machine and in every language. In JSON a value is
/// a decimal number with at most nine fraction digits (`94.974`), read back without loss.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(i64);

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);
    /// The highest score.
    pub const HUNDRED: Self = Self(100 * UNIT);

    /// Points from units of 10⁻⁹.
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// Units of 10⁻⁹.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// `part / whole` of these points, rounded half up to a unit; zero when the whole is.
    ///
    /// This is the only rounding in the method: "`contribution` is computed in 128-bit integers
    /// and rounded once, half up; everything else is a sum or difference of contributions"
    /// (scoring, section 3).
    #[must_use]
    pub fn of(self, share: Share) -> Self {
        let Share { part, whole } = share;
        match part {
            0 => return Self::ZERO,
            part if part == whole => return self,
            _ => {}
        }
        // nearly all products fit, and dividing 64 bits is many times as fast as 128
        let short = u64::try_from(self.0)
            .ok()
            .and_then(|of| of.checked_mul(part));
        if let (Some(scaled), Some(quotient)) = (short, short.and_then(|s| s.checked_div(whole))) {
            let remainder = scaled.checked_rem(whole).unwrap_or_default();
            let half_up = u64::from(remainder >= whole.saturating_sub(remainder));
            return Self(i64::try_from(quotient.saturating_add(half_up)).unwrap_or(i64::MAX));
        }
        let scaled = u128::from(self.0.unsigned_abs()).saturating_mul(part.into());
        let whole = u128::from(whole);
        let (Some(quotient), Some(remainder)) =
            (scaled.checked_div(whole), scaled.checked_rem(whole))
        else {
            return Self::ZERO;
        };
        let half_up = u128::from(remainder >= whole.saturating_sub(remainder));
        Self(i64::try_from(quotient.saturating_add(half_up)).unwrap_or(i64::MAX))
    }

    /// The whole number shown to a person for a score.
    ///
    /// "Shown to a person: rounded half up to an integer, but never 100 while risk > 0, never 0
    /// while score > 0" (scoring, section 3).
    pub fn shown(self) -> i64 {
        let rounded = self.0.saturating_add(UNIT / 2).div_euclid(UNIT);
        match rounded {
            100 if self < Self::HUNDRED => 99,
            0 if self > Self::ZERO => 1,
            whole => whole,
        }
    }
}

/// The exact decimal number, without trailing zeros: `94.974`, `0.5`, `100`.
impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = self.0.unsigned_abs();
        let (whole, fraction) = (units / UNIT.unsigned_abs(), units % UNIT.unsigned_abs());
        let digits = format!("{fraction:09}");
        let digits = digits.trim_end_matches('0');
        let (point, sign) = (
            if digits.is_empty() { "" } else { "." },
            if self.0 < 0 { "-" } else { "" },
        );
        f.pad(&format!("{sign}{whole}{point}{digits}"))
    }
}

impl fmt::Debug for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a decimal number with at most nine fraction digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a number of points: expected a decimal number with at most 9 fraction digits"
)]
pub struct NotPoints(String);

impl std::str::FromStr for Points {
    type Err = NotPoints;

    fn from_str(text: &str) -> Result<Self, NotPoints> {
        let parse = || {
            let (decimal, exponent) = match text.split_once(['e', 'E']) {
                Some((decimal, exponent)) => (decimal, exponent.parse::<i32>().ok()?),
                None => (text, 0),
            };
            let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, "0"));
            let digits = whole.strip_prefix('-').unwrap_or(whole);
            let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
            if !all_digits(digits) || !all_digits(fraction) {
                return None;
            }
            let number: i128 = format!("{whole}{fraction}").parse().ok()?;
            let places = i32::try_from(fraction.len()).ok()?;
            let shift = exponent.checked_add(9)?.checked_sub(places)?;
            let power = 10_i128.checked_pow(shift.unsigned_abs())?;
            let units = match shift < 0 {
                true if number % power == 0 => number / power,
                true => return None,
                false => number.checked_mul(power)?,
            };
            i64::try_from(units).ok().map(Self)
        };
        parse().ok_or_else(|| NotPoints(text.to_owned()))
    }
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string())
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        raw.get().parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Points {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Points".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "number",
            "description": "Points: a decimal number with at most 9 fraction digits."
        })
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Points {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Points {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Points {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, Add::add)
    }
}

/// How much of a whole is at risk: `part <= whole`; `whole == 0` is "not applicable".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Share {
    /// What is at risk.
    pub part: u64,
    /// All there is of known state.
    pub whole: u64,
}

impl Share {
    /// Nothing at risk, of nothing: not applicable.
    pub const NONE: Self = Self { part: 0, whole: 0 };

    /// The share with `fixed` of its part no longer at risk; the whole stays.
    #[must_use]
    pub fn without(self, fixed: u64) -> Self {
        Self {
            part: self.part.saturating_sub(fixed),
            ..self
        }
    }
}

impl Sum for Share {
    fn sum<I: Iterator<Item = Self>>(shares: I) -> Self {
        shares.fold(Self::NONE, |sum, share| Self {
            part: sum.part.saturating_add(share.part),
            whole: sum.whole.saturating_add(share.whole),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_exact_and_reads_back() {
        for (units, text) in [
            (0, "0"),
            (1, "0.000000001"),
            (-1, "-0.000000001"),
            (94_974_000_000, "94.974"),
            (100_000_000_000, "100"),
            (500_000_000, "0.5"),
        ] {
            assert_eq!(Points::from_units(units).to_string(), text);
            assert_eq!(text.parse(), Ok(Points::from_units(units)));
        }
        for (text, units) in [
            ("1e-09", 1),
            ("1e3", 1_000_000_000_000),
            ("-2.50E-2", -25_000_000),
            ("94.97400000000", 94_974_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Points::from_units(units)), "{text}");
        }
        for bad in [
            "",
            "-",
            ".5",
            "1.",
            "1e",
            "1e-10",
            "1.0000000001",
            "+1",
            "99999999999",
        ] {
            assert!(bad.parse::<Points>().is_err(), "{bad}");
        }
    }

    #[test]
    fn json_is_a_plain_number() {
        let json = serde_json::to_string(&Points::from_units(5_025_575_448)).unwrap();
        assert_eq!(json, "5.025575448");
        assert_eq!(
            serde_json::from_str::<Points>(&json).unwrap(),
            Points::from_units(5_025_575_448)
        );
    }

    #[test]
    fn rounds_half_up_once() {
        let of = |units, part, whole| Points::from_units(units).of(Share { part, whole }).units();
        // 100e9 / 3 = 33_333_333_333.33…, 200e9 / 3 = 66_666_666_666.67 (rounded up)
        assert_eq!(of(100_000_000_000, 1, 3), 33_333_333_333);
        assert_eq!(of(100_000_000_000, 2, 3), 66_666_666_667);
        // exactly half a unit goes up
        assert_eq!(of(1, 1, 2), 1);
        assert_eq!(of(1, 1, 3), 0);
        assert_eq!(of(100_000_000_000, 7, 7), 100_000_000_000);
        assert_eq!(of(100_000_000_000, u64::MAX, u64::MAX), 100_000_000_000);
        assert_eq!(of(100_000_000_000, 7, 0), 0);
    }

    #[test]
    fn shown_never_hides_the_last_risk_or_the_last_point() {
        let shown = |units| Points::from_units(units).shown();
        assert_eq!(shown(100_000_000_000), 100);
        assert_eq!(shown(99_999_999_999), 99);
        assert_eq!(shown(99_499_999_999), 99);
        assert_eq!(shown(94_500_000_000), 95);
        assert_eq!(shown(94_499_999_999), 94);
        assert_eq!(shown(1), 1);
        assert_eq!(shown(0), 0);
    }
}
