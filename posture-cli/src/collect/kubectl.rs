//! `kubectl`, which is asked and never tells a cluster to change anything.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use posture_collect::read_list;
use serde_json::Value;

use crate::exit::Failure;

/// How long a cluster may take to answer that it is there.
const PATIENCE: &str = "--request-timeout=30s";

/// What `kubectl` says before why it failed.
const PREFIXES: [&str; 3] = [
    "Error from server (Forbidden): ",
    "Error from server: ",
    "error: ",
];

/// `kubectl`, for one cluster.
#[derive(Clone, Debug)]
pub(crate) struct Kubectl {
    /// The program; the one on the path where none is named.
    pub(crate) program: Option<PathBuf>,
    /// `--context` and the like.
    pub(crate) options: Vec<String>,
}

/// The resources of a cluster that can be listed.
#[derive(Debug)]
pub(crate) struct Resources {
    /// Their names, such as `pods` or `tiers.projectcalico.org`.
    names: BTreeSet<String>,
    /// Which services of the cluster did not answer, as kubectl tells it: what these have is not known.
    silent: Option<String>,
}

/// Why a kind could not be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It may not be.
    Forbidden(String),
    /// For another reason.
    Failed(String),
}

impl Kubectl {
    /// What the cluster has.
    pub(crate) fn resources(&self) -> Result<Resources, Failure> {
        let asked = ["api-resources", "--verbs=list", "--output=name", PATIENCE];
        let mut text = String::new();
        let mut read = |out: &mut dyn Read| out.read_to_string(&mut text).map(|_| ());
        let silent = self.run(&asked, &mut read)?;
        let names: BTreeSet<String> = text.lines().map(|line| line.trim().to_owned()).collect();
        match silent {
            Some(why) if names.is_empty() => {
                Err(Failure::Nothing(format!("no cluster answers: {why}")))
            }
            silent => Ok(Resources { names, silent }),
        }
    }

    /// Lists the objects of a resource in all namespaces, and hands them on one by one.
    pub(crate) fn list(
        &self,
        resource: &str,
        each: &mut dyn FnMut(Value),
    ) -> Result<Result<(), Refusal>, Failure> {
        let asked = [
            "get",
            resource,
            "--all-namespaces",
            "--output=json",
            "--request-timeout=120s",
        ];
        let mut broken = None;
        let mut read = |out: &mut dyn Read| {
            broken = read_list(out, each).err();
            Ok(())
        };
        let said = self.run(&asked, &mut read)?;
        Ok(match (said, broken) {
            (Some(why), _) if why.contains("forbidden") => Err(Refusal::Forbidden(why)),
            (Some(why), _) => Err(Refusal::Failed(why)),
            (None, Some(error)) => Err(Refusal::Failed(format!(
                "what kubectl printed is no list: {error}"
            ))),
            (None, None) => Ok(()),
        })
    }

    /// Runs it, and has its output read. Gives the last line of what it said where it failed.
    fn run(
        &self,
        asked: &[&str],
        read: &mut dyn FnMut(&mut dyn Read) -> io::Result<()>,
    ) -> Result<Option<String>, Failure> {
        let program = self.program.clone().unwrap_or_else(|| "kubectl".into());
        // a file and no pipe, so that it never waits for somebody to read what it says
        let mut said = tempfile::tempfile()?;
        let child = Command::new(&program)
            .args(asked)
            .args(&self.options)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(said.try_clone()?)
            .spawn();
        let mut child = child.map_err(|error| self.missing(&error))?;
        if let Some(out) = &mut child.stdout {
            read(out)?;
            // what is not read would keep it waiting
            io::copy(out, &mut io::sink())?;
        }
        let status = child.wait()?;
        Ok(match status.success() {
            true => None,
            false => Some(last_line(&mut said)?.unwrap_or_else(|| format!("kubectl: {status}"))),
        })
    }

    fn missing(&self, error: &io::Error) -> Failure {
        match &self.program {
            Some(program) => Failure::Usage(format!(
                "`--kubectl {}`: the program cannot be run: {}",
                program.display(),
                error.kind()
            )),
            None => Failure::Nothing(format!(
                "`kubectl` cannot be run: {}, expected it on the path or `--kubectl PATH`",
                error.kind()
            )),
        }
    }
}

impl Resources {
    /// Whether there is one of this name.
    pub(crate) fn has(&self, resource: &str) -> bool {
        self.names.contains(resource)
    }

    /// Why it is not known whether there is one of this name; none where it is.
    pub(crate) fn silent_about(&self, resource: &str) -> Option<&str> {
        let (_, group) = resource.split_once('.')?;
        self.silent.as_deref().filter(|why| why.contains(group))
    }
}

/// The last line of what was said, without what says that it is an error.
fn last_line(said: &mut File) -> io::Result<Option<String>> {
    let mut text = Vec::new();
    said.rewind()?;
    said.read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty());
    Ok(line.map(|line| {
        let prefix = PREFIXES.iter().find(|prefix| line.starts_with(**prefix));
        line.strip_prefix(*prefix.unwrap_or(&""))
            .unwrap_or(line)
            .to_owned()
    }))
}
