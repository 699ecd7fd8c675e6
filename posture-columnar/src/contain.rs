//! Decoders that give up on damaged files by a panic.
//!
//! The libraries that decode Parquet and Arrow promise errors, yet a few flipped bytes make them panic
//! now and then: they take for true what the file says of itself. What they were working on is dropped
//! then and never asked again, and no value of ours is inside, so nothing is left half changed.

use std::panic::{AssertUnwindSafe, Location, catch_unwind};

use crate::error::FileError;

/// Calls a decoder; where it panics, the file is damaged.
pub(crate) fn contained<T, E: Into<FileError>>(
    decode: impl FnOnce() -> Result<T, E>,
) -> Result<T, FileError> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(decoded) => decoded.map_err(Into::into),
        Err(panic) => {
            let why = match panic.downcast::<String>() {
                Ok(why) => *why,
                Err(panic) => panic.downcast::<&str>().map_or("?", |why| *why).to_owned(),
            };
            Err(FileError::Damaged(why.into()))
        }
    }
}

/// The libraries that decode, by the beginnings of the names of their folders.
const DECODERS: [&str; 7] = [
    "arrow-",
    "parquet",
    "flatbuffers",
    "bytes-",
    "lz4_flex",
    "snap-",
    "zstd",
];

/// Whether a panic at a place of code is one of a decoder, which becomes an issue of the file: a panic
/// hook need not tell of it.
pub fn is_of_decoder(at: &Location<'_>) -> bool {
    let mut folders = at.file().split(['/', '\\']);
    folders.any(|folder| DECODERS.iter().any(|name| folder.starts_with(name)))
}

/// The next item of a decoder; behind an error there is none.
pub(crate) fn next<T, E: Into<FileError>>(
    items: &mut impl Iterator<Item = Result<T, E>>,
) -> Result<Option<T>, FileError> {
    contained(|| items.next().transpose())
}

#[cfg(test)]
mod tests {
    use arrow_schema::ArrowError;

    use super::*;

    #[test]
    fn a_panic_is_a_damaged_file() {
        let say = |found: Result<(), FileError>| found.unwrap_err().to_string();
        let found = contained(|| -> Result<(), ArrowError> { panic!("no such page") });
        assert_eq!(say(found), "the file is damaged: `no such page`");
        let found = contained(|| -> Result<(), ArrowError> { panic!("page {}", 7) });
        assert_eq!(say(found), "the file is damaged: `page 7`");
        let found = contained(|| Err::<(), _>(ArrowError::MemoryError("full".to_owned())));
        assert!(say(found).starts_with("not readable as Arrow"));
        assert!(contained(|| Ok::<_, ArrowError>(7)).is_ok_and(|seven| seven == 7));
    }
}
