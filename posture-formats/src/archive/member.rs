//! One file of an archive, as a stream.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind, Read};

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

/// A stream and its first bytes, or bytes in memory.
pub(super) struct Source<'a> {
    /// Its first bytes; all of them where they are borrowed.
    start: Cow<'a, [u8]>,
    /// So many of them were read.
    read: usize,
    /// What broke it off behind its first bytes.
    error: Option<io::Error>,
    rest: &'a mut dyn Read,
}

impl<'a> Member<'a> {
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

    /// Its whole content, borrowed where it is in memory; where the archive breaks off, what lies before.
    /// None where that is nothing, or where it is more than may be unpacked; the walk tells why.
    pub fn bytes(mut self) -> Option<Cow<'a, [u8]>> {
        let left = self.state.left.get();
        let mut bytes = Cow::default();
        let mut result = Ok(0);
        if let Some(held) = self.source.in_memory() {
            bytes = held.into();
        } else {
            let mut within = (&mut self).take(left.saturating_add(1));
            result = within.read_to_end(bytes.to_mut());
        }
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
            start: start.into(),
            read: 0,
            error,
            rest: stream,
        }
    }

    /// Bytes in memory, behind which there is nothing.
    pub(super) fn of_memory(bytes: &'a [u8], nothing: &'a mut io::Empty) -> Self {
        Self {
            start: bytes.into(),
            read: 0,
            error: None,
            rest: nothing,
        }
    }

    pub(super) fn head(&self) -> &[u8] {
        self.start.get(..HEAD).unwrap_or(&self.start)
    }

    /// What is left of bytes in memory.
    fn in_memory(&self) -> Option<&'a [u8]> {
        match self.start {
            Cow::Borrowed(bytes) => bytes.get(self.read..),
            Cow::Owned(_) => None,
        }
    }

    /// The same stream, lent for a shorter time.
    pub(super) fn lend(&mut self) -> Source<'_> {
        Source {
            start: std::mem::take(&mut self.start),
            read: std::mem::take(&mut self.read),
            error: self.error.take(),
            rest: self.rest,
        }
    }

    /// What broke it off within its first bytes.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut start = self.start.get(self.read..).unwrap_or_default();
        match start.read(buffer)? {
            0 => match self.error.take() {
                Some(error) => Err(error),
                None => self.rest.read(buffer),
            },
            count => {
                self.read = self.read.saturating_add(count);
                Ok(count)
            }
        }
    }
}
