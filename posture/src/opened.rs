//! An input that is held open: for results, plans, recommendations and what-if, one after the other.

use std::sync::Arc;

use posture_core::history::{MAX_KEPT, Point};
use posture_core::issue::Issues;
use posture_core::json;
use posture_core::model::Preset;
use posture_core::report::Report;
use posture_core::request::{MaxItems, Request};
use posture_core::tally::{NotATally, Tally};
use serde::{Deserialize, Serialize};

use crate::{Bundle, Error, HeldWhatIf, Intake, NotABundle, Opening, Prepared};

/// The version of the form below.
const VERSION: u32 = 1;

/// A cluster, the tally of its traffic, and what the cluster was made of.
#[derive(Debug)]
pub struct Opened {
    /// The cluster.
    pub prepared: Arc<Prepared>,
    /// Its traffic.
    pub tally: Arc<Tally>,
    /// What must be told about its flow logs.
    pub issues: Issues,
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
        for (name, bytes) in files {
            progress(opening.add(name, bytes));
        }
        opening.finish(request, progress)
    }

    /// The result.
    pub fn report(&self) -> Report {
        self.prepared.conclude(&self.tally, self.issues.clone())
    }

    /// The result of another request over the same input.
    pub fn report_of(&self, request: &Request) -> Report {
        let issues = self.issues.clone();
        self.prepared.conclude_as(request, &self.tally, issues)
    }

    /// What history keeps of the result, however few items the request lists.
    pub fn point(&self) -> Point {
        let one_more = MaxItems::AtMost(MAX_KEPT.saturating_add(1));
        Point::of(&self.report_of(&Request {
            max_items: one_more,
            ..self.prepared.request.clone()
        }))
    }

    /// The assessment, held open for changes.
    pub fn what_if(&self) -> HeldWhatIf {
        HeldWhatIf::new(Arc::clone(&self.prepared), Arc::clone(&self.tally))
    }

    /// All that the result is made of: of flow logs the tally alone, of all else the files as they came,
    /// with whatever secrets are in them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let tally = self.tally.to_bytes();
        let head = Head {
            opened_version: VERSION,
            tally: tally.len(),
            issues: self.issues.clone(),
        };
        let mut written = serde_json::to_vec(&head).unwrap_or_default();
        written.push(b'\n');
        written.extend(tally);
        let files = self.made_of.files.iter();
        let files = files.map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        written.extend(Bundle::to_bytes(&self.made_of.request, files));
        written
    }

    /// Opens what [`Opened::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`NotOpened`] for other bytes, or those of another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotOpened> {
        Self::from_bytes_as(bytes, Ok)
    }

    /// Opens what [`Opened::to_bytes`] wrote, by the method of a preset in the place of its own.
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
        let objects = Self::objects(files, asked(request)?)?;
        Ok(Self {
            tally: Arc::new(tally),
            issues: head.issues,
            ..objects
        })
    }

    /// All but flow logs, of which the tally is there already.
    fn objects(files: Vec<(String, Vec<u8>)>, request: String) -> Result<Self, Error> {
        let asked = Request::from_json(&request)?;
        let mut intake = Intake::default();
        for (name, bytes) in &files {
            intake.add_bytes(name, bytes);
        }
        Ok(Self {
            prepared: Arc::new(Prepared::new(intake, asked)?),
            tally: Arc::default(),
            issues: Issues::default(),
            made_of: Bundle { request, files },
        })
    }
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
