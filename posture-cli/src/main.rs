//! `posture`: scores the security posture of Kubernetes clusters.

mod collect;
mod command;
mod dismissals;
mod earlier;
mod exit;
mod fleet;
mod history;
mod input;
mod options;
mod output;
mod page;
mod progress;
mod records;
mod render;

use std::panic;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Score the security posture of a Kubernetes cluster: from 0 to 100, exactly, with a reason for
/// every lost point.
#[derive(Parser)]
#[command(name = "posture", version, after_help = exit::CODES, max_term_width = 100, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Score(command::score::Arguments),
    Explain(command::explain::Arguments),
    Plan(command::plan::Arguments),
    WhatIf(command::what_if::Arguments),
    Dismiss(command::dismiss::Arguments),
    Revert(command::revert::Arguments),
    Dismissals(command::dismissals::Arguments),
    History(command::history::Arguments),
    Why(command::why::Arguments),
    Diff(command::diff::Arguments),
    Inspect(command::inspect::Arguments),
    Verdict(command::verdict::Arguments),
    Policies(command::policies::Arguments),
    Recommend(command::recommend::Arguments),
    Convert(command::convert::Arguments),
    Collect(command::collect::Arguments),
    Demo(command::demo::Arguments),
    Schema(command::schema::Arguments),
}

/// Decoders of columns that panic on a damaged file are contained, and an issue tells of it: then nothing
/// is printed.
fn tell_own_panics() {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !panic
            .location()
            .is_some_and(posture::columns::is_of_decoder)
        {
            tell(panic);
        }
    }));
}

fn main() -> ExitCode {
    tell_own_panics();
    let done = match Cli::parse().command {
        Command::Score(arguments) => command::score::run(&arguments),
        Command::Explain(arguments) => command::explain::run(&arguments),
        Command::Plan(arguments) => command::plan::run(&arguments),
        Command::WhatIf(arguments) => command::what_if::run(&arguments),
        Command::Dismiss(arguments) => command::dismiss::run(&arguments),
        Command::Revert(arguments) => command::revert::run(&arguments),
        Command::Dismissals(arguments) => command::dismissals::run(&arguments),
        Command::History(arguments) => command::history::run(&arguments),
        Command::Why(arguments) => command::why::run(&arguments),
        Command::Diff(arguments) => command::diff::run(&arguments),
        Command::Inspect(arguments) => command::inspect::run(&arguments),
        Command::Verdict(arguments) => command::verdict::run(&arguments),
        Command::Policies(arguments) => command::policies::run(&arguments),
        Command::Recommend(arguments) => command::recommend::run(&arguments),
        Command::Convert(arguments) => command::convert::run(&arguments),
        Command::Collect(arguments) => command::collect::run(&arguments),
        Command::Demo(arguments) => command::demo::run(&arguments),
        Command::Schema(arguments) => command::schema::run(&arguments),
    };
    match done {
        Ok(outcome) => outcome.into(),
        Err(failure) => failure.report(),
    }
}
