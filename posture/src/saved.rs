//! An input that is held open, and what it is made of: what can be written down, and opened again.

use std::sync::Arc;

use posture_core::issue::Issues;
use posture_core::json;
use posture_core::model::Preset;
use posture_core::request::Request;
use posture_core::tally::{NotATally, Tally};
use serde::{Deserialize, Serialize};

use crate::{Bundle, Error, Intake, NotABundle, Opened, Opening, Prepared};

/// The version of the form below.
const VERSION: u32 = 1;

/// An input that is held open, and what it is made of.
#[derive(Debug)]
pub struct Saved {
    /// The input.
    pub opened: Opened,
    /// The request, and all that was read but flow logs.
    pub made_of: Bundle,
}

/// The first line; the tally follows it, and the bundle.
#[derive(Deserialize, Serialize)]
struct Head {
    opened_version: u32,
    /// The size of the tally.
    tally: usize,
    issues: Issues,
}

/// Bytes that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// They do not begin as they must.
    #[error("no input of a result: {0}")]
    Invalid(#[from] serde_json::Error),
    /// Another version wrote them.
    #[error("an input of version {0}, expected version {VERSION}")]
    Version(u32),
    /// They end too early.
    #[error("no input of a result: its size is not what it says")]
    Size,
    /// The tally is none.
    #[error(transparent)]
    Tally(#[from] NotATally),
    /// The rest is none.
    #[error(transparent)]
    Bundle(#[from] NotABundle),
    /// They make no cluster.
    #[error(transparent)]
    Cluster(#[from] Error),
    /// Another preset would judge its traffic otherwise, of which only the edges are there.
    #[error(
        "the input of a result holds no flow logs, which the method that is wanted judges otherwise than its own; \
         expected one of the same evidence and policy modes"
    )]
    JudgedOtherwise,
}

impl Opened {
    /// What [`Saved::to_bytes`] gives; `made_of` is what this input is made of, and no other.
    pub fn to_bytes(&self, made_of: &Bundle) -> Vec<u8> {
        let tally = self.tally.to_bytes();
        let head = Head {
            opened_version: VERSION,
            tally: tally.len(),
            issues: self.issues.clone(),
        };
        let mut written = serde_json::to_vec(&head).unwrap_or_default();
        written.push(b'\n');
        written.extend(tally);
        let files = made_of.files.iter();
        let files = files.map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        written.extend(Bundle::to_bytes(&made_of.request, files));
        written
    }
}

impl Saved {
    /// Reads files, with a request in JSON. From time to time `progress` is told how many bytes were
    /// read.
    ///
    /// # Errors
    /// [`Error`] says what was wrong and what was expected.
    pub fn read(
        files: Vec<(String, Vec<u8>)>,
        request: String,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Self, Error> {
        // what is wrong with it is told before anything is read
        Request::from_json(&request)?;
        let mut opening = Opening::default();
        let mut are_logs = Vec::new();
        for (name, bytes) in &files {
            let taken = opening.add(name.clone(), bytes);
            are_logs.push(taken.is_log);
            progress(taken.read);
        }
        let opened = opening.finish(&request, progress)?;
        let files = files.into_iter().zip(are_logs);
        let files = files.filter_map(|(file, is_log)| (!is_log).then_some(file));
        Ok(Self {
            opened,
            made_of: Bundle {
                request,
                files: files.collect(),
            },
        })
    }

    /// All that the result is made of: of flow logs the tally alone, of all else the files as they came,
    /// with whatever secrets are in them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.opened.to_bytes(&self.made_of)
    }

    /// Opens what [`Saved::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`NotOpened`] for other bytes, or those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotOpened> {
        Self::from_bytes_as(bytes, Ok)
    }

    /// Opens what [`Saved::to_bytes`] wrote, by the method of a preset in the place of its own.
    ///
    /// # Errors
    /// [`NotOpened`], also where that method judges traffic otherwise.
    pub fn from_bytes_by(bytes: &[u8], preset: Preset) -> Result<Self, NotOpened> {
        Self::from_bytes_as(bytes, |request| by_preset(&request, preset))
    }

    fn from_bytes_as(
        bytes: &[u8],
        asked: impl FnOnce(String) -> Result<String, NotOpened>,
    ) -> Result<Self, NotOpened> {
        let line = bytes.split(|byte| *byte == b'\n').next();
        let line = line.unwrap_or_default();
        let head: Head = json::read_bytes(line)?;
        if head.opened_version != VERSION {
            return Err(NotOpened::Version(head.opened_version));
        }
        let rest = bytes.get(line.len().saturating_add(1)..);
        let parts = rest.and_then(|rest| rest.split_at_checked(head.tally));
        let (tally, bundle) = parts.ok_or(NotOpened::Size)?;
        let tally = Tally::from_bytes(tally)?;
        let Bundle { request, files } = Bundle::from_bytes(bundle)?;
        let made_of = Bundle {
            request: asked(request)?,
            files,
        };
        Ok(Self {
            opened: Opened {
                prepared: Arc::new(prepared(&made_of)?),
                tally: Arc::new(tally),
                issues: head.issues,
            },
            made_of,
        })
    }
}

/// The cluster of a bundle.
fn prepared(made_of: &Bundle) -> Result<Prepared, Error> {
    let asked = Request::from_json(&made_of.request)?;
    let mut intake = Intake::default();
    for (name, bytes) in &made_of.files {
        intake.add_bytes(name, bytes);
    }
    Ok(Prepared::new(intake, asked)?)
}

/// A request with the method of a preset in the place of its own.
fn by_preset(request: &str, preset: Preset) -> Result<String, NotOpened> {
    let request = Request::from_json(request).map_err(Error::from)?;
    let method = preset.method();
    let own = &request.method;
    if (own.evidence, own.policy_modes) != (method.evidence, method.policy_modes) {
        return Err(NotOpened::JudgedOtherwise);
    }
    Ok(Request { method, ..request }.to_json())
}
