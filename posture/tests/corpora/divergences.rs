//! Differences from other tools that are known, each with its reason: see `divergences.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A difference that is known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    corpus: String,
    /// Where in the corpus; `*` stands for any text.
    case: String,
    /// What differs, as the test words it; `*` stands for any text.
    what: String,
    reason: String,
}

/// The differences that a test meets, held against those that are known.
#[derive(Debug)]
pub(crate) struct Differences {
    known: Vec<(Known, u64)>,
    /// How often each new one was met, and more about the first time.
    new: BTreeMap<(String, String), (u64, String)>,
}

impl Differences {
    pub(crate) fn from(corpus: &str) -> Self {
        let all: Vec<Known> =
            serde_saphyr::from_str(include_str!("divergences.yaml")).expect("a list");
        let known = all.into_iter().filter(|known| known.corpus == corpus);
        Self {
            known: known.map(|known| (known, 0)).collect(),
            new: BTreeMap::new(),
        }
    }

    /// Takes in a difference.
    pub(crate) fn meet(&mut self, case: &str, what: &str, detail: impl FnOnce() -> String) {
        let known = self
            .known
            .iter_mut()
            .find(|(known, _)| is_like(&known.case, case) && is_like(&known.what, what));
        if let Some((_, times)) = known {
            *times += 1;
        } else {
            let new = self.new.entry((case.to_owned(), what.to_owned()));
            new.or_insert_with(|| (0, detail())).0 += 1;
        }
    }

    /// Tells what was met, and fails where one is new or one that is known was not met.
    pub(crate) fn settle(self) {
        let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
        for (known, times) in &self.known {
            *reasons.entry(&known.reason).or_default() += times;
        }
        for (reason, times) in reasons {
            println!("{times:8} differ: {reason}");
        }
        let new = self.new.iter().map(|((case, what), (times, detail))| {
            format!("{case}: {what}: differs {times} times, first {detail}")
        });
        let gone = self.known.iter().filter(|(_, times)| *times == 0);
        let gone = gone.map(|(known, _)| {
            let Known { case, what, .. } = known;
            format!("{case}: {what}: no longer differs")
        });
        let all: Vec<String> = new.chain(gone).collect();
        let shown = all.get(..40).unwrap_or(&all);
        assert!(all.is_empty(), "{} in all\n{}", all.len(), shown.join("\n"));
    }
}

/// Whether a text is as a pattern says, in which `*` stands for any text.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text
            .strip_prefix(head)
            .is_some_and(|rest| ends_like(tail, rest)),
    }
}

fn ends_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => text.ends_with(pattern),
        Some((head, tail)) => text
            .find(head)
            .is_some_and(|at| ends_like(tail, &text[at + head.len()..])),
    }
}
