//! Where the history is kept.

use std::env;
use std::path::PathBuf;

use clap::Args;
use posture_history::{DEFAULT_SERIES, History};

use crate::exit::Failure;

/// Which history, and which series of it.
#[derive(Args, Debug)]
#[command(next_help_heading = "History")]
pub(crate) struct Place {
    /// The file of the history; else what `POSTURE_HISTORY` names, else `posture/history.db` among
    /// the user's data
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,

    /// The series of points, such as one for each cluster: `default` where none is named
    #[arg(long, value_name = "NAME", value_parser = name)]
    series: Option<String>,
}

impl Place {
    /// The name of the series.
    pub(crate) fn series(&self) -> &str {
        self.series.as_deref().unwrap_or(DEFAULT_SERIES)
    }

    /// Whether a history or a series is named.
    pub(crate) fn is_named(&self) -> bool {
        self.history.is_some() || self.series.is_some()
    }

    /// The history, made where there is none.
    pub(crate) fn open_or_make(&self) -> Result<History, Failure> {
        Ok(History::open_or_make(&self.path()?)?)
    }

    /// The history, where there is one, to be read.
    pub(crate) fn read(&self) -> Result<Option<History>, Failure> {
        Ok(History::read(&self.path()?)?)
    }

    /// The history, to be read; there must be one.
    pub(crate) fn expect(&self) -> Result<History, Failure> {
        self.read()?.ok_or_else(|| self.missing())
    }

    /// The history, to be changed; there must be one.
    pub(crate) fn expect_writable(&self) -> Result<History, Failure> {
        History::open(&self.path()?)?.ok_or_else(|| self.missing())
    }

    fn missing(&self) -> Failure {
        self.path().map_or_else(
            |failure| failure,
            |path| {
                Failure::Usage(format!(
                    "the history `{}` does not exist, expected one that `posture score --record` made",
                    path.display()
                ))
            },
        )
    }

    fn path(&self) -> Result<PathBuf, Failure> {
        let named = || folder("POSTURE_HISTORY");
        let ours = || user_data().map(|data| data.join("posture").join("history.db"));
        let path = self.history.clone().or_else(named).or_else(ours);
        path.ok_or_else(|| {
            Failure::Usage(
                "there is no folder for the user's data, expected `--history FILE`".to_owned(),
            )
        })
    }
}

/// The folder of the user's data, by the customs of the platform.
fn user_data() -> Option<PathBuf> {
    let below_home = |path: &str| folder("HOME").map(|home| home.join(path));
    let of_platform = || match env::consts::OS {
        "windows" => folder("LOCALAPPDATA"),
        "macos" => below_home("Library/Application Support"),
        _ => below_home(".local/share"),
    };
    folder("XDG_DATA_HOME").or_else(of_platform)
}

/// The path that a variable of the environment names.
fn folder(variable: &str) -> Option<PathBuf> {
    let value = env::var_os(variable).filter(|value| !value.is_empty());
    value.map(PathBuf::from)
}

fn name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("expected a name".to_owned()),
        name => Ok(name.to_owned()),
    }
}
