//! `posture verdict`: what policies decide about some traffic, and why.

use std::path::PathBuf;

use clap::Args;
use posture_core::ask::{Place, Question, Sent, ask};
use posture_core::engine::{Engine, Scope};

use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{AnswerFormat, Reading};
use crate::output::{print, width};
use crate::render::{self, Shown};

/// Explain what policies decide about some traffic: tier by tier, rule by rule
///
/// Asks the policies of the sender about its egress and those of the receiver about its ingress, and
/// says which of them decides and why the others do not.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// Files, directories (all files in them, hidden ones excepted) or `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Who sends: a workload or pod (`shop/web`, `shop/Deployment/web`), or an address
    #[arg(long, value_name = "WHO")]
    from: Place,

    /// Who receives, likewise
    #[arg(long, value_name = "WHO")]
    to: Place,

    /// What is sent: 443/tcp, 53/udp, sctp, icmp or icmp/8; where it is not given, what depends on
    /// it is unknown
    #[arg(long, value_name = "PORT/PROTOCOL")]
    port: Option<Sent>,

    /// A domain name that the receiver's address was resolved from; may be repeated
    #[arg(long = "domain", value_name = "NAME")]
    domains: Vec<String>,

    /// Ask staged policies, too, as if they were enforced
    #[arg(long)]
    staged: bool,

    #[command(flatten)]
    reading: Reading,

    /// How the answer is written
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: AnswerFormat,

    /// Show policies that do not govern the traffic and all rules that do not match, too
    #[arg(long, help_heading = "Output")]
    all: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let request = arguments.reading.request()?;
    let (cluster, issues) = input::cluster(&arguments.paths, &request)?;
    let engine = Engine::new(&cluster, request.method.policy_modes);
    let question = Question {
        from: arguments.from.clone(),
        to: arguments.to.clone(),
        sent: arguments.port.unwrap_or(Sent::UNKNOWN),
        domains: arguments.domains.clone(),
        scope: match arguments.staged {
            true => Scope::Staged,
            false => Scope::Enforced,
        },
    };
    let asked = ask(&cluster, &engine, &question, issues)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let shown = match arguments.all {
        true => Shown::All,
        false => Shown::WhatMatters,
    };
    print(&match arguments.format {
        AnswerFormat::Json => asked.to_json(),
        AnswerFormat::Table => render::verdict(&asked, shown, width()),
    })?;
    Ok(Outcome::Done)
}
