//! `posture schema`: prints what requests and results look like.

use clap::{Args, ValueEnum};
use posture::{Inspection, Recommendations};
use posture_core::ask::Asked;
use posture_core::history::Delta;
use posture_core::json;
use posture_core::plan::Plan;
use posture_core::report::{Dismissals, Report};
use posture_core::request::RequestForm;
use posture_core::review::Review;
use posture_history::Timeline;

use super::explain::Explained;
use crate::exit::{Failure, Outcome};
use crate::fleet::Fleet;
use crate::output;
use crate::render::Tried;

/// Print the JSON Schema of a request or a result
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Of which: what the libraries take, or what all front ends give
    #[arg(value_enum, default_value_t)]
    of: Of,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Of {
    /// What to ask of an assessment; its `method` is what `--method` reads.
    Request,
    /// What `posture score --format json` writes.
    #[default]
    Result,
    /// What `posture score --cluster NAME=PATH --format json` writes.
    Fleet,
    /// What `posture history --format json` writes.
    History,
    /// What `posture why --format json` and `posture diff --format json` write.
    Delta,
    /// What `posture inspect --format json` writes.
    Inspection,
    /// What `posture plan --format json` writes.
    Plan,
    /// What `posture what-if --format json` writes.
    WhatIf,
    /// What `posture explain --format json` writes; with `--item` too.
    Explanation,
    /// What `posture dismissals --format json` writes.
    Dismissals,
    /// What `posture verdict --format json` writes.
    Verdict,
    /// What `posture policies --format json` writes.
    Policies,
    /// What `posture recommend --format json` writes.
    Recommendations,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let schema = match arguments.of {
        Of::Request => schemars::schema_for!(RequestForm),
        Of::Result => schemars::schema_for!(Report),
        Of::Fleet => schemars::schema_for!(Fleet),
        Of::History => schemars::schema_for!(Timeline),
        Of::Delta => schemars::schema_for!(Delta),
        Of::Inspection => schemars::schema_for!(Inspection),
        Of::Plan => schemars::schema_for!(Plan),
        Of::WhatIf => schemars::schema_for!(Tried),
        Of::Explanation => schemars::schema_for!(Explained),
        Of::Dismissals => schemars::schema_for!(Dismissals),
        Of::Verdict => schemars::schema_for!(Asked),
        Of::Policies => schemars::schema_for!(Review),
        Of::Recommendations => schemars::schema_for!(Recommendations),
    };
    output::print(&json::to_text(&schema))?;
    Ok(Outcome::Done)
}
