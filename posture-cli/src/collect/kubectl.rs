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
    /// Why not all of them are known, as kubectl tells it.
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

    /// Why it is not known whether there is one of this name; none where it is. What kubectl says is about
    /// the groups that it names, and about all where it names none.
    pub(crate) fn silent_about(&self, resource: &str) -> Option<&str> {
        let why = self.silent.as_deref()?;
        let named: BTreeSet<&str> = groups_in(why).collect();
        let group = resource.split_once('.').map_or("", |(_, group)| group);
        (named.is_empty() || named.contains(group)).then_some(why)
    }
}

/// The groups that kubectl names: `projectcalico.org/v3: the server is currently unable to handle the
/// request, v1: ...`, where the last one has no name.
fn groups_in(why: &str) -> impl Iterator<Item = &str> {
    let words = why
        .split_whitespace()
        .filter_map(|word| word.strip_suffix(':'));
    words.filter_map(|word| {
        let (group, version) = word.rsplit_once('/').unwrap_or(("", word));
        let number = version.strip_prefix('v')?;
        let is_group =
            number.starts_with(|first: char| first.is_ascii_digit()) && !group.contains('/');
        is_group.then_some(group)
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_did_not_answer() {
        let list = "unable to retrieve the complete list of server APIs";
        for (said, expected) in [
            (
                format!(
                    "{list}: projectcalico.org/v3: the server is currently unable to handle the request"
                ),
                vec!["projectcalico.org"],
            ),
            (
                format!(
                    "{list}: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1, v1: Unauthorized"
                ),
                vec!["metrics.k8s.io", ""],
            ),
            (
                "Get \"https://10.0.0.1/apis/apps/v1?timeout=30s\": context deadline exceeded"
                    .to_owned(),
                vec![],
            ),
            (
                "Get \"https://10.0.0.1/apis/apps/v1\": EOF".to_owned(),
                vec![],
            ),
            (
                "the server was unable to return a response in the time allotted".to_owned(),
                vec![],
            ),
        ] {
            assert_eq!(groups_in(&said).collect::<Vec<_>>(), expected, "{said}");
        }
    }

    #[test]
    fn what_is_not_known_is_of_the_groups_that_are_named_or_of_all() {
        let silent = |why: &str| Resources {
            names: BTreeSet::new(),
            silent: Some(why.to_owned()),
        };
        let some = silent("unable to retrieve: projectcalico.org/v3: Unauthorized");
        assert!(some.silent_about("tiers.projectcalico.org").is_some());
        for other in [
            "tiers.crd.projectcalico.org",
            "pods",
            "ciliumnodes.cilium.io",
        ] {
            assert_eq!(some.silent_about(other), None, "{other}");
        }
        let all = silent("the request timed out");
        for any in ["tiers.projectcalico.org", "pods"] {
            assert!(all.silent_about(any).is_some(), "{any}");
        }
        let core = silent("unable to retrieve: v1: Unauthorized");
        assert!(core.silent_about("pods").is_some());
        assert_eq!(core.silent_about("tiers.projectcalico.org"), None);
    }
}
