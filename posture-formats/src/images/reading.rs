//! One report while it is read.

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::{Finding, Fragment, Origin, Scan};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Identity;
use crate::json;

/// A report, and what is made of it.
pub(crate) struct Reading<'a> {
    /// What it is, in messages: `trivy report`.
    pub(super) what: &'static str,
    /// Where it is.
    pub(super) origin: &'a Origin,
    /// What was read.
    pub(super) fragment: &'a mut Fragment,
    issues: &'a mut Issues,
}

/// What a report says of its image.
#[derive(Default)]
pub(super) struct Found {
    /// The image.
    pub(super) identity: Identity,
    /// All else.
    pub(super) scan: Scan,
    /// Where in the report; empty for all of it.
    pub(super) at: String,
}

impl Found {
    /// What all of a report says.
    pub(super) fn new(identity: Identity, scan: Scan) -> Self {
        let at = String::new();
        Self { identity, scan, at }
    }
}

impl<'a> Reading<'a> {
    pub(crate) fn new(
        what: &'static str,
        origin: &'a Origin,
        fragment: &'a mut Fragment,
        issues: &'a mut Issues,
    ) -> Self {
        Self {
            what,
            origin,
            fragment,
            issues,
        }
    }

    /// Adds an issue about the report as a whole.
    pub(super) fn issue(&mut self, kind: IssueKind, message: impl Into<String>) {
        self.count(kind, message, 1);
    }

    /// Adds an issue about so many parts of the report.
    pub(super) fn count(&mut self, kind: IssueKind, message: impl Into<String>, count: u64) {
        let (file, at) = (self.origin.file.as_ref(), &self.origin.at);
        self.issues.push_counted(kind, file, at, message, count);
    }

    /// Adds an issue about a part of the report.
    pub(super) fn issue_at(&mut self, kind: IssueKind, at: &str, message: impl Into<String>) {
        let place = self.place(at);
        let file = place.file.as_ref();
        self.issues.push(kind, file, place.at, message);
    }

    /// A place in the report.
    fn place(&self, at: &str) -> Origin {
        Origin {
            file: self.origin.file.clone(),
            at: format!("{} {at}", self.origin.at).trim().to_owned(),
        }
    }

    /// The report's fields; none, and an issue, where they are not of the shape that they must have.
    pub(super) fn open<'j, T: Deserialize<'j>>(&mut self, json: &'j str) -> Option<T> {
        match json::from_str(json) {
            Ok(report) => Some(report),
            Err(error) => {
                let reason = json::message(&error);
                let message = format!("{} that cannot be read: {reason}", self.what);
                self.issue(IssueKind::InvalidObject, message);
                None
            }
        }
    }

    /// Reads the elements of a list one by one, so that a broken one costs only itself. `at` is where
    /// the list stands in its report, `what` is what an element is. Each has its place in the list.
    pub(super) fn each<'j, T: Deserialize<'j>, R>(
        &mut self,
        what: &str,
        list: &[&'j RawValue],
        at: &str,
        mut translate: impl FnMut(T) -> Result<R, String>,
    ) -> Vec<(usize, R)> {
        let mut read = Vec::with_capacity(list.len());
        for (index, json) in list.iter().enumerate() {
            let message = match json::from_str(json.get()).map(&mut translate) {
                Ok(Ok(element)) => {
                    read.push((index, element));
                    continue;
                }
                Ok(Err(reason)) => format!("{what} {reason}"),
                Err(error) => format!("{what} that cannot be read: {}", json::message(&error)),
            };
            let at = format!("{at}[{index}]");
            self.issue_at(IssueKind::InvalidObject, &at, message);
        }
        read
    }

    /// Reads findings; a translation that gives none says that the vulnerability has no id.
    pub(super) fn findings<'j, T: Deserialize<'j>>(
        &mut self,
        list: &[&'j RawValue],
        at: &str,
        translate: fn(T) -> Option<Finding>,
    ) -> Vec<Finding> {
        let translate = |vulnerability| translate(vulnerability).ok_or_else(without_id);
        let found = self.each("vulnerability", list, at, translate);
        found.into_iter().map(|(_, finding)| finding).collect()
    }

    /// Tells that the report is about something else than an image.
    pub(super) fn not_an_image(&mut self, subject: &str) {
        let message = format!(
            "{} on {subject}; expected one on a container image",
            self.what
        );
        self.issue(IssueKind::NotAnImage, message);
    }

    /// Tells that a scan says nothing of its image's vulnerabilities, and why.
    pub(super) fn partial(&mut self, image: &str, why: &str) {
        let message = format!("{} on `{image}` {why}", self.what);
        self.issue(IssueKind::PartialScan, message);
    }

    /// Adds a scan. One that names no image is told about by the name that it has.
    pub(super) fn scan(&mut self, found: Found, artifact: &str) {
        self.fragment.sources.scans = true;
        let Found { identity, scan, at } = found;
        if identity.is_empty() && scan.operator.is_none() {
            let message = format!(
                "{} on `{artifact}` names no image; expected a tag or digest",
                self.what
            );
            self.issue(IssueKind::NotAnImage, message);
            return;
        }
        self.fragment.scans.push(Scan {
            names: identity.names,
            manifests: identity.manifests,
            config: identity.config,
            platform: identity.platform,
            findings: each_once(scan.findings),
            origin: self.place(&at),
            ..scan
        });
    }
}

pub(super) fn without_id() -> String {
    "without an id".to_owned()
}

/// The same findings in order of id and package, each once.
fn each_once(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_unstable();
    findings.dedup();
    findings
}
