//! `posture history`: the points of a series.

use clap::{Args, Subcommand, ValueEnum};
use posture_history::Timeline;

use crate::exit::{Failure, Outcome};
use crate::history::{Age, Place, When, age, when};
use crate::options::clock;
use crate::output::{print, width};
use crate::render;

/// Show the scores that `posture score --record` has recorded
///
/// Points are appended and never changed. Nothing is ever removed but by `posture history prune`.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,

    #[command(flatten)]
    place: Place,

    /// Only points since that time: 2026-11-20T10:00:00Z, or how long ago, such as 30d
    #[arg(long, value_name = "TIME", value_parser = when)]
    since: Option<When>,

    /// How they are written
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, in a terminal.
    #[default]
    Table,
    /// All there is, for programs.
    Json,
    /// Scores, for spreadsheets.
    Csv,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Remove old points of a series, or of all
    Prune(Prune),
}

#[derive(Args, Debug)]
struct Prune {
    /// How long points are kept
    #[arg(long, value_name = "AGE", value_parser = age, default_value = "90d")]
    keep: Age,

    #[command(flatten)]
    place: Place,

    /// Of all series
    #[arg(long, conflicts_with = "series", help_heading = "History")]
    all_series: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    if let Some(Verb::Prune(prune)) = &arguments.verb {
        return self::prune(prune);
    }
    let place = &arguments.place;
    let (history, series) = (place.expect()?, place.series());
    let since = arguments.since.map(|since| since.time(clock()));
    let points = history.points(series, since)?;
    if points.is_empty() {
        history.expect_series(series)?;
    }
    let first = points.first().and_then(|point| point.at);
    let before = first
        .map(|first| history.last(series, Some(first)))
        .transpose()?;
    let timeline = Timeline::new(series, before.flatten(), points);
    print(&match arguments.format {
        Format::Table => render::history(&timeline, width()),
        Format::Json => timeline.to_json(),
        Format::Csv => render::history_csv(&timeline),
    })?;
    Ok(Outcome::Done)
}

fn prune(arguments: &Prune) -> Result<Outcome, Failure> {
    let mut history = arguments.place.expect_writable()?;
    let series = (!arguments.all_series).then(|| arguments.place.series());
    if let Some(series) = series {
        history.expect_series(series)?;
    }
    let before = arguments.keep.before(clock());
    let removed = history.prune(series, before)?;
    let points = if removed == 1 { "point" } else { "points" };
    let of = series.map_or_else(|| "all series".to_owned(), |of| format!("series `{of}`"));
    print(&format!(
        "{removed} {points} of {of} from before {before} removed\n"
    ))?;
    Ok(Outcome::Done)
}
