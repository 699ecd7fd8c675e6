//! The conformance corpus: every folder of `cases/` holds the facts that its `why.md` derives from
//! the design, and then gives its `expected.json` to the byte.
//!
//! With `POSTURE_BLESS=1` in the environment `expected.json` is written anew; facts are never.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use posture::File;
use serde_json::Value;

const MIN_FACTS: usize = 3;

#[test]
fn every_case_gives_what_was_derived() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
    let folders: Vec<PathBuf> = entries(&corpus)
        .into_iter()
        .filter(|path| path.is_dir())
        .collect();
    assert!(!folders.is_empty(), "no case in {}", corpus.display());

    let mut failures = Vec::new();
    for folder in &folders {
        if let Err(found) = check(folder) {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            failures.extend(
                found
                    .into_iter()
                    .map(|failure| format!("{name}: {failure}")),
            );
        }
    }
    writeln!(io::stderr(), "cases: {}", folders.len()).expect("standard error");
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Checks one case: what failed, in a line each.
fn check(folder: &Path) -> Result<(), Vec<String>> {
    let one = |failure: String| vec![failure];
    let why = fs::read_to_string(folder.join("why.md")).map_err(|_| one("no why.md".to_owned()))?;
    let facts = facts(&why).map_err(one)?;
    let got = result(folder).map_err(one)?;
    let value: Value = serde_json::from_str(&got).map_err(|error| one(error.to_string()))?;

    let mut failures: Vec<String> = facts
        .iter()
        .filter_map(|fact| fact.check(&value).err())
        .collect();
    if facts.len() < MIN_FACTS || !facts.iter().any(|fact| fact.place == "/score") {
        failures.push(format!(
            "expected {MIN_FACTS} facts or more in why.md, `/score` among them"
        ));
    }
    let expected = folder.join("expected.json");
    if std::env::var_os("POSTURE_BLESS").is_some_and(|bless| bless == "1") {
        fs::write(&expected, &got).expect("a writable expected.json");
    } else if fs::read_to_string(&expected).ok().as_ref() != Some(&got) {
        failures.push("the result is not expected.json".to_owned());
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures)
    }
}

/// The result's bytes, from the files below `input/` and the request, if there is one.
fn result(folder: &Path) -> Result<String, String> {
    let input = folder.join("input");
    let mut contents: Vec<(String, Vec<u8>)> = files(&input)
        .iter()
        .map(|path| (name(path, &input), fs::read(path).expect("a readable file")))
        .collect();
    contents.sort();
    let files: Vec<File<'_>> = contents
        .iter()
        .map(|(name, bytes)| File { name, bytes })
        .collect();
    let request = fs::read_to_string(folder.join("request.json"));
    let request = request.unwrap_or_else(|_| "{}".to_owned());
    posture::score_json(&files, &request).map_err(|error| error.to_string())
}

/// A fact about a result.
struct Fact {
    /// Where: a JSON pointer in which `key=value` is the array's element with that field.
    place: String,
    of: Of,
    /// None where there is to be no such place.
    expected: Option<Value>,
}

/// What of a place a fact is about.
enum Of {
    Value,
    Length,
}

/// The rows of the tables of `why.md` whose first column is headed `fact`.
fn facts(why: &str) -> Result<Vec<Fact>, String> {
    let mut facts = Vec::new();
    let mut in_table = false;
    for line in why.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        match cells.as_slice() {
            [_] => in_table = false,
            ["", "fact", "value", ..] => in_table = true,
            ["", dashes, ..] if dashes.starts_with("---") => {}
            ["", place, value, because, ..] if in_table && !because.is_empty() => {
                let bad = || format!("the fact `{place}` has the value `{value}`");
                facts.push(Fact::parse(place, value).ok_or_else(bad)?);
            }
            ["", ..] if in_table => return Err(format!("no fact: {line}")),
            _ => in_table = false,
        }
    }
    Ok(facts)
}

impl Fact {
    fn parse(place: &str, value: &str) -> Option<Self> {
        let code = |cell: &str| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned());
        let (place, of) = match place.strip_suffix(" length") {
            Some(place) => (place, Of::Length),
            None => (place, Of::Value),
        };
        let expected = match value {
            "absent" => None,
            json => Some(serde_json::from_str(&code(json)?).ok()?),
        };
        Some(Self {
            place: code(place)?,
            of,
            expected,
        })
    }

    fn check(&self, result: &Value) -> Result<(), String> {
        let found = self.place.split('/').skip(1).try_fold(result, step);
        let got = match self.of {
            Of::Value => found.cloned(),
            Of::Length => found.and_then(length).map(Value::from),
        };
        if got == self.expected {
            return Ok(());
        }
        let show = |value: &Option<Value>| match value {
            Some(value) => value.to_string(),
            None => "nothing".to_owned(),
        };
        let (derived, got) = (show(&self.expected), show(&got));
        Err(format!("{}: derived {derived}, got {got}", self.place))
    }
}

/// One segment of a place; `~1` stands for `/`, as in JSON pointers.
fn step<'v>(value: &'v Value, segment: &str) -> Option<&'v Value> {
    let segment = segment.replace("~1", "/");
    match (value, segment.split_once('=')) {
        (Value::Array(elements), Some((key, wanted))) => elements
            .iter()
            .find(|element| element.get(key).and_then(Value::as_str) == Some(wanted)),
        (Value::Array(elements), None) => elements.get(segment.parse::<usize>().ok()?),
        (other, _) => other.get(&segment),
    }
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::Array(elements) => Some(elements.len()),
        Value::Object(fields) => Some(fields.len()),
        _ => None,
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    entries(folder).into_iter().flat_map(below).collect()
}

/// What lies in a folder, sorted; nothing where there is no folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// The path of a file below a folder, with `/` on every system.
fn name(path: &Path, folder: &Path) -> String {
    let below = path.strip_prefix(folder).expect("a path below the folder");
    below
        .iter()
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}
