//! Writing a report, and what it means for the exit code.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use posture_core::history::Delta;
use posture_core::issue::{Issue, Severity};
use posture_core::points::Points;
use posture_core::report::Report;
use posture_core::request::Request;

use crate::exit::{Failure, Outcome};
use crate::fleet::Fleet;
use crate::options::{Format, Output};
use crate::page;
use crate::render::{self, Limits};

/// Width where there is no terminal to ask.
const WIDTH: usize = 100;

/// Lines of text are hard to read beyond this width, however wide the terminal is.
const WIDEST: usize = 120;

/// Tables cannot be read below this width.
const NARROWEST: usize = 40;

/// A report, and what made it differ from an earlier one.
pub(crate) struct Told {
    pub(crate) report: Report,
    /// Where the earlier one is known as a whole.
    pub(crate) delta: Option<Delta>,
    /// What was asked for.
    pub(crate) request: Request,
}

/// Writes a report, with a line below it where a person reads it; `page` makes the page of it.
pub(crate) fn write(
    told: &Told,
    output: &Output,
    page: impl FnOnce() -> Result<String, Failure>,
    closing: Option<&str>,
) -> Result<(), Failure> {
    let limits = limits(output);
    let report = &told.report;
    let mut text = match output.format {
        Format::Json => report.to_json(),
        Format::Markdown => render::markdown(report, told.delta.as_ref(), &limits),
        Format::Table => render::table(report, &limits, width()),
        Format::Sarif => render::sarif([(None, report)]),
        Format::Junit => render::junit([(None, report)]),
        Format::Html => page()?,
    };
    if let (Format::Table, Some(closing)) = (output.format, closing) {
        text.push('\n');
        text.push_str(closing);
        text.push('\n');
    }
    put(&text, output)
}

/// Writes the reports of several clusters.
pub(crate) fn write_fleet(
    fleet: &Fleet,
    deltas: &BTreeMap<String, Delta>,
    output: &Output,
) -> Result<(), Failure> {
    let limits = limits(output);
    let named = || {
        fleet
            .clusters
            .iter()
            .map(|(name, report)| (Some(name.as_str()), report))
    };
    let text = match output.format {
        Format::Json => fleet.to_json(),
        Format::Markdown => render::fleet_markdown(fleet, deltas, &limits),
        Format::Table => render::fleet(fleet, &limits, width()),
        Format::Sarif => render::sarif(named()),
        Format::Junit => render::junit(named()),
        Format::Html => return Err(page::of_several()),
    };
    put(&text, output)
}

/// Writes text into the file that was named, else to standard output.
fn put(text: &str, output: &Output) -> Result<(), Failure> {
    let Some(path) = &output.file else {
        return Ok(print(text)?);
    };
    let text = match output.format {
        Format::Table => anstream::adapter::strip_str(text).to_string(),
        _ => text.to_owned(),
    };
    fs::write(path, text).map_err(|error| {
        let path = path.display();
        Failure::Usage(format!("`{path}` could not be written: {}", error.kind()))
    })
}

fn limits(output: &Output) -> Limits {
    Limits {
        namespaces: output.top.unwrap_or(10),
        actions: output.top.unwrap_or(5),
        items: output.items.0.limit(),
        explain: output.explain,
    }
}

/// Tells of warnings on standard error, where what is written is no report that lists them.
pub(crate) fn tell(issues: &[Issue]) {
    let warnings = render::warnings(issues, width());
    if !warnings.is_empty() {
        anstream::eprint!("{warnings}");
    }
}

/// Says that a file is there which nobody said to replace.
pub(crate) fn is_there(path: &Path) -> Failure {
    Failure::Usage(format!(
        "`{}` exists, expected a new file, or `--force` to replace it",
        path.display()
    ))
}

/// Writes text to standard output, in colour where the terminal and `NO_COLOR` allow it.
pub(crate) fn print(text: &str) -> std::io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// What the reports of some clusters mean for the exit code: one that is below a threshold is enough. Each
/// gate that fails is told on standard error; of one cluster alone without a name.
pub(crate) fn outcome<'r>(
    reports: impl IntoIterator<Item = (Option<&'r str>, &'r Report)>,
    output: &Output,
) -> Outcome {
    let (mut failed, mut warned) = (false, false);
    for (name, report) in reports {
        let of = name.map_or_else(String::new, |name| format!("{name}: "));
        if let Some(why) = below(report, output) {
            anstream::eprintln!("{of}{why}");
            failed = true;
        } else if output.fail_on_drop.is_some() && report.delta.is_none() {
            anstream::eprintln!("{of}`--fail-on-drop`: there is no earlier score to compare with");
        }
        let mut issues = report.issues.iter();
        warned |= output.strict && issues.any(|issue| issue.severity == Severity::Warning);
    }
    match (failed, warned) {
        (true, _) => Outcome::BelowThreshold,
        (false, true) => Outcome::Warnings,
        (false, false) => Outcome::Done,
    }
}

/// Which gate a report does not pass, and why.
fn below(report: &Report, output: &Output) -> Option<String> {
    let score = report.score.map_or_else(
        || "there is no score".to_owned(),
        |s| format!("the score is {s}"),
    );
    let is_below = |least: &Points| report.score.is_none_or(|score| score < *least);
    if let Some(least) = output.fail_under.filter(is_below) {
        return Some(format!("`--fail-under {least}`: {score}"));
    }
    let most = output.fail_on_drop?;
    match report.delta {
        Some(delta) if delta < -most => Some(format!(
            "`--fail-on-drop {most}`: {score}, {} less than before",
            -delta
        )),
        None if report.score.is_none() => Some(format!("`--fail-on-drop {most}`: {score}")),
        _ => None,
    }
}

/// How many columns there are.
pub(crate) fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(std::io::stdout())
        .map(|(terminal_size::Width(width), _)| usize::from(width));
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal
        .or_else(columns)
        .unwrap_or(WIDTH)
        .clamp(NARROWEST, WIDEST)
}
