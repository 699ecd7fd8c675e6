//! Options that scoring commands share.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use jiff::Timestamp;
use posture_core::json;
use posture_core::model::{Method, Preset};
use posture_core::points::Points;
use posture_core::request::{MaxItems, Policies, Request};
use posture_core::time::{NotADayOrTime, Time};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::dismissals;
use crate::earlier::Earlier;
use crate::exit::Failure;
use crate::fleet::PreviousFleet;
use crate::input;

/// What is read, and how.
#[derive(Args, Debug)]
#[command(next_help_heading = "Reading")]
pub(crate) struct Reading {
    /// Switches of the method that differ from the preset: a JSON or YAML object, which may also
    /// name the `preset` (see `posture schema request`)
    #[arg(long, value_name = "FILE")]
    method: Option<PathBuf>,

    /// The network policies that are given are all that the cluster has
    #[arg(long)]
    policies_complete: bool,

    /// An address range of the cluster itself, beside those of its nodes, pods and services; may
    /// be repeated
    #[arg(long = "cluster-cidr", value_name = "CIDR", value_parser = cidr)]
    cluster_cidrs: Vec<IpNet>,
}

/// How to assess.
#[derive(Args, Debug)]
#[command(next_help_heading = "Assessment")]
pub(crate) struct Assessment {
    #[command(flatten)]
    reading: Reading,

    /// The preset that the method starts from
    #[arg(long, value_enum)]
    preset: Option<PresetName>,

    /// The file of dismissals (see `posture dismiss`)
    #[arg(long, value_name = "FILE")]
    dismissals: Option<PathBuf>,

    /// An earlier result (`--format json`) to compare with
    #[arg(long, value_name = "RESULT.json")]
    previous: Option<PathBuf>,

    /// The present, such as 2026-11-20T10:00:00Z, or `none` for a result without ages, the same
    /// at any time; by default the time of the clock
    #[arg(long, value_name = "TIME|none", value_parser = present)]
    now: Option<Present>,
}

/// What to write, and when to fail.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Write the result into this file, and not to standard output
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// How many namespaces and actions are shown: 10 and 5 by default
    #[arg(long, value_name = "N", value_parser = number)]
    pub(crate) top: Option<usize>,

    /// Explain the score: from type to namespace to the image, workload or edge that lost each
    /// point
    #[arg(long)]
    pub(crate) explain: bool,

    /// How many items each action, and each namespace of `--explain`, lists: a number or `all`
    #[arg(long, value_name = "N|all", default_value = "20", value_parser = items)]
    pub(crate) items: ItemLimit,

    /// Exit with 3 when the score is below N points, or when there is none
    #[arg(long, value_name = "N", value_parser = threshold)]
    pub(crate) fail_under: Option<Points>,

    /// Exit with 3 when the score fell by more than N points since the result of `--previous`, or since
    /// the last point of the history, or when there is no score
    #[arg(long, value_name = "N", value_parser = threshold)]
    pub(crate) fail_on_drop: Option<Points>,

    /// Exit with 4 when there are warnings
    #[arg(long)]
    pub(crate) strict: bool,
}

/// How a result is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, in a terminal.
    #[default]
    Table,
    /// All there is, for programs.
    Json,
    /// For people, in a pull request or a wiki: never more than a comment may have.
    Markdown,
    /// Actions as findings, for code scanning (SARIF 2.1.0).
    Sarif,
    /// A test for each type and namespace, for build servers (`JUnit`'s XML).
    Junit,
    /// A page to explore, with the whole input inside, flow logs as their edges: share it as you would
    /// share that.
    Html,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// For people, in a terminal.
    #[default]
    Table,
    /// All there is, for programs.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PresetName {
    /// Version 1 as described.
    Default,
    /// One bad image makes a namespace's images bad.
    CalicoPreview,
}

impl From<PresetName> for Preset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::Default => Self::Default,
            PresetName::CalicoPreview => Self::CalicoPreview,
        }
    }
}

/// A time, or none.
#[derive(Clone, Copy, Debug)]
struct Present(Option<Time>);

/// A limit of items.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemLimit(pub(crate) MaxItems);

impl Assessment {
    /// The request; `now` is the present where no option says another.
    pub(crate) fn request(&self, now: Time, max_items: MaxItems) -> Result<Request, Failure> {
        let usual = Path::new(dismissals::FILE);
        if self.dismissals.is_none() && usual.exists() {
            let file = dismissals::FILE;
            anstream::eprintln!(
                "note: `{file}` is there and not used: `--dismissals {file}` uses it"
            );
        }
        self.request_with(self.dismissals.as_deref(), now, max_items)
    }

    /// The request, with the dismissals of the file, named or usual, where it is there.
    pub(crate) fn request_or_new(
        &self,
        now: Time,
        max_items: MaxItems,
    ) -> Result<Request, Failure> {
        let file = self.dismissals_file();
        self.request_with(file.exists().then_some(file.as_path()), now, max_items)
    }

    /// The request, with the dismissals of the usual file where no other is named and that is there.
    pub(crate) fn request_or_usual(
        &self,
        now: Time,
        max_items: MaxItems,
    ) -> Result<Request, Failure> {
        match self.dismissals.is_some() {
            true => self.request(now, max_items),
            false => self.request_or_new(now, max_items),
        }
    }

    /// The file of dismissals: the usual one where no other is named.
    pub(crate) fn dismissals_file(&self) -> PathBuf {
        let usual = || dismissals::FILE.into();
        self.dismissals.clone().unwrap_or_else(usual)
    }

    fn request_with(
        &self,
        dismissals: Option<&Path>,
        now: Time,
        max_items: MaxItems,
    ) -> Result<Request, Failure> {
        let now = self.now.map_or(Some(now), |Present(given)| given);
        let dismissals = dismissals.map(|path| dismissals::read(path, now));
        let request = Request {
            method: self.reading.method(self.preset)?,
            now,
            dismissals: dismissals.transpose()?.unwrap_or_default(),
            max_items,
            ..self.reading.request()?
        };
        request
            .check()
            .map_err(|error| Failure::Usage(error.to_string()))?;
        Ok(request)
    }

    /// Whether there is an earlier result to compare with.
    pub(crate) const fn has_previous(&self) -> bool {
        self.previous.is_some()
    }

    /// The earlier result.
    pub(crate) fn previous(&self) -> Result<Option<Earlier>, Failure> {
        let expected = "a result of `posture score --format json`";
        let Some(text) = self.previous_text()? else {
            return Ok(None);
        };
        Earlier::read(&text)
            .map(Some)
            .map_err(|error| self.not(expected, &error))
    }

    /// The earlier results of several clusters.
    pub(crate) fn previous_fleet(&self) -> Result<BTreeMap<String, Earlier>, Failure> {
        let expected = "a result of `posture score --cluster NAME=PATH --format json`";
        let Some(text) = self.previous_text()? else {
            return Ok(BTreeMap::new());
        };
        let fleet: PreviousFleet =
            json::from_str(&text).map_err(|error| self.not(expected, &error))?;
        let read = |(name, text): (String, Box<RawValue>)| Ok((name, Earlier::read(text.get())?));
        let clusters = fleet.clusters.into_iter().map(read);
        let clusters: Result<_, serde_json::Error> = clusters.collect();
        clusters.map_err(|error| self.not(expected, &error))
    }

    fn previous_text(&self) -> Result<Option<String>, Failure> {
        let path = self.previous.as_deref();
        path.map(|path| text(path, "--previous")).transpose()
    }

    fn not(&self, expected: &str, error: &serde_json::Error) -> Failure {
        let path = self.previous.as_deref().unwrap_or(Path::new("")).display();
        Failure::Usage(format!("`--previous {path}`: expected {expected}: {error}"))
    }
}

impl Reading {
    /// A request for nothing but what was read.
    pub(crate) fn request(&self) -> Result<Request, Failure> {
        Ok(Request {
            method: self.method(None)?,
            policies: if self.policies_complete {
                Policies::Complete
            } else {
                Policies::AsGiven
            },
            cluster_cidrs: self.cluster_cidrs.clone(),
            ..Request::default()
        })
    }

    fn method(&self, preset: Option<PresetName>) -> Result<Method, Failure> {
        let mut switches = match &self.method {
            Some(path) => switches(path)?,
            None => Value::Object(serde_json::Map::new()),
        };
        let named = switches
            .as_object_mut()
            .and_then(|switches| switches.remove("preset"));
        let wrong = |error: &dyn std::fmt::Display| match &self.method {
            Some(path) => Failure::Usage(format!("`--method {}`: {error}", path.display())),
            None => Failure::Usage(error.to_string()),
        };
        let preset = match (preset, named) {
            (Some(name), _) => name.into(),
            (None, Some(name)) => serde_json::from_value(name).map_err(|error| wrong(&error))?,
            (None, None) => Preset::Default,
        };
        Method::new(preset, &switches).map_err(|error| wrong(&error))
    }
}

impl Output {
    /// How many items each action of the report must have: all where each point is explained.
    pub(crate) fn max_items(&self) -> MaxItems {
        if self.explain {
            MaxItems::All
        } else {
            self.items.0
        }
    }
}

/// How many threads read flow logs: one for each core where nothing is said.
pub(crate) fn threads(given: Option<NonZeroUsize>) -> NonZeroUsize {
    let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    given.unwrap_or_else(cores)
}

/// The clock's time.
pub(crate) fn clock() -> Time {
    Time(Timestamp::now().as_second())
}

fn switches(path: &Path) -> Result<Value, Failure> {
    let text = text(path, "--method")?;
    serde_saphyr::from_str(&text).map_err(|error| {
        let error = error.to_string();
        let first = error
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        Failure::Usage(format!(
            "`--method {}`: expected an object of switches in JSON or YAML: {first}",
            path.display()
        ))
    })
}

/// What a file holds that an option, or a verb, names.
pub(crate) fn text(path: &Path, option: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::Usage(format!(
            "`{option} {}`: the file {}",
            path.display(),
            input::why(&error)
        ))
    })
}

fn present(text: &str) -> Result<Present, NotADayOrTime> {
    Ok(Present(match text {
        "none" => None,
        time => Some(Time::of_day_or_time(time)?),
    }))
}

fn cidr(text: &str) -> Result<IpNet, String> {
    text.parse()
        .map_err(|_| "expected an address range, such as 10.0.0.0/8".to_owned())
}

/// A day or an instant.
pub(crate) fn instant(text: &str) -> Result<Time, String> {
    Time::of_day_or_time(text).map_err(|_| {
        "expected a day or a time, such as 2027-01-01 or 2027-01-01T00:00:00Z".to_owned()
    })
}

pub(crate) fn threshold(text: &str) -> Result<Points, String> {
    match text.parse() {
        Ok(points) if (Points::ZERO..=Points::HUNDRED).contains(&points) => Ok(points),
        _ => Err("expected a number of points from 0 to 100, such as 80 or 79.5".to_owned()),
    }
}

pub(crate) fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| "expected a number".to_owned())
}

fn items(text: &str) -> Result<ItemLimit, String> {
    match text {
        "all" => Ok(ItemLimit(MaxItems::All)),
        number => match number.parse() {
            Ok(number) => Ok(ItemLimit(MaxItems::AtMost(number))),
            Err(_) => Err("expected a number or `all`".to_owned()),
        },
    }
}
