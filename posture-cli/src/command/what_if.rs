//! `posture what-if`: what the score would be.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use posture_core::dismissal::{Covers, Dismissal, Snapshot};
use posture_core::engine::Engine;
use posture_core::issue::Severity;
use posture_core::model::{Method, Policy, Weights};
use posture_core::remedy::ActionId;
use posture_core::replay::{Replay, changes};
use posture_core::request::{MaxItems, Request};
use posture_core::risk::{self, RiskType};
use posture_core::what_if::{Scenario, WhatIf};

use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{self, AnswerFormat, clock, threads};
use crate::output::{print, tell, width};
use crate::render::{self, Tried};

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
    let scenario = scenario(arguments, &request)?;
    let threads = threads(arguments.threads);
    let policies = policies(&arguments.policies)?;
    let tried = input::all(&arguments.paths, &request, threads, |all| {
        let images = risk::images(all.cluster, &request.method, request.now);
        let mut what_if = WhatIf::new(all.cluster, all.engine, &images, all.tally, &request);
        tell(&all.issues.into_list());
        check(arguments, &request, &what_if)?;
        let now = what_if.outcome();
        if policies.is_empty() {
            let then = what_if.try_out(scenario);
            return Ok::<_, Failure>(Tried { now, then });
        }
        let cluster = all.cluster.with_policies(policies);
        let engine = Engine::new(&cluster, request.method.policy_modes);
        let mut today = Replay::new(all.cluster, all.engine);
        let mut then = today.with(&cluster, &engine);
        let changes = changes(&mut today, &mut then, all.tally.edges()).into_iter();
        let scenario = Scenario {
            states: changes
                .map(|change| (change.edge, change.to.state))
                .collect(),
            ..scenario
        };
        let then = WhatIf::new(&cluster, &engine, &images, all.tally, &request).try_out(scenario);
        Ok(Tried { now, then })
    })??;
    print(&match arguments.format {
        AnswerFormat::Json => render::json(&tried),
        AnswerFormat::Table => render::what_if(&tried, width()),
    })?;
    Ok(Outcome::Done)
}

/// The policies of some files, as if they were enforced.
fn policies(paths: &[PathBuf]) -> Result<Vec<Policy>, Failure> {
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let (cluster, issues) = input::cluster(paths, &Request::default())?;
    let warning = issues
        .into_list()
        .into_iter()
        .find(|issue| issue.severity == Severity::Warning);
    let wrong = |why: String| Failure::Usage(format!("`--policy`: {why}"));
    if let Some(issue) = warning {
        return Err(wrong(format!("{}: {}", issue.file, issue.message)));
    }
    let enforced = |policy: Policy| Policy {
        kind: policy.kind.enforced().unwrap_or(policy.kind),
        staged: None,
        ..policy
    };
    match cluster.policies.is_empty() {
        true => Err(wrong(
            "no policies were read, expected manifests of some".to_owned(),
        )),
        false => Ok(cluster.policies.into_iter().map(enforced).collect()),
    }
}

/// What is not there cannot be different.
fn check(arguments: &Arguments, request: &Request, what_if: &WhatIf<'_>) -> Result<(), Failure> {
    let wrong = |option: &str, value: &dyn Display, expected: &str| {
        Err(Failure::Usage(format!(
            "`{option} {value}`: expected {expected}"
        )))
    };
    for (option, actions) in [
        ("--done", &arguments.done),
        ("--dismiss", &arguments.dismiss),
    ] {
        if let Some(action) = actions.iter().find(|action| !what_if.has(action)) {
            return wrong(
                option,
                action,
                "an action that has something to do, see `posture plan`",
            );
        }
    }
    let is_dismissed = |action: &&ActionId| {
        let mut dismissals = request.dismissals.iter();
        dismissals.any(|dismissal| dismissal.action == **action)
    };
    if let Some(action) = arguments.revert.iter().find(|action| !is_dismissed(action)) {
        return wrong(
            "--revert",
            action,
            "an action of the file of `--dismissals`",
        );
    }
    if let Some(name) = arguments.left_out.iter().find(|name| !what_if.counts(name)) {
        return wrong("--without", name, "a namespace that counts");
    }
    Ok(())
}

fn scenario(arguments: &Arguments, request: &Request) -> Result<Scenario, Failure> {
    let is_left = |dismissal: &&Dismissal| !arguments.revert.contains(&dismissal.action);
    let mut dismissals: Vec<Dismissal> =
        request.dismissals.iter().filter(is_left).cloned().collect();
    dismissals.extend(arguments.dismiss.iter().map(|action| Dismissal {
        action: action.clone(),
        reason: "what if".to_owned(),
        by: "what if".to_owned(),
        at: request.now.unwrap_or_else(clock),
        until: None,
        covers: Covers::Action,
        items: Snapshot::default(),
    }));
    let mut weights: Weights = request.method.weights;
    for (risk_type, weight) in &arguments.weights {
        *match risk_type {
            RiskType::HighRiskImages => &mut weights.high_risk_images,
            RiskType::UnscannedImages => &mut weights.unscanned_images,
            RiskType::EgressAccess => &mut weights.egress_access,
            RiskType::NamespaceIsolation => &mut weights.namespace_isolation,
        } = *weight;
    }
    let method = Method {
        weights,
        ..request.method.clone()
    };
    method
        .check()
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let left_out = arguments
        .left_out
        .iter()
        .map(|name| Arc::from(name.as_str()));
    Ok(Scenario {
        done: arguments.done.iter().cloned().collect::<BTreeSet<_>>(),
        dismissals,
        weights,
        left_out: left_out.collect(),
        ..Scenario::default()
    })
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
