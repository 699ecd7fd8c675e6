//! Addresses that stand for others.

use posture_core::judge::{Sort, Sorts};
use rustc_hash::FxHashMap;

use crate::columns::Part;
use crate::known::NOTHING;
use crate::memory::Memory;

/// Of addresses of a part that are judged alike, the first stands for all.
#[derive(Debug, Default)]
pub(crate) struct StandIns {
    /// By the number of an address; 0 where it was not met.
    known: Vec<u32>,
    first: FxHashMap<Sort, u32>,
}

impl StandIns {
    /// The number of the address that stands for one of a part.
    #[inline]
    pub(crate) fn of(
        &mut self,
        part: Part,
        number: u32,
        memory: &mut Memory,
        sorts: &Sorts<'_>,
    ) -> u32 {
        match self.known.get(number as usize) {
            Some(known) if *known != NOTHING => *known,
            _ => self.learn(part, number, memory, sorts),
        }
    }

    fn learn(&mut self, part: Part, number: u32, memory: &mut Memory, sorts: &Sorts<'_>) -> u32 {
        let Ok(Some(address)) = memory.address(("", part), number) else {
            return number;
        };
        let stand_in = match sorts.of(address) {
            Sort::One(_) => number,
            outside @ Sort::Outside(..) => *self.first.entry(outside).or_insert(number),
        };
        let at = number as usize;
        if self.known.len() <= at {
            self.known.resize(at.saturating_add(1), NOTHING);
        }
        if let Some(slot) = self.known.get_mut(at) {
            *slot = stand_in;
        }
        stand_in
    }
}
