//! Values that lines of a log repeat.

use std::sync::Arc;

use rustc_hash::FxHashMap;

/// How many values are kept; past that the cache starts anew.
const MAX_VALUES: usize = 1 << 16;

/// What texts mean, each read once. A cache of pure functions: it changes no answer.
#[derive(Debug)]
pub(super) struct Cache<T> {
    values: FxHashMap<Box<str>, Arc<T>>,
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self {
            values: FxHashMap::default(),
        }
    }
}

impl<T> Cache<T> {
    /// The value of a text that was read before.
    pub(super) fn known(&self, text: &str) -> Option<Arc<T>> {
        self.values.get(text).cloned()
    }

    /// The value of a text; an error is not kept.
    pub(super) fn get<E>(
        &mut self,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some(known) = self.known(text) {
            return Ok(known);
        }
        let value = Arc::new(read(text)?);
        if self.values.len() >= MAX_VALUES {
            self.values.clear();
        }
        self.values.insert(text.into(), value.clone());
        Ok(value)
    }
}
