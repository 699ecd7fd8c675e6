//! An input that comes file by file.

use std::num::NonZeroUsize;
use std::sync::Arc;

use posture_core::issue::Issues;
use posture_core::request::Request;

#[cfg(feature = "apart")]
use crate::apart::{Scans, Traffic};
use crate::told::Told;
use crate::{Error, Intake, Opened, Prepared};

/// Files, read as they come and let go of then: all but flow logs, which wait until the cluster is known that they
/// speak of.
#[derive(Debug)]
pub struct Opening<B> {
    intake: Intake,
    logs: Vec<(String, B)>,
    /// So many bytes were read.
    read: usize,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// So many bytes were read until now, of all files together.
    pub read: usize,
    /// Whether it holds flow logs and nothing else.
    pub is_log: bool,
}

impl<B> Default for Opening<B> {
    fn default() -> Self {
        Self {
            intake: Intake::default(),
            logs: Vec::new(),
            read: 0,
        }
    }
}

impl<B: AsRef<[u8]>> Opening<B> {
    /// Takes a file, and reads it unless it has flow logs in it.
    pub fn add(&mut self, name: String, bytes: B) -> Taken {
        let before = self.intake.found.len();
        let has_logs = self.intake.add_bytes(&name, bytes.as_ref());
        let mut found = self.intake.found.iter().skip(before);
        let has_more = found.any(|of| !of.content.is_log());
        match has_logs {
            true => self.logs.push((name, bytes)),
            false => self.read = self.read.saturating_add(bytes.as_ref().len()),
        }
        Taken {
            read: self.read,
            is_log: has_logs && !has_more,
        }
    }

    /// Takes what scans say in a file of so many bytes that was read apart. Says how many bytes were read until now.
    #[cfg(feature = "apart")]
    pub fn join(&mut self, size: usize, scans: Scans) -> usize {
        let (fragment, issues) = scans.into_fragment();
        self.intake.fragment.extend(fragment);
        self.intake.issues.extend(issues);
        self.read = self.read.saturating_add(size);
        self.read
    }

    /// Makes the cluster of what was taken, with a request in JSON.
    ///
    /// # Errors
    /// [`Error`] says what was wrong and what was expected.
    pub fn listen(self, request: &str) -> Result<Listening<B>, Error> {
        let asked = Request::from_json(request)?;
        Ok(Listening {
            prepared: Arc::new(Prepared::new(self.intake, asked)?),
            logs: self.logs,
            read: self.read,
            #[cfg(feature = "apart")]
            heard: Vec::new(),
        })
    }

    /// Opens what was taken, with a request in JSON. From time to time `progress` is told how many bytes were
    /// read.
    ///
    /// # Errors
    /// [`Error`] says what was wrong and what was expected.
    pub fn finish(self, request: &str, progress: &mut dyn FnMut(usize)) -> Result<Opened, Error> {
        Ok(self.listen(request)?.finish(progress))
    }
}

/// A cluster, made of files, whose flow logs are yet to be read.
#[derive(Debug)]
pub struct Listening<B> {
    prepared: Arc<Prepared>,
    logs: Vec<(String, B)>,
    read: usize,
    #[cfg(feature = "apart")]
    heard: Vec<Traffic>,
}

impl<B: AsRef<[u8]>> Listening<B> {
    /// Takes a flow log that was read apart.
    #[cfg(feature = "apart")]
    pub fn hear(&mut self, traffic: Traffic) {
        self.heard.push(traffic);
    }

    /// Reads the flow logs among the files, and opens all that was taken. From time to time `progress` is told how
    /// many bytes were read.
    pub fn finish(self, progress: &mut dyn FnMut(usize)) -> Opened {
        let mut read = self.read;
        let mut issues = Issues::default();
        let mut tallying = self.prepared.tallying(NonZeroUsize::MIN);
        for (name, bytes) in self.logs {
            let bytes = bytes.as_ref();
            tallying.read_file(&name, Told::new(bytes, read, progress), &mut issues);
            read = read.saturating_add(bytes.len());
            progress(read);
        }
        #[cfg(feature = "apart")]
        for traffic in self.heard {
            tallying.read_traffic(traffic, &mut issues);
        }
        let tally = Arc::new(tallying.finish());
        Opened {
            prepared: self.prepared,
            tally,
            issues,
        }
    }
}
