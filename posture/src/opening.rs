//! An input that comes file by file.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::num::NonZeroUsize;
use std::sync::Arc;

use posture_core::issue::Issues;
use posture_core::request::Request;

use crate::{Bundle, Error, Intake, Opened, Prepared};

/// Files, read as they come, and kept: flow logs until the cluster is known that they speak of, all else with
/// what is opened.
#[derive(Debug, Default)]
pub struct Opening {
    intake: Intake,
    files: Vec<Held>,
    /// So many bytes were read.
    done: usize,
}

#[derive(Debug)]
struct Held {
    name: String,
    bytes: Vec<u8>,
    has_logs: bool,
    /// Whether it holds anything else.
    has_more: bool,
}

impl Opening {
    /// Takes a file, and reads it unless it has flow logs in it. Says how many bytes were read so far.
    pub fn add(&mut self, name: String, bytes: Vec<u8>) -> usize {
        let before = self.intake.found.len();
        let has_logs = self.intake.add_bytes(&name, &bytes);
        let mut found = self.intake.found.iter().skip(before);
        let has_more = found.any(|of| !of.content.is_log());
        if !has_logs {
            self.done = self.done.saturating_add(bytes.len());
        }
        self.files.push(Held {
            name,
            bytes,
            has_logs,
            has_more,
        });
        self.done
    }

    /// Opens what was taken, with a request in JSON. From time to time `progress` is told how many bytes were
    /// read.
    ///
    /// # Errors
    /// [`Error`] says what was wrong and what was expected.
    pub fn finish(self, request: String, progress: &mut dyn FnMut(usize)) -> Result<Opened, Error> {
        let asked = Request::from_json(&request)?;
        let Self {
            intake,
            files,
            mut done,
        } = self;
        let prepared = Arc::new(Prepared::new(intake, asked)?);
        let mut issues = Issues::default();
        let mut tallying = prepared.tallying(NonZeroUsize::MIN);
        for Held { name, bytes, .. } in files.iter().filter(|held| held.has_logs) {
            let told = Told {
                content: Cursor::new(bytes),
                before: done,
                furthest: 0,
                progress,
            };
            tallying.read_file(name, told, &mut issues);
            done = done.saturating_add(bytes.len());
            progress(done);
        }
        let tally = Arc::new(tallying.finish());
        let kept = files.into_iter();
        let kept = kept.filter(|held| held.has_more || !held.has_logs);
        Ok(Opened {
            prepared,
            tally,
            issues,
            made_of: Bundle {
                request,
                files: kept.map(|held| (held.name, held.bytes)).collect(),
            },
        })
    }
}

/// A content that tells how far it was read.
struct Told<'t> {
    content: Cursor<&'t Vec<u8>>,
    /// So many bytes were read of other files.
    before: usize,
    furthest: usize,
    progress: &'t mut dyn FnMut(usize),
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
