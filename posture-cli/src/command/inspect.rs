//! `posture inspect`: what was found, file by file, and how it was joined.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{AnswerFormat, Reading, clock, number, threads};
use crate::output::{print, width};
use crate::render;

/// Show what was read, file by file, and how it was joined; no score
///
/// Every file with what it is and what was found in it, the cluster's address ranges, flow records by
/// what they say, running images with the scans that belong to them, scans that belong to none, and
/// all that was left out. Run it when a number surprises.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// Files, directories (all files in them, hidden ones excepted) or `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    reading: Reading,

    /// How many threads read flow logs: by default one for each core; the result is the same
    #[arg(long, value_name = "N", help_heading = "Reading")]
    threads: Option<NonZeroUsize>,

    /// How it is written
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: AnswerFormat,

    /// How many rows of each table are shown
    #[arg(long, value_name = "N", value_parser = number, default_value = "20", help_heading = "Output")]
    top: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let mut request = arguments.reading.request()?;
    request.now = Some(clock());
    let threads = threads(arguments.threads);
    let inspection = input::inspect(&arguments.paths, &request, threads)?;
    print(&match arguments.format {
        AnswerFormat::Json => inspection.to_json(),
        AnswerFormat::Table => render::inspection(&inspection, arguments.top, width()),
    })?;
    Ok(Outcome::Done)
}
