//! Pods that only records speak of, in the rows of pods like them.

use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use rustc_hash::{FxHashMap, FxHasher};

use super::atoms::number;
use super::vocabulary::Value;
use super::world::World;
use crate::engine::surroundings::Key;
use crate::engine::{PodEnd, Surroundings};

/// Finds the row of a pod by its labels: of one that has been replaced since, or is at another
/// address.
#[derive(Clone, Debug)]
pub(super) struct Guests {
    /// Rows of pods whose addresses are not known, by a hash of their values.
    by_values: FxHashMap<u64, u32>,
    /// Rows of pods with addresses of an atom, by their row without and the atom's first number.
    placed: FxHashMap<(u32, u128), u32>,
}

impl Guests {
    pub(super) fn new(world: &World) -> Self {
        let mut guests = Self {
            by_values: FxHashMap::default(),
            placed: FxHashMap::default(),
        };
        for rows in world.pods.iter().flatten() {
            let kind = world.kinds().get(rows.at as usize);
            if let Some(start) = kind
                .and_then(|kind| kind.address())
                .filter(|_| rows.address.is_some())
            {
                guests.placed.insert((rows.unknown, start), rows.at);
            }
            let values = (0_u32..).zip(&world.values);
            let values = values.map(|(_, of)| of.get(rows.unknown as usize).copied());
            guests.by_values.entry(hash(values)).or_insert(rows.unknown);
        }
        guests
    }

    /// The row of a pod; none where no pod of the cluster is like it.
    pub(super) fn row(
        &self,
        world: &World,
        around: &Surroundings,
        pod: &PodEnd<'_>,
        address: Option<IpAddr>,
    ) -> Option<u32> {
        pod.labels?;
        let value = |key: u32| {
            let words = world.vocabulary.words(key)?;
            words.number_of_label(around.label_of_key(pod, Key::of(&words.key)))
        };
        let keys = 0..u32::try_from(world.values.len()).ok()?;
        let row = *self.by_values.get(&hash(keys.clone().map(value)))?;
        let mut same = keys.map(|key| value(key) == world.values(key).get(row as usize).copied());
        if !same.all(|same| same) {
            return None;
        }
        match address {
            None => Some(row),
            Some(address) => {
                let start = world.atoms.find(number(address)).start;
                self.placed.get(&(row, start)).copied()
            }
        }
    }
}

fn hash(values: impl Iterator<Item = Option<Value>>) -> u64 {
    let mut hasher = FxHasher::default();
    for value in values {
        value.hash(&mut hasher);
    }
    hasher.finish()
}
