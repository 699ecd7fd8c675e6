use std::cmp::Ordering;

use proptest::prelude::*;

use super::compare;

fn ordering(one: &[u8], other: &[u8]) -> Ordering {
    compare(one, other).cmp(&0)
}

#[test]
fn each_place_and_each_length_counts() {
    for length in 0..40 {
        let same = vec![0x7f; length];
        assert_eq!(ordering(&same, &same), Ordering::Equal, "{length}");
        for place in 0..length {
            let mut more = same.clone();
            more[place] = 0x80;
            // what comes behind the first difference does not count
            more[place + 1..].fill(0);
            assert_eq!(ordering(&same, &more), Ordering::Less, "{length} {place}");
            assert_eq!(
                ordering(&more, &same),
                Ordering::Greater,
                "{length} {place}"
            );
        }
    }
}

proptest! {
    #[test]
    fn as_slices_compare(pairs in prop::collection::vec((0..3_u8, 0..3_u8), 0..40)) {
        let (one, other): (Vec<u8>, Vec<u8>) = pairs.into_iter().unzip();
        prop_assert_eq!(ordering(&one, &other), one.cmp(&other));
    }
}
