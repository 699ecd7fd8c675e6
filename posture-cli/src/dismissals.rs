//! The file of dismissals: YAML, to be kept with the policies and reviewed like them.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::{env, fs};

use posture_core::dismissal::{Covers, Dismissal, Snapshot};
use posture_core::remedy::ActionId;
use posture_core::time::Time;
use serde::{Deserialize, Serialize};

use crate::exit::Failure;
use crate::input::why;

/// The file where none is named.
pub(crate) const FILE: &str = "posture-dismissals.yaml";

const HEAD: &str = "# Risk that was accepted. `posture score --dismissals` reads it.\n";

/// What the file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    #[serde(default)]
    dismissals: Vec<Dismissal>,
}

/// The dismissals of a file, checked against the present.
pub(crate) fn read(path: &Path, now: Option<Time>) -> Result<Vec<Dismissal>, Failure> {
    let named = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::Usage(format!("`--dismissals {named}`: the file {}", why(&error)))
    })?;
    let wrong = |error: &str| Failure::Usage(format!("`--dismissals {named}`: {error}"));
    let kept = parse(&text).map_err(|error| wrong(&error))?;
    for dismissal in &kept {
        dismissal
            .check(now)
            .map_err(|error| wrong(&error.to_string()))?;
    }
    Ok(kept)
}

/// Adds a dismissal to a file, which is made where it is missing.
pub(crate) fn add(path: &Path, dismissal: Dismissal) -> Result<(), Failure> {
    let text = match path.exists() {
        true => text(path)?,
        false => String::new(),
    };
    let mut kept = read_existing(path, &text)?;
    let mut grown = text.trim_end().to_owned();
    if !grown.is_empty() {
        grown.push('\n');
    }
    grown.push_str(&entry(&dismissal));
    kept.push(dismissal);
    replace(path, &kept, &grown)
}

/// Takes all dismissals of an action out of a file, and gives their number.
pub(crate) fn remove(path: &Path, action: &ActionId) -> Result<usize, Failure> {
    let text = text(path)?;
    let all = read_existing(path, &text)?;
    let is_left = |dismissal: &Dismissal| dismissal.action != *action;
    let flags: Vec<bool> = all.iter().map(is_left).collect();
    let removed = flags.iter().filter(|left| !**left).count();
    let left: Vec<Dismissal> = all.into_iter().filter(is_left).collect();
    replace(path, &left, &without(&text, &flags))?;
    Ok(removed)
}

fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        let named = path.display();
        Failure::Usage(format!("`--dismissals {named}`: the file {}", why(&error)))
    })
}

fn read_existing(path: &Path, text: &str) -> Result<Vec<Dismissal>, Failure> {
    let named = path.display();
    parse(text).map_err(|error| Failure::Usage(format!("`--dismissals {named}`: {error}")))
}

fn parse(text: &str) -> Result<Vec<Dismissal>, String> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let kept: Result<Option<Kept>, _> = serde_saphyr::from_str(text);
    match kept {
        Ok(kept) => Ok(kept.unwrap_or_default().dismissals),
        Err(error) => {
            let error = error.to_string();
            let first = error.lines().next().unwrap_or_default();
            let first = first.trim_start_matches("error: ");
            Err(format!("expected a list of `dismissals` in YAML: {first}"))
        }
    }
}

/// Writes the edited text where it says what is to be kept, comments and all; else all anew. The file is
/// there as before, or as it is to be, whatever happens.
fn replace(path: &Path, kept: &[Dismissal], edited: &str) -> Result<(), Failure> {
    let fits = parse(edited).is_ok_and(|read| read == kept);
    let text = match fits {
        true => edited.to_owned(),
        false => written(kept),
    };
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let save = || -> io::Result<()> {
        let directory = parent.map_or_else(env::current_dir, |parent| Ok(parent.to_owned()))?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    save().map_err(|error| {
        let (named, kind) = (path.display(), error.kind());
        Failure::Nothing(format!(
            "the dismissals `{named}` cannot be written: {kind}"
        ))
    })
}

fn written(dismissals: &[Dismissal]) -> String {
    let mut text = format!("{HEAD}dismissals:\n");
    if dismissals.is_empty() {
        text = format!("{HEAD}dismissals: []\n");
    }
    for dismissal in dismissals {
        text.push_str(&entry(dismissal));
    }
    text
}

fn entry(dismissal: &Dismissal) -> String {
    let Dismissal {
        action,
        reason,
        by,
        at,
        until,
        covers,
        items,
    } = dismissal;
    // a text in JSON is one in YAML
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut entry = format!("  - action: {}\n", quoted(&action.to_string()));
    let _ = writeln!(entry, "    reason: {}", quoted(reason));
    let _ = writeln!(entry, "    by: {}", quoted(by));
    let _ = writeln!(entry, "    at: \"{at}\"");
    if let Some(until) = until {
        let _ = writeln!(entry, "    until: \"{until}\"");
    }
    match (covers, items) {
        (Covers::Action, _) => entry.push_str("    covers: action\n"),
        (Covers::Items, Snapshot::Listed(keys)) => {
            entry.push_str("    items:\n");
            for key in keys {
                let _ = writeln!(entry, "      - {}", quoted(key));
            }
        }
        (Covers::Items, hashed @ Snapshot::Hashed(_)) => {
            entry.push_str("    items: |\n");
            let text = serde_json::to_value(hashed).unwrap_or_default();
            for line in text.as_str().unwrap_or_default().lines() {
                let _ = writeln!(entry, "      {line}");
            }
        }
    }
    entry
}

/// The text without the entries whose flags are not set: an entry goes from its dash to the next one
/// that stands as far in.
fn without(text: &str, left: &[bool]) -> String {
    let dash = |line: &str| line.trim_start().starts_with("- ").then(|| indent(line));
    let first = text.lines().find_map(dash);
    let mut flags = left.iter();
    let mut keep = true;
    let mut out = String::new();
    for line in text.lines() {
        if first.is_some() && dash(line) == first {
            keep = flags.next().copied().unwrap_or(true);
        }
        if keep {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dismissal(namespace: &str, items: usize) -> Dismissal {
        let keys: Vec<String> = (0..items)
            .map(|n| format!("shop/web -> \"{n}\": #"))
            .collect();
        Dismissal {
            action: format!("scan-images/{namespace}").parse().unwrap(),
            reason: "no: \"internet\"\n# there".to_owned(),
            by: "ann@example.org".to_owned(),
            at: Time(1_790_000_000),
            until: (items > 2).then_some(Time(1_800_000_000)),
            covers: if items == 0 {
                Covers::Action
            } else {
                Covers::Items
            },
            items: Snapshot::of(keys.iter().map(String::as_str)),
        }
    }

    #[test]
    fn what_is_added_is_read_and_comments_stay() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let all: Vec<Dismissal> = [("a", 1), ("b", 70), ("c", 0), ("a", 3)]
            .map(|(namespace, items)| dismissal(namespace, items))
            .into();
        for dismissal in &all {
            add(&path, dismissal.clone()).unwrap();
        }
        assert_eq!(read(&path, Some(Time(0))).unwrap(), all);

        let commented = fs::read_to_string(&path)
            .unwrap()
            .replace("    by:", "    # see above\n    by:");
        fs::write(&path, format!("# ours\n{commented}")).unwrap();
        assert_eq!(remove(&path, &"scan-images/a".parse().unwrap()).unwrap(), 2);
        assert_eq!(read(&path, Some(Time(0))).unwrap(), all[1..3]);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# ours\n"), "{text}");
        assert_eq!(text.matches("# see above").count(), 2, "{text}");

        remove(&path, &"scan-images/b".parse().unwrap()).unwrap();
        remove(&path, &"scan-images/c".parse().unwrap()).unwrap();
        assert_eq!(read(&path, None).unwrap(), []);
        add(&path, all[0].clone()).unwrap();
        assert_eq!(read(&path, None).unwrap(), all[..1]);
    }

    #[test]
    fn errors_say_where() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        fs::write(&path, "dismissals:\n  - action: paint/shop\n").unwrap();
        let Failure::Usage(message) = read(&path, None).unwrap_err() else {
            panic!("expected a wrong option");
        };
        assert!(
            message.contains("`paint/shop` is not an action"),
            "{message}"
        );
    }
}
