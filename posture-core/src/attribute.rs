//! Points, divided without remainder.

use crate::points::Points;

/// Divides points over items in proportion to their units, "by largest remainder, ties by item
/// key, so that the items sum to it exactly. Every lost point has an owner" (scoring, section 3).
///
/// Items are given in their order: of images by key, of workloads and edges by namespace, name,
/// kind, direction, peer, protocol and port.
pub fn attribute(points: Points, units: &[u64]) -> Vec<Points> {
    if let Some(evenly) = evenly(points, units) {
        return evenly;
    }
    let total: u128 = units.iter().map(|units| u128::from(*units)).sum();
    if total == 0 {
        return vec![Points::ZERO; units.len()];
    }
    let whole = u128::from(points.units().unsigned_abs());
    let share = |units: u64| {
        let scaled = whole.saturating_mul(u128::from(units));
        let floor = scaled.checked_div(total).unwrap_or_default();
        let remainder = scaled.checked_rem(total).unwrap_or_default();
        (i64::try_from(floor).unwrap_or(i64::MAX), remainder)
    };
    // most neighbours weigh the same
    let mut last = (0, (0, 0));
    let mut share_again = |units: u64| {
        if units != last.0 {
            last = (units, share(units));
        }
        last.1
    };
    let shares: Vec<(i64, u128)> = units.iter().map(|units| share_again(*units)).collect();
    let floors: i64 = shares.iter().map(|(floor, _)| *floor).sum();
    let left = points.units().saturating_sub(floors);
    let mut remainders: Vec<u128> = shares.iter().map(|of| of.1).collect();
    let Favoured { above, mut first } = Favoured::of(left, &mut remainders);
    let points_of = shares.into_iter().map(|(floor, remainder)| {
        let is_next = remainder == above && first > 0;
        first = first.saturating_sub(u64::from(is_next));
        let more = i64::from(is_next || remainder > above);
        Points::from_units(floor.saturating_add(more))
    });
    points_of.collect()
}

/// Divides points over items that all weigh the same, or nothing: most do, and this takes no division
/// for each.
fn evenly(points: Points, units: &[u64]) -> Option<Vec<Points>> {
    let some = units.iter().find(|units| **units > 0)?;
    let mut all = units.iter();
    if !all.all(|units| *units == 0 || units == some) {
        return None;
    }
    let count = units.iter().filter(|units| **units > 0).count();
    let count = i64::try_from(count).ok()?;
    let floor = points.units().checked_div_euclid(count)?;
    let mut left = points.units().checked_rem_euclid(count)?;
    let each = units.iter().map(|units| {
        if *units == 0 {
            return Points::ZERO;
        }
        let more = i64::from(left > 0);
        left = left.saturating_sub(more);
        Points::from_units(floor.saturating_add(more))
    });
    Some(each.collect())
}

/// Who gets one unit more.
struct Favoured {
    /// All with remainders above this one,
    above: u128,
    /// and so many of those that have it, the first ones.
    first: u64,
}

impl Favoured {
    /// Those with the largest remainders, so many of them.
    fn of(count: i64, remainders: &mut [u128]) -> Self {
        let count = usize::try_from(count).unwrap_or_default();
        let nobody = Self {
            above: u128::MAX,
            first: 0,
        };
        let Some(least) = remainders.len().checked_sub(count).filter(|_| count > 0) else {
            return nobody;
        };
        let (_, above, larger) = remainders.select_nth_unstable(least);
        let all_above = larger.iter().filter(|one| *one > above).count();
        Self {
            above: *above,
            first: count.saturating_sub(all_above) as u64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributed(points: i64, units: &[u64]) -> Vec<i64> {
        let points = attribute(Points::from_units(points), units);
        points.into_iter().map(Points::units).collect()
    }

    #[test]
    fn largest_remainders_get_what_is_left_first_keys_first() {
        assert_eq!(attributed(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(attributed(10, &[0, 7, 7, 0, 7]), [0, 4, 3, 0, 3]);
        // 10 * 1/6 = 1.67, 10 * 2/6 = 3.33, 10 * 3/6 = 5: the one left goes to the first
        assert_eq!(attributed(10, &[1, 2, 3]), [2, 3, 5]);
        assert_eq!(attributed(1, &[1, 5]), [0, 1]);
        assert_eq!(attributed(0, &[1, 5]), [0, 0]);
        assert_eq!(attributed(7, &[]), Vec::<i64>::new());
        assert_eq!(attributed(7, &[0, 0]), [0, 0]);
        assert_eq!(
            attributed(100_000_000_000, &[u64::MAX, u64::MAX]),
            [50_000_000_000; 2]
        );
    }
}
