//! "Where code follows a rule, its documentation quotes the sentence and its place" (CONTRIBUTING,
//! "Rules"): what is quoted stands there, word for word.

#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::fs;
use std::path::{Path, PathBuf};

/// The pages that code cites, by the word that it uses.
const PAGES: [(&str, &str); 4] = [
    ("scoring", "scoring.md"),
    ("policy semantics", "policy-semantics.md"),
    ("formats", "formats.md"),
    ("recommendations", "recommendations.md"),
];

/// The crates that cite them.
const PACKAGES: [&str; 4] = ["posture-core", "posture-formats", "posture", "posture-cli"];

#[test]
fn quotations_stand_where_they_are_said_to() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let pages = PAGES.map(|(name, file)| {
        let text = fs::read_to_string(root.join("docs").join(file)).unwrap();
        (name, sections(&text))
    });
    let (mut checked, mut failures) = (0, Vec::new());
    for package in PACKAGES {
        let mut files = Vec::new();
        collect(&root.join(package).join("src"), &mut files);
        files.sort();
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for comment in comments(&text) {
                for citation in citations(&comment) {
                    checked += 1;
                    if !pages
                        .iter()
                        .any(|(name, sections)| citation.stands(name, sections))
                    {
                        let file = file.strip_prefix(&root).unwrap().display();
                        failures.push(format!("{file}: {citation:?}"));
                    }
                }
            }
        }
    }
    assert!(checked > 100, "only {checked} quotations were found");
    assert!(
        failures.is_empty(),
        "expected these words in that place:\n{}",
        failures.join("\n")
    );
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

/// The sections of a page by their numbers, a subsection also as part of its section; in lower case.
fn sections(page: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    // Within a fenced block `#` begins a comment.
    let prose: Vec<&str> = page.split("\n```").step_by(2).collect();
    for part in prose.join("\n").split("\n#").skip(1) {
        let heading = part.trim_start_matches('#').trim_start();
        let number: String = heading
            .chars()
            .take_while(|c| c.is_ascii_digit() || *c == '.')
            .collect();
        let number = number.trim_end_matches('.').to_owned();
        let text = plain(part).to_lowercase();
        if let Some((outer, _)) = number.split_once('.') {
            let outer = sections.iter_mut().find(|(number, _)| number == outer);
            outer.unwrap().1.push_str(&text);
        }
        sections.push((number, text));
    }
    sections
}

/// The comments of a file: lines that follow each other, joined.
fn comments(text: &str) -> Vec<String> {
    let mut comments = vec![String::new()];
    for line in text.lines() {
        let comment = line.trim_start().strip_prefix("//");
        let last = comments.last_mut().unwrap();
        match comment {
            Some(comment) => {
                last.push_str(comment.trim_start_matches(['/', '!']));
                last.push(' ');
            }
            None if last.is_empty() => {}
            None => comments.push(String::new()),
        }
    }
    comments
}

/// Words that are said to stand in a page, in any of some sections.
#[derive(Debug)]
struct Citation<'a> {
    page: &'static str,
    sections: Vec<&'a str>,
    words: String,
}

impl Citation<'_> {
    fn stands(&self, page: &str, sections: &[(String, String)]) -> bool {
        let words = self.words.to_lowercase();
        self.page == page
            && sections.iter().any(|(number, text)| {
                self.sections.contains(&number.as_str()) && text.contains(&words)
            })
    }
}

/// What a comment quotes, part by part where words are left out. A place is that of all quotations
/// before it, back to the place before.
fn citations(comment: &str) -> Vec<Citation<'_>> {
    let mut citations = Vec::new();
    let mut rest = comment;
    while let Some((before, page, sections, after)) = next_place(rest) {
        rest = after;
        let sections: Vec<&str> = sections
            .split([' ', ','])
            .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            .collect();
        for quoted in quotations(before) {
            citations.extend(quoted.split("[...]").map(|part| Citation {
                page,
                sections: sections.clone(),
                words: plain(part).trim_matches([' ', '.', ',', ';']).to_owned(),
            }));
        }
    }
    citations
}

/// The next "(page, section 1)": what is before it, the page, its sections, and what is behind it.
fn next_place(text: &str) -> Option<(&str, &'static str, &str, &str)> {
    let places = PAGES.iter().filter_map(|(name, _)| {
        let at = text.find(&format!("({name}, section"))?;
        Some((at, *name))
    });
    let (at, name) = places.min()?;
    let (sections, after) = text[at..].split_once(')')?;
    Some((&text[..at], name, sections, after))
}

/// The parts of a text in quotation marks; a mark inside backticks is none.
fn quotations(text: &str) -> Vec<String> {
    let mut quotations = Vec::new();
    let (mut open, mut in_code) = (None, false);
    for (at, character) in text.char_indices() {
        match (character, open) {
            ('`', _) => in_code = !in_code,
            ('"', None) if !in_code => open = Some(at + 1),
            ('"', Some(from)) if !in_code => {
                quotations.push(text[from..at].to_owned());
                open = None;
            }
            _ => {}
        }
    }
    quotations
}

/// A text without marks of form, its white space folded.
fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|c| !matches!(c, '`' | '*')).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
