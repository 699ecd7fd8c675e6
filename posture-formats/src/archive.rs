//! Archives: `.tar`, `.tar.gz`, `.zip` and plain `.gz`, with archives inside them.

use std::cell::Cell;
use std::io::{self, Cursor, ErrorKind, Read};

use flate2::read::MultiGzDecoder;
use posture_core::issue::{IssueKind, Issues};

use crate::detect::{ArchiveKind, Content, HEAD, detect};

/// How many bytes an archive may unpack to, all its members together.
const UNPACKED_LIMIT: u64 = 1024 * 1024 * 1024;

/// How deep archives may lie in archives.
const NESTING_LIMIT: u32 = 1;

/// Hands on each file of an archive with its name, `dump.tgz/pods.json`; the one file of a plain
/// `.gz` has the name of the archive. Files that are no archive are handed on as they are.
///
/// A broken member is an issue and costs what cannot be unpacked any more; what comes before the
/// break is handed on.
pub fn members(file: &str, bytes: &[u8], issues: &mut Issues, each: &mut dyn FnMut(&str, Vec<u8>)) {
    let left = Cell::new(UNPACKED_LIMIT);
    Unpacking {
        left: &left,
        issues,
        each,
    }
    .open(file, bytes, 0);
}

/// The state of unpacking one file.
struct Unpacking<'a> {
    /// How many bytes may still be unpacked.
    left: &'a Cell<u64>,
    issues: &'a mut Issues,
    each: &'a mut dyn FnMut(&str, Vec<u8>),
}

impl Unpacking<'_> {
    fn open(&mut self, file: &str, bytes: &[u8], nesting: u32) {
        match kind_of(bytes) {
            Some(ArchiveKind::Gzip) => self.open_gzip(file, bytes, nesting),
            Some(ArchiveKind::Tar) => self.open_tar(file, bytes, nesting),
            Some(ArchiveKind::Zip) => self.open_zip(file, bytes, nesting),
            None => (self.each)(file, bytes.to_vec()),
        }
    }

    /// Hands on a member, or opens it where it is an archive itself.
    fn hand_on(&mut self, name: &str, bytes: Vec<u8>, nesting: u32) {
        if kind_of(&bytes).is_none() {
            (self.each)(name, bytes);
        } else if nesting < NESTING_LIMIT {
            self.open(name, &bytes, nesting.saturating_add(1));
        } else {
            let message = "the archive lies too deep in other archives, expected one level at most";
            self.issues.push(IssueKind::Unreadable, name, "", message);
        }
    }

    fn open_gzip(&mut self, file: &str, bytes: &[u8], nesting: u32) {
        let mut reader = Limited {
            inner: MultiGzDecoder::new(bytes),
            left: self.left,
        };
        let mut head = Vec::new();
        let result = (&mut reader).take(HEAD as u64).read_to_end(&mut head);
        if kind_of(&head) == Some(ArchiveKind::Tar) {
            self.open_tar(file, Cursor::new(head).chain(reader), nesting);
            return;
        }
        let mut unpacked = head;
        match result.and_then(|_| reader.read_to_end(&mut unpacked)) {
            Ok(_) => self.hand_on(file, unpacked, nesting),
            Err(error) => self.break_off(file, unpacked, &error),
        }
    }

    fn open_tar(&mut self, file: &str, reader: impl Read, nesting: u32) {
        let mut archive = tar::Archive::new(reader);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.tell(file, &error),
        };
        for entry in entries {
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.tell(file, &error),
            };
            let kind = entry.header().entry_type();
            let name = member_name(file, &String::from_utf8_lossy(&entry.path_bytes()));
            if kind.is_symlink() || kind.is_hard_link() {
                let message = "a link in an archive is not followed";
                self.issues.push(IssueKind::UnusedFile, name, "", message);
                continue;
            }
            if !kind.is_file() {
                continue;
            }
            let mut bytes = Vec::new();
            match entry.read_to_end(&mut bytes) {
                Ok(count) if count as u64 == entry.size() => self.hand_on(&name, bytes, nesting),
                Ok(_) => return self.break_off(&name, bytes, &ErrorKind::UnexpectedEof.into()),
                Err(error) => return self.break_off(&name, bytes, &error),
            }
        }
    }

    fn open_zip(&mut self, file: &str, bytes: &[u8], nesting: u32) {
        let mut archive = match zip::ZipArchive::new(Cursor::new(bytes)) {
            Ok(archive) => archive,
            Err(error) => return self.tell(file, &error.into()),
        };
        for index in 0..archive.len() {
            let member = archive.by_index(index).map(|member| self.unpack(member));
            match member {
                Ok(None) => {}
                Ok(Some((name, unpacked, None))) => {
                    self.hand_on(&member_name(file, &name), unpacked, nesting);
                }
                Ok(Some((name, _, Some(error)))) => {
                    self.tell(&member_name(file, &name), &error);
                    if error.kind() == ErrorKind::FileTooLarge {
                        return;
                    }
                }
                Err(error) => self.tell(file, &error.into()),
            }
        }
    }

    /// Name and content of a zip member and what broke it; none for folders and links.
    fn unpack(
        &self,
        member: zip::read::ZipFile<'_, impl Read>,
    ) -> Option<(String, Vec<u8>, Option<io::Error>)> {
        if !member.is_file() {
            return None;
        }
        let name = String::from_utf8_lossy(member.name_raw()).into_owned();
        let mut reader = Limited {
            inner: member,
            left: self.left,
        };
        let mut unpacked = Vec::new();
        let error = reader.read_to_end(&mut unpacked).err();
        Some((name, unpacked, error))
    }

    /// Hands on the part of a member before the place where the archive breaks off.
    fn break_off(&mut self, name: &str, bytes: Vec<u8>, error: &io::Error) {
        self.tell(name, error);
        let is_document = kind_of(&bytes).is_none() && !bytes.is_empty();
        if is_document && error.kind() != ErrorKind::FileTooLarge {
            (self.each)(name, bytes);
        }
    }

    fn tell(&mut self, file: &str, error: &io::Error) {
        if error.kind() == ErrorKind::FileTooLarge {
            let message = "the archive unpacks to more than 1 GiB; what lies behind is not read";
            self.issues.push(IssueKind::TooLarge, file, "", message);
        } else {
            let message = format!("cannot be unpacked: {error}");
            self.issues.push(IssueKind::Unreadable, file, "", message);
        }
    }
}

fn kind_of(bytes: &[u8]) -> Option<ArchiveKind> {
    match detect(bytes.get(..HEAD).unwrap_or(bytes)) {
        Content::Archive(kind) => Some(kind),
        _ => None,
    }
}

fn member_name(archive: &str, member: &str) -> String {
    format!("{archive}/{}", member.strip_prefix("./").unwrap_or(member))
}

/// A reader that gives up where the limit of unpacked bytes is passed.
struct Limited<'a, R> {
    inner: R,
    left: &'a Cell<u64>,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.left.get().checked_sub(count as u64) {
            Some(left) => {
                self.left.set(left);
                Ok(count)
            }
            None => Err(ErrorKind::FileTooLarge.into()),
        }
    }
}

#[cfg(test)]
mod tests;
