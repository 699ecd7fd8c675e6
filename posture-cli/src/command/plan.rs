//! `posture plan`: the shortest way to a score.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use posture_core::assessment::Assessment;
use posture_core::json;
use posture_core::plan::Goal;
use posture_core::points::Points;
use posture_core::request::MaxItems;
use posture_core::risk;

use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{self, AnswerFormat, clock, number, threads, threshold};
use crate::output::{print, tell, width};
use crate::render;

/// Plan the shortest way to a score: actions one after the other, with the score after each
///
/// Each step gains the most of what is left. What a scan finds is not known before: the score after it
/// is a range, and a target is reached when the lower end is.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// Files, directories or `-`: what `posture score` reads
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// The score to reach, in as many steps as it takes
    #[arg(long, value_name = "POINTS", value_parser = threshold, conflicts_with = "steps")]
    target: Option<Points>,

    /// How many steps at most
    #[arg(long, value_name = "N", value_parser = number, default_value = "10")]
    steps: usize,

    #[command(flatten)]
    assessment: options::Assessment,

    /// How many threads read flow logs: by default one for each core; the result is the same
    #[arg(long, value_name = "N", help_heading = "Reading")]
    threads: Option<NonZeroUsize>,

    /// How the plan is written
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: AnswerFormat,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let goal = match arguments.target {
        Some(target) => Goal::Score(target),
        None => Goal::Steps(arguments.steps),
    };
    let request = arguments.assessment.request(clock(), MaxItems::AtMost(0))?;
    let threads = threads(arguments.threads);
    let plan = input::all(&arguments.paths, &request, threads, |all| {
        let images = risk::images(all.cluster, &request.method, request.now);
        tell(&all.issues.into_list());
        Assessment::new(all.cluster, all.engine, &images, all.tally, &request).plan(goal)
    })?;
    print(&match arguments.format {
        AnswerFormat::Json => json::to_text(&plan),
        AnswerFormat::Table => render::plan(&plan, arguments.target, width()),
    })?;
    Ok(Outcome::Done)
}
