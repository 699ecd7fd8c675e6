//! A tally as bytes: to store it, or to merge what several machines saw.

use serde::{Deserialize, Serialize};

use super::{Edge, RecordCounts, Tally, Window};
use crate::edge::EdgeKey;
use crate::json;

/// The version of the form below.
const VERSION: u32 = 2;

#[derive(Serialize)]
struct Written<'a> {
    tally_version: u32,
    records: &'a RecordCounts,
    window: Option<Window>,
    edges: Vec<(&'a EdgeKey, &'a Edge)>,
}

#[derive(Deserialize)]
struct Read {
    tally_version: u32,
    records: RecordCounts,
    window: Option<Window>,
    edges: Vec<(EdgeKey, Edge)>,
}

/// Bytes that are no tally.
#[derive(Debug, thiserror::Error)]
pub enum NotATally {
    /// They are no JSON of a tally.
    #[error("not a tally: {0}")]
    Invalid(#[from] serde_json::Error),
    /// Another version wrote them.
    #[error("a tally of version {0}, expected version {VERSION}")]
    Version(u32),
}

impl Tally {
    /// The tally as JSON, edges in order: equal tallies give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let written = Written {
            tally_version: VERSION,
            records: &self.records,
            window: self.window,
            edges: self.edges(),
        };
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// The tally that [`Tally::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`NotATally`] for other bytes, or those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotATally> {
        let read: Read = json::read_bytes(bytes)?;
        if read.tally_version != VERSION {
            return Err(NotATally::Version(read.tally_version));
        }
        let mut tally = Self {
            records: read.records,
            window: read.window,
            ..Self::default()
        };
        for (key, edge) in read.edges {
            tally.edges.entry(key).merge(edge);
        }
        Ok(tally)
    }
}
