//! `posture policies`: every policy in the order in which they are asked, and what deserves a look.

use std::path::PathBuf;

use clap::Args;
use posture_core::engine::Engine;
use posture_core::review::review;

use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{AnswerFormat, Reading, number};
use crate::output::{print, width};
use crate::render;

/// List all policies in the order in which they are asked, and find what deserves a look
///
/// Rules that never decide, that match nothing or allow everything, policies that select nothing, and
/// so on. Only what is certain is said.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// Files, directories (all files in them, hidden ones excepted) or `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Only policies of this namespace, and those that select pods of it
    #[arg(long, value_name = "NAMESPACE")]
    namespace: Option<String>,

    #[command(flatten)]
    reading: Reading,

    /// How the list is written
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: AnswerFormat,

    /// How many findings of each kind are shown
    #[arg(long, value_name = "N", value_parser = number, default_value = "10", help_heading = "Output")]
    top: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let request = arguments.reading.request()?;
    let (cluster, issues) = input::cluster(&arguments.paths, &request)?;
    let engine = Engine::new(&cluster, request.method.policy_modes);
    let mut review = review(&cluster, &engine, issues);
    if let Some(namespace) = &arguments.namespace {
        let is_there = cluster.objects(namespace).is_some()
            || cluster
                .policies
                .iter()
                .any(|policy| policy.namespace == *namespace);
        if !is_there {
            return Err(Failure::Usage(format!(
                "`--namespace {namespace}`: nothing was read of it, expected a namespace of the input"
            )));
        }
        review = review.within(namespace);
    }
    print(&match arguments.format {
        AnswerFormat::Json => review.to_json(),
        AnswerFormat::Table => render::policies(&review, arguments.top, width()),
    })?;
    Ok(Outcome::Done)
}
