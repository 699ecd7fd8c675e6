//! From what is kept of a cluster to its result: what `posture score` makes of the same files.

mod assess;
mod conclude;
mod hours;
mod logs;
mod run;

pub(crate) use assess::AssessError;
pub(crate) use conclude::{Summary, saved};
pub(crate) use run::{RunError, dismiss, revert, run};
