//! `posture score`: scores a cluster from files.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use posture_core::history::{Admission, Delta, Point, explain};
use posture_core::request::{MaxItems, Request};
use posture_history::History;

use crate::earlier::Earlier;
use crate::exit::{Failure, Outcome};
use crate::fleet::Fleet;
use crate::history::Place;
use crate::input;
use crate::options::{Assessment, Format, Output, clock, threads};
use crate::output::{self, Told};
use crate::page;
use crate::render;

/// Score a cluster from files
///
/// Reads Kubernetes objects (`kubectl get -A -o json`, or manifests), flow logs of Calico and
/// Cilium, image scans (of Trivy, Grype, or as `CycloneDX`), VEX, and archives of them, in any order.
/// What a file is follows from its content. What cannot be read costs itself alone and is listed as
/// a warning.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::CODES)]
pub(crate) struct Arguments {
    /// Files, directories (all files in them, hidden ones excepted) or `-` for standard input
    #[arg(value_name = "PATH", required_unless_present = "clusters")]
    paths: Vec<PathBuf>,

    /// One of several clusters, and a path of it: `--cluster east=dumps/east`; may be repeated, for
    /// one cluster too. Gives a result for each, and a table of all
    #[arg(long = "cluster", value_name = "NAME=PATH", value_parser = named, conflicts_with_all = ["paths", "series"])]
    clusters: Vec<(String, PathBuf)>,

    #[command(flatten)]
    assessment: Assessment,

    /// How many threads read flow logs: by default one for each core; the result is the same
    #[arg(long, value_name = "N", help_heading = "Reading")]
    threads: Option<NonZeroUsize>,

    #[command(flatten)]
    output: Output,

    /// Append the result to the history, and compare it with the last point there; of several clusters
    /// each has a series of its name
    #[arg(long, help_heading = "History")]
    record: bool,

    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let (assessment, output) = (&arguments.assessment, &arguments.output);
    if output.format == Format::Html {
        page::check(&arguments.paths)?;
    }
    let request = assessment.request(clock(), output.max_items())?;
    let mut scoring = Scoring {
        arguments,
        request,
        history: arguments.history()?,
        unrecorded: None,
    };
    if arguments.clusters.is_empty() {
        let earlier = assessment.previous()?;
        let series = arguments.place.series();
        let before = scoring.before(series)?;
        let told = scoring.score(series, &arguments.paths, earlier)?;
        let threads = threads(arguments.threads);
        let page = || page::of_paths(&arguments.paths, &told.request, &before, threads);
        output::write(&told, output, page, None)?;
        let outcome = output::outcome([(None, &told.report)], output);
        return scoring.unrecorded.map_or(Ok(outcome), Err);
    }
    let (fleet, deltas) = scoring.fleet()?;
    output::write_fleet(&fleet, &deltas, output)?;
    let named = fleet.clusters.iter();
    let named = named.map(|(name, report)| (Some(name.as_str()), report));
    let outcome = output::outcome(named, output);
    scoring.unrecorded.map_or(Ok(outcome), Err)
}

impl Arguments {
    /// The history, where something is recorded in it or compared with it.
    fn history(&self) -> Result<Option<History>, Failure> {
        let is_compared = self.output.fail_on_drop.is_some() && !self.assessment.has_previous();
        match (self.record, is_compared) {
            (true, _) => self.place.open_or_make().map(Some),
            (false, true) => self.place.read(),
            (false, false) if self.place.is_named() && self.output.format == Format::Html => {
                self.place.read()
            }
            (false, false) if self.place.is_named() => Err(Failure::Usage(
                "a history is named and not used, expected `--record`, `--fail-on-drop` or `--format html` \
                 beside it"
                    .to_owned(),
            )),
            (false, false) => Ok(None),
        }
    }
}

/// A run over one cluster or several.
struct Scoring<'a> {
    arguments: &'a Arguments,
    request: Request,
    history: Option<History>,
    /// Why something could not be recorded. Its result is told all the same, and before that.
    unrecorded: Option<Failure>,
}

impl Scoring<'_> {
    /// The points of a series from before now, for the page that shows them.
    fn before(&self, series: &str) -> Result<Vec<Point>, Failure> {
        let Some(history) = self.history.as_ref() else {
            return Ok(Vec::new());
        };
        let is_earlier = |point: &Point| point.at < self.request.now;
        let mut points = match self.arguments.output.format {
            Format::Html => history.points(series, None)?,
            _ => Vec::new(),
        };
        points.retain(is_earlier);
        Ok(points)
    }

    /// Scores a cluster, compares it with an earlier result or with the last point of its series, and
    /// records it.
    fn score(
        &mut self,
        series: &str,
        paths: &[PathBuf],
        earlier: Option<Earlier>,
    ) -> Result<Told, Failure> {
        let earlier = match (earlier, &self.history) {
            (None, Some(history)) => history.last(series, self.request.now)?.map(Earlier::of),
            (earlier, _) => earlier,
        };
        let before = earlier.as_ref().and_then(|earlier| earlier.point.as_ref());
        let every_item = self.arguments.record || before.is_some();
        let request = Request {
            previous: earlier.as_ref().map(|earlier| earlier.previous.clone()),
            max_items: match every_item {
                true => MaxItems::All,
                false => self.request.max_items,
            },
            ..self.request.clone()
        };
        let threads = threads(self.arguments.threads);
        let report = input::score(paths, &request, threads)?;
        let point = every_item.then(|| Point::of(&report));
        if let (true, Some(point), Some(history)) =
            (self.arguments.record, &point, &mut self.history)
        {
            let recorded = record(history, series, point);
            self.unrecorded = self.unrecorded.take().or(recorded.err());
        }
        let ends = before.zip(point.as_ref());
        let delta = ends.map(|(before, after)| explain(before, after));
        if let Some(note) = delta.as_ref().and_then(render::other_method) {
            let of = if self.arguments.clusters.is_empty() {
                String::new()
            } else {
                format!("{series}: ")
            };
            anstream::eprintln!("{of}{note}");
        }
        Ok(Told {
            delta,
            report: report.listing(self.request.max_items),
            request: Request {
                max_items: self.request.max_items,
                ..request
            },
        })
    }

    /// Scores several clusters, one after the other.
    fn fleet(&mut self) -> Result<(Fleet, BTreeMap<String, Delta>), Failure> {
        let mut earlier = self.arguments.assessment.previous_fleet()?;
        let mut paths: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
        for (name, path) in &self.arguments.clusters {
            paths.entry(name).or_default().push(path.clone());
        }
        let (mut clusters, mut deltas) = (BTreeMap::new(), BTreeMap::new());
        for (name, paths) in paths {
            let told = self.score(name, &paths, earlier.remove(name))?;
            deltas.extend(told.delta.map(|delta| (name.to_owned(), delta)));
            clusters.insert(name.to_owned(), told.report);
        }
        Ok((Fleet { clusters }, deltas))
    }
}

/// Records a point, and says so when it is on the disk.
fn record(history: &mut History, series: &str, point: &Point) -> Result<(), Failure> {
    let done = match history.append(series, point)? {
        Admission::New => "recorded",
        Admission::Known => "recorded before",
    };
    let at = point
        .at
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let path = history.path().display();
    anstream::eprintln!("{done}: {at} in series `{series}` of `{path}`");
    Ok(())
}

fn named(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.trim().is_empty() && !path.is_empty() => {
            Ok((name.trim().to_owned(), path.into()))
        }
        _ => Err("expected a name and a path, such as east=dumps/east".to_owned()),
    }
}
