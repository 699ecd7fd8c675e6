//! `posture collect`: makes an archive of what a score uses of a cluster.

use std::path::PathBuf;

use clap::Args;
use posture_collect::{Key, Pseudonyms, rbac};
use posture_core::issue::{Issues, Severity};
use posture_core::time::Time;

use crate::collect::{self, Address, FlowSources, Kubectl, key};
use crate::exit::{Failure, Outcome};
use crate::input;
use crate::options::{clock, instant};
use crate::output::{self, print, width};
use crate::render::{self, Collected};

/// The namespace that the manifest of `--rbac` puts its account in.
const NAMESPACE: &str = "posture";

/// Collect what a score uses of a cluster into one archive, which `posture score` reads
///
/// Runs `kubectl get` for each kind that is used, and changes nothing. Of each object only the fields that
/// are used are kept: secrets, config maps, environment values, annotations and volumes are not. Image
/// scans come from trivy-operator where the cluster has it.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::STRICT_CODES)]
pub(crate) struct Arguments {
    /// The archive that is written, such as cluster.tar.gz
    #[arg(short, long, value_name = "FILE", required_unless_present = "rbac", value_parser = archive)]
    output: Option<PathBuf>,

    /// Replace the archive where there is one
    #[arg(long)]
    force: bool,

    /// Flow logs, directories or archives of them, or `-` for standard input
    #[arg(long, value_name = "FLOWS", num_args = 1..)]
    flows: Vec<PathBuf>,

    /// Take the flows that Whisker has, one hour of them: `http://localhost:8081` behind
    /// `kubectl port-forward -n calico-system service/whisker 8081`
    #[arg(long, value_name = "URL")]
    whisker: Option<Address>,

    /// Replace names by pseudonyms, the same ones for the same key: `file:PATH` or `env:NAME` say where
    /// the key is kept. Addresses and digests stay, and so does the score
    #[arg(long, value_name = "KEY", value_parser = key)]
    pseudonymise: Option<Key>,

    /// The context of the configuration of kubectl
    #[arg(long)]
    context: Option<String>,

    /// The configuration of kubectl
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,

    /// The program that is run as kubectl
    #[arg(long, value_name = "PATH")]
    kubectl: Option<PathBuf>,

    /// The time of the collection, such as 2026-11-20T10:00:00Z; by default that of the clock
    #[arg(long, value_name = "TIME", value_parser = instant)]
    now: Option<Time>,

    /// Print the manifest of what the cluster must allow, and collect nothing
    #[arg(long)]
    rbac: bool,

    /// Exit with 4 when something could not be collected
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let Some(path) = arguments.output.as_ref().filter(|_| !arguments.rbac) else {
        print(&rbac(NAMESPACE))?;
        return Ok(Outcome::Done);
    };
    if path.exists() && !arguments.force {
        return Err(output::is_there(path));
    }
    let mut issues = Issues::default();
    let from = FlowSources {
        logs: input::sources(&arguments.flows, &mut issues)?,
        whisker: arguments.whisker.as_ref(),
    };
    let at = arguments.now.unwrap_or_else(clock);
    let mut objects = collect::ask(&arguments.kubectl(), at, &mut issues)?;
    let key = arguments.pseudonymise.clone();
    let pseudonyms = key.map(|key| Pseudonyms::new(key, &objects.lists));
    let rows = collect::take(from, pseudonyms.as_ref(), &mut issues)?;
    if let Some(pseudonyms) = &pseudonyms {
        objects.put(pseudonyms);
    }
    let records = rows.as_ref().map(|rows| rows.count);
    let collected = Collected {
        file: path.display().to_string(),
        bytes: collect::write(path, &objects, rows)?,
        asked: objects.collection.asked,
        records,
    };
    let warnings = issues.count(Severity::Warning);
    print(&render::collected(&collected, &issues.into_list(), width()))?;
    Ok(match arguments.strict && warnings > 0 {
        true => Outcome::Warnings,
        false => Outcome::Done,
    })
}

impl Arguments {
    fn kubectl(&self) -> Kubectl {
        let kubeconfig = self.kubeconfig.as_ref();
        let kubeconfig = kubeconfig.map(|path| format!("--kubeconfig={}", path.display()));
        let context = self
            .context
            .as_ref()
            .map(|name| format!("--context={name}"));
        Kubectl {
            program: self.kubectl.clone(),
            options: context.into_iter().chain(kubeconfig).collect(),
        }
    }
}

fn archive(text: &str) -> Result<PathBuf, String> {
    match text.ends_with(".tar.gz") {
        true => Ok(text.into()),
        false => Err("expected a name that ends in `.tar.gz`".to_owned()),
    }
}
