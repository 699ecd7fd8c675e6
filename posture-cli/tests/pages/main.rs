//! Every block of every page does what the page says: `README.md`, `docs/` and `examples/`.
//!
//! | block | what is held |
//! |---|---|
//! | `console` | what a command after `$ ` prints is what stands below it; `examples/tests/run.rs` runs those in Rust |
//! | `sh` | it succeeds |
//! | `yaml`, `json` | `posture` reads it: objects without a warning, anything else as a method |
//! | `rust` | it is a test of the documentation of `posture`, which holds the page |
//! | `python`, `js` | run by `posture-py/tests/test_pages.py` and `posture-wasm/tests/pages.test.mjs` |
//! | any that begins with `# Needs` | not run here, and counted in [`NEEDS_MORE`] |
//!
//! The blocks of a page run one after the other in one folder, see [`session::Session`]. They are written for bash.
#![cfg(unix)]

mod blocks;
mod example;
mod pipelines;
mod session;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use blocks::{Block, blocks};
use session::Session;

/// What begins a block that needs more than `posture`: a cluster, a compiler, a scanner.
const NEEDS: &str = "# Needs ";

/// How many blocks of a page are not run, since they need more than `posture`.
const NEEDS_MORE: [(&str, usize); 9] = [
    ("README.md", 2),
    ("docs/collecting.md", 3),
    ("docs/commands.md", 1),
    ("docs/formats.md", 2),
    ("docs/performance.md", 1),
    ("docs/python.md", 1),
    ("examples/README.md", 1),
    ("examples/collect/README.md", 1),
    ("examples/service/README.md", 3),
];

/// What runs an example in Rust.
const EXAMPLE: &str = "$ cargo run -p posture-examples --example ";

/// The pages with Rust in them, all of which the documentation of `posture` includes.
const RUST: &str = "posture/src/lib.rs";

#[test]
fn pages_do_what_they_say() {
    let bless = std::env::var_os("POSTURE_BLESS").is_some();
    let (mut run, mut faults, mut needing) = (0, Vec::new(), BTreeMap::new());
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let session = Session::new(&page);
        let mut blessed = text.clone();
        for block in blocks(&text) {
            if block.text.starts_with(NEEDS) {
                *needing.entry(page.clone()).or_insert(0) += 1;
                continue;
            }
            run += 1;
            match check(&session, &page, &block) {
                Ok(None) => {}
                Ok(Some(shown)) if bless => blessed = blessed.replacen(block.text, &shown, 1),
                Ok(Some(shown)) => faults.push(format!(
                    "{page}, line {}: expected\n{}\nbut it is\n{shown}\n\
                    run the tests with POSTURE_BLESS=1 and read the diff",
                    block.line, block.text
                )),
                Err(fault) => faults.push(format!("{page}, line {}: {fault}", block.line)),
            }
        }
        if blessed != text {
            fs::write(root().join(&page), blessed).unwrap();
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    println!("{run} blocks were run or are run elsewhere, these need more: {needing:#?}");
    assert!(run >= 40, "only {run} blocks were found");
    let expected = NEEDS_MORE.map(|(page, count)| (page.to_owned(), count));
    assert_eq!(needing, BTreeMap::from(expected));
}

/// Runs a block. Of a `console` block it gives what should stand there, where that is something else.
fn check(session: &Session, page: &str, block: &Block<'_>) -> Result<Option<String>, String> {
    match block.language {
        "console" if block.text.starts_with(EXAMPLE) => Ok(None),
        "console" => session
            .console(block.text)
            .map(|shown| (shown != block.text).then_some(shown)),
        "sh" => session.run(block.text).map(|_| None),
        "yaml" | "json" => session.read(block.text).map(|()| None),
        "rust" if documents(page) => Ok(None),
        "rust" => Err(format!("expected {RUST} to include the page")),
        "python" | "js" => Ok(None),
        other => Err(format!("a block of `{other}`, which nothing runs")),
    }
}

/// Whether the documentation of `posture` includes a page.
fn documents(page: &str) -> bool {
    let code = fs::read_to_string(root().join(RUST)).unwrap();
    code.contains(&format!("include_str!(\"../../{page}\")"))
}

/// All pages, by their places in the repository, in order.
fn pages() -> Vec<String> {
    let mut pages = vec!["README.md".to_owned()];
    for folder in ["docs", "examples"] {
        collect(Path::new(folder), &mut pages);
    }
    pages.sort();
    pages
}

fn collect(folder: &Path, pages: &mut Vec<String>) {
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = folder.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path.to_str().unwrap().replace('\\', "/"));
        }
    }
}

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
