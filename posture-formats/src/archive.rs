//! Archives: `.tar`, `.tar.gz`, `.tar.zst`, `.zip`, plain `.gz` and `.zst`, with archives inside them.
//!
//! Their files are handed on as streams, so that a flow log in an archive may be larger than memory. A file that is
//! in memory already is handed on as it lies there.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::io::{self, Cursor, ErrorKind, Read, Seek};

use flate2::read::MultiGzDecoder;
use posture_core::issue::{IssueKind, Issues};

use crate::detect::{ArchiveKind, Packing, archive_kind, detect, packing};

mod member;
mod zstd;

pub use member::Member;
use member::{BeforeBreak, Source, State};
use zstd::ZstdDecoder;

/// How many bytes may be taken whole of an archive, of all its members together.
const UNPACKED_LIMIT: u64 = 1024 * 1024 * 1024;

/// How deep archives may lie in archives.
const NESTING_LIMIT: u32 = 1;

/// Hands on each file of an archive with its name, `dump.tgz/pods.json`; the one file of a plain
/// `.gz` or `.zst` has the name of the archive. A file that is no archive is handed on as it is.
///
/// A member that is not read to its end is skipped. A broken one is an issue and costs what cannot
/// be unpacked any more; what comes before the break is handed on.
pub fn walk<R: Read + Seek>(
    file: &str,
    source: R,
    issues: &mut Issues,
    each: &mut dyn FnMut(Member<'_>, &mut Issues),
) {
    walk_within(UNPACKED_LIMIT, file, source, issues, each);
}

/// [`walk`] for a file in memory, which is handed on as it lies there.
pub fn walk_bytes(
    file: &str,
    bytes: &[u8],
    issues: &mut Issues,
    each: &mut dyn FnMut(Member<'_>, &mut Issues),
) {
    walk_bytes_within(UNPACKED_LIMIT, file, bytes, issues, each);
}

fn walk_bytes_within(
    limit: u64,
    file: &str,
    bytes: &[u8],
    issues: &mut Issues,
    each: &mut dyn FnMut(Member<'_>, &mut Issues),
) {
    let mut walk = Walk::new(limit, issues, each);
    let mut nothing = io::empty();
    let source = Source::of_memory(bytes, &mut nothing);
    match archive_kind(source.head()) {
        Some(ArchiveKind::Zip) => walk.zip(file, &mut Cursor::new(bytes), 0),
        _ => walk.open(file, source, BeforeBreak::Kept, 0),
    }
}

/// [`walk`] for what can be read only once, such as a pipe: there a zip archive is read into memory.
pub fn walk_stream<R: Read>(
    file: &str,
    mut source: R,
    issues: &mut Issues,
    each: &mut dyn FnMut(Member<'_>, &mut Issues),
) {
    let mut walk = Walk::new(UNPACKED_LIMIT, issues, each);
    walk.open(file, Source::new(&mut source), BeforeBreak::Kept, 0);
}

fn walk_within<R: Read + Seek>(
    limit: u64,
    file: &str,
    mut source: R,
    issues: &mut Issues,
    each: &mut dyn FnMut(Member<'_>, &mut Issues),
) {
    let mut walk = Walk::new(limit, issues, each);
    let start = Source::new(&mut source);
    if archive_kind(start.head()) != Some(ArchiveKind::Zip) {
        walk.open(file, start, BeforeBreak::Kept, 0);
        return;
    }
    match source.rewind() {
        Ok(()) => walk.zip(file, &mut source, 0),
        Err(error) => walk.tell(file, &error, 0),
    }
}

/// What a zip archive is read from: one type for all, since its reader is large.
trait Seekable: Read + Seek {}

impl<R: Read + Seek> Seekable for R {}

/// The state of walking through one file.
struct Walk<'a> {
    /// How many bytes may still be taken whole.
    left: Cell<u64>,
    /// Whether more than that was asked for, so that nothing behind it is unpacked.
    full: bool,
    issues: &'a mut Issues,
    each: &'a mut dyn FnMut(Member<'_>, &mut Issues),
}

impl<'a> Walk<'a> {
    fn new(
        limit: u64,
        issues: &'a mut Issues,
        each: &'a mut dyn FnMut(Member<'_>, &mut Issues),
    ) -> Self {
        Self {
            left: Cell::new(limit),
            full: false,
            issues,
            each,
        }
    }

    /// Hands on a file, or opens it where it is an archive itself; `depth` archives lie around it.
    fn open(&mut self, name: &str, source: Source<'_>, before_break: BeforeBreak, depth: u32) {
        let head = source.head();
        match (archive_kind(head), packing(head)) {
            (Some(_), _) if depth > NESTING_LIMIT => {
                let message =
                    "the archive lies too deep in other archives, expected one level at most";
                self.issues.push(IssueKind::Unreadable, name, "", message);
            }
            (Some(ArchiveKind::Gzip), _) => {
                self.unpacked(name, &mut MultiGzDecoder::new(source), depth);
            }
            (Some(ArchiveKind::Zstd), _) => {
                self.unpacked(name, &mut ZstdDecoder::new(source), depth);
            }
            (Some(ArchiveKind::Tar), _) => self.tar(name, source, depth),
            (Some(ArchiveKind::Zip), _) => self.zip_in_memory(name, source, depth),
            (None, Some(packing)) => self.tell_of_packing(name, packing),
            (None, None) => {
                let each = &mut *self.each;
                let failure = hand_on(name, source, before_break, &self.left, self.issues, each);
                if let Some(error) = failure {
                    self.tell(name, &error, depth);
                }
            }
        }
    }

    /// Opens what was packed as one file: a tar archive in it is no archive in an archive.
    fn unpacked(&mut self, name: &str, unpacked: &mut dyn Read, depth: u32) {
        let source = Source::new(unpacked);
        if archive_kind(source.head()) == Some(ArchiveKind::Tar) {
            self.tar(name, source, depth);
        } else {
            self.open(name, source, BeforeBreak::Kept, depth.saturating_add(1));
        }
    }

    fn tar(&mut self, file: &str, source: Source<'_>, depth: u32) {
        let mut archive = tar::Archive::new(source);
        let depth = depth.saturating_add(1);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.tell(file, &error, depth),
        };
        let mut is_empty = true;
        for entry in entries {
            is_empty = false;
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.tell(file, &error, depth),
            };
            let name = member_name(file, &entry.path_bytes());
            let kind = entry.header().entry_type();
            if kind.is_symlink() || kind.is_hard_link() {
                self.tell_of_link(&name);
            }
            if kind.is_file() || kind.is_gnu_sparse() {
                let mut whole = Whole {
                    left: entry.size(),
                    inner: &mut entry,
                    broken: false,
                };
                self.open(&name, Source::new(&mut whole), BeforeBreak::Kept, depth);
                if whole.broken || self.full {
                    return;
                }
            }
        }
        if is_empty {
            self.tell_of_nothing(file);
        }
    }

    fn zip(&mut self, file: &str, source: &mut dyn Seekable, depth: u32) {
        let depth = depth.saturating_add(1);
        let mut archive = match zip::ZipArchive::new(source) {
            Ok(archive) => archive,
            Err(error) => return self.tell(file, &error.into(), depth),
        };
        let names: Vec<Vec<u8>> = archive.file_names_raw().map(<[u8]>::to_vec).collect();
        if names.is_empty() {
            self.tell_of_nothing(file);
        }
        for (index, name) in names.iter().enumerate() {
            let name = member_name(file, name);
            match archive.by_index(index) {
                Ok(member) if member.is_symlink() => self.tell_of_link(&name),
                Ok(mut member) if member.is_file() => {
                    self.open(&name, Source::new(&mut member), BeforeBreak::Lost, depth);
                }
                Ok(_) => {}
                Err(error) => self.tell(&name, &error.into(), depth),
            }
            if self.full {
                return;
            }
        }
    }

    /// A zip archive has its directory at its end.
    fn zip_in_memory(&mut self, file: &str, source: Source<'_>, depth: u32) {
        let mut bytes = None;
        let mut each = |member: Member<'_>, _: &mut Issues| {
            bytes = member.bytes().map(Cow::into_owned);
        };
        let lost = BeforeBreak::Lost;
        match hand_on(file, source, lost, &self.left, self.issues, &mut each) {
            Some(error) => self.tell(file, &error, depth.saturating_add(1)),
            None => self.zip(file, &mut Cursor::new(bytes.unwrap_or_default()), depth),
        }
    }

    fn tell(&mut self, file: &str, error: &io::Error, depth: u32) {
        if error.kind() == ErrorKind::FileTooLarge {
            self.full = true;
            let message =
                "more than 1 GiB would be unpacked into memory; what lies behind is not read";
            self.issues.push(IssueKind::TooLarge, file, "", message);
            return;
        }
        let what = if depth == 0 { "read" } else { "unpacked" };
        let message = match error.kind() {
            ErrorKind::UnexpectedEof => format!("cannot be {what}: it ends too early"),
            _ => format!("cannot be {what}: {error}"),
        };
        self.issues.push(IssueKind::Unreadable, file, "", message);
    }

    fn tell_of_nothing(&mut self, file: &str) {
        let message = "the archive holds no files";
        self.issues.push(IssueKind::Empty, file, "", message);
    }

    fn tell_of_link(&mut self, name: &str) {
        let message = "a link in an archive is not followed";
        self.issues.push(IssueKind::UnusedFile, name, "", message);
    }

    fn tell_of_packing(&mut self, file: &str, packing: Packing) {
        let (name, command) = (packing.name(), packing.unpacked_by());
        let message = format!(
            "{name} is not unpacked here, expected gzip, Zstandard, zip or tar; unpack it with `{command}`"
        );
        self.issues
            .push(IssueKind::UnknownFormat, file, "", message);
    }
}

/// Hands on a member, if there is anything of it, and gives back what broke it off.
fn hand_on(
    name: &str,
    mut source: Source<'_>,
    before_break: BeforeBreak,
    left: &Cell<u64>,
    issues: &mut Issues,
    each: &mut dyn FnMut(Member<'_>, &mut Issues),
) -> Option<io::Error> {
    if (before_break == BeforeBreak::Lost || source.head().is_empty())
        && let Some(error) = source.take_error()
    {
        return Some(error);
    }
    let state = State {
        left,
        before_break,
        failure: RefCell::new(None),
    };
    let member = Member {
        name,
        content: detect(source.head()),
        source: source.lend(),
        state: &state,
    };
    each(member, issues);
    state.failure.into_inner()
}

fn member_name(archive: &str, member: &[u8]) -> String {
    let member = String::from_utf8_lossy(member);
    format!("{archive}/{}", member.strip_prefix("./").unwrap_or(&member))
}

/// A member that is an error where it ends before the size that its archive says.
struct Whole<R> {
    inner: R,
    left: u64,
    /// Whether it could not be read on.
    broken: bool,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = match self.inner.read(buffer) {
            Ok(0) if self.left > 0 && !buffer.is_empty() => Err(ErrorKind::UnexpectedEof.into()),
            other => other,
        };
        match &result {
            Ok(count) => self.left = self.left.saturating_sub(*count as u64),
            Err(error) => self.broken |= error.kind() != ErrorKind::Interrupted,
        }
        result
    }
}

#[cfg(test)]
mod tests;
