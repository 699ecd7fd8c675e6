//! Large values in order.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

/// What says where an object stands: kind, namespace and name.
pub(super) type Key<'a> = (&'a str, &'a str, &'a str);

/// The same values in order: each is moved once, however large it is, and none where they are in order already.
pub(super) fn ordered<T>(values: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    if values.is_sorted_by(|a, b| compare(a, b).is_le()) {
        return values;
    }
    let mut places: Vec<usize> = (0..values.len()).collect();
    places.sort_by(|a, b| at(&values, &compare, *a, *b));
    moved(values, &places)
}

/// The same values in order of their keys, those of one key as `then` says; moved as by [`ordered`].
pub(super) fn ordered_by_key<T>(
    values: Vec<T>,
    key: impl Fn(&T) -> Key<'_>,
    then: impl Fn(&T, &T) -> Ordering,
) -> Vec<T> {
    let compare = |a: &T, b: &T| key(a).cmp(&key(b)).then_with(|| then(a, b));
    if values.is_sorted_by(|a, b| compare(a, b).is_le()) {
        return values;
    }
    let keys: Vec<Key<'_>> = values.iter().map(&key).collect();
    let places = places(&keys, &|a, b| at(&values, &then, a, b));
    moved(values, &places)
}

/// Compares the values at two places.
fn at<T>(
    values: &[T],
    compare: &impl Fn(&T, &T) -> Ordering,
    one: usize,
    other: usize,
) -> Ordering {
    match (values.get(one), values.get(other)) {
        (Some(one), Some(other)) => compare(one, other),
        _ => Ordering::Equal,
    }
}

/// The places of values in order of their keys. Most are told apart by where their namespace stands among all, a
/// number, without a look at a text.
fn places(keys: &[Key<'_>], then: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut ranks: FxHashMap<(&str, &str), usize> = FxHashMap::default();
    for (kind, namespace, _) in keys {
        ranks.insert((kind, namespace), 0);
    }
    let mut spaces: Vec<(&str, &str)> = ranks.keys().copied().collect();
    spaces.sort_unstable();
    ranks.extend(spaces.into_iter().zip(0..));
    let rank = |(kind, namespace, _): &Key<'_>| ranks.get(&(*kind, *namespace)).copied();
    let mut ranked: Vec<(Option<usize>, &str, usize)> = keys
        .iter()
        .enumerate()
        .map(|(place, key)| (rank(key), key.2, place))
        .collect();
    ranked.sort_by(
        |(rank, name, place), (other_rank, other_name, other_place)| {
            let by_key = (rank, name).cmp(&(other_rank, other_name));
            by_key.then_with(|| then(*place, *other_place))
        },
    );
    ranked.into_iter().map(|(_, _, place)| place).collect()
}

/// The values of some places, in their order.
fn moved<T>(values: Vec<T>, places: &[usize]) -> Vec<T> {
    let mut values: Vec<Option<T>> = values.into_iter().map(Some).collect();
    let mut moved = Vec::with_capacity(values.len());
    for place in places {
        moved.extend(values.get_mut(*place).and_then(Option::take));
    }
    moved
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

        #[test]
        fn by_kind_namespace_and_name_and_then_by_what_is_said(
            values in prop::collection::vec(("[ab]{0,2}", "[ab]{0,2}", "[ab]{0,2}", 0..3_u8, any::<u8>()), 0..40),
        ) {
            let mut expected = values.clone();
            expected.sort_by(|a, b| (&a.0, &a.1, &a.2, b.3).cmp(&(&b.0, &b.1, &b.2, a.3)));
            let ordered = ordered_by_key(values, |of| (&of.0, &of.1, &of.2), |a, b| b.3.cmp(&a.3));
            prop_assert_eq!(ordered, expected);
        }
    }
}
