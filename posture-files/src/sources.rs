//! Paths, and the files that they lead to.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use posture_core::issue::{IssueKind, Issues};

use crate::unreadable;

/// How standard input is called in results.
const STDIN: &str = "stdin";

/// What `-` is among paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    /// Standard input.
    Stdin,
    /// A file of that name.
    File,
}

/// A path that leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// There is nothing.
    #[error("`{}` does not exist, expected a file{}", .path.display(), .dash.others())]
    Missing {
        /// The path.
        path: PathBuf,
        /// What else is expected.
        dash: Dash,
    },
    /// Standard input can be read once.
    #[error("`-` is given twice, expected it once")]
    StdinTwice,
}

/// Something to read.
#[derive(Debug)]
pub struct Source {
    /// How results call it.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where something comes from.
#[derive(Debug)]
pub enum Origin {
    /// Standard input.
    Stdin,
    /// A file that can be opened more than once, and its size in bytes.
    File(PathBuf, u64),
    /// A pipe, such as `<(kubectl get pods -A -o json)`: what was read of it is gone.
    Pipe(PathBuf),
}

impl Dash {
    const fn others(self) -> &'static str {
        match self {
            Self::Stdin => ", a directory or `-` for standard input",
            Self::File => " or a directory",
        }
    }
}

impl Source {
    /// Its size in bytes; 0 where that is not known.
    pub const fn size(&self) -> u64 {
        match self.origin {
            Origin::File(_, size) => size,
            Origin::Stdin | Origin::Pipe(_) => 0,
        }
    }
}

/// Everything there is to read, in order of the paths; directories in order of their names, all files
/// in them, hidden ones excepted.
///
/// # Errors
/// [`PathError`] names a path that leads nowhere.
pub fn sources(
    paths: &[PathBuf],
    dash: Dash,
    issues: &mut Issues,
) -> Result<Vec<Source>, PathError> {
    let mut sources = Vec::new();
    for path in paths {
        if dash == Dash::Stdin && path == Path::new("-") {
            if sources
                .iter()
                .any(|source: &Source| matches!(source.origin, Origin::Stdin))
            {
                return Err(PathError::StdinTwice);
            }
            sources.push(Source {
                name: STDIN.to_owned(),
                origin: Origin::Stdin,
            });
            continue;
        }
        if fs::metadata(path).is_err_and(|error| is_missing(&error)) {
            let path = path.clone();
            return Err(PathError::Missing { path, dash });
        }
        let before = sources.len();
        walk(path, &mut sources, issues);
        if sources.len() == before && path.is_dir() {
            issues.push(
                IssueKind::Empty,
                path.display().to_string(),
                "",
                "the directory holds no files",
            );
        }
    }
    Ok(each_once(sources, issues))
}

/// Files that are given twice, by the same path or by a link, are read once: a flow log that is read
/// twice would count twice.
fn each_once(sources: Vec<Source>, issues: &mut Issues) -> Vec<Source> {
    let mut seen: BTreeMap<PathBuf, String> = BTreeMap::new();
    let mut kept = Vec::new();
    for source in sources {
        let path = match &source.origin {
            Origin::File(path, _) => fs::canonicalize(path).ok(),
            Origin::Stdin | Origin::Pipe(_) => None,
        };
        let first = path.as_ref().and_then(|path| seen.get(path));
        if let Some(first) = first {
            let why = format!("the file is read already, as `{first}`");
            issues.push(IssueKind::UnusedFile, &source.name, "", why);
            continue;
        }
        seen.extend(path.map(|path| (path, source.name.clone())));
        kept.push(source);
    }
    kept
}

fn walk(path: &Path, sources: &mut Vec<Source>, issues: &mut Issues) {
    let name = path.display().to_string();
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => match entries(path, issues) {
            Ok(entries) => entries
                .iter()
                .for_each(|entry| walk(entry, sources, issues)),
            Err(error) => unreadable(issues, &name, &error),
        },
        Ok(meta) if meta.is_file() => {
            sources.push(Source {
                name,
                origin: Origin::File(path.to_owned(), meta.len()),
            });
        }
        Ok(_) => sources.push(Source {
            name,
            origin: Origin::Pipe(path.to_owned()),
        }),
        Err(error) => unreadable(issues, &name, &error),
    }
}

/// The files and directories of a directory, in order, without hidden ones. Links to directories
/// are left out, since they may lead in a circle; pipes and sockets too, since nobody may write.
fn entries(directory: &Path, issues: &mut Issues) -> io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let left_out = match fs::metadata(entry.path()) {
            Ok(meta) if meta.is_dir() && entry.file_type()?.is_symlink() => {
                Some("a link to a directory is not followed")
            }
            Ok(meta) if !meta.is_dir() && !meta.is_file() => {
                Some("what is neither file nor directory is not read")
            }
            _ => None,
        };
        match left_out {
            Some(why) => {
                let name = entry.path().display().to_string();
                issues.push(IssueKind::UnusedFile, name, "", why);
            }
            None => entries.push(entry.path()),
        }
    }
    entries.sort();
    Ok(entries)
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
