//! Which rows a selector fits by their own labels.

use super::Finder;
use crate::engine::compiled::row_set::{RowSet, Rows};
use crate::engine::compiled::vocabulary::{ABSENT, UNKNOWN, Value, Words};
use crate::engine::compiled::world::World;
use crate::selector::Selector;

impl<'w> Finder<'w> {
    /// The rows that a selector selects by their own labels.
    pub(super) fn labels(&mut self, selector: &Selector) -> Rows {
        let rows = self.evaluate(selector);
        rows.without(&self.bare, self.len)
    }

    /// Of rows without labels this says nothing: see [`labels`](Self::labels).
    fn evaluate(&mut self, selector: &Selector) -> Rows {
        let len = self.len;
        match selector {
            Selector::All | Selector::Global => Rows::known(self.all.clone()),
            Selector::Has(key) => self.has(key),
            Selector::Equals(key, value) => self.with_values(key, [value]),
            Selector::NotEquals(key, value) => {
                let equals = Selector::Equals(key.clone(), value.clone());
                self.evaluate(&equals).not(len)
            }
            Selector::In(key, values) => self.with_values(key, values),
            Selector::NotIn(key, values) => {
                let inside = Selector::In(key.clone(), values.clone());
                self.evaluate(&inside).not(len)
            }
            Selector::Contains(key, part) => {
                self.with_text(key, &|text| text.contains(part.as_str()))
            }
            Selector::StartsWith(key, part) => {
                self.with_text(key, &|text| text.starts_with(part.as_str()))
            }
            Selector::EndsWith(key, part) => {
                self.with_text(key, &|text| text.ends_with(part.as_str()))
            }
            Selector::Not(inner) => self.evaluate(inner).not(len),
            Selector::And(parts) => {
                let parts = parts.iter().map(|part| self.evaluate(part)).collect();
                self.all_of(parts)
            }
            Selector::Or(parts) => {
                let mut any = Rows::none();
                for part in parts {
                    any = any.or(&self.evaluate(part), len);
                }
                any
            }
        }
    }

    fn has(&mut self, key: &str) -> Rows {
        let Some(key) = self.world.vocabulary.key_number(key) else {
            return Rows::none();
        };
        if let Some(known) = self.having.get(&key) {
            return known.clone();
        }
        let present = self.of_value(key, ABSENT).not(self.len);
        let unknown = self.of_value(key, UNKNOWN);
        let known = present.minus(&unknown, self.len);
        let having = Rows::known(known).or_unknown(&unknown, self.len);
        self.having.insert(key, having.clone());
        having
    }

    fn with_values<'v>(&mut self, key: &str, values: impl IntoIterator<Item = &'v String>) -> Rows {
        let world = self.world;
        self.with_numbers(
            key,
            |words| {
                let numbers = values
                    .into_iter()
                    .filter_map(|value| words.number_of(value));
                numbers.collect()
            },
            world,
        )
    }

    fn with_text(&mut self, key: &str, holds: &dyn Fn(&str) -> bool) -> Rows {
        let world = self.world;
        self.with_numbers(
            key,
            |words| {
                let held = words.values().filter(|(_, text)| holds(text));
                held.map(|(number, _)| number).collect()
            },
            world,
        )
    }

    fn with_numbers(
        &mut self,
        key: &str,
        numbers: impl FnOnce(&Words) -> Vec<Value>,
        world: &'w World,
    ) -> Rows {
        let known = world.vocabulary.key_number(key);
        let Some((key, words)) = known.and_then(|key| Some((key, world.vocabulary.words(key)?)))
        else {
            return Rows::none();
        };
        let mut rows = RowSet::empty();
        for number in numbers(words) {
            rows = rows.or(&self.of_value(key, number), self.len);
        }
        let unknown = self.of_value(key, UNKNOWN);
        Rows::known(rows).or_unknown(&unknown, self.len)
    }

    /// The rows with labels that have a value: whatever is said of others does not count.
    fn of_value(&mut self, key: u32, value: Value) -> RowSet {
        let (world, len, bare) = (self.world, self.len, &self.bare);
        let by_value = self.by_value.entry(key).or_insert_with(|| {
            let count = world.vocabulary.words(key).map_or(0, Words::count);
            let mut listed: Vec<Vec<u32>> = vec![Vec::new(); count];
            let labelled = (0_u32..).zip(world.values(key));
            for (row, value) in labelled.filter(|(row, _)| !bare.contains(*row)) {
                if let Some(rows) = listed.get_mut(*value as usize) {
                    rows.push(row);
                }
            }
            let sets = listed.into_iter().map(|rows| RowSet::of(rows, len));
            sets.collect()
        });
        let rows = by_value.get(value as usize);
        rows.cloned().unwrap_or_else(RowSet::empty)
    }
}
