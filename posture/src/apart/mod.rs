//! Files that are read apart from all others, on another thread or in another worker: what they say, as bytes.

mod scans;
mod traffic;

use std::io;

use borsh::{BorshDeserialize, BorshSerialize};
use posture_formats::begins_with_scan;
use posture_formats::detect::{Content, HEAD, detect};

pub use scans::Scans;
pub use traffic::Traffic;

/// How a file may be read apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// It is not: [`Opening::add`](crate::Opening::add) reads it.
    Not,
    /// As a flow log, by [`Traffic::read`].
    Traffic,
    /// By [`Scans::read`], which finds out whether there is anything else in it.
    Scans,
}

impl Apart {
    /// How a file may be read, by its first bytes: [`HEAD`] of them, or all.
    pub fn of(head: &[u8]) -> Self {
        match detect(head) {
            Content::FlowLog(_) => Self::Traffic,
            Content::Archive(_) | Content::Documents if begins_with_scan(head) => Self::Scans,
            _ => Self::Not,
        }
    }
}

/// The first bytes of a file, which tell what it is.
fn head(bytes: &[u8]) -> &[u8] {
    bytes.get(..HEAD).unwrap_or(bytes)
}

/// The version of the forms in bytes, which one version of the library writes and reads.
const VERSION: u32 = 1;

/// Bytes that are not what was read apart.
#[derive(Debug, thiserror::Error)]
pub enum NotApart {
    /// They are of another form.
    #[error("not what was read apart: {0}")]
    Invalid(#[from] io::Error),
    /// Another version wrote them.
    #[error("read apart by version {0}, expected version {VERSION}")]
    Version(u32),
    /// They refer to what is not in them.
    #[error("not what was read apart: a record refers to what is not there")]
    Place,
}

fn written(what: &impl BorshSerialize) -> Vec<u8> {
    // memory does not fail
    borsh::to_vec(&(VERSION, what)).unwrap_or_default()
}

fn read<T: BorshDeserialize>(mut bytes: &[u8]) -> Result<T, NotApart> {
    match u32::deserialize(&mut bytes)? {
        VERSION => Ok(T::try_from_slice(bytes)?),
        other => Err(NotApart::Version(other)),
    }
}
