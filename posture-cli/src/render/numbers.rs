//! Points for people, computed from integers.

use posture_core::points::Points;

/// Units in a hundredth of a point.
const HUNDREDTH: u64 = 10_000_000;

/// All nine decimals, so that points stand below each other and can be added up.
pub(super) fn exact(points: Points) -> String {
    let sign = if points < Points::ZERO { "-" } else { "" };
    let units = points.units().unsigned_abs();
    let unit = 100 * HUNDREDTH;
    format!("{sign}{}.{:09}", units / unit, units % unit)
}

/// One decimal, or two below a tenth, rounded half up; `0` for nothing, and never `0.00` for
/// something.
pub(super) fn decimal(points: Points) -> String {
    let sign = if points < Points::ZERO { "-" } else { "" };
    format!("{sign}{}", magnitude(points.units().unsigned_abs()))
}

/// [`decimal`], with a sign also for gains.
pub(super) fn signed(points: Points) -> String {
    let sign = if points < Points::ZERO { "-" } else { "+" };
    format!("{sign}{}", magnitude(points.units().unsigned_abs()))
}

/// A gain, or the range of it: `+3.2`, `+1.1 to +2.3`.
pub(super) fn gain(least: Points, most: Points) -> String {
    let (from, to) = (signed(least), signed(most));
    if from == to {
        to
    } else {
        format!("{from} to {to}")
    }
}

fn magnitude(units: u64) -> String {
    let rounded = |unit: u64| (units + unit / 2) / unit;
    if units == 0 {
        "0".to_owned()
    } else if rounded(HUNDREDTH) == 0 {
        "<0.01".to_owned()
    } else if rounded(HUNDREDTH) < 10 {
        format!("0.{:02}", rounded(HUNDREDTH))
    } else {
        let tenths = rounded(10 * HUNDREDTH);
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// A count with commas between thousands.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun: `1 image`, `2 images`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{} {noun}s", count(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_decimal_or_two_below_a_tenth() {
        for (units, text) in [
            (0, "0"),
            (1, "<0.01"),
            (4_999_999, "<0.01"),
            (5_000_000, "0.01"),
            (94_999_999, "0.09"),
            (95_000_000, "0.1"),
            (149_999_999, "0.1"),
            (150_000_000, "0.2"),
            (3_249_999_999, "3.2"),
            (-3_250_000_000, "-3.3"),
            (100_000_000_000, "100.0"),
        ] {
            assert_eq!(decimal(Points::from_units(units)), text);
        }
    }

    #[test]
    fn exact_points_stand_below_each_other() {
        for (units, text) in [
            (0, "0.000000000"),
            (-1, "-0.000000001"),
            (2_777_777_778, "2.777777778"),
            (100_000_000_000, "100.000000000"),
        ] {
            assert_eq!(exact(Points::from_units(units)), text);
        }
    }

    #[test]
    fn gains_are_ranges_where_the_outcome_is_open() {
        let points = Points::from_units;
        assert_eq!(
            gain(points(1_100_000_000), points(2_300_000_000)),
            "+1.1 to +2.3"
        );
        assert_eq!(gain(points(1_100_000_000), points(1_120_000_000)), "+1.1");
    }

    #[test]
    fn counts_are_readable() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(counted(1, "image"), "1 image");
        assert_eq!(counted(0, "image"), "0 images");
    }
}
