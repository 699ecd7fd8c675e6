//! `posture what-if`: what the score would be.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use posture::{ChangeError, Changes, enforced, try_policies};
use posture_core::json;
use posture_core::model::Policy;
use posture_core::remedy::ActionId;
use posture_core::request::{MaxItems, Request};
use posture_core::risk::{self, RiskType};
use posture_core::what_if::WhatIf;

use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{self, AnswerFormat, clock, threads};
use crate::output::{print, tell, width};
use crate::render::{self, Tried};

const SOMETHING_TO_DO: &str = "an action that has something to do, see `posture plan`";

/// Say what the score would be if something were different, and how it differs from what is
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// Files, directories or `-`: what `posture score` reads
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// An action that is done, such as isolate-namespace/shop; may be repeated
    #[arg(long, value_name = "ACTION", help_heading = "Scenario")]
    done: Vec<ActionId>,

    /// An action that is dismissed; may be repeated
    #[arg(long, value_name = "ACTION", help_heading = "Scenario")]
    dismiss: Vec<ActionId>,

    /// An action whose dismissals are taken back; may be repeated
    #[arg(long, value_name = "ACTION", help_heading = "Scenario")]
    revert: Vec<ActionId>,

    /// Another weight of a type: `--weight egress_access=50`; may be repeated
    #[arg(long = "weight", value_name = "TYPE=N", value_parser = weight, help_heading = "Scenario")]
    weights: Vec<(RiskType, u32)>,

    /// A namespace that is taken out of scope; may be repeated
    #[arg(long = "without", value_name = "NAMESPACE", help_heading = "Scenario")]
    left_out: Vec<String>,

    /// Policies that are enforced, staged ones too: a file or directory of manifests; may be repeated.
    /// All traffic that was seen is asked of them and of the cluster's own
    #[arg(long = "policy", value_name = "PATH", help_heading = "Scenario")]
    policies: Vec<PathBuf>,

    #[command(flatten)]
    assessment: options::Assessment,

    /// How many threads read flow logs: by default one for each core; the result is the same
    #[arg(long, value_name = "N", help_heading = "Reading")]
    threads: Option<NonZeroUsize>,

    /// How the answer is written
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: AnswerFormat,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let request = arguments.assessment.request(clock(), MaxItems::AtMost(0))?;
    let changes = arguments.changes()?;
    let scenario = changes
        .scenario(&request)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let threads = threads(arguments.threads);
    let policies = policies(&arguments.policies)?;
    let tried = input::all(&arguments.paths, &request, threads, |all| {
        let (cluster, engine, tally) = (all.cluster, all.engine, all.tally);
        let images = risk::images(cluster, &request.method, request.now);
        let mut what_if = WhatIf::new(cluster, engine, &images, tally, &request);
        tell(&all.issues.into_list());
        changes.check(&request, &what_if).map_err(wrong)?;
        let now = what_if.outcome();
        let then = match policies.is_empty() {
            true => what_if.try_out(scenario),
            false => try_policies(
                cluster, engine, &images, tally, &request, scenario, policies,
            ),
        };
        Ok::<_, Failure>(Tried { now, then })
    })??;
    print(&match arguments.format {
        AnswerFormat::Json => json::to_text(&tried),
        AnswerFormat::Table => render::what_if(&tried, width()),
    })?;
    Ok(Outcome::Done)
}

impl Arguments {
    fn changes(&self) -> Result<Changes, Failure> {
        let mut weights = BTreeMap::new();
        for (risk_type, weight) in &self.weights {
            if weights.insert(*risk_type, *weight).is_some() {
                let message = format!(
                    "`--weight {}` is given twice, expected once",
                    risk_type.name()
                );
                return Err(Failure::Usage(message));
            }
        }
        Ok(Changes {
            done: self.done.clone(),
            dismiss: self.dismiss.clone(),
            revert: self.revert.clone(),
            weights,
            left_out: self.left_out.clone(),
        })
    }
}

/// The policies of some files, as if they were enforced.
fn policies(paths: &[PathBuf]) -> Result<Vec<Policy>, Failure> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let (cluster, issues) = input::cluster(paths, &Request::default())?;
    enforced(cluster, issues).map_err(|error| Failure::Usage(format!("`--policy`: {error}")))
}

/// What is not there cannot be different.
fn wrong(error: ChangeError) -> Failure {
    let (option, value, expected) = match error {
        ChangeError::Done(action) => ("--done", action.to_string(), SOMETHING_TO_DO),
        ChangeError::Dismiss(action) => ("--dismiss", action.to_string(), SOMETHING_TO_DO),
        ChangeError::Revert(action) => (
            "--revert",
            action.to_string(),
            "an action of the file of `--dismissals`",
        ),
        ChangeError::LeftOut(name) => ("--without", name, "a namespace that counts"),
    };
    Failure::Usage(format!("`{option} {value}`: expected {expected}"))
}

fn weight(text: &str) -> Result<(RiskType, u32), String> {
    let parse = || {
        let (name, weight) = text.split_once('=')?;
        let risk_type = RiskType::ALL.into_iter().find(|of| of.name() == name)?;
        Some((risk_type, weight.parse().ok()?))
    };
    let names = RiskType::ALL.map(RiskType::name).join("`, `");
    parse().ok_or_else(|| {
        format!("expected a type and a weight, such as egress_access=50; types are `{names}`")
    })
}
