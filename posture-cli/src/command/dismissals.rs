//! `posture dismissals`: what is dismissed, and what became of it.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use posture_core::json;
use posture_core::request::MaxItems;

use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{AnswerFormat, Assessment, clock, threads};
use crate::output::{print, tell, width};
use crate::render;

/// List what is dismissed: what is in force, what is over, and what is about nothing any more
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// Files, directories or `-`: what `posture score` reads
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    assessment: Assessment,

    /// How many threads read flow logs: by default one for each core; the result is the same
    #[arg(long, value_name = "N", help_heading = "Reading")]
    threads: Option<NonZeroUsize>,

    /// How the list is written
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: AnswerFormat,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let request = arguments
        .assessment
        .request_or_usual(clock(), MaxItems::All)?;
    let report = input::score(&arguments.paths, &request, threads(arguments.threads))?;
    tell(&report.issues);
    print(&match arguments.format {
        AnswerFormat::Json => json::to_text(&report.dismissals),
        AnswerFormat::Table => render::dismissals(&report, width()),
    })?;
    Ok(Outcome::Done)
}
