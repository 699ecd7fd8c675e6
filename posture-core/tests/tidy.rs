//! What the compiler does not check: the direction of modules, the size of files, and purity.

#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A file of a source folder.
struct Source {
    /// Its path below the source folder.
    path: String,
    /// Its lines with their numbers, without comments and without the tests at its end.
    code: Vec<(usize, String)>,
}

/// All sources of a crate beside this one; none where the crate is not there.
fn sources(package: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(package)
        .join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let relative = |file: &Path| {
        file.strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/")
    };
    files
        .iter()
        .filter(|file| !file.ends_with("tests.rs") && !file.iter().any(|part| part == "tests"))
        .map(|file| Source {
            path: relative(file),
            code: code(&fs::read_to_string(file).unwrap()),
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn code(text: &str) -> Vec<(usize, String)> {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line.to_owned()))
        .collect()
}

/// The modules of `lib.rs` with their places in it.
fn modules(lib: &Source) -> BTreeMap<&str, usize> {
    let declared = lib.code.iter().filter_map(|(_, line)| {
        line.strip_prefix("pub ")
            .unwrap_or(line)
            .strip_prefix("mod ")?
            .strip_suffix(';')
    });
    declared
        .enumerate()
        .map(|(place, name)| (name, place))
        .collect()
}

/// The words that follow `crate::`, also of `use crate::{a, b::c}`.
fn used(line: &str) -> Vec<&str> {
    let word = |text: &'_ str| {
        text.find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len())
    };
    let mut found = Vec::new();
    for (at, marker) in line.match_indices("crate::") {
        let rest = &line[at + marker.len()..];
        match rest.strip_prefix('{') {
            None => found.push(&rest[..word(rest)]),
            Some(list) => found.extend(list.split(',').map(|item| {
                let item = item.trim_start();
                &item[..word(item)]
            })),
        }
    }
    found
}

/// "A module uses only modules above it in the list of `lib.rs`" (CONTRIBUTING, "Where things are").
#[test]
fn modules_use_only_what_is_above_them() {
    let sources = sources("posture-core");
    let lib = sources
        .iter()
        .find(|source| source.path == "lib.rs")
        .unwrap();
    let places = modules(lib);
    assert!(places.len() > 10, "`lib.rs` is read: {places:?}");
    let mut upward = Vec::new();
    for source in sources.iter().filter(|source| source.path != "lib.rs") {
        let module = source.path.split(['/', '.']).next().unwrap();
        for (number, line) in &source.code {
            for other in used(line).into_iter().filter(|other| *other != module) {
                if places
                    .get(other)
                    .is_none_or(|place| *place > places[module])
                {
                    upward.push(format!(
                        "{}:{number}: `{module}` uses `{other}`",
                        source.path
                    ));
                }
            }
        }
    }
    assert!(
        upward.is_empty(),
        "expected uses of modules above only:\n{}",
        upward.join("\n")
    );
}

/// The number of lines, tests apart, that no file exceeds.
const LONGEST: usize = 400;

#[test]
fn files_are_short_enough_to_read() {
    let mut long = Vec::new();
    for package in [
        "posture-core",
        "posture-formats",
        "posture-collect",
        "posture-columnar",
    ] {
        for source in sources(package) {
            let last = source.code.last().map_or(0, |(number, _)| *number);
            if last > LONGEST {
                long.push(format!("{package}/src/{}: {last} lines", source.path));
            }
        }
    }
    assert!(
        long.is_empty(),
        "expected at most {LONGEST} lines:\n{}",
        long.join("\n")
    );
}

/// What no pure crate may name: input and output, clocks, threads, and what is random.
const IMPURE: [&str; 22] = [
    "std::fs",
    "std::io::std",
    "std::net::Tcp",
    "std::net::Udp",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "println!",
    "print!(",
    "eprintln!",
    "eprint!",
    "dbg!",
    "RandomState",
    "HashMap::new(",
    "HashSet::new(",
    "static mut",
    "thread_local!",
    "unsafe ",
];

/// What scoring may not compute with.
const FLOATS: [&str; 2] = ["f32", "f64"];

/// "`posture-core`, `posture-formats`, `posture-collect` and `posture-columnar` do no IO and read no clock";
/// "ordered maps in values, integers in scores" (CONTRIBUTING, "Rules").
#[test]
fn pure_crates_are_pure() {
    let mut impure = Vec::new();
    for (package, more) in [
        ("posture-core", &FLOATS[..]),
        ("posture-formats", &[]),
        ("posture-collect", &[]),
        ("posture-columnar", &[]),
    ] {
        for source in sources(package) {
            for (number, line) in &source.code {
                if is_exempt(package, &source.path, line) {
                    continue;
                }
                let names = IMPURE
                    .iter()
                    .chain(more)
                    .filter(|name| contains_word(line, name));
                impure.extend(
                    names.map(|name| format!("{package}/src/{}:{number}: `{name}`", source.path)),
                );
                if hashes_at_random(line) {
                    impure.push(format!(
                        "{package}/src/{}:{number}: a map in random order",
                        source.path
                    ));
                }
            }
        }
    }
    assert!(
        impure.is_empty(),
        "expected pure code only:\n{}",
        impure.join("\n")
    );
}

/// Whether a line has a name that is not the end of another.
fn contains_word(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_')
    })
}

/// Whether a library asks for what a line has: arrow-ipc for a map of the standard library, over which
/// nothing here iterates; serde for readers of all numbers there are, which are handed on and not computed with.
fn is_exempt(package: &str, path: &str, line: &str) -> bool {
    match (package, path) {
        ("posture-columnar", "ipc/stream.rs") => line.contains("dictionaries: HashMap"),
        ("posture-core", "json/strict.rs") => line.contains("visit_f"),
        _ => false,
    }
}

/// Whether a line has the standard library's hash map or set without a hasher of its own.
fn hashes_at_random(line: &str) -> bool {
    let random = |name: &str| {
        line.match_indices(name)
            .any(|(at, _)| !line[..at].ends_with("Fx") && !line.contains("FxBuildHasher"))
    };
    random("HashMap<") || random("HashSet<")
}
