//! Which pages the book has.

use std::error::Error;
use std::fs;
use std::path::Path;

use mdbook_summary::{Summary, parse_summary};

/// The line of the chapter below which the cases are.
const CASES: &str = "- [The cases](cases/README.md)\n";

/// The chapters of `docs/SUMMARY.md`, by their places in the repository, and a chapter for each case.
///
/// # Errors
/// A page of `docs/` is no chapter.
pub fn summary(root: &Path) -> Result<Summary, Box<dyn Error>> {
    let text = fs::read_to_string(root.join("docs/SUMMARY.md"))?;
    let text = text.replace("](", "](docs/").replace("](docs/../", "](");
    let (before, after) = text.split_once(CASES).ok_or(
        "expected `docs/SUMMARY.md` to have the cases, which are added below their chapter",
    )?;
    for name in names(&root.join("docs"))? {
        let is_page = Path::new(&name).extension().is_some_and(|it| it == "md");
        if is_page && name != "SUMMARY.md" && !text.contains(&format!("](docs/{name})")) {
            return Err(format!("expected `docs/SUMMARY.md` to have `{name}`").into());
        }
    }
    let cases = cases(root)?;
    Ok(parse_summary(&format!("{before}{CASES}{cases}{after}"))?)
}

/// A line for each case, in order of name.
fn cases(root: &Path) -> Result<String, Box<dyn Error>> {
    let folder = root.join("cases");
    let mut names = names(&folder)?;
    names.retain(|name| folder.join(name).is_dir());
    let line = |name: &String| format!("  - [{name}](cases/{name}/why.md)\n");
    Ok(names.iter().map(line).collect())
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
