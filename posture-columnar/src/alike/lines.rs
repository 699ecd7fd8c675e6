//! Kinds of rows by their keys, each with what its rows add up to.

use posture_core::tally::Sums;

use super::layout::{Key, WORDS, hash};
use crate::rows::Amount;

/// So many words of a key stand in the line of its kind.
pub(super) const FIRST: usize = 3;

/// No kind.
const EMPTY: u32 = u32::MAX;

/// A kind of rows and its sums, in one line of a core's cache: kinds follow each other at random, and a row waits
/// for this line alone.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Line {
    first: [u64; FIRST],
    start: i64,
    end: i64,
    connections: u64,
    bytes: u64,
    count: u32,
    kind: u32,
}

/// The kinds of rows that were met.
#[derive(Debug)]
pub(super) struct Lines {
    /// A power of two of them, at most half of them taken.
    all: Vec<Line>,
    /// The whole keys of the lines; none where no key has more words than the first.
    keys: Vec<Key>,
    len: u32,
}

impl Default for Lines {
    fn default() -> Self {
        Self::empty(256, FIRST)
    }
}

impl Line {
    const EMPTY: Self = Self {
        first: [0; FIRST],
        start: i64::MAX,
        end: i64::MIN,
        connections: 0,
        bytes: 0,
        count: 0,
        kind: EMPTY,
    };

    /// Whether it is of a kind with these first words.
    #[inline]
    fn is(&self, first: [u64; FIRST]) -> bool {
        let words = self.first.iter().zip(first);
        let is_empty = u64::from(self.kind == EMPTY);
        words.fold(is_empty, |all, (one, other)| all | (one ^ other)) == 0
    }

    /// Which kind it is.
    pub(super) const fn kind(&self) -> u32 {
        self.kind
    }

    /// Adds a row.
    #[inline]
    pub(super) fn add(&mut self, row: Amount) {
        self.start = self.start.min(row.start).min(row.end);
        self.end = self.end.max(row.end);
        self.connections = self.connections.saturating_add(row.connections);
        self.bytes = self.bytes.saturating_add(row.bytes);
        self.count = self.count.saturating_add(1);
    }

    fn sums(&self) -> Sums {
        Sums {
            count: self.count.into(),
            start: self.start,
            end: self.end,
            connections: self.connections,
            bytes: self.bytes,
        }
    }
}

impl Lines {
    fn empty(lines: usize, words: usize) -> Self {
        let keys = if words > FIRST { lines } else { 0 };
        Self {
            all: vec![Line::EMPTY; lines],
            keys: vec![Key::default(); keys],
            len: 0,
        }
    }

    /// Each kind and what its rows add up to, in no particular order.
    pub(super) fn sums(&self) -> impl Iterator<Item = (u32, Sums)> {
        let taken = self.all.iter().filter(|line| line.kind != EMPTY);
        taken.map(|line| (line.kind, line.sums()))
    }

    /// Makes room for so many more kinds: until then, no line moves.
    pub(super) fn reserve(&mut self, more: usize) {
        let kinds = (self.len as usize).saturating_add(more);
        let lines = kinds.saturating_mul(2).next_power_of_two();
        if lines > self.all.len() {
            let words = if self.keys.is_empty() { FIRST } else { WORDS };
            self.move_to(Self::empty(lines, words), |key| *key);
        }
    }

    /// Whether each of some rows is of the kind in the line where it is looked for first, and nothing more of its
    /// key is to be compared. All lines are asked for at once: none is waited for before the next is asked for.
    #[inline]
    pub(super) fn are_home<const N: usize>(
        &self,
        hashes: &[u32; N],
        words: &[[u64; N]; WORDS],
    ) -> [bool; N] {
        let mut are_home = [false; N];
        if self.keys.is_empty() {
            let rows = are_home.iter_mut().zip(hashes).zip(firsts(words));
            for ((is_home, hash), first) in rows {
                let line = self.all.get(*hash as usize & self.mask());
                *is_home = line.is_some_and(|line| line.is(first));
            }
        }
        are_home
    }

    /// The line where a key is looked for first.
    #[inline]
    pub(super) fn home(&mut self, hash: u32) -> Option<&mut Line> {
        let at = hash as usize & self.mask();
        self.all.get_mut(at)
    }

    /// The line of a key by its hash and its first words; of one that is new, with the next number.
    #[inline]
    pub(super) fn line(
        &mut self,
        hash: u32,
        first: [u64; FIRST],
        key: impl Fn() -> Key,
    ) -> Option<&mut Line> {
        let at = match self.find(hash, first, &key) {
            Some(at) => at,
            None => self.learn(hash, first, &key())?,
        };
        self.all.get_mut(at)
    }

    #[inline]
    fn find(&self, hash: u32, first: [u64; FIRST], key: impl Fn() -> Key) -> Option<usize> {
        let mut at = hash as usize & self.mask();
        loop {
            let line = self.all.get(at)?;
            if line.kind == EMPTY {
                return None;
            }
            if line.is(first) && self.keys.get(at).is_none_or(|known| *known == key()) {
                return Some(at);
            }
            at = at.wrapping_add(1) & self.mask();
        }
    }

    #[cold]
    fn learn(&mut self, hash: u32, first: [u64; FIRST], key: &Key) -> Option<usize> {
        let new = Line {
            first,
            kind: self.len,
            ..Line::EMPTY
        };
        self.len = self.len.saturating_add(1);
        self.put(hash, new, key)
    }

    /// Puts a line where none has its key.
    fn put(&mut self, hash: u32, line: Line, key: &Key) -> Option<usize> {
        let mut at = hash as usize & self.mask();
        while self.all.get(at)?.kind != EMPTY {
            at = at.wrapping_add(1) & self.mask();
        }
        *self.all.get_mut(at)? = line;
        if let Some(known) = self.keys.get_mut(at) {
            *known = *key;
        }
        Some(at)
    }

    /// Writes all keys anew, each of so many words.
    pub(super) fn set_keys(&mut self, words: usize, new: impl Fn(&Key) -> Key) {
        self.move_to(Self::empty(self.all.len(), words), new);
    }

    fn move_to(&mut self, lines: Self, new: impl Fn(&Key) -> Key) {
        let before = std::mem::replace(self, lines);
        self.len = before.len;
        for (at, line) in before.all.into_iter().enumerate() {
            if line.kind == EMPTY {
                continue;
            }
            let key = before.keys.get(at).copied();
            let key = new(&key.unwrap_or_else(|| whole(line.first)));
            if let Some(first) = key.first_chunk() {
                let line = Line {
                    first: *first,
                    ..line
                };
                self.put(hash(&key), line, &key);
            }
        }
    }

    fn mask(&self) -> usize {
        self.all.len().wrapping_sub(1)
    }
}

/// A key without more than the first words.
fn whole(first: [u64; FIRST]) -> Key {
    std::array::from_fn(|at| first.get(at).copied().unwrap_or_default())
}

/// The first words of the key of each row.
#[inline]
pub(super) fn firsts<const N: usize>(
    words: &[[u64; N]; WORDS],
) -> impl Iterator<Item = [u64; FIRST]> {
    let [one, two, three, ..] = words;
    let words = one.iter().zip(two).zip(three);
    words.map(|((one, two), three)| [*one, *two, *three])
}
