//! Files that are read apart from all others, on another thread or in another worker: what they say, as bytes.

mod scans;
mod traffic;

use std::io;

use borsh::{BorshDeserialize, BorshSerialize};

pub use scans::Scans;
pub use traffic::Traffic;

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
