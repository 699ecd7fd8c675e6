//! What was read, and how it was joined.

use std::collections::BTreeMap;
use std::fmt::Write;

use posture::{InspectedFile, InspectedImage, InspectedRange, Inspection};
use posture_core::issue::{Issue, Severity};
use posture_core::risk::Verdict;
use posture_core::tally::RecordCounts;

use super::layout::{Column, Grid, Text};
use super::numbers::{count, counted};
use super::table::{heads, section};
use super::{FAIR, GOOD, PLAIN, POOR, QUIET, STRONG, times, words};

/// From so many files of one format in one folder on they are shown as one.
const FOLDED: usize = 5;

/// An inspection in lines of at most `width` columns, of every table so many rows.
pub(crate) fn inspection(inspection: &Inspection, rows: usize, width: usize) -> String {
    let mut out = String::new();
    files(&inspection.files, rows, width, &mut out);
    ranges(inspection, rows, width, &mut out);
    records(&inspection.coverage.records, width, &mut out);
    images(&inspection.images, rows, width, &mut out);
    unmatched(inspection, rows, width, &mut out);
    summary(inspection, width, &mut out);
    issues(&inspection.issues, Severity::Warning, rows, width, &mut out);
    issues(&inspection.issues, Severity::Info, rows, width, &mut out);
    out
}

fn files(files: &[InspectedFile], rows: usize, width: usize, out: &mut String) {
    let mut grid = Grid::new([
        Column::Wrapped,
        Column::Left,
        Column::Wrapped,
        Column::Right,
    ]);
    grid.row(heads(["File", "Format", "Found", "Issues"]));
    let mut lines = by_folder(files);
    lines.sort_by_key(|(_, file)| file.facts.is_empty());
    for (name, file) in lines.iter().take(rows) {
        let found = found(&file.facts);
        let nothing = if file.issues > 0 { QUIET } else { FAIR };
        grid.row([
            PLAIN.text(name),
            QUIET.text(file.format),
            match found.as_str() {
                "" => nothing.text("nothing"),
                found => PLAIN.text(found),
            },
            match file.issues {
                0 => QUIET.text("-"),
                issues => PLAIN.text(count(issues)),
            },
        ]);
    }
    grid.render(width, out);
    more(lines.len(), rows, "line", out);
}

/// Files, many of one format in one folder as one.
fn by_folder(files: &[InspectedFile]) -> Vec<(String, InspectedFile)> {
    let folder = |file: &InspectedFile| {
        let (folder, _) = file.file.rsplit_once('/').unwrap_or_default();
        (folder.to_owned(), file.format)
    };
    let mut folders: BTreeMap<_, Vec<&InspectedFile>> = BTreeMap::new();
    for file in files {
        folders.entry(folder(file)).or_default().push(file);
    }
    let mut lines = Vec::new();
    for file in files {
        let Some(together) = folders.remove(&folder(file)) else {
            continue;
        };
        if together.len() < FOLDED {
            lines.extend(
                together
                    .into_iter()
                    .map(|file| (file.file.clone(), file.clone())),
            );
        } else {
            lines.push(folded(&folder(file).0, &together));
        }
    }
    lines
}

fn folded(folder: &str, files: &[&InspectedFile]) -> (String, InspectedFile) {
    let mut all = InspectedFile {
        file: folder.to_owned(),
        format: files.first().map_or("", |file| file.format),
        facts: BTreeMap::new(),
        issues: 0,
    };
    for file in files {
        all.issues = all.issues.saturating_add(file.issues);
        for (kind, number) in &file.facts {
            let sum = all.facts.entry(kind).or_default();
            *sum = sum.saturating_add(*number);
        }
    }
    let name = format!("{folder}/ ({})", counted(files.len() as u64, "file"));
    (name, all)
}

fn found(facts: &BTreeMap<&'static str, u64>) -> String {
    let found: Vec<String> = facts
        .iter()
        .map(|(kind, number)| match number {
            1 => format!("1 {}", singular(kind)),
            _ => format!("{} {kind}", count(*number)),
        })
        .collect();
    found.join(", ")
}

/// One of a kind of fact, of which several have this name.
fn singular(plural: &str) -> String {
    match plural.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => plural.strip_suffix('s').unwrap_or(plural).to_owned(),
    }
}

fn ranges(inspection: &Inspection, rows: usize, width: usize, out: &mut String) {
    if inspection.ranges.is_empty() {
        return;
    }
    let mut told: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for InspectedRange {
        range,
        source,
        file,
    } in &inspection.ranges
    {
        told.entry((range, source)).or_default().push(file);
    }
    let mut grid = Grid::new([Column::Left, Column::Wrapped, Column::Wrapped]);
    grid.row(heads(["Addresses of the cluster", "Told by", "File"]));
    for ((range, source), files) in told.iter().take(rows) {
        let first = files.first().copied().unwrap_or_default();
        let files = match files.len() {
            0 | 1 => first.to_owned(),
            several => format!("{first} and {} more", count(several as u64 - 1)),
        };
        grid.row([PLAIN.text(range), PLAIN.text(source), QUIET.text(files)]);
    }
    section(&grid, width, out);
    more(told.len(), rows, "range", out);
}

fn records(records: &RecordCounts, width: usize, out: &mut String) {
    if records.total == 0 {
        return;
    }
    let mut grid = Grid::new([Column::Left, Column::Right]);
    grid.row([
        QUIET.text("Flow records"),
        STRONG.text(count(records.total)),
    ]);
    let unknown = records.unknown.iter();
    let unknown = unknown.map(|(reason, number)| {
        (
            format!("unknown: {}", words::unknown_because(*reason)),
            *number,
        )
    });
    let owned = |(what, number): (&str, u64)| (what.to_owned(), number);
    let known = [
        ("secured: a policy addresses them", records.secured),
        ("unsecured: none does", records.unsecured),
    ];
    let unjudged = [
        (
            "forwarded by a node, which speaks for neither end",
            records.forwarded,
        ),
        ("of unknown direction", records.direction_unknown),
        ("of an end that is no workload", records.not_a_workload),
        (
            "of pods that share their node's network",
            records.host_network,
        ),
    ];
    let counts = known
        .into_iter()
        .map(owned)
        .chain(unknown)
        .chain(unjudged.map(owned));
    for (what, number) in counts.filter(|(_, number)| *number > 0) {
        grid.row([PLAIN.text(format!("  {what}")), PLAIN.text(count(number))]);
    }
    section(&grid, width, out);
}

fn images(images: &[InspectedImage], rows: usize, width: usize, out: &mut String) {
    if images.is_empty() {
        return;
    }
    let mut grid = Grid::new([
        Column::Left,
        Column::Wrapped,
        Column::Left,
        Column::Spare,
        Column::Wrapped,
    ]);
    grid.row(heads([
        "Namespace",
        "Image",
        "Verdict",
        "Joined by",
        "Scan",
    ]));
    for image in images.iter().take(rows) {
        let name = image.names.first().unwrap_or(&image.image);
        grid.row([
            PLAIN.text(&image.namespace),
            PLAIN.text(name),
            verdict(image.verdict),
            PLAIN.text(image.join.map_or("-", words::join)),
            QUIET.text(image.scan.as_deref().unwrap_or("-")),
        ]);
    }
    section(&grid, width, out);
    more(images.len(), rows, "image", out);
}

fn verdict(verdict: Verdict) -> Text {
    match verdict {
        Verdict::HighRisk => POOR.text("high risk"),
        Verdict::Unscanned => FAIR.text("unscanned"),
        Verdict::Clean => GOOD.text("clean"),
    }
}

fn unmatched(inspection: &Inspection, rows: usize, width: usize, out: &mut String) {
    if inspection.unmatched_scans.is_empty() {
        return;
    }
    let mut grid = Grid::new([Column::Wrapped, Column::Wrapped]);
    grid.row(heads(["Scans of no running image", "File"]));
    for scan in inspection.unmatched_scans.iter().take(rows) {
        let of = scan.of.first().map_or("-", String::as_str);
        grid.row([
            PLAIN.text(of),
            QUIET.text(format!("{} {}", scan.file, scan.at).trim_end()),
        ]);
    }
    section(&grid, width, out);
    more(inspection.unmatched_scans.len(), rows, "scan", out);
}

fn summary(inspection: &Inspection, width: usize, out: &mut String) {
    let mut grid = Grid::new([Column::Left, Column::Wrapped]);
    let traffic = inspection
        .window
        .map(|window| ("Traffic", times::window(window)));
    for (about, text) in traffic
        .into_iter()
        .chain(words::images_and_objects(&inspection.coverage))
    {
        grid.row([QUIET.text(about), PLAIN.text(text)]);
    }
    section(&grid, width, out);
}

fn issues(issues: &[Issue], severity: Severity, rows: usize, width: usize, out: &mut String) {
    let of: Vec<&Issue> = issues
        .iter()
        .filter(|issue| issue.severity == severity)
        .collect();
    if of.is_empty() {
        return;
    }
    let total = of.iter().map(|issue| issue.count).sum();
    let (paint, noun) = match severity {
        Severity::Warning => (FAIR, "warning"),
        Severity::Info => (QUIET, "note"),
    };
    let _ = writeln!(out, "\n{}", paint.text(counted(total, noun)));
    let mut grid = Grid::new([Column::Left, Column::Wrapped]);
    for issue in of.iter().take(rows) {
        let kind = format!("  {}", issue.kind.name());
        grid.row([QUIET.text(kind), PLAIN.text(words::issue(issue))]);
    }
    grid.render(width, out);
    more(of.len(), rows, noun, out);
}

fn more(all: usize, shown: usize, noun: &str, out: &mut String) {
    if all > shown {
        let left = counted((all - shown) as u64, &format!("more {noun}"));
        let _ = writeln!(out, "{}", QUIET.text(format!("{left}: --top {all}")));
    }
}
