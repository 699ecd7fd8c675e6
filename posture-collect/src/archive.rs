//! The archive that a collection is: the same files make the same bytes.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use posture_core::time::Time;
use tar::{Builder, EntryType, Header};

/// A packed archive, while it is written.
pub struct Archive<W: Write> {
    tar: Builder<GzEncoder<W>>,
    /// The time of each file, Unix seconds.
    at: u64,
}

impl<W: Write> Archive<W> {
    /// An archive whose files are of this time.
    pub fn new(at: Time, out: W) -> Self {
        Self {
            tar: Builder::new(GzEncoder::new(out, Compression::default())),
            at: u64::try_from(at.0).unwrap_or_default(),
        }
    }

    /// Adds a file of so many bytes.
    ///
    /// # Errors
    /// Those of the content and of what it is written to.
    pub fn add(&mut self, path: &str, size: u64, content: impl Read) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_mtime(self.at);
        header.set_size(size);
        self.tar.append_data(&mut header, path, content)
    }

    /// What it was written to, once all is.
    ///
    /// # Errors
    /// Those of what it is written to.
    pub fn finish(self) -> io::Result<W> {
        self.tar.into_inner()?.finish()
    }
}
