//! What archives unpack to: a small one may hold more than any memory.

use std::io::{self, Cursor, Read};

use axum::http::StatusCode;
use posture::core::issue::{IssueKind, Issues};
use posture::formats::archive;
use posture::formats::detect::{Content, HEAD, detect};

use crate::config::MIB;
use crate::problem::Problem;

/// Checks that all files of an archive have so many bytes together at most, before one is kept. What is no
/// archive passes.
///
/// # Errors
/// A [`Problem`] that names the limit, and the file that goes beyond it.
pub(crate) fn check(bytes: &[u8], limit: u64) -> Result<(), Problem> {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    if !matches!(detect(head), Content::Archive(_)) {
        return Ok(());
    }
    let (mut left, mut beyond) = (Some(limit), None);
    let mut issues = Issues::default();
    archive::walk("", Cursor::new(bytes), &mut issues, &mut |member, _| {
        let Some(room) = left else { return };
        let name = member.name().trim_start_matches('/').to_owned();
        let count = io::copy(&mut member.take(room.saturating_add(1)), &mut io::sink());
        left = room.checked_sub(count.unwrap_or_default());
        if left.is_none() {
            beyond = Some(name);
        }
    });
    let mut told = issues.into_list().into_iter();
    let taken = told.find(|issue| issue.kind == IssueKind::TooLarge);
    match beyond.or_else(|| taken.map(|issue| issue.file)) {
        Some(name) => Err(too_large(&name, limit)),
        None => Ok(()),
    }
}

fn too_large(name: &str, limit: u64) -> Problem {
    let mib = limit.div_ceil(MIB);
    let detail = format!(
        "the archive unpacks to too much, up to `{name}`, expected at most {mib} MiB of all its files together"
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}
