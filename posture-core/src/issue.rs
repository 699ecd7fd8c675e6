//! What a person must be told about the input: data, never a failure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How many issues of one kind are listed for one file; the rest are counted in one more.
const LISTED: usize = 20;

/// Of how many files the same is told one by one; the rest are counted in one more.
const FILES_LISTED: usize = 5;

/// How much an issue matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
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
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
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
    /// A Kubernetes object, or an event, of a kind that the score does not use.
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
    /// Records that their source could not keep: the log itself says that they are missing.
    LostRecords,
    /// A scan report that says nothing about an image: a directory, a repository, a cluster.
    NotAnImage,
    /// A scan that did not finish or did not look for vulnerabilities; its image is unscanned.
    PartialScan,
    /// No policies were given, and nothing says that there are none.
    NoPolicySource,
    /// Pods of which nothing tells the images.
    UnknownImages,
    /// What must be rendered before it can be read: a template, a kustomization.
    Unrendered,
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
            Self::LostRecords => "lost_records",
            Self::NotAnImage => "not_an_image",
            Self::PartialScan => "partial_scan",
            Self::NoPolicySource => "no_policy_source",
            Self::UnknownImages => "unknown_images",
            Self::Unrendered => "unrendered",
            Self::Method => "method",
        }
    }
}

/// One thing that a person must be told about the input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
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

/// Collects issues: "Of one kind of issue in one file the first twenty are listed and the rest
/// counted. Of files of which the same is told the first five are listed and the rest counted"
/// (formats).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(
    feature = "borsh",
    derive(borsh::BorshSerialize, borsh::BorshDeserialize)
)]
#[serde(from = "Lists", into = "Lists")]
pub struct Issues {
    by_file_and_kind: BTreeMap<(String, IssueKind), (Vec<Issue>, u64)>,
}

/// Lists of issues of one file and kind, and how many more there are.
type Lists = Vec<(Vec<Issue>, u64)>;

impl From<Issues> for Lists {
    fn from(issues: Issues) -> Self {
        issues.by_file_and_kind.into_values().collect()
    }
}

impl From<Lists> for Issues {
    fn from(lists: Lists) -> Self {
        let keyed = lists.into_iter().filter_map(|(listed, more)| {
            let first = listed.first()?;
            Some(((first.file.clone(), first.kind), (listed, more)))
        });
        Self {
            by_file_and_kind: keyed.collect(),
        }
    }
}

impl From<Vec<Issue>> for Issues {
    fn from(listed: Vec<Issue>) -> Self {
        let mut issues = Self::default();
        for issue in listed {
            issues.add(issue);
        }
        issues
    }
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

    /// How many issues there are about each file, folded ones included.
    pub fn by_file(&self) -> BTreeMap<String, u64> {
        let mut files: BTreeMap<String, u64> = BTreeMap::new();
        for ((file, _), (listed, more)) in &self.by_file_and_kind {
            let count: u64 = listed.iter().map(|issue| issue.count).sum();
            let sum = files.entry(file.clone()).or_default();
            *sum = sum.saturating_add(count).saturating_add(*more);
        }
        files
    }

    /// Leaves only what is about some of the files.
    pub fn retain_files(&mut self, is_meant: impl Fn(&str) -> bool) {
        self.by_file_and_kind.retain(|(file, _), _| is_meant(file));
    }

    /// All issues: warnings first, then by file, kind and order of reading.
    pub fn into_list(self) -> Vec<Issue> {
        let mut list: Vec<Issue> = Vec::new();
        let mut folded = Folded::default();
        for ((file, kind), (listed, more)) in self.by_file_and_kind {
            list.extend(listed.into_iter().filter_map(|issue| folded.keep(issue)));
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
        list.extend(folded.into_issues());
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

/// Issues about whole files, by what they tell: a bundle with a thousand logs is told of once.
#[derive(Default)]
struct Folded {
    files: BTreeMap<(IssueKind, String), (usize, Option<Issue>)>,
}

impl Folded {
    /// Gives an issue back to be listed, or counts it.
    fn keep(&mut self, issue: Issue) -> Option<Issue> {
        if !issue.at.is_empty() || issue.file.is_empty() {
            return Some(issue);
        }
        let key = (issue.kind, issue.message.clone());
        let (files, folded) = self.files.entry(key).or_default();
        *files = files.saturating_add(1);
        if *files <= FILES_LISTED {
            return Some(issue);
        }
        match folded {
            Some(folded) => {
                folded.count = folded.count.saturating_add(issue.count);
                folded.file = common_folder(&folded.file, &issue.file).to_owned();
            }
            None => *folded = Some(issue),
        }
        None
    }

    /// One issue for all that are not listed, in the folder that they share.
    fn into_issues(self) -> impl Iterator<Item = Issue> {
        let folded = self.files.into_values();
        folded.filter_map(|(files, issue)| {
            let issue = issue?;
            let more = files.saturating_sub(FILES_LISTED);
            let message = match more {
                1 => issue.message,
                _ => format!("{more} more files: {}", issue.message),
            };
            Some(Issue { message, ..issue })
        })
    }
}

/// The folder, or archive, that two files lie in; nothing where they share none.
fn common_folder<'a>(a: &'a str, b: &str) -> &'a str {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let ends = |at: usize| a.as_bytes().get(at).is_none_or(|byte| *byte == b'/');
    let whole = same == a.len() && b.as_bytes().get(same) == Some(&b'/');
    if whole && ends(same) {
        return a;
    }
    let shared = a.as_bytes().get(..same).unwrap_or_default();
    let end = shared.iter().rposition(|byte| *byte == b'/');
    end.and_then(|end| a.get(..end)).unwrap_or_default()
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

    #[test]
    fn files_of_which_the_same_is_told_are_folded() {
        let mut issues = Issues::default();
        for number in 0..500 {
            let file = format!("b.tgz/logs/{}/{number:03}.log", number % 2);
            issues.push(IssueKind::UnusedFile, file, "", "no known format");
        }
        issues.push_counted(IssueKind::UnusedKind, "a.json", "", "7 of a kind", 7);
        assert_eq!(issues.count(Severity::Info), 507);
        let list = issues.into_list();
        assert_eq!(list.len(), FILES_LISTED + 2);
        assert_eq!(list.iter().map(|issue| issue.count).sum::<u64>(), 507);
        let folded = list.last().expect("an issue");
        assert_eq!((folded.file.as_str(), folded.count), ("b.tgz/logs", 495));
        assert_eq!(folded.message, "495 more files: no known format");
    }

    #[test]
    fn folders_that_files_share() {
        for (a, b, folder) in [
            ("a/b/c", "a/b/d", "a/b"),
            ("a/b/c", "a/bb/c", "a"),
            ("a/b", "a/b/c", "a/b"),
            ("a", "b", ""),
            ("a/x", "b/x", ""),
            ("same/x", "same/x", "same"),
        ] {
            assert_eq!(common_folder(a, b), folder, "{a} {b}");
        }
    }
}
