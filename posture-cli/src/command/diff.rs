//! `posture diff`: what made the score change from one result to another.

use std::path::Path;

use clap::Args;
use posture_core::history::{Point, explain};
use posture_core::report::Report;
use posture_history::{NotAPoint, Which};

use crate::exit::{Failure, Outcome};
use crate::history::Place;
use crate::options::{AnswerFormat, number, text};
use crate::output::{print, width};
use crate::render;

/// Explain the difference between two results, exactly: the parts sum to it
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// The earlier result: a file (`posture score --items all --format json`), or of the history a
    /// day (its last point), a time, `latest` or `previous`
    #[arg(value_name = "BEFORE")]
    before: String,

    /// The later one
    #[arg(value_name = "AFTER")]
    after: String,

    #[command(flatten)]
    place: Place,

    #[command(flatten)]
    output: DeltaOutput,
}

/// How a difference is written.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct DeltaOutput {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,

    /// How many parts are shown
    #[arg(long, value_name = "N", value_parser = number, default_value = "20")]
    top: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let before = point(&arguments.before, &arguments.place)?;
    let after = point(&arguments.after, &arguments.place)?;
    arguments.output.write(&before, &after)
}

impl DeltaOutput {
    /// Explains the difference between two points.
    pub(crate) fn write(&self, before: &Point, after: &Point) -> Result<Outcome, Failure> {
        let delta = explain(before, after);
        print(&match self.format {
            AnswerFormat::Json => delta.to_json(),
            AnswerFormat::Table => render::delta(&delta, self.top, width()),
        })?;
        Ok(Outcome::Done)
    }
}

/// The point that a text means: that of a result in a file, or one of the history.
fn point(text: &str, place: &Place) -> Result<Point, Failure> {
    let path = Path::new(text);
    if path.exists() {
        return of_file(path);
    }
    let which = text.parse().map_err(|_: NotAPoint| {
        Failure::Usage(format!(
            "`{text}` does not exist, expected a result in a file, a day, a time, `latest` or `previous`"
        ))
    })?;
    let (history, series) = (place.expect()?, place.series());
    history.expect_series(series)?;
    let found = history.find(series, which)?;
    found.ok_or_else(|| {
        let expected = match which {
            Which::At(_) => "a time that is not before its first one",
            Which::Latest | Which::Previous => "two of them: `posture score --record` adds one",
        };
        Failure::Usage(format!(
            "`{text}`: series `{series}` has no such point, expected {expected}"
        ))
    })
}

fn of_file(path: &Path) -> Result<Point, Failure> {
    let text = text(path, "diff")?;
    let report = Report::from_json(&text).map_err(|error| {
        let path = path.display();
        Failure::Usage(format!(
            "`{path}`: expected a result of `posture score --format json`: {error}"
        ))
    })?;
    Ok(Point::of(&report))
}
