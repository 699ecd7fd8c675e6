//! What was collected, for people.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use posture_core::issue::{Issue, Severity};
use posture_formats::collection::{Asked, Outcome};

use super::PLAIN;
use super::convert::size;
use super::layout::{Column, Grid};
use super::numbers::counted;
use super::table::{issues, section};

/// What was collected.
#[derive(Clone, Debug)]
pub(crate) struct Collected {
    /// The archive, as it was named.
    pub(crate) file: String,
    /// Its size in bytes.
    pub(crate) bytes: u64,
    /// What was asked for.
    pub(crate) asked: Vec<Asked>,
    /// How many flow records there are, where any were asked for.
    pub(crate) records: Option<u64>,
}

/// What is in the archive, what the cluster does not have, and what could not be collected.
pub(crate) fn collected(collected: &Collected, found: &[Issue], width: usize) -> String {
    let Collected {
        file,
        bytes,
        asked,
        records,
    } = collected;
    let listed = asked.iter().filter_map(|asked| match asked.outcome {
        Outcome::Listed { objects } => Some((asked.resource.as_str(), objects)),
        _ => None,
    });
    let listed: Vec<(&str, u64)> = listed.collect();
    let objects = listed.iter().map(|(_, objects)| *objects);
    let objects = objects.fold(0_u64, u64::saturating_add);
    let absent = absent(asked);

    let mut out = String::new();
    // A string takes everything.
    let _ = write!(
        out,
        "{} of {} written to {file}, {}",
        counted(objects, "object"),
        counted(listed.len() as u64, "kind"),
        size(*bytes)
    );
    if let Some(records) = records {
        let _ = write!(out, ", with {}", counted(*records, "flow record"));
    }
    out.push('\n');
    let listed = listed.iter();
    let listed: Vec<String> = listed
        .map(|(resource, n)| format!("{n} {resource}"))
        .collect();
    let mut grid = Grid::new([Column::Left, Column::Wrapped]);
    for (head, said) in [
        ("Listed", listed.join(", ")),
        ("Not there", Vec::from_iter(absent).join(", ")),
    ] {
        if !said.is_empty() {
            grid.row([PLAIN.text(head), PLAIN.text(said)]);
        }
    }
    section(&grid, width, &mut out);
    let warnings = found
        .iter()
        .filter(|issue| issue.severity == Severity::Warning);
    let warnings: Vec<Issue> = warnings.cloned().collect();
    issues(&warnings, width, &mut out);
    out
}

/// What the cluster does not have: of a group of which it has nothing the group alone.
fn absent(asked: &[Asked]) -> BTreeSet<&str> {
    let there = asked
        .iter()
        .filter(|asked| asked.outcome != Outcome::Absent);
    let there: BTreeSet<&str> = there.filter_map(group).collect();
    let absent = asked
        .iter()
        .filter(|asked| asked.outcome == Outcome::Absent);
    let names = absent.map(|asked| match group(asked) {
        Some(group) if !there.contains(group) => group,
        _ => asked.resource.as_str(),
    });
    names.collect()
}

fn group(asked: &Asked) -> Option<&str> {
    asked.resource.split_once('.').map(|(_, group)| group)
}
