//! Pods that policies tell apart, in rows of their own.

use std::net::IpAddr;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::atoms::{Atom, number};
use super::vocabulary::{UNKNOWN, Value};
use super::world::{Kind, World, add_row, all_pods};
use crate::engine::surroundings::Key;
use crate::engine::{End, Surroundings, Who};
use crate::model::{Cluster, PodOf};

impl World {
    /// Tells the pods of a row apart by the values of keys and by address atom. The first of them keeps
    /// the row, the others get new ones.
    pub(super) fn regroup(
        &mut self,
        cluster: &Cluster,
        around: &Surroundings,
        changed: &[u32],
        cut: &FxHashSet<u128>,
        parents: &mut Vec<u32>,
    ) {
        let names: Vec<(u32, Box<str>)> = changed
            .iter()
            .filter_map(|key| Some((*key, self.vocabulary.words(*key)?.key.clone())))
            .collect();
        let keys: Vec<(u32, Key<'_>)> = names
            .iter()
            .map(|(key, name)| (*key, Key::of(name)))
            .collect();
        let mut grouping = Grouping::new(self.len());
        let mut signature: Vec<Value> = Vec::new();
        // first all rows of pods without their addresses, then all with: those are asked about together
        let mut signed: Vec<(u32, u32)> = Vec::with_capacity(self.pods.len());
        for known in all_pods(cluster) {
            let Some(Some(mut rows)) = self.pods.get(known.id as usize).copied() else {
                continue;
            };
            self.sign(around, known, &keys, &mut signature);
            let number = grouping.number(&signature);
            signed.push((known.id, number));
            rows.unknown = grouping.row(self, parents, rows.unknown, None, changed, number);
            if let Some(slot) = self.pods.get_mut(known.id as usize) {
                *slot = Some(rows);
            }
        }
        for (id, number) in &signed {
            let Some(Some(mut rows)) = self.pods.get(*id as usize).copied() else {
                continue;
            };
            if let Some(address) = rows.address {
                let atom = self.atom(rows.at, address, cut);
                rows.at = grouping.row(self, parents, rows.at, Some(atom), changed, *number);
            }
            if let Some(slot) = self.pods.get_mut(*id as usize) {
                *slot = Some(rows);
            }
        }
        if !self.more.is_empty() {
            for (known, (id, number)) in all_pods(cluster).zip(signed) {
                for address in known.pod.addresses.iter().skip(1).map(IpAddr::to_canonical) {
                    if let Some(row) = self.more.get(&(id, address)).copied() {
                        let atom = self.atom(row, address, cut);
                        let row = grouping.row(self, parents, row, Some(atom), changed, number);
                        self.more.insert((id, address), row);
                    }
                }
            }
        }
        for (row, kind) in grouping.kinds {
            if let Some(slot) = self.kinds.get_mut(row as usize) {
                *slot = kind;
            }
        }
    }

    /// The atom of an address that was in a row: another one only where that of the row was cut.
    fn atom(&self, row: u32, address: IpAddr, cut: &FxHashSet<u128>) -> Atom {
        match self
            .kinds()
            .get(row as usize)
            .and_then(|kind| kind.address())
        {
            Some(start) if !cut.contains(&start) => Atom {
                place: UNCUT,
                start,
                row,
            },
            _ => self.atoms.find(number(address)),
        }
    }

    /// The values that a pod has of keys.
    fn sign(
        &mut self,
        around: &Surroundings,
        known: &PodOf,
        keys: &[(u32, Key<'_>)],
        signature: &mut Vec<Value>,
    ) {
        signature.clear();
        if let Who::Pod(pod) = End::one_of(known, None).who {
            for (number, key) in keys {
                let label = around.label_of_key(&pod, *key);
                signature.push(self.vocabulary.number(*number, label));
            }
        }
    }
}

/// The place of an atom that was not cut: its row tells it.
const UNCUT: u32 = u32::MAX - 1;

/// Rows of pods, told apart.
struct Grouping {
    /// Each set of values that pods have, by number.
    signatures: FxHashMap<Arc<[Value]>, u32>,
    /// The same, by number.
    values: Vec<Arc<[Value]>>,
    /// The values of the pod before: pods that follow each other are often alike.
    last: (Vec<Value>, u32),
    /// What the pods have in common that kept their row, by row.
    kept: Vec<Option<Common>>,
    /// The rows of the others, by what row it was.
    rows: FxHashMap<(u32, Common), u32>,
    /// What the rows that were kept have become.
    kinds: Vec<(u32, Kind)>,
}

/// What tells the pods of a row apart: the place of their atom, and the number of their values.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Common {
    atom: u32,
    values: u32,
}

impl Grouping {
    fn new(rows: usize) -> Self {
        Self {
            signatures: FxHashMap::default(),
            values: Vec::new(),
            last: (Vec::new(), u32::MAX),
            kept: vec![None; rows],
            rows: FxHashMap::default(),
            kinds: Vec::new(),
        }
    }

    /// The number of a set of values.
    fn number(&mut self, signature: &[Value]) -> u32 {
        if self.last.1 != u32::MAX && self.last.0 == signature {
            return self.last.1;
        }
        let number = if let Some(known) = self.signatures.get(signature) {
            *known
        } else {
            let number = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
            let values: Arc<[Value]> = signature.into();
            self.values.push(values.clone());
            self.signatures.insert(values, number);
            number
        };
        self.last.0.clear();
        self.last.0.extend_from_slice(signature);
        self.last.1 = number;
        number
    }

    /// The row of what was in a row, at an atom and with values.
    fn row(
        &mut self,
        world: &mut World,
        parents: &mut Vec<u32>,
        old: u32,
        atom: Option<Atom>,
        keys: &[u32],
        number: u32,
    ) -> u32 {
        let common = Common {
            atom: atom.map_or(u32::MAX, |atom| atom.place),
            values: number,
        };
        let kept = self.kept.get(old as usize).copied().flatten();
        if kept == Some(common) {
            return old;
        }
        if let Some(known) = self.rows.get(&(old, common)) {
            return *known;
        }
        let kind = atom.map_or(Kind::Pod, |atom| Kind::PodAt(atom.start));
        let row = if let (None, Some(kept)) = (kept, self.kept.get_mut(old as usize)) {
            *kept = Some(common);
            self.kinds.push((old, kind));
            old
        } else {
            let row = add_row(&mut world.kinds, parents, kind, old);
            self.rows.insert((old, common), row);
            row
        };
        let values = self.values.get(number as usize);
        for (key, value) in keys
            .iter()
            .zip(values.iter().flat_map(|values| values.iter()))
        {
            if let Some(values) = world.values.get_mut(*key as usize).map(Arc::make_mut) {
                if values.len() <= row as usize {
                    values.resize(row as usize + 1, UNKNOWN);
                }
                if let Some(slot) = values.get_mut(row as usize) {
                    *slot = *value;
                }
            }
        }
        row
    }
}
