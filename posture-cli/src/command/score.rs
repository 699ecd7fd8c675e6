//! `posture score`: scores a cluster from files.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use posture_core::request::Request;

use crate::exit::{Failure, Outcome};
use crate::fleet::Fleet;
use crate::input;
use crate::options::{Assessment, Output, clock, threads};
use crate::output;

/// Score a cluster from files
///
/// Reads Kubernetes objects (`kubectl get -A -o json`, or manifests), flow logs of Calico and
/// Cilium, image scans (of Trivy, Grype, or as `CycloneDX`), VEX, and archives of them, in any order.
/// What a file is follows from its content. What cannot be read costs itself alone and is listed as
/// a warning.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::CODES)]
pub(crate) struct Arguments {
    /// Files, directories (all files in them, hidden ones excepted) or `-` for standard input
    #[arg(value_name = "PATH", required_unless_present = "clusters")]
    paths: Vec<PathBuf>,

    /// One of several clusters, and a path of it: `--cluster east=dumps/east`; may be repeated, for
    /// one cluster too. Gives a result for each, and a table of all
    #[arg(long = "cluster", value_name = "NAME=PATH", value_parser = named, conflicts_with = "paths")]
    clusters: Vec<(String, PathBuf)>,

    #[command(flatten)]
    assessment: Assessment,

    /// How many threads read flow logs: by default one for each core; the result is the same
    #[arg(long, value_name = "N", help_heading = "Reading")]
    threads: Option<NonZeroUsize>,

    #[command(flatten)]
    output: Output,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let (assessment, output) = (&arguments.assessment, &arguments.output);
    let request = assessment.request(clock(), output.max_items())?;
    if arguments.clusters.is_empty() {
        let previous = assessment.previous()?;
        let request = Request {
            previous,
            ..request
        };
        let report = input::score(&arguments.paths, &request, threads(arguments.threads))?;
        output::write(&report, output, None)?;
        return Ok(output::outcome([&report], output));
    }
    let fleet = fleet(arguments, &request)?;
    output::write_fleet(&fleet, output)?;
    Ok(output::outcome(fleet.clusters.values(), output))
}

/// Scores several clusters, one after the other.
fn fleet(arguments: &Arguments, request: &Request) -> Result<Fleet, Failure> {
    let mut previous = arguments.assessment.previous_fleet()?;
    let mut paths: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    for (name, path) in &arguments.clusters {
        paths.entry(name).or_default().push(path.clone());
    }
    let mut clusters = BTreeMap::new();
    for (name, paths) in paths {
        let request = Request {
            previous: previous.clusters.remove(name),
            ..request.clone()
        };
        let report = input::score(&paths, &request, threads(arguments.threads))?;
        clusters.insert(name.to_owned(), report);
    }
    Ok(Fleet { clusters })
}

fn named(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.trim().is_empty() && !path.is_empty() => {
            Ok((name.trim().to_owned(), path.into()))
        }
        _ => Err("expected a name and a path, such as east=dumps/east".to_owned()),
    }
}
