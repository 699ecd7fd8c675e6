//! One file of an archive, as a stream.

use std::cell::{Cell, RefCell};
use std::io::{self, Cursor, ErrorKind, Read};

use crate::detect::{self, Content, HEAD};

/// A file in an archive, or the file itself where it is none.
///
/// As a reader it gives all its bytes from the first on, however many; it ends where the archive
/// breaks off, which the walk tells of.
pub struct Member<'a> {
    pub(super) name: &'a str,
    pub(super) content: Content,
    pub(super) source: Source<'a>,
    pub(super) state: &'a State<'a>,
}

/// What the walk knows of a member and learns while it is read.
pub(super) struct State<'a> {
    /// How many bytes may still be taken whole, of all members.
    pub(super) left: &'a Cell<u64>,
    /// What a break says of the bytes before it.
    pub(super) before_break: BeforeBreak,
    /// What broke it off.
    pub(super) failure: RefCell<Option<io::Error>>,
}

/// What is left of a member that breaks off, where it is taken whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum BeforeBreak {
    /// The bytes before the break.
    Kept,
    /// Nothing: its checksum tells only that some byte of it is wrong.
    Lost,
}

/// A stream and its first bytes.
pub(super) struct Source<'a> {
    start: Cursor<Vec<u8>>,
    /// What broke it off behind its first bytes.
    error: Option<io::Error>,
    rest: &'a mut dyn Read,
}

impl Member<'_> {
    /// Its name: that of the archive, `/`, and its path in it.
    pub fn name(&self) -> &str {
        self.name
    }

    /// What it is.
    pub const fn content(&self) -> Content {
        self.content
    }

    /// Its first bytes, [`HEAD`] of them or all: what it is follows from them.
    pub fn head(&self) -> &[u8] {
        self.source.head()
    }

    /// Of a large file that is only told of, such as a log, as much as is enough to do so; none of a
    /// file that is to be read whole.
    pub fn enough(&self) -> Option<&[u8]> {
        detect::enough(self.content, self.head())
    }

    /// Its whole content; where the archive breaks off, what lies before. None where that is
    /// nothing, or where it is more than may be unpacked; the walk tells why.
    pub fn bytes(mut self) -> Option<Vec<u8>> {
        let left = self.state.left.get();
        let mut bytes = Vec::new();
        let mut within = (&mut self).take(left.saturating_add(1));
        let result = within.read_to_end(&mut bytes);
        let mut failure = self.state.failure.borrow_mut();
        match left.checked_sub(bytes.len() as u64) {
            Some(left) => self.state.left.set(left),
            None => *failure = Some(ErrorKind::FileTooLarge.into()),
        }
        if let Err(error) = result {
            *failure = Some(error);
        }
        let kept = match &*failure {
            None => true,
            Some(error) if error.kind() == ErrorKind::FileTooLarge => false,
            Some(_) => self.state.before_break == BeforeBreak::Kept && !bytes.is_empty(),
        };
        kept.then_some(bytes)
    }
}

impl Read for Member<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut failure = self.state.failure.borrow_mut();
        if failure.is_some() {
            return Ok(0);
        }
        match self.source.read(buffer) {
            Err(error) if error.kind() != ErrorKind::Interrupted => {
                *failure = Some(error);
                Ok(0)
            }
            other => other,
        }
    }
}

impl<'a> Source<'a> {
    /// Reads the first bytes of a stream.
    pub(super) fn new(stream: &'a mut dyn Read) -> Self {
        let mut start = Vec::new();
        let error = stream.take(HEAD as u64).read_to_end(&mut start).err();
        Self {
            start: Cursor::new(start),
            error,
            rest: stream,
        }
    }

    pub(super) fn head(&self) -> &[u8] {
        self.start.get_ref()
    }

    /// What broke it off within its first bytes.
    /// The same stream, lent for a shorter time.
    pub(super) fn lend(&mut self) -> Source<'_> {
        Source {
            start: std::mem::take(&mut self.start),
            error: self.error.take(),
            rest: self.rest,
        }
    }

    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.start.read(buffer)? {
            0 => match self.error.take() {
                Some(error) => Err(error),
                None => self.rest.read(buffer),
            },
            count => Ok(count),
        }
    }
}
