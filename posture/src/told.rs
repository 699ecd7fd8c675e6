//! How far a content was read.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// A content that tells how far it was read.
pub(crate) struct Told<'t> {
    content: Cursor<&'t [u8]>,
    /// So many bytes were read of other files.
    before: usize,
    furthest: usize,
    progress: &'t mut dyn FnMut(usize),
}

impl<'t> Told<'t> {
    /// So many bytes were read before.
    pub(crate) fn new(bytes: &'t [u8], before: usize, progress: &'t mut dyn FnMut(usize)) -> Self {
        Self {
            content: Cursor::new(bytes),
            before,
            furthest: 0,
            progress,
        }
    }
}

impl Read for Told<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer)?;
        let at = usize::try_from(self.content.position()).unwrap_or(usize::MAX);
        if at > self.furthest {
            self.furthest = at;
            (self.progress)(self.before.saturating_add(at));
        }
        Ok(read)
    }
}

impl Seek for Told<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.content.seek(to)
    }
}
