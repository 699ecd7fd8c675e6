//! How a run ends.

use std::io;
use std::process::ExitCode;

use posture_core::model::ModelError;
use posture_history::HistoryError;

/// The exit codes, for `--help`.
pub(crate) const CODES: &str = "\
Exit codes:
  0  done
  1  the result could not be made or written
  2  an option, a method or a path is wrong
  3  the score is below --fail-under, fell by more than --fail-on-drop, or there is none
  4  there are warnings, with --strict";

/// Those of verbs without a threshold.
pub(crate) const PLAIN_CODES: &str = "\
Exit codes:
  0  done
  1  the answer could not be made or written
  2  an option, a method or a path is wrong";

/// Those of verbs that may be strict.
pub(crate) const STRICT_CODES: &str = "\
Exit codes:
  0  done
  1  nothing could be written
  2  an option or a path is wrong
  4  there are warnings, with --strict";

/// How a run ends that did what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With nothing to object.
    Done,
    /// With a score below `--fail-under`, one that fell by more than `--fail-on-drop`, or none.
    BelowThreshold,
    /// With warnings, under `--strict`.
    Warnings,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::BelowThreshold => 3,
            Outcome::Warnings => 4,
        })
    }
}

/// Why a run could not do what was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An option, a method or a path is wrong.
    Usage(String),
    /// What was read makes no cluster.
    Model(ModelError),
    /// The result could not be written.
    Output(io::Error),
    /// Nothing was found that could be written.
    Nothing(String),
    /// The history could not be read or written.
    History(String),
}

impl Failure {
    /// Says why, on standard error. A reader that has seen enough (`| head`) is no failure.
    pub(crate) fn report(&self) -> ExitCode {
        let (message, code) = match self {
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                return ExitCode::SUCCESS;
            }
            Self::Usage(message) => (message.clone(), 2),
            Self::Model(error) => (error.to_string(), 1),
            Self::Nothing(message) | Self::History(message) => (message.clone(), 1),
            Self::Output(error) => (
                format!("the result could not be written: {}", error.kind()),
                1,
            ),
        };
        anstream::eprintln!("{}: {message}", crate::render::ERROR.text("error"));
        ExitCode::from(code)
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self::Model(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::NoTime => {
                Self::Usage("`--record`: the result has no time, expected `--now TIME`".to_owned())
            }
            HistoryError::Empty(_) => {
                Self::Usage(format!("{error}: `posture score --record` adds them"))
            }
            HistoryError::NoSeries { path, series, all } => Self::Usage(format!(
                "the history `{}` has no point of series `{series}`, expected `--series` with one of \
                 `{}`",
                path.display(),
                all.join("`, `")
            )),
            error => Self::History(error.to_string()),
        }
    }
}
