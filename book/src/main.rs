//! Makes the book of the repository's Markdown pages, which keep their places in it, and checks that
//! every link leads somewhere: `posture-book FOLDER`.
//!
//! The chapters are those of `docs/SUMMARY.md`, and each case. What a page points to and is no chapter, a
//! picture or an example, is copied beside it.

mod chapters;
mod links;

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use mdbook_driver::config::Config;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder] = arguments.as_slice() else {
        return Err("expected one argument: the folder to make the book in".into());
    };
    let folder = env::current_dir()?.join(folder);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    build(&root, &folder)?;
    let pages = links::pages(&folder)?;
    for target in links::missing(&folder, &pages) {
        copy(&root, &folder, &target)?;
    }
    let broken = links::broken(&folder, &pages);
    for link in &broken {
        eprintln!("{link}");
    }
    if !broken.is_empty() {
        return Err(format!("{} links lead nowhere", broken.len()).into());
    }
    let count = pages.iter().map(|page| page.links.len()).sum::<usize>();
    println!("{}: {} pages, {count} links", folder.display(), pages.len());
    Ok(())
}

/// Renders all chapters.
fn build(root: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut config = Config::from_disk(root.join("book/book.toml"))?;
    config.build.build_dir = PathBuf::from(folder);
    let summary = chapters::summary(root)?;
    let mut book = MDBook::load_with_config_and_summary(root, config, summary)?;
    // All that lies beside the sources and is no page would be copied: the whole repository. So from here on
    // they are said to be in a folder without anything.
    let nothing = tempfile::tempdir()?;
    book.config.book.src = PathBuf::from(nothing.path());
    book.build()?;
    Ok(())
}

/// Copies a file of the repository to its place in the book; what is no file is left for [`links::broken`].
fn copy(root: &Path, folder: &Path, target: &Path) -> Result<(), Box<dyn Error>> {
    let source = root.join(target);
    if source.is_file() {
        let copy = folder.join(target);
        fs::create_dir_all(copy.parent().unwrap_or(folder))?;
        fs::copy(source, copy)?;
    }
    Ok(())
}
