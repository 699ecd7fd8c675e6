//! `posture why`: what made the score change since the point before, or since a time.

use clap::Args;

use super::diff::DeltaOutput;
use crate::exit::{Failure, Outcome};
use crate::history::{Place, When, when};
use crate::options::clock;
use crate::output::print;

/// Explain how the score changed between the last two points of the history
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// Since that time, or the start of that day, instead: 2026-11-20, 2026-11-20T10:00:00Z, or how long
    /// ago, such as 7d
    #[arg(long, value_name = "TIME", value_parser = when)]
    since: Option<When>,

    #[command(flatten)]
    place: Place,

    #[command(flatten)]
    output: DeltaOutput,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let (history, series) = (arguments.place.expect()?, arguments.place.series());
    history.expect_series(series)?;
    let Some(latest) = history.last(series, None)? else {
        return Ok(Outcome::Done);
    };
    let earlier = match arguments.since.map(|since| since.time(clock())) {
        None => history.last(series, latest.at)?,
        Some(time) => match history.at(series, time)? {
            Some(point) => Some(point),
            None => history.points(series, Some(time))?.into_iter().next(),
        },
    };
    if let Some(earlier) = earlier.filter(|earlier| earlier.at < latest.at) {
        return arguments.output.write(&earlier, &latest);
    }
    print(match arguments.since {
        None => "there is one point: nothing to compare it with yet\n",
        Some(_) => "there is no other point since then: nothing to compare the last one with\n",
    })?;
    Ok(Outcome::Done)
}
