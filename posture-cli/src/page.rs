//! A result as a page: the dashboard, with all in it that the result is made of.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use posture::{Bundle, Opened, Saved};
use posture_core::history::Point;
use posture_core::issue::Issues;
use posture_core::request::Request;
use posture_files::{LoadError, Loaded};
use posture_page::{PageError, add_history, fill};

use crate::exit::Failure;

/// The dashboard, where this program was built with it.
#[cfg(feature = "page")]
const PAGE: Option<&str> = Some(include_str!("../../dashboard/dist/posture.html"));
#[cfg(not(feature = "page"))]
const PAGE: Option<&str> = None;

/// Says before all else what a page cannot be of: it is made of files that are read again.
pub(crate) fn check(paths: &[PathBuf]) -> Result<(), Failure> {
    built()?;
    if paths.is_empty() {
        return Err(of_several());
    }
    match paths.iter().find(|path| !path.is_file() && !path.is_dir()) {
        Some(path) => Err(Failure::Usage(format!(
            "`--format html` reads files twice, expected a file or a directory, not `{}`",
            path.display()
        ))),
        None => Ok(()),
    }
}

/// That there is no page of several clusters.
pub(crate) fn of_several() -> Failure {
    let message = "`--format html` is of one cluster, expected paths and no `--cluster`";
    Failure::Usage(message.to_owned())
}

/// The page of what is found at some paths, with earlier points of its history, oldest first.
pub(crate) fn of_paths(
    paths: &[PathBuf],
    request: &Request,
    earlier: &[Point],
    threads: NonZeroUsize,
) -> Result<String, Failure> {
    let page = built()?;
    let loaded = Loaded::<Vec<u8>>::new(paths, Vec::new(), request.clone());
    let loaded = loaded.map_err(|error| match error {
        LoadError::Path(error) => Failure::Usage(error.to_string()),
        LoadError::Model(error) => Failure::Model(error),
    })?;
    let mut issues = Issues::default();
    let tally = loaded.tallying(threads, &mut issues).finish();
    let files = loaded.contents();
    let made_of = Bundle {
        request: request.to_json(),
        files: files
            .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
            .collect(),
    };
    let opened = Opened {
        prepared: loaded.prepared,
        tally: Arc::new(tally),
        issues,
    };
    let page = fill(page, &Saved { opened, made_of }).map_err(|error| failure(&error))?;
    match earlier {
        [] => Ok(page),
        _ => add_history(&page, earlier).map_err(|error| failure(&error)),
    }
}

/// The page of files in memory.
pub(crate) fn of_files(files: &[posture::File<'_>], request: &Request) -> Result<String, Failure> {
    let page = built()?;
    let owned = files
        .iter()
        .map(|file| (file.name.to_owned(), file.bytes.to_vec()));
    let saved = Saved::read(owned.collect(), request.to_json(), &mut |_| {});
    let saved = saved.map_err(|error| Failure::Nothing(error.to_string()))?;
    fill(page, &saved).map_err(|error| failure(&error))
}

fn built() -> Result<&'static str, Failure> {
    PAGE.ok_or_else(|| {
        Failure::Usage(
            "`--format html`: this `posture` was built without the page, expected one that `make dashboard` \
             built"
                .to_owned(),
        )
    })
}

fn failure(error: &PageError) -> Failure {
    Failure::Nothing(error.to_string())
}
