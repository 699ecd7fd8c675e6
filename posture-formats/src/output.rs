//! What the readers of one file fill: its fragment and its issues.

use std::collections::BTreeMap;
use std::sync::Arc;

use posture_core::issue::{IssueKind, Issues};
use posture_core::model::{Fragment, Origin};

use crate::kubernetes::network_policy::Repeated;
use crate::refused::Refused;

/// What a file may hold.
pub(crate) const EXPECTED: &str = "expected a Kubernetes object or list, flows of Calico or Cilium, or a scan or VEX as Trivy, Grype, \
     CycloneDX and OpenVEX write them";

/// The facts and issues of one file, while it is read.
pub(crate) struct Output<'a> {
    /// What was read.
    pub(crate) fragment: Fragment,
    /// What must be told about it.
    pub(crate) issues: &'a mut Issues,
    /// Whether anything in the file was of a known format.
    pub(crate) recognised: bool,
    /// Lists that its policies repeat.
    pub(crate) repeated: Repeated,
    file: Arc<str>,
    unused: BTreeMap<String, u64>,
    /// Where the first value of no known format is, and how many there are.
    unknown: Option<(String, u64)>,
    /// Likewise what is known and not read.
    refused: BTreeMap<Refused, (String, u64)>,
}

impl<'a> Output<'a> {
    pub(crate) fn new(file: &str, issues: &'a mut Issues) -> Self {
        Self {
            fragment: Fragment::default(),
            issues,
            recognised: false,
            repeated: Repeated::default(),
            file: file.into(),
            unused: BTreeMap::new(),
            unknown: None,
            refused: BTreeMap::new(),
        }
    }

    /// A place in the file.
    pub(crate) fn origin(&self, at: &str) -> Origin {
        Origin {
            file: self.file.clone(),
            at: at.to_owned(),
        }
    }

    /// Adds an issue about a place in the file.
    pub(crate) fn issue(&mut self, kind: IssueKind, at: &str, message: impl Into<String>) {
        self.issues.push(kind, self.file.as_ref(), at, message);
    }

    /// Counts an object of a kind that the score does not use.
    pub(crate) fn unused(&mut self, kind: &str) {
        match self.unused.get_mut(kind) {
            Some(count) => *count = count.saturating_add(1),
            None => {
                self.unused.insert(kind.to_owned(), 1);
            }
        }
    }

    /// Counts a value of no known format: a log of a thousand lines is told about once.
    pub(crate) fn unknown(&mut self, at: &str) {
        let (_, count) = self.unknown.get_or_insert_with(|| (at.to_owned(), 0));
        *count = count.saturating_add(1);
    }

    /// Whether all that was read until now is of no known format, as in a log.
    pub(crate) fn is_all_unknown(&self) -> bool {
        self.unknown.is_some() && !self.recognised
    }

    /// Counts a value that is known and not read, once for all like it.
    pub(crate) fn refused(&mut self, refused: Refused, at: &str) {
        let first = || (at.to_owned(), 0);
        let (_, count) = self.refused.entry(refused).or_insert_with(first);
        *count = count.saturating_add(1);
    }

    /// The facts, once the whole file is read; tells what was not used of it.
    pub(crate) fn finish(mut self) -> Fragment {
        if let Some((at, count)) = self.unknown.take() {
            let message = match count {
                1 => format!("the content is of no known format, {EXPECTED}"),
                _ => format!("{count} values are of no known format, {EXPECTED}"),
            };
            self.issue(IssueKind::UnknownFormat, &at, message);
        }
        for (refused, (at, count)) in self.refused {
            let (kind, file) = (IssueKind::UnknownFormat, self.file.as_ref());
            let message = refused.message();
            self.issues.push_counted(kind, file, at, message, count);
        }
        for (kind, count) in self.unused {
            let message = match count {
                1 => format!("1 object of kind `{kind}` is not used"),
                _ => format!("{count} objects of kind `{kind}` are not used"),
            };
            let file = self.file.as_ref();
            self.issues
                .push_counted(IssueKind::UnusedKind, file, "", message, count);
        }
        self.fragment
    }
}
