//! Flow records, as rows in a file.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use posture_collect::{Pseudonyms, write_row};
use posture_core::issue::{IssueKind, Issues};
use posture_core::model::Record;

use super::whisker::{Address, Bounds, Fetched, fetch};
use crate::exit::Failure;
use crate::input::Source;
use crate::records;

/// How Whisker is called where it is told of.
const WHISKER: &str = "whisker";

/// Where flow records come from.
#[derive(Debug)]
pub(crate) struct FlowSources<'a> {
    /// Flow logs.
    pub(crate) logs: Vec<Source>,
    /// The Whisker of the cluster.
    pub(crate) whisker: Option<&'a Address>,
}

/// Flow records in a file.
#[derive(Debug)]
pub(crate) struct Rows {
    /// A row a line.
    pub(crate) file: File,
    /// How many there are.
    pub(crate) count: u64,
}

/// Takes all records, in pseudonyms where there are some; none where no source is named.
pub(crate) fn take(
    from: FlowSources<'_>,
    pseudonyms: Option<&Pseudonyms>,
    issues: &mut Issues,
) -> Result<Option<Rows>, Failure> {
    if from.logs.is_empty() && from.whisker.is_none() {
        return Ok(None);
    }
    let mut rows = BufWriter::new(tempfile::tempfile()?);
    let mut count = 0_u64;
    let mut write = |record: &Record<'_>| {
        count = count.saturating_add(1);
        match pseudonyms {
            Some(pseudonyms) => pseudonyms.record(record, |put| write_row(put, &mut rows)),
            None => write_row(record, &mut rows),
        }
    };
    records::read(from.logs, issues, &mut write)?;
    if let Some(address) = from.whisker {
        let Fetched {
            mut lines,
            given,
            total,
        } = fetch(address, Bounds::default())?;
        lines.rewind()?;
        if given > 0 {
            records::read_stream(WHISKER, lines, issues, &mut write)?;
        }
        if let Some(total) = total.filter(|total| *total > given) {
            let message = format!("Whisker has {total} flows and gave {given}");
            issues.push(IssueKind::LostRecords, WHISKER, "", message);
        }
    }
    rows.flush()?;
    let file = rows.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(Some(Rows { file, count }))
}
