//! A cluster of paths and contents, and the flow logs among them.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use posture::{Intake, Prepared, Tallying};
use posture_core::issue::Issues;
use posture_core::model::ModelError;
use posture_core::request::Request;

use crate::sources::{Dash, Origin, PathError, sources};
use crate::{tally, unreadable};

/// A cluster that was read from paths and contents, and where the flow logs among them are. Flow logs
/// in files stay there until they are tallied; all else is kept, so that the cluster can be made anew
/// elsewhere.
#[derive(Debug)]
pub struct Loaded<B> {
    /// The cluster, ready for tallies.
    pub prepared: Arc<Prepared>,
    held: Vec<Held<B>>,
}

/// Why nothing is loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A path leads nowhere.
    #[error(transparent)]
    Path(#[from] PathError),
    /// What was read makes no cluster.
    #[error(transparent)]
    Model(#[from] ModelError),
}

#[derive(Debug)]
struct Held<B> {
    name: String,
    content: Kept<B>,
    has_logs: bool,
    /// Whether it holds something else than flow logs.
    has_more: bool,
}

#[derive(Debug)]
enum Kept<B> {
    Path(PathBuf),
    Read(Vec<u8>),
    Given(B),
}

impl<B: AsRef<[u8]>> Loaded<B> {
    /// Reads what is found at some paths, and contents by their names.
    ///
    /// # Errors
    /// [`LoadError`] for a path that leads nowhere, and where what was read makes no cluster.
    pub fn new(
        paths: &[PathBuf],
        contents: Vec<(String, B)>,
        request: Request,
    ) -> Result<Self, LoadError> {
        let mut intake = Intake::default();
        let mut held = Vec::new();
        for source in sources(paths, Dash::File, &mut intake.issues)? {
            let read = match source.origin {
                Origin::File(path, _) => read_file(&source.name, path, &mut intake),
                Origin::Pipe(path) => {
                    fs::read(path).map(|bytes| add(&source.name, Kept::Read(bytes), &mut intake))
                }
                Origin::Stdin => continue,
            };
            match read {
                Ok(read) => held.push(read),
                Err(error) => unreadable(&mut intake.issues, &source.name, &error),
            }
        }
        for (name, bytes) in contents {
            held.push(add(&name, Kept::Given(bytes), &mut intake));
        }
        Ok(Self {
            prepared: Arc::new(Prepared::new(intake, request)?),
            held,
        })
    }

    /// Tallies the flow logs among what was read, on so many threads; more can be tallied after that.
    pub fn tallying(&self, threads: NonZeroUsize, issues: &mut Issues) -> Tallying<'_> {
        let mut tallying = self.prepared.tallying(threads);
        for held in self.held.iter().filter(|held| held.has_logs) {
            let name = &held.name;
            match &held.content {
                Kept::Path(path) => {
                    if let Err(error) = tally(name, path, |file| file, &mut tallying, issues) {
                        unreadable(issues, name, &error);
                    }
                }
                content => tallying.read_file(name, Cursor::new(content.bytes()), issues),
            }
        }
        tallying
    }

    /// The names and contents that the cluster was made of: not flow logs.
    pub fn contents(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let made_of = self.held.iter().filter(|held| held.has_more);
        made_of.map(|held| (held.name.as_str(), held.content.bytes()))
    }
}

impl<B: AsRef<[u8]>> Kept<B> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Path(_) => &[],
            Self::Read(bytes) => bytes,
            Self::Given(bytes) => bytes.as_ref(),
        }
    }
}

/// Reads a file; it is kept as bytes where it holds more than flow logs.
fn read_file<B: AsRef<[u8]>>(
    name: &str,
    path: PathBuf,
    intake: &mut Intake,
) -> io::Result<Held<B>> {
    let before = intake.found.len();
    let has_logs = intake.add(name, BufReader::new(File::open(&path)?));
    let has_more = holds_more(intake, before);
    let content = match has_more {
        true => Kept::Read(fs::read(&path)?),
        false => Kept::Path(path),
    };
    Ok(Held {
        name: name.to_owned(),
        content,
        has_logs,
        has_more,
    })
}

fn add<B: AsRef<[u8]>>(name: &str, content: Kept<B>, intake: &mut Intake) -> Held<B> {
    let before = intake.found.len();
    let has_logs = intake.add_bytes(name, content.bytes());
    Held {
        name: name.to_owned(),
        has_more: holds_more(intake, before),
        content,
        has_logs,
    }
}

/// Whether something was found, behind so many files, that is no flow log.
fn holds_more(intake: &Intake, before: usize) -> bool {
    let mut found = intake.found.iter().skip(before);
    found.any(|file| !file.content.is_log())
}
