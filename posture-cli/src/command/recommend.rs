//! `posture recommend`: policies for what no policy addresses, proved before they are shown.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use posture::{NoSuchNamespace, Recommendations, WantedError, WantedForm};
use posture_core::recommend::{Form, Granularity, Isolate, Wanted};

use posture_core::request::MaxItems;

use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{Assessment, clock, threads};
use crate::output::{print, tell, width};
use crate::render;

/// Recommend network policies for the traffic that no policy addresses
///
/// Makes policies from the flow logs: they isolate the directions with unsecured traffic, and allow all
/// that went through. Each is read back and asked about every edge that was seen before it is shown; what
/// would deny something that went through is withheld. Staged ones can be applied without a risk.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::PLAIN_CODES)]
pub(crate) struct Arguments {
    /// Files, directories (all files in them, hidden ones excepted) or `-` for standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Only this namespace; may be repeated
    #[arg(long = "namespace", value_name = "NAMESPACE")]
    namespaces: Vec<String>,

    #[command(flatten)]
    policies: PolicyOptions,

    #[command(flatten)]
    assessment: Assessment,

    /// How many threads read flow logs: by default one for each core; the result is the same
    #[arg(long, value_name = "N", help_heading = "Reading")]
    threads: Option<NonZeroUsize>,

    /// How the recommendations are written
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    format: RecommendationFormat,

    /// Write a file for each namespace into this folder, which is made where it is not there
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    output: Option<PathBuf>,
}

/// What policies are wanted.
#[derive(Args, Debug)]
#[command(next_help_heading = "Policies")]
struct PolicyOptions {
    /// One policy for each namespace, or for each workload
    #[arg(long, value_enum, default_value_t)]
    granularity: GranularityName,

    /// Which kind of policy
    #[arg(long, value_enum, default_value_t)]
    form: FormName,

    /// The tier of Calico's policies; `default` where it is not given
    #[arg(long, value_name = "TIER")]
    tier: Option<String>,

    /// The order of Calico's policies in their tier; behind all others where it is not given
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = order)]
    order: Option<i32>,

    /// Isolate both directions, those too in which nothing unsecured was seen
    #[arg(long)]
    default_deny: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum GranularityName {
    #[default]
    Namespace,
    Workload,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FormName {
    /// `StagedNetworkPolicy` of Calico.
    #[default]
    StagedCalico,
    /// `StagedKubernetesNetworkPolicy` of Calico.
    StagedKubernetes,
    /// `NetworkPolicy` of Calico, in force as soon as it is applied.
    Calico,
    /// `NetworkPolicy` of Kubernetes, in force as soon as it is applied.
    Kubernetes,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum RecommendationFormat {
    /// Objects that can be applied, with what was proved of them in comments.
    #[default]
    Yaml,
    /// All there is, for programs.
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let request = arguments.assessment.request(clock(), MaxItems::default())?;
    let wanted = arguments.policies.wanted()?;
    if arguments.output.is_some() && arguments.format == RecommendationFormat::Json {
        let message = "`--output` writes policies as YAML, expected no `--format json` beside it";
        return Err(Failure::Usage(message.to_owned()));
    }
    let threads = threads(arguments.threads);
    let named: BTreeSet<String> = arguments.namespaces.iter().cloned().collect();
    let recommended = input::all(&arguments.paths, &request, threads, |all| {
        posture::recommend(all, &wanted, &named).map_err(|NoSuchNamespace(name)| {
            Failure::Usage(format!(
                "`--namespace {name}`: nothing was read of it, expected a namespace of the input"
            ))
        })
    })??;
    match (arguments.format, &arguments.output) {
        (RecommendationFormat::Json, _) => print(&recommended.to_json())?,
        (RecommendationFormat::Yaml, None) => print(&yaml(&recommended))?,
        (RecommendationFormat::Yaml, Some(folder)) => write(&recommended, folder)?,
    }
    tell(&recommended.issues);
    anstream::eprint!("{}", render::recommended(&recommended, width()));
    Ok(Outcome::Done)
}

impl PolicyOptions {
    fn wanted(&self) -> Result<Wanted, Failure> {
        let wanted = WantedForm {
            granularity: match self.granularity {
                GranularityName::Namespace => Granularity::Namespace,
                GranularityName::Workload => Granularity::Workload,
            },
            form: match self.form {
                FormName::StagedCalico => Form::StagedCalico,
                FormName::StagedKubernetes => Form::StagedKubernetes,
                FormName::Calico => Form::Calico,
                FormName::Kubernetes => Form::Kubernetes,
            },
            tier: self.tier.clone(),
            order: self.order,
            isolate: match self.default_deny {
                true => Isolate::Both,
                false => Isolate::Unsecured,
            },
        };
        wanted.wanted().map_err(|error| match error {
            WantedError::OfKubernetes(name) => Failure::Usage(format!(
                "`--{name}`: policies of Kubernetes have none, expected a form of Calico beside it"
            )),
            WantedError::NotATier(_) => Failure::Usage(format!("`--tier`: {error}")),
        })
    }
}

fn order(text: &str) -> Result<i32, String> {
    let order = text.parse();
    order.map_err(|_| "expected a whole number, such as 100".to_owned())
}

fn yaml(recommended: &Recommendations) -> String {
    let all = recommended.recommendations.iter();
    all.map(posture::Recommended::to_yaml).collect()
}

fn write(recommended: &Recommendations, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    let mut written = BTreeSet::new();
    for of in &recommended.recommendations {
        if !of.policies.is_empty() {
            let path = folder.join(format!("{}.yaml", of.namespace));
            fs::write(&path, of.to_yaml()).map_err(|error| at(&path, &error))?;
            written.insert(path);
        }
    }
    tell_of_others(folder, &written).map_err(|error| at(folder, &error))
}

/// Says which manifests of a folder are not of this run: who applies the folder applies them, too.
fn tell_of_others(folder: &Path, written: &BTreeSet<PathBuf>) -> io::Result<()> {
    let mut others = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_manifest = path.extension().is_some_and(|of| of == "yaml");
        if is_manifest && !written.contains(&path) {
            others.insert(path);
        }
    }
    for path in others {
        let path = path.display();
        anstream::eprintln!("note: `{path}` was there before and is not of these recommendations");
    }
    Ok(())
}

fn at(path: &Path, error: &io::Error) -> Failure {
    Failure::Usage(format!(
        "`{}` could not be written: {}",
        path.display(),
        error.kind()
    ))
}
