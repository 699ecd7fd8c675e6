//! Points, divided without remainder.

use crate::points::Points;

/// Divides points over items in proportion to their units, "by largest remainder, ties by item
/// key, so that the items sum to it exactly. Every lost point has an owner" (scoring, section 3).
///
/// Items are given in their order: of images by key, of workloads and edges by namespace, name,
/// kind, direction, peer, protocol and port.
pub fn attribute(points: Points, units: &[u64]) -> Vec<Points> {
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
    let mut points_of: Vec<i64> = shares.iter().map(|(floor, _)| *floor).collect();
    let left = points.units().saturating_sub(points_of.iter().sum());
    for index in largest(left, &shares) {
        if let Some(points) = points_of.get_mut(index) {
            *points = points.saturating_add(1);
        }
    }
    points_of.into_iter().map(Points::from_units).collect()
}

/// Whose remainders are the largest, so many of them, those that come first where they are equal.
fn largest(count: i64, shares: &[(i64, u128)]) -> Vec<usize> {
    let remainder = |index: &usize| shares.get(*index).map(|(_, remainder)| *remainder);
    let mut indices: Vec<usize> = (0..shares.len()).collect();
    match usize::try_from(count) {
        Ok(0) | Err(_) => indices.clear(),
        Ok(count) if count < indices.len() => {
            let in_order = |one: &usize, other: &usize| {
                let by_remainder = remainder(other).cmp(&remainder(one));
                by_remainder.then(one.cmp(other))
            };
            indices.select_nth_unstable_by(count, in_order);
            indices.truncate(count);
        }
        Ok(_) => {}
    }
    indices
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
