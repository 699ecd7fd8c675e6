//! Large values in order.

use std::cmp::Ordering;

/// The same values in order: each is moved once, however large it is, and none where they are in order already.
pub(super) fn ordered<T>(values: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    if values.is_sorted_by(|a, b| compare(a, b).is_le()) {
        return values;
    }
    let mut values: Vec<Option<T>> = values.into_iter().map(Some).collect();
    let places = places(values.len(), &|a, b| match (values.get(a), values.get(b)) {
        (Some(Some(a)), Some(Some(b))) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut ordered = Vec::with_capacity(values.len());
    for place in places {
        ordered.extend(values.get_mut(place).and_then(Option::take));
    }
    ordered
}

/// The places of so many values, in their order.
fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn in_order_and_equal_ones_as_they_came(values in prop::collection::vec((0..5_u8, any::<u8>()), 0..40)) {
            let mut expected = values.clone();
            expected.sort_by_key(|(key, _)| *key);
            prop_assert_eq!(ordered(values, |(a, _), (b, _)| a.cmp(b)), expected);
        }
    }
}
