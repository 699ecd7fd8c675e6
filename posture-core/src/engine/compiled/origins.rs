//! What later rows and pieces were part of.

/// The rows, or pieces, that there were at first, and of which of them each later one was a part.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    /// How many there were at first.
    count: usize,
    /// Of which of them each later one was a part.
    later: Vec<u32>,
}

impl Origins {
    /// So many, and no later ones.
    pub(super) const fn new(count: usize) -> Self {
        Self {
            count,
            later: Vec::new(),
        }
    }

    /// The one of the first that one is, or was part of.
    pub(super) fn of(&self, one: u32) -> u32 {
        match (one as usize).checked_sub(self.count) {
            None => one,
            Some(later) => self.later.get(later).copied().unwrap_or(one),
        }
    }

    /// Adds later ones, each part of one before it.
    pub(super) fn extend(&mut self, parents: &[u32]) {
        for parent in parents {
            self.later.push(self.of(*parent));
        }
    }
}
