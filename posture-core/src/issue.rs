//! What a person must be told about the input: data, never a failure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How many issues of one kind are listed for one file; the rest are counted in one more.
const LISTED: usize = 20;

/// How much an issue matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something of the input was lost, or the score rests on less than was meant.
    Warning,
    /// Nothing was lost; good to know.
    Info,
}

/// What an issue is about. A closed list, so that a new kind is a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IssueKind {
    /// The file or archive member could not be read at all.
    Unreadable,
    /// The file holds nothing.
    Empty,
    /// The content is no format that is known here.
    UnknownFormat,
    /// What holds no data: prose, a licence, a link to a directory.
    UnusedFile,
    /// The text is not well-formed JSON or YAML, from the given position on.
    Syntax,
    /// The file or line is larger than the reader's limit.
    TooLarge,
    /// A Kubernetes object of a kind that the score does not use.
    UnusedKind,
    /// A policy of a kind that is not evaluated; ends it may govern are `unknown`.
    UnreadPolicy,
    /// An object that misses what its kind requires.
    InvalidObject,
    /// One object was given twice with different content; the newest is used.
    Conflict,
    /// Owner references that lead back to themselves.
    OwnerCycle,
    /// A line of a flow log that is no valid record.
    InvalidRecord,
    /// A scan report that says nothing about an image: a directory, a repository, a cluster.
    NotAnImage,
    /// A scan that did not finish or did not look for vulnerabilities; its image is unscanned.
    PartialScan,
    /// No policies were given, and nothing says that there are none.
    NoPolicySource,
    /// The method's switches can make a fix lower the score.
    Method,
}

impl IssueKind {
    /// Whether input was lost by it.
    pub const fn severity(self) -> Severity {
        match self {
            Self::UnusedFile | Self::UnusedKind | Self::Conflict => Severity::Info,
            _ => Severity::Warning,
        }
    }

    /// Its name in a result.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Empty => "empty",
            Self::UnknownFormat => "unknown_format",
            Self::UnusedFile => "unused_file",
            Self::Syntax => "syntax",
            Self::TooLarge => "too_large",
            Self::UnusedKind => "unused_kind",
            Self::UnreadPolicy => "unread_policy",
            Self::InvalidObject => "invalid_object",
            Self::Conflict => "conflict",
            Self::OwnerCycle => "owner_cycle",
            Self::InvalidRecord => "invalid_record",
            Self::NotAnImage => "not_an_image",
            Self::PartialScan => "partial_scan",
            Self::NoPolicySource => "no_policy_source",
            Self::Method => "method",
        }
    }
}

/// One thing that a person must be told about the input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Issue {
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub kind: IssueKind,
    /// The file, as the caller named it; empty when it is about the input as a whole.
    pub file: String,
    /// Where in the file: `line 17`, `items[3]`, `document 2`; empty for the whole file.
    pub at: String,
    /// What is wrong and what was expected: lower case, no full stop.
    pub message: String,
    /// How many times; above 1 when like issues of one file are folded into one.
    pub count: u64,
}

/// Collects issues: the first twenty of each kind in each file are listed, the rest are counted.
#[derive(Clone, Debug, Default)]
pub struct Issues {
    by_file_and_kind: BTreeMap<(String, IssueKind), (Vec<Issue>, u64)>,
}

impl Issues {
    /// Adds one issue.
    pub fn push(
        &mut self,
        kind: IssueKind,
        file: impl Into<String>,
        at: impl Into<String>,
        message: impl Into<String>,
    ) {
        self.push_counted(kind, file, at, message, 1);
    }

    /// Adds one issue that stands for `count` like ones.
    pub fn push_counted(
        &mut self,
        kind: IssueKind,
        file: impl Into<String>,
        at: impl Into<String>,
        message: impl Into<String>,
        count: u64,
    ) {
        self.add(Issue {
            severity: kind.severity(),
            kind,
            file: file.into(),
            at: at.into(),
            message: message.into(),
            count,
        });
    }

    /// Adds one issue about the input as a whole.
    pub fn note(&mut self, kind: IssueKind, message: impl Into<String>) {
        self.push(kind, "", "", message);
    }

    /// Adds all issues of another collection.
    pub fn extend(&mut self, others: Self) {
        for (key, (listed, more)) in others.by_file_and_kind {
            for issue in listed {
                self.add(issue);
            }
            self.by_file_and_kind.entry(key).or_default().1 += more;
        }
    }

    /// How many issues there are, folded ones included, of the given severity.
    pub fn count(&self, severity: Severity) -> u64 {
        self.by_file_and_kind
            .iter()
            .filter(|((_, kind), _)| kind.severity() == severity)
            .map(|(_, (listed, more))| listed.iter().map(|issue| issue.count).sum::<u64>() + more)
            .sum()
    }

    /// All issues: warnings first, then by file, kind and order of reading.
    pub fn into_list(self) -> Vec<Issue> {
        let mut list: Vec<Issue> = Vec::new();
        for ((file, kind), (listed, more)) in self.by_file_and_kind {
            list.extend(listed);
            if more > 0 {
                list.push(Issue {
                    severity: kind.severity(),
                    kind,
                    file,
                    at: String::new(),
                    message: format!("{more} more of the same kind"),
                    count: more,
                });
            }
        }
        list.sort_by_key(|issue| issue.severity);
        list
    }

    fn add(&mut self, issue: Issue) {
        let key = (issue.file.clone(), issue.kind);
        let (listed, more) = self.by_file_and_kind.entry(key).or_default();
        if listed.len() < LISTED {
            listed.push(issue);
        } else {
            *more += issue.count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_by_folding() {
        let mut issues = Issues::default();
        for line in 1..=1000 {
            issues.push(
                IssueKind::InvalidRecord,
                "flows.jsonl",
                format!("line {line}"),
                "broken",
            );
        }
        issues.note(IssueKind::NoPolicySource, "none");
        assert_eq!(issues.count(Severity::Warning), 1001);
        let list = issues.into_list();
        assert_eq!(list.len(), 1 + LISTED + 1);
        assert_eq!(list.iter().map(|issue| issue.count).sum::<u64>(), 1001);
        assert_eq!(list[1].at, "line 1");
    }
}
