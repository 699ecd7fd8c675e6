//! An input that comes file by file.

use std::num::NonZeroUsize;
use std::sync::Arc;

use posture_core::issue::Issues;
use posture_core::request::Request;

#[cfg(feature = "apart")]
use crate::apart::{Scans, Traffic};
use crate::told::Told;
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

    /// Takes a file of scans that was read apart, as [`Opening::add`] does.
    #[cfg(feature = "apart")]
    pub fn join(&mut self, name: String, bytes: Vec<u8>, scans: Scans) -> usize {
        let (fragment, issues) = scans.into_fragment();
        self.intake.fragment.extend(fragment);
        self.intake.issues.extend(issues);
        self.done = self.done.saturating_add(bytes.len());
        self.files.push(Held {
            name,
            bytes,
            has_logs: false,
            has_more: true,
        });
        self.done
    }

    /// Makes the cluster of what was taken, with a request in JSON.
    ///
    /// # Errors
    /// [`Error`] says what was wrong and what was expected.
    pub fn listen(self, request: String) -> Result<Listening, Error> {
        let asked = Request::from_json(&request)?;
        Ok(Listening {
            prepared: Arc::new(Prepared::new(self.intake, asked)?),
            request,
            files: self.files,
            done: self.done,
            #[cfg(feature = "apart")]
            heard: Vec::new(),
        })
    }

    /// Opens what was taken, with a request in JSON. From time to time `progress` is told how many bytes were
    /// read.
    ///
    /// # Errors
    /// [`Error`] says what was wrong and what was expected.
    pub fn finish(self, request: String, progress: &mut dyn FnMut(usize)) -> Result<Opened, Error> {
        Ok(self.listen(request)?.finish(progress))
    }
}

/// A cluster, made of files, whose flow logs are yet to be read.
#[derive(Debug)]
pub struct Listening {
    prepared: Arc<Prepared>,
    request: String,
    files: Vec<Held>,
    done: usize,
    #[cfg(feature = "apart")]
    heard: Vec<Traffic>,
}

impl Listening {
    /// Takes a flow log that was read apart.
    #[cfg(feature = "apart")]
    pub fn hear(&mut self, traffic: Traffic) {
        self.heard.push(traffic);
    }

    /// Reads the flow logs among the files, and opens all that was taken. From time to time `progress` is told how
    /// many bytes were read.
    pub fn finish(self, progress: &mut dyn FnMut(usize)) -> Opened {
        let Self {
            prepared,
            request,
            files,
            mut done,
            ..
        } = self;
        let mut issues = Issues::default();
        let mut tallying = prepared.tallying(NonZeroUsize::MIN);
        for Held { name, bytes, .. } in files.iter().filter(|held| held.has_logs) {
            tallying.read_file(name, Told::new(bytes, done, progress), &mut issues);
            done = done.saturating_add(bytes.len());
            progress(done);
        }
        #[cfg(feature = "apart")]
        for traffic in self.heard {
            tallying.read_traffic(traffic, &mut issues);
        }
        let tally = Arc::new(tallying.finish());
        let kept = files.into_iter();
        let kept = kept.filter(|held| held.has_more || !held.has_logs);
        Opened {
            prepared,
            tally,
            issues,
            made_of: Bundle {
                request,
                files: kept.map(|held| (held.name, held.bytes)).collect(),
            },
        }
    }
}
