//! Where the links of a book lead. Those to other sites are not followed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Component, Path, PathBuf};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// A page as it was made.
pub struct Page {
    /// Its place in the book.
    path: PathBuf,
    /// Places on it that can be linked to.
    anchors: BTreeSet<String>,
    /// Where it leads, as it is written.
    pub links: BTreeSet<String>,
}

/// A link that leads nowhere.
pub struct Broken {
    page: PathBuf,
    link: String,
    why: &'static str,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}`: {}", self.page.display(), self.link, self.why)
    }
}

/// All pages below a folder.
pub fn pages(folder: &Path) -> Result<Vec<Page>, Box<dyn Error>> {
    let mut pages = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "html")
            {
                pages.push(page(
                    &fs::read_to_string(&path)?,
                    path.strip_prefix(folder)?,
                ));
            }
        }
    }
    Ok(pages)
}

/// Files that pages lead to and that are not there, by their places in the book.
pub fn missing(folder: &Path, pages: &[Page]) -> BTreeSet<PathBuf> {
    let targets = pages
        .iter()
        .flat_map(|page| page.links.iter().filter_map(|link| file(page, link)));
    targets
        .filter(|target| !folder.join(target).exists())
        .collect()
}

/// Links whose file or anchor is not there.
pub fn broken(folder: &Path, pages: &[Page]) -> Vec<Broken> {
    let by_path: BTreeMap<&Path, &Page> = pages
        .iter()
        .map(|page| (page.path.as_path(), page))
        .collect();
    let mut broken = Vec::new();
    for page in pages {
        for link in &page.links {
            let Some(target) = file(page, link) else {
                continue;
            };
            let anchor = link
                .split_once('#')
                .map(|(_, anchor)| anchor)
                .filter(|it| !it.is_empty());
            let known = |anchor: &str| {
                by_path
                    .get(target.as_path())
                    .is_some_and(|page| page.anchors.contains(anchor))
            };
            let why = if !folder.join(&target).is_file() {
                "no such file, nor a page of `docs/SUMMARY.md`"
            } else if !anchor.is_none_or(known) {
                "no such place on the page"
            } else {
                continue;
            };
            broken.push(Broken {
                page: page.path.clone(),
                link: link.clone(),
                why,
            });
        }
    }
    broken
}

/// The file that a link leads to; none of another site.
fn file(page: &Page, link: &str) -> Option<PathBuf> {
    let elsewhere = ["http:", "https:", "mailto:", "data:", "javascript:"];
    if elsewhere.iter().any(|scheme| link.starts_with(scheme)) {
        return None;
    }
    let path = link
        .split(['#', '?'])
        .next()
        .filter(|path| !path.is_empty());
    Some(path.map_or_else(
        || page.path.clone(),
        |path| resolved(&page.path.with_file_name(path)),
    ))
}

/// A path without `.` and `..`.
fn resolved(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(resolved.pop()),
            Component::Normal(name) => resolved.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    resolved
}

/// Reads anchors and links out of a page.
fn page(html: &str, path: &Path) -> Page {
    let found = Found(RefCell::new(Page {
        path: path.to_owned(),
        anchors: BTreeSet::new(),
        links: BTreeSet::new(),
    }));
    let tokenizer = Tokenizer::new(found, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// What was found so far.
struct Found(RefCell<Page>);

impl TokenSink for Found {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(Tag {
            kind: TagKind::StartTag,
            attrs,
            ..
        }) = token
        {
            let mut page = self.0.borrow_mut();
            for attribute in attrs {
                let value = attribute.value.to_string();
                match &*attribute.name.local {
                    "id" => drop(page.anchors.insert(value)),
                    "href" | "src" | "srcset" => drop(page.links.insert(value)),
                    _ => {}
                }
            }
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A book of two pages, and what is wrong with it.
    #[test]
    fn links_that_lead_nowhere_are_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("docs")).unwrap();
        let first = r##"<h1 id="top">A</h1><a href="docs/b.html#there">ok</a><a href="#top">ok</a>
            <a href="https://example.com/x#y">elsewhere</a><img src="docs/none.svg">"##;
        let second = r#"<h2 id="there">B</h2><a href="../a.html">ok</a><a href="../a.html#gone">no</a>
            <a href="../LICENSE">a file</a>"#;
        fs::write(folder.path().join("a.html"), first).unwrap();
        fs::write(folder.path().join("docs/b.html"), second).unwrap();

        let pages = pages(folder.path()).unwrap();
        let missing = missing(folder.path(), &pages);
        let expected = ["LICENSE", "docs/none.svg"].map(PathBuf::from);
        assert_eq!(missing, BTreeSet::from(expected));

        fs::write(folder.path().join("LICENSE"), "").unwrap();
        let mut told: Vec<String> = broken(folder.path(), &pages)
            .iter()
            .map(ToString::to_string)
            .collect();
        told.sort();
        let expected = [
            "a.html: `docs/none.svg`: no such file, nor a page of `docs/SUMMARY.md`",
            "docs/b.html: `../a.html#gone`: no such place on the page",
        ];
        assert_eq!(told, expected);
    }
}
