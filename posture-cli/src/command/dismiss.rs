//! `posture dismiss`: accepts the risk of an action.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use posture_core::dismissal::Covers;
use posture_core::remedy::ActionId;
use posture_core::report::{Decision, NotDismissed};
use posture_core::request::MaxItems;
use posture_core::time::Time;

use crate::dismissals;
use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{Assessment, clock, instant, threads};
use crate::output::{print, tell};
use crate::render;

/// Accept the risk of an action: it no longer affects the score
///
/// Only the items that the action lists now are covered: a new one reopens the action. The decision is
/// kept in a file, to be reviewed like any other.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// The action, such as isolate-namespace/shop
    #[arg(value_name = "ACTION")]
    action: ActionId,

    /// Files, directories or `-`: what `posture score` reads
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// Who decides
    #[arg(long, value_name = "NAME")]
    by: String,

    /// When it ends, such as 2027-01-01 or 2027-01-01T00:00:00Z; without end by default
    #[arg(long, value_name = "TIME", value_parser = instant)]
    until: Option<Time>,

    /// Cover every item that the action has or will have, not only those that it lists now
    #[arg(long)]
    whole_action: bool,

    #[command(flatten)]
    assessment: Assessment,

    /// How many threads read flow logs: by default one for each core; the result is the same
    #[arg(long, value_name = "N", help_heading = "Reading")]
    threads: Option<NonZeroUsize>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let Arguments { action, until, .. } = arguments;
    let path = arguments.assessment.dismissals_file();
    let request = arguments
        .assessment
        .request_or_new(clock(), MaxItems::All)?;
    let report = input::score(&arguments.paths, &request, threads(arguments.threads))?;
    tell(&report.issues);
    let decision = Decision {
        action: action.clone(),
        reason: arguments.reason.clone(),
        by: arguments.by.clone(),
        at: request.now.unwrap_or_else(clock),
        until: *until,
        covers: match arguments.whole_action {
            true => Covers::Action,
            false => Covers::Items,
        },
    };
    let dismissal = report
        .dismissal(decision, request.now)
        .map_err(|error| Failure::Usage(in_options(&error)))?;
    dismissals::add(&path, dismissal)?;
    let dismissed = report.actions.iter().find(|of| of.id == action.to_string());
    if let Some(dismissed) = dismissed {
        print(&render::dismissed(dismissed, &path))?;
    }
    Ok(Outcome::Done)
}

/// What is wrong, in the words of the command line.
fn in_options(error: &NotDismissed) -> String {
    match error {
        NotDismissed::Already { action, by } => format!(
            "`{action}` is dismissed already, by {by}: expected `posture revert {action}` before"
        ),
        NotDismissed::Over => "`--until`: the time is over, expected one to come".to_owned(),
        NotDismissed::Nothing { .. } | NotDismissed::Unclear(_) => error.to_string(),
    }
}
