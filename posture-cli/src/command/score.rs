//! `posture score`: scores a cluster from files.

use std::path::PathBuf;

use clap::Args;

use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{Assessment, Output, clock};
use crate::output;

/// Score a cluster from files
///
/// Reads Kubernetes objects (`kubectl get -A -o json`, or manifests), Calico flow logs, Trivy
/// reports, and archives of them, in any order. What a file is follows from its content. What
/// cannot be read costs itself alone and is listed as a warning.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::CODES)]
pub(crate) struct Arguments {
    /// Files, directories (all files in them, hidden ones excepted) or `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    assessment: Assessment,

    #[command(flatten)]
    output: Output,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let request = arguments
        .assessment
        .request(clock(), arguments.output.max_items())?;
    let report = input::score(&arguments.paths, &request)?;
    output::write(&report, &arguments.output, None)?;
    Ok(output::outcome(&report, &arguments.output))
}
