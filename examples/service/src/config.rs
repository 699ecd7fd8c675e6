//! What the environment says.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use posture::Request;
use posture::core::time::Time;
use tracing::level_filters::LevelFilter;

use crate::auth::{Tokens, TokensError};

/// How the service runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens: `POSTURE_LISTEN`.
    pub listen: SocketAddr,
    /// The folder of its databases: `POSTURE_DATA`.
    pub data: PathBuf,
    /// Who may do what: `POSTURE_READ_TOKENS` and `POSTURE_WRITE_TOKENS`.
    pub tokens: Tokens,
    /// How it scores: `POSTURE_REQUEST`, in JSON.
    pub request: Request,
    /// How long until a cluster is scored again: `POSTURE_INTERVAL`.
    pub interval: Duration,
    /// How long flow logs count after they came: `POSTURE_FLOW_WINDOW`.
    pub flow_window: Duration,
    /// The page that the dashboard is: `POSTURE_PAGE`.
    pub page: Option<PathBuf>,
    /// What is too much.
    pub limits: Limits,
    /// How much is logged: `POSTURE_LOG`.
    pub log: LevelFilter,
}

/// What is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of objects or of a scan, unpacked: `POSTURE_MAX_BODY_MIB`.
    pub body: u64,
    /// Bytes of all scans of a cluster, unpacked: `POSTURE_MAX_SCANS_MIB`.
    pub scans: u64,
    /// Bytes of a delivery of flow logs, unpacked: `POSTURE_MAX_FLOWS_MIB`.
    pub flows: u64,
    /// Bytes of all flow logs that are kept of a cluster, packed: `POSTURE_MAX_KEPT_FLOWS_MIB`.
    pub kept_flows: u64,
    /// Clusters: `POSTURE_MAX_CLUSTERS`.
    pub clusters: usize,
    /// How long a sender may send nothing, a reader take nothing, and an answer take.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 256 * MIB,
            scans: 1024 * MIB,
            flows: 1024 * MIB,
            kept_flows: 8192 * MIB,
            clusters: 1000,
            patience: Duration::from_secs(30),
        }
    }
}

/// A mebibyte.
pub(crate) const MIB: u64 = 1024 * 1024;

const DAY: Duration = Duration::from_hours(24);

/// What the environment must not say.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A variable has a value that cannot be.
    #[error("{name}: `{value}`: expected {expected}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What it says.
        value: String,
        /// What was expected.
        expected: String,
    },
    /// Nobody could use the service.
    #[error(transparent)]
    Tokens(#[from] TokensError),
}

impl Config {
    /// Reads the environment, which is a function from names to values.
    ///
    /// # Errors
    /// [`ConfigError`] names the variable and what was expected.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let defaults = Limits::default();
        let mib = |name, default| {
            let expected = "a number of mebibytes, such as 256";
            let bytes = |text: &str| text.parse::<u64>().ok()?.checked_mul(MIB);
            value(variable, name, expected, bytes).map(|given| given.unwrap_or(default))
        };
        let span = |name| {
            let expected = "a time with its unit, such as 30m, 24h or 7d";
            value(variable, name, expected, span).map(|given| given.unwrap_or(DAY))
        };
        let listen = value(
            variable,
            "POSTURE_LISTEN",
            "an address and port, such as 0.0.0.0:8080",
            parsed,
        )?;
        let clusters = value(
            variable,
            "POSTURE_MAX_CLUSTERS",
            "a number, such as 1000",
            parsed,
        )?;
        let log = value(
            variable,
            "POSTURE_LOG",
            "error, warn, info, debug or trace",
            parsed,
        )?;
        let tokens = |name| variable(name).unwrap_or_default();
        Ok(Self {
            listen: listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            data: variable("POSTURE_DATA")
                .unwrap_or_else(|| "posture-data".to_owned())
                .into(),
            tokens: Tokens::new(
                &tokens("POSTURE_READ_TOKENS"),
                &tokens("POSTURE_WRITE_TOKENS"),
            )?,
            request: request(variable)?,
            interval: span("POSTURE_INTERVAL")?,
            flow_window: span("POSTURE_FLOW_WINDOW")?,
            page: variable("POSTURE_PAGE").map(PathBuf::from),
            limits: Limits {
                body: mib("POSTURE_MAX_BODY_MIB", defaults.body)?,
                scans: mib("POSTURE_MAX_SCANS_MIB", defaults.scans)?,
                flows: mib("POSTURE_MAX_FLOWS_MIB", defaults.flows)?,
                kept_flows: mib("POSTURE_MAX_KEPT_FLOWS_MIB", defaults.kept_flows)?,
                clusters: clusters.unwrap_or(defaults.clusters),
                ..defaults
            },
            log: log.unwrap_or(LevelFilter::INFO),
        })
    }
}

/// The value of a variable, where it is set.
fn value<T>(
    variable: &dyn Fn(&str) -> Option<String>,
    name: &'static str,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ConfigError> {
    let Some(value) = variable(name) else {
        return Ok(None);
    };
    let expected = expected.to_owned();
    match read(value.trim()) {
        Some(read) => Ok(Some(read)),
        None => Err(ConfigError::Invalid {
            name,
            value,
            expected,
        }),
    }
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// Reads a span of time: `45s`, `30m`, `24h`, `7d`.
fn span(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    let number = number.parse::<u32>().ok().filter(|number| *number > 0)?;
    u64::from(number)
        .checked_mul(seconds)
        .map(Duration::from_secs)
}

/// The request of every run. What belongs to a single run is not in it.
fn request(variable: &dyn Fn(&str) -> Option<String>) -> Result<Request, ConfigError> {
    let name = "POSTURE_REQUEST";
    let value = variable(name).unwrap_or_else(|| "{}".to_owned());
    let wrong = |expected: String| ConfigError::Invalid {
        name,
        value: value.clone(),
        expected,
    };
    // A method may need a present, which each run has.
    let timed = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&value);
    let mut timed = timed.map_err(|error| wrong(format!("a request in JSON: {error}")))?;
    for key in ["now", "dismissals", "previous", "max_items"] {
        if timed.contains_key(key) {
            return Err(wrong(format!("no `{key}`: each run has its own")));
        }
    }
    timed.insert("now".to_owned(), Time(0).to_string().into());
    let timed = serde_json::Value::from(timed).to_string();
    Request::from_json(&timed)
        .map_err(|error| wrong(format!("a request (`posture schema request`): {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Config, String> {
        let tokens = ("POSTURE_READ_TOKENS", "a-token-to-read-with");
        let variable = |name: &str| {
            let mut all = set.iter().chain([&tokens]);
            all.find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Config::read(&variable).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let config = read(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!((config.interval, config.flow_window), (DAY, DAY));
        assert_eq!(config.limits, Limits::default());
    }

    #[test]
    fn what_is_said_counts() {
        let config = read(&[
            ("POSTURE_INTERVAL", "90m"),
            ("POSTURE_FLOW_WINDOW", "7d"),
            ("POSTURE_MAX_BODY_MIB", "3"),
            ("POSTURE_MAX_SCANS_MIB", "5"),
            ("POSTURE_MAX_FLOWS_MIB", "7"),
            ("POSTURE_MAX_KEPT_FLOWS_MIB", "11"),
            ("POSTURE_REQUEST", r#"{"method": {"max_scan_age": 60}}"#),
        ]);
        let config = config.unwrap();
        assert_eq!(config.interval.as_secs(), 5_400);
        assert_eq!(config.flow_window.as_secs(), 604_800);
        let Limits {
            body,
            scans,
            flows,
            kept_flows,
            ..
        } = config.limits;
        let expected = [3_145_728, 5_242_880, 7_340_032, 11_534_336];
        assert_eq!([body, scans, flows, kept_flows], expected);
        assert!(config.request.method.max_scan_age.is_some());
    }

    #[test]
    fn errors_name_the_variable_and_what_was_expected() {
        for (name, value, said) in [
            (
                "POSTURE_LISTEN",
                "8080",
                "POSTURE_LISTEN: `8080`: expected an address and port",
            ),
            ("POSTURE_INTERVAL", "0h", "expected a time with its unit"),
            ("POSTURE_INTERVAL", "24", "expected a time with its unit"),
            (
                "POSTURE_LOG",
                "loud",
                "expected error, warn, info, debug or trace",
            ),
            (
                "POSTURE_REQUEST",
                "{\"now\": 1}",
                "no `now`: each run has its own",
            ),
            (
                "POSTURE_REQUEST",
                "{\"wieghts\": 1}",
                "unknown field `wieghts`",
            ),
            ("POSTURE_READ_TOKENS", "short", "16"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.contains(said), "{name}={value}: {error}");
        }
    }
}
