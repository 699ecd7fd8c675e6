//! `posture explain`: from the score down to what lost each point.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use posture::Inspected;
use posture_core::assessment::Assessment;
use posture_core::explain::{
    Explanation, Focus, Found, ItemExplanation, NotThere, RowFinder, explain,
};
use posture_core::json;
use posture_core::request::MaxItems;
use posture_core::risk::{self, RiskType};
use schemars::JsonSchema;
use serde::Serialize;

use crate::exit::{Failure, Outcome};
use crate::input::{self, Logs};
use crate::options::{self, AnswerFormat, clock, number, threads};
use crate::output::{print, tell, width};
use crate::render;

/// Explain the score: from the score down to what lost each point, in sums that add up
///
/// Without `--type`, `--namespace` or `--item` the score is told as 100 minus what each type loses, and
/// where. Each option goes one step further down: to the namespaces of a type, to the items of a
/// namespace, and to the vulnerabilities, flow rows or policies behind an item.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// Files, directories or `-`: what `posture score` reads
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Explain one type, namespace by namespace
    #[arg(long = "type", value_name = "TYPE", value_parser = risk_type, help_heading = "Explanation")]
    risk_type: Option<RiskType>,

    /// Explain one namespace, item by item
    #[arg(long, value_name = "NAMESPACE", help_heading = "Explanation")]
    namespace: Option<String>,

    /// Explain one item, by its key or the name of an image, down to the evidence
    #[arg(long, value_name = "KEY", help_heading = "Explanation")]
    item: Option<String>,

    /// How many namespaces, items, edges and flow rows are shown at most
    #[arg(long, value_name = "N", value_parser = number, default_value = "10", help_heading = "Output")]
    rows: usize,

    #[command(flatten)]
    assessment: options::Assessment,

    /// How many threads read flow logs: by default one for each core; the result is the same
    #[arg(long, value_name = "N", help_heading = "Reading")]
    threads: Option<NonZeroUsize>,

    /// How the explanation is written
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: AnswerFormat,
}

/// What was asked for.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Explained {
    /// The score, or part of it.
    Score(Explanation),
    /// One item.
    Item(Box<ItemExplanation>),
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let request = arguments.assessment.request(clock(), MaxItems::All)?;
    let threads = threads(arguments.threads);
    let focus = Focus {
        risk_type: arguments.risk_type,
        namespace: arguments.namespace.clone(),
    };
    let explained = input::with_logs(&arguments.paths, &request, threads, |all, logs| {
        let explained = explained(arguments, &focus, &all, logs);
        tell(&all.issues.into_list());
        explained
    })?;
    let explained = explained.map_err(|error| Failure::Usage(error.to_string()))?;
    print(&match (arguments.format, &explained) {
        (AnswerFormat::Json, explained) => json::to_text(explained),
        (AnswerFormat::Table, Explained::Score(explanation)) => {
            let asked = render::Asked {
                focus: &focus,
                unit: request.method.traffic_unit,
                limit: arguments.rows,
            };
            render::explanation(explanation, &asked, width())
        }
        (AnswerFormat::Table, Explained::Item(item)) => render::item(item, arguments.rows, width()),
    })?;
    Ok(Outcome::Done)
}

fn explained(
    arguments: &Arguments,
    focus: &Focus,
    all: &Inspected<'_>,
    logs: &mut Logs,
) -> Result<Explained, NotThere> {
    let (request, method) = (all.request, &all.request.method);
    let images = risk::images(all.cluster, method, request.now);
    let assessment = Assessment::new(all.cluster, all.engine, &images, all.tally, request);
    let Some(key) = &arguments.item else {
        return Ok(Explained::Score(explain(&assessment, focus)?));
    };
    let found = Found::find(&assessment, focus, key)?;
    let edges = found.edges();
    let rows = (!edges.is_empty()).then(|| {
        let finder = RowFinder::new(edges, method, arguments.rows);
        logs.rows(all, finder)
    });
    let item = found.explain(&assessment, all.engine, rows);
    Ok(Explained::Item(Box::new(item)))
}

fn risk_type(text: &str) -> Result<RiskType, String> {
    let names = RiskType::ALL.map(RiskType::name).join("`, `");
    let risk_type = RiskType::ALL.into_iter().find(|of| of.name() == text);
    risk_type.ok_or_else(|| format!("expected one of `{names}`"))
}
