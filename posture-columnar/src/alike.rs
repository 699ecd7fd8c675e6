//! Rows that are judged alike: what they have in common, by the numbers of its parts.

use crate::columns::{PARTS, Part};
use crate::index::{Index, fold};
use crate::memory::NOTHING;

/// Which row is of which kind, by numbers from 0 in order of the first row of each. The parts of each
/// end are put together first: there are few of those, so the tables stay in the cache of a core.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    source: Tuples<7>,
    destination: Tuples<7>,
    rest: Tuples<10>,
    all: Tuples<3>,
    numbers: [Vec<u32>; 3],
}

const SOURCE: [Part; 7] = [
    Part::SourceType,
    Part::SourceNamespace,
    Part::SourceName,
    Part::SourceAggregate,
    Part::SourceAddress,
    Part::SourcePort,
    Part::SourceLabels,
];

const DESTINATION: [Part; 7] = [
    Part::DestType,
    Part::DestNamespace,
    Part::DestName,
    Part::DestAggregate,
    Part::DestAddress,
    Part::DestPort,
    Part::DestLabels,
];

const REST: [Part; 10] = [
    Part::Action,
    Part::Reporter,
    Part::Proto,
    Part::ServiceNamespace,
    Part::ServiceName,
    Part::Domains,
    Part::Enforced,
    Part::Pending,
    Part::All,
    Part::Policies,
];

const _: () = assert!(SOURCE.len() + DESTINATION.len() + REST.len() == PARTS);

impl Kinds {
    /// The kind of every row, by the numbers of its parts; `numbers` of a part may be empty.
    pub(crate) fn of<'n>(
        &mut self,
        rows: usize,
        numbers: impl Fn(Part) -> &'n [u32],
        kinds: &mut Vec<u32>,
    ) {
        let [source, destination, rest] = &mut self.numbers;
        self.source.number(rows, SOURCE.map(&numbers), source);
        self.destination
            .number(rows, DESTINATION.map(&numbers), destination);
        self.rest.number(rows, REST.map(&numbers), rest);
        self.all.number(rows, [source, destination, rest], kinds);
    }
}

/// Tuples of numbers, by numbers from 0 in order of their first occurrence.
#[derive(Debug)]
struct Tuples<const N: usize> {
    tuples: Vec<[u32; N]>,
    index: Index,
}

impl<const N: usize> Default for Tuples<N> {
    fn default() -> Self {
        Self {
            tuples: Vec::new(),
            index: Index::default(),
        }
    }
}

impl<const N: usize> Tuples<N> {
    fn number(&mut self, rows: usize, columns: [&[u32]; N], out: &mut Vec<u32>) {
        out.clear();
        out.extend((0..rows).map(|row| {
            let tuple = columns.map(|column| column.get(row).copied().unwrap_or(NOTHING));
            self.find(tuple)
        }));
    }

    #[inline]
    fn find(&mut self, tuple: [u32; N]) -> u32 {
        let hash = hash(tuple);
        let is = |known: u32| {
            self.tuples
                .get(known as usize)
                .is_some_and(|known| same(known, &tuple))
        };
        if let Some(known) = self.index.find(hash, is) {
            return known;
        }
        let number = u32::try_from(self.tuples.len()).unwrap_or(u32::MAX);
        self.index.insert(hash, number);
        self.tuples.push(tuple);
        number
    }
}

/// Whether both are the same: shorter than a call that compares bytes.
#[inline]
fn same<const N: usize>(one: &[u32; N], other: &[u32; N]) -> bool {
    let bits = one.iter().zip(other).map(|(one, other)| one ^ other);
    bits.fold(0, |all, bits| all | bits) == 0
}

/// A sum of products with odd numbers that have nothing to do with each other: it does not hang on
/// one multiplication after the other.
#[inline]
fn hash<const N: usize>(tuple: [u32; N]) -> u32 {
    let products = tuple
        .iter()
        .zip(&FACTORS)
        .map(|(number, factor)| u64::from(*number).wrapping_mul(*factor));
    let sum = products.fold(0_u64, u64::wrapping_add);
    fold(sum.wrapping_mul(SPREAD))
}

/// 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Odd numbers at random.
const FACTORS: [u64; 10] = [
    0xbf58_476d_1ce4_e5b9,
    0x94d0_49bb_1331_11eb,
    0xff51_afd7_ed55_8ccd,
    0xc4ce_b9fe_1a85_ec53,
    0xd6e8_feb8_6659_fd93,
    0xa076_1d64_78bd_642f,
    0xe703_7ed1_a0b4_28db,
    0x8ebc_6af0_9c88_c6e3,
    0x5899_65cc_7537_4cc3,
    0x1d8e_4e27_c47d_124f,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_tells_rows_apart() {
        let parts = SOURCE.iter().chain(&DESTINATION).chain(&REST);
        for odd in parts.copied() {
            let numbers = |part| -> &[u32] {
                match part == odd {
                    true => &[5, 0, 5, 6],
                    false => &[],
                }
            };
            let (mut kinds, mut of) = (Kinds::default(), Vec::new());
            kinds.of(4, numbers, &mut of);
            assert_eq!(of, [0, 1, 0, 2], "{odd:?}");
        }
    }
}
