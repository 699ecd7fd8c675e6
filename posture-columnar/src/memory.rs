//! What the texts and lists of columns mean.

use std::net::IpAddr;
use std::sync::Arc;

use posture_core::model::{Labels, Traces};
use posture_formats::flows::calico;
use rustc_hash::FxHashMap;

use crate::columns::{PARTS, Part, Read};
use crate::known::{Known, NOTHING};

/// Everything that was read before and may come again. A cache of pure functions: it changes no
/// answer.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    parts: [Known; PARTS],
    /// What the texts of a part are as addresses, where they were asked for and are some.
    addresses: [Vec<Option<IpAddr>>; PARTS],
    labels: FxHashMap<(Part, u32), Result<Arc<Labels>, String>>,
    traces: FxHashMap<[u32; 4], Arc<Traces>>,
}

/// The parts that traces are read from.
pub(crate) const TRACES: [Part; 4] = [Part::Enforced, Part::Pending, Part::All, Part::Policies];

impl Memory {
    /// Whether so much is kept that it is better to start anew.
    pub(crate) fn is_full(&self) -> bool {
        self.parts.iter().any(Known::is_full)
    }

    /// What is known of each part.
    pub(crate) const fn parts(&mut self) -> &mut [Known; PARTS] {
        &mut self.parts
    }

    /// The number of a text of a part.
    pub(crate) fn number(&mut self, part: Part, text: &str) -> u32 {
        let known = self.parts.get_mut(part as usize);
        known.map_or(NOTHING, |known| known.texts.number(text))
    }

    /// The text of a part by its number.
    pub(crate) fn text(&self, part: Part, number: u32) -> Option<&str> {
        self.parts.get(part as usize)?.texts.text(number)
    }

    /// The items of a list of a part by its number.
    pub(crate) fn items(&self, part: Part, number: u32) -> impl Iterator<Item = Option<&str>> {
        let known = self.parts.get(part as usize);
        let list = known.map_or(&[][..], |known| known.lists.list(number));
        list.iter().map(move |item| known?.texts.text(*item))
    }

    /// The address that a text of a part is; what is wrong with it is said of the part's side.
    pub(crate) fn address(
        &mut self,
        (side, part): (&str, Part),
        number: u32,
    ) -> Result<Option<IpAddr>, String> {
        let at = number as usize;
        let known = self.addresses.get(part as usize).and_then(|of| of.get(at));
        if let Some(Some(address)) = known {
            return Ok(Some(*address));
        }
        let Some(text) = self.text(part, number) else {
            return Ok(None);
        };
        let address = calico::address(side, text)?;
        if let Some(addresses) = self.addresses.get_mut(part as usize) {
            if addresses.len() <= at {
                addresses.resize(at.saturating_add(1), None);
            }
            if let Some(slot) = addresses.get_mut(at) {
                *slot = Some(address);
            }
        }
        Ok(Some(address))
    }

    /// The labels that a list or a text of JSON holds.
    pub(crate) fn labels(
        &mut self,
        (part, read): (Part, Read),
        number: u32,
    ) -> Result<Option<Arc<Labels>>, String> {
        if number == NOTHING {
            return Ok(None);
        }
        if let Some(known) = self.labels.get(&(part, number)) {
            return known.clone().map(Some);
        }
        let labels = if read == Read::Text {
            calico::labels(self.text(part, number).unwrap_or_default()).map(Arc::new)
        } else {
            let pairs = self.items(part, number).flatten();
            Ok(Arc::new(pairs.map(calico::label).collect()))
        };
        self.labels.insert((part, number), labels.clone());
        labels.map(Some)
    }

    /// The traces of hits in lists of enforced, pending and all policies, or in a text of JSON.
    pub(crate) fn traces(&mut self, numbers: [u32; 4]) -> Arc<Traces> {
        if let Some(known) = self.traces.get(&numbers) {
            return known.clone();
        }
        let [enforced, pending, all, text] = numbers;
        let trace = |part, number| calico::trace_of(self.items(part, number));
        let traces = Arc::new(match self.text(Part::Policies, text) {
            Some("null") => Traces::default(),
            Some(text) => calico::traces(text),
            None => calico::traces_of(
                trace(Part::Enforced, enforced),
                trace(Part::Pending, pending),
                &trace(Part::All, all),
            ),
        });
        self.traces.insert(numbers, traces.clone());
        traces
    }
}
