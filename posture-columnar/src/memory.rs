//! What columns repeat: texts and lists of texts, by small numbers, and what they mean.

use std::net::IpAddr;
use std::sync::Arc;

use posture_core::model::{Labels, Traces};
use posture_formats::flows::calico;
use rustc_hash::FxHashMap;

use crate::columns::Read;
use crate::index::{Index, hash};

/// The number of what is missing.
pub(crate) const NOTHING: u32 = 0;

/// How many texts are kept; past that the memory starts anew.
const MAX_TEXTS: usize = 1 << 20;

/// Texts by numbers from 1.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    texts: Vec<Box<str>>,
    index: Index,
}

impl Texts {
    /// The number of a text.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        let hash = hash(text);
        let is = |number| get(&self.texts, number).is_some_and(|known| &**known == text);
        if let Some(known) = self.index.find(hash, is) {
            return known;
        }
        self.texts.push(text.into());
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.index.insert(hash, number);
        number
    }

    /// The text of a number.
    pub(crate) fn text(&self, number: u32) -> Option<&str> {
        get(&self.texts, number).map(AsRef::as_ref)
    }
}

/// Lists of numbers, by numbers from 1.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    known: Vec<Box<[u32]>>,
    /// The numbers of lists of one item, by the item: most lists are such.
    of_one: Vec<u32>,
    index: Index,
}

impl Lists {
    /// The number of a list.
    #[inline]
    pub(crate) fn number(&mut self, list: &[u32]) -> u32 {
        match *list {
            [item] => match self.of_one.get(item as usize) {
                Some(known) if *known != NOTHING => *known,
                _ => self.learn_one(item),
            },
            _ => self.find(list),
        }
    }

    fn learn_one(&mut self, item: u32) -> u32 {
        let (number, at) = (self.find(&[item]), item as usize);
        if self.of_one.len() <= at {
            self.of_one.resize(at.saturating_add(1), NOTHING);
        }
        if let Some(slot) = self.of_one.get_mut(at) {
            *slot = number;
        }
        number
    }

    fn find(&mut self, list: &[u32]) -> u32 {
        let hash = hash(list);
        let is = |number| get(&self.known, number).is_some_and(|known| same(known, list));
        if let Some(known) = self.index.find(hash, is) {
            return known;
        }
        self.known.push(list.into());
        let number = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        self.index.insert(hash, number);
        number
    }

    /// The list of a number; of nothing, an empty one.
    pub(crate) fn list(&self, number: u32) -> &[u32] {
        get(&self.known, number).map_or(&[], AsRef::as_ref)
    }
}

/// Everything that was read before and may come again. A cache of pure functions: it changes no
/// answer.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) texts: Texts,
    pub(crate) lists: Lists,
    addresses: Vec<Address>,
    labels: FxHashMap<(Read, u32), Result<Arc<Labels>, String>>,
    traces: FxHashMap<[u32; 4], Arc<Traces>>,
}

/// What a text is as an address.
#[derive(Clone, Copy, Debug)]
enum Address {
    NotAsked,
    None,
    Is(IpAddr),
}

impl Memory {
    /// Whether so much is kept that it is better to start anew.
    pub(crate) fn is_full(&self) -> bool {
        self.texts.texts.len() > MAX_TEXTS || self.lists.known.len() > MAX_TEXTS
    }

    /// The address that a text is, or that it is none.
    pub(crate) fn address(&mut self, side: &str, number: u32) -> Result<Option<IpAddr>, String> {
        let Some(text) = self.texts.text(number) else {
            return Ok(None);
        };
        let at = number as usize;
        match self.addresses.get(at) {
            Some(Address::Is(address)) => return Ok(Some(*address)),
            Some(Address::None) => return calico::address(side, text).map(Some),
            Some(Address::NotAsked) | None => {}
        }
        let read = calico::address(side, text);
        if self.addresses.len() <= at {
            self.addresses
                .resize(at.saturating_add(1), Address::NotAsked);
        }
        if let Some(slot) = self.addresses.get_mut(at) {
            *slot = match read {
                Ok(address) => Address::Is(address),
                Err(_) => Address::None,
            };
        }
        read.map(Some)
    }

    /// The labels that a list or a text of JSON holds.
    pub(crate) fn labels(
        &mut self,
        read: Read,
        number: u32,
    ) -> Result<Option<Arc<Labels>>, String> {
        if number == NOTHING {
            return Ok(None);
        }
        let Self {
            texts,
            lists,
            labels,
            ..
        } = self;
        let make = || {
            if read == Read::Text {
                let text = texts.text(number).unwrap_or_default();
                return calico::labels(text).map(Arc::new);
            }
            let pairs = lists.list(number).iter();
            let pairs = pairs.filter_map(|pair| texts.text(*pair));
            Ok(Arc::new(pairs.map(calico::label).collect()))
        };
        let known = labels.entry((read, number)).or_insert_with(make);
        known.clone().map(Some)
    }

    /// The traces of hits in lists of enforced, pending and all policies, or in a text of JSON.
    pub(crate) fn traces(&mut self, numbers: [u32; 4]) -> Arc<Traces> {
        let Self {
            texts,
            lists,
            traces,
            ..
        } = self;
        let read = || {
            let [enforced, pending, all, text] = numbers;
            if let Some(text) = texts.text(text) {
                return Arc::new(match text {
                    "null" => Traces::default(),
                    text => calico::traces(text),
                });
            }
            let trace =
                |number| calico::trace_of(lists.list(number).iter().map(|hit| texts.text(*hit)));
            Arc::new(calico::traces_of(
                trace(enforced),
                trace(pending),
                &trace(all),
            ))
        };
        traces.entry(numbers).or_insert_with(read).clone()
    }
}

/// Whether both are the same: lists are short, and a call that compares bytes takes longer.
fn same(one: &[u32], other: &[u32]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one == other)
}

fn get<T>(values: &[T], number: u32) -> Option<&T> {
    values.get((number as usize).checked_sub(1)?)
}
