//! What was converted, for people.

use std::fmt::Write as _;

use posture_core::issue::{Issue, Severity};

use super::numbers::counted;
use super::table::issues;

/// What was converted.
#[derive(Clone, Debug)]
pub(crate) struct Converted {
    /// How many records.
    pub(crate) records: u64,
    /// Bytes that were read.
    pub(crate) read: u64,
    /// Bytes that were written.
    pub(crate) written: u64,
    /// The file, as it was named.
    pub(crate) file: String,
}

/// A line, and what could not be read.
pub(crate) fn converted(converted: &Converted, found: &[Issue], width: usize) -> String {
    let Converted {
        records,
        read,
        written,
        file,
    } = converted;
    let mut out = String::new();
    let warnings = warnings(found);
    let passed = found
        .iter()
        .filter(|issue| issue.severity == Severity::Info);
    let passed: u64 = passed.map(|note| note.count).sum();
    let (records, read) = (counted(*records, "record"), size(*read));
    // A string takes everything.
    let _ = writeln!(
        out,
        "{records} of {read} written to {file}, {}",
        size(*written)
    );
    if passed > 0 {
        let files = counted(passed, "file");
        let _ = writeln!(out, "{files} without a flow log passed over");
    }
    issues(&warnings, width, &mut out);
    out
}

/// What could not be read, where nothing was.
pub(crate) fn unconverted(found: &[Issue], width: usize) -> String {
    let mut out = String::new();
    issues(&warnings(found), width, &mut out);
    out.trim_start().to_owned()
}

fn warnings(found: &[Issue]) -> Vec<Issue> {
    let warnings = found
        .iter()
        .filter(|issue| issue.severity == Severity::Warning);
    warnings.cloned().collect()
}

/// A number of bytes, in the largest unit that it has one of.
pub(super) fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_000), "1.0 kB");
        assert_eq!(size(22_581_255), "22.5 MB");
        assert_eq!(size(1_151_779_014), "1.1 GB");
    }
}
