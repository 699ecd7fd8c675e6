//! The labels that selectors mention: "keep only the keys that some selector mentions" (policy
//! semantics, section 10).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::selector::{Label, Selector};

/// A value of a key, by number; those that no selector tells apart are one.
pub(super) type Value = u32;

/// The key is not there.
pub(super) const ABSENT: Value = 0;
/// The key is there with a value that no selector mentions.
pub(super) const OTHER: Value = 1;
/// It is not known whether the key is there.
pub(super) const UNKNOWN: Value = 2;
const FIRST: Value = 3;

/// The keys and values that selectors mention.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    keys: FxHashMap<Box<str>, u32>,
    words: Vec<Words>,
}

/// The values of a key.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    pub(super) key: Box<str>,
    /// Whether every value has a number of its own, because selectors look into values.
    all: bool,
    numbers: FxHashMap<Box<str>, Value>,
    values: Vec<Box<str>>,
}

impl Vocabulary {
    /// Adds what selectors mention: the keys about which there is more to tell.
    pub(super) fn learn<'p>(
        &mut self,
        selectors: impl Iterator<Item = &'p Selector>,
    ) -> FxHashSet<u32> {
        let mut changed = FxHashSet::default();
        for selector in selectors {
            self.learn_selector(selector, &mut changed);
        }
        changed
    }

    fn learn_selector(&mut self, selector: &Selector, changed: &mut FxHashSet<u32>) {
        match selector {
            Selector::All | Selector::Global => {}
            Selector::Has(key) => {
                self.key(key, changed);
            }
            Selector::Equals(key, value) | Selector::NotEquals(key, value) => {
                let key = self.key(key, changed);
                self.value(key, value, changed);
            }
            Selector::In(key, values) | Selector::NotIn(key, values) => {
                let key = self.key(key, changed);
                for value in values {
                    self.value(key, value, changed);
                }
            }
            Selector::Contains(key, _)
            | Selector::StartsWith(key, _)
            | Selector::EndsWith(key, _) => {
                let key = self.key(key, changed);
                if let Some(words) = self.words.get_mut(key as usize).filter(|words| !words.all) {
                    words.all = true;
                    changed.insert(key);
                }
            }
            Selector::Not(inner) => self.learn_selector(inner, changed),
            Selector::And(parts) | Selector::Or(parts) => {
                for part in parts {
                    self.learn_selector(part, changed);
                }
            }
        }
    }

    fn key(&mut self, key: &str, changed: &mut FxHashSet<u32>) -> u32 {
        if let Some(known) = self.keys.get(key) {
            return *known;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.keys.insert(key.into(), number);
        self.words.push(Words {
            key: key.into(),
            ..Words::default()
        });
        changed.insert(number);
        number
    }

    fn value(&mut self, key: u32, value: &str, changed: &mut FxHashSet<u32>) {
        if let Some(words) = self.words.get_mut(key as usize)
            && !words.numbers.contains_key(value)
        {
            words.add(value);
            changed.insert(key);
        }
    }

    pub(super) fn key_number(&self, key: &str) -> Option<u32> {
        self.keys.get(key).copied()
    }

    pub(super) fn words(&self, key: u32) -> Option<&Words> {
        self.words.get(key as usize)
    }

    /// The number of a label's value, a new one where every value of the key has one.
    pub(super) fn number(&mut self, key: u32, label: Label<'_>) -> Value {
        let text = match label {
            Label::Absent => return ABSENT,
            Label::Unknown => return UNKNOWN,
            Label::Is(text) => text,
        };
        let Some(words) = self.words.get_mut(key as usize) else {
            return OTHER;
        };
        if words.numbers.is_empty() && !words.all {
            return OTHER;
        }
        match words.numbers.get(text) {
            Some(number) => *number,
            None if words.all => words.add(text),
            None => OTHER,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }
}

impl Words {
    fn add(&mut self, value: &str) -> Value {
        let number = u32::try_from(self.values.len())
            .unwrap_or(u32::MAX)
            .saturating_add(FIRST);
        self.values.push(value.into());
        self.numbers.insert(value.into(), number);
        number
    }

    pub(super) fn number_of(&self, value: &str) -> Option<Value> {
        self.numbers.get(value).copied()
    }

    /// The number of a label's value; none of a value that no pod had.
    pub(super) fn number_of_label(&self, label: Label<'_>) -> Option<Value> {
        match label {
            Label::Absent => Some(ABSENT),
            Label::Unknown => Some(UNKNOWN),
            Label::Is(text) => match self.number_of(text) {
                None if self.all => None,
                number => Some(number.unwrap_or(OTHER)),
            },
        }
    }

    /// The values that have numbers of their own.
    pub(super) fn values(&self) -> impl Iterator<Item = (Value, &str)> {
        (FIRST..).zip(self.values.iter().map(AsRef::as_ref))
    }

    /// How many numbers there are.
    pub(super) fn count(&self) -> usize {
        self.values.len().saturating_add(FIRST as usize)
    }
}
