//! `posture revert`: takes a dismissal back.

use std::path::PathBuf;

use clap::Args;
use posture_core::remedy::ActionId;

use crate::dismissals;
use crate::exit::{Failure, Outcome};
use crate::output::print;

/// Take the dismissals of an action back: its risk counts again
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// The action, such as isolate-namespace/shop
    #[arg(value_name = "ACTION")]
    action: ActionId,

    /// The file of dismissals
    #[arg(long, value_name = "FILE", default_value = dismissals::FILE)]
    dismissals: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let Arguments { action, dismissals } = arguments;
    let named = dismissals.display();
    let which = match dismissals::remove(dismissals, action)? {
        0 => {
            let message =
                format!("`{action}` is not dismissed in `{named}`: see `posture dismissals`");
            return Err(Failure::Usage(message));
        }
        1 => "the dismissal".to_owned(),
        all => format!("{all} dismissals"),
    };
    print(&format!("Reverted {which} of {action} in {named}.\n"))?;
    Ok(Outcome::Done)
}
