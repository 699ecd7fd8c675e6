//! Paths, and the files that they lead to: the one place where paths are opened for a score, shared by
//! the command line and the bindings.
//!
//! ```
//! use posture_core::issue::Issues;
//! use posture_files::{Dash, sources};
//!
//! # let folder = tempfile::tempdir()?;
//! # for name in ["b.json", "a.json", ".hidden"] {
//! #     std::fs::write(folder.path().join(name), "")?;
//! # }
//! # let folder = folder.path().to_owned();
//! let found = sources(&[folder], Dash::File, &mut Issues::default())?;
//! let ends: Vec<&str> = found.iter().filter_map(|of| of.name.rsplit('/').next()).collect();
//! assert_eq!(ends, ["a.json", "b.json"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod loaded;
mod sources;
mod tally;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use posture_core::issue::{IssueKind, Issues};
use posture_formats::detect::{Columnar, Content, detect};

pub use loaded::{LoadError, Loaded};
pub use sources::{Dash, Origin, PathError, Source, sources};
pub use tally::tally;

/// How columns are kept in a file, if it is one of them.
///
/// # Errors
/// Those of opening and reading it.
pub fn columnar(path: &Path) -> io::Result<Option<Columnar>> {
    let mut head = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut head)?;
    Ok(match detect(&head) {
        Content::Columnar(kind) => Some(kind),
        _ => None,
    })
}

/// What is wrong with a file: goes on after "the file".
pub fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        kind => format!("cannot be read: {kind}"),
    }
}

/// Notes that a file cannot be read.
pub fn unreadable(issues: &mut Issues, name: &str, error: &io::Error) {
    let message = format!("the file {}", why(error));
    issues.push(IssueKind::Unreadable, name, "", message);
}
