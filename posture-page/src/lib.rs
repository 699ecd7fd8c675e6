//! A result as a page: the dashboard's one file, with all in it that the result is made of.
//!
//! ```
//! use posture::Saved;
//!
//! let objects = br#"{"kind": "PodList", "items": []}"#.to_vec();
//! let files = vec![("objects.json".to_owned(), objects)];
//! let saved = Saved::read(files, "{}".to_owned(), &mut |_| {})?;
//!
//! // In earnest it is `dashboard/dist/posture.html`, which `make dashboard` builds.
//! let template = r#"<script type="application/octet-stream" id="posture-input"></script>"#;
//! let page = posture_page::fill(template, &saved)?;
//! assert!(page.starts_with(r#"<script type="application/octet-stream" id="posture-input">H4sI"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here opens files.

use std::io::{self, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use posture::Saved;
use posture::core::history::Point;

/// Where the input belongs in the dashboard.
const PLACE: &str = "id=\"posture-input\">";

/// Where earlier points of the history belong.
const HISTORY: &str = "id=\"posture-history\">";

/// Where the dashboard says what it may do.
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"";

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The template has no place for an input.
    #[error("no page of a result: expected `posture.html` as `make dashboard` builds it")]
    NotATemplate,
    /// The input cannot be packed.
    #[error("the input of the page cannot be packed: {0}")]
    NotPacked(#[from] io::Error),
}

/// The page with an input in it, packed.
///
/// The whole input is in it, flow logs as their edges: whoever has the page has that.
///
/// # Errors
/// [`PageError::NotATemplate`] for a text that is not the dashboard.
pub fn fill(template: &str, saved: &Saved) -> Result<String, PageError> {
    put(template, PLACE, &saved.to_bytes())
}

/// The page with earlier points of the history in it, oldest first.
///
/// # Errors
/// [`PageError::NotATemplate`] for a text that is not the dashboard.
pub fn add_history(page: &str, earlier: &[Point]) -> Result<String, PageError> {
    let points: Vec<String> = earlier.iter().map(Point::to_json).collect();
    put(page, HISTORY, format!("[{}]", points.join(",")).as_bytes())
}

/// Puts bytes into a place, packed.
fn put(page: &str, place: &str, bytes: &[u8]) -> Result<String, PageError> {
    let (before, after) = page.split_once(place).ok_or(PageError::NotATemplate)?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes)?;
    let packed = BASE64_STANDARD.encode(packed.finish()?);
    Ok(format!("{before}{place}{packed}{after}"))
}

/// What the page lets itself do, as a Content-Security-Policy: whoever serves the page sends it as a
/// header, too. The hashes in it are those of the page's own script and style.
///
/// # Errors
/// [`PageError::NotATemplate`] for a text that has no such policy or no place for an input.
pub fn content_policy(template: &str) -> Result<&str, PageError> {
    let (before, _) = template.split_once(PLACE).ok_or(PageError::NotATemplate)?;
    let policy = before
        .split_once(POLICY)
        .and_then(|(_, rest)| rest.split_once('"'));
    policy
        .map(|(policy, _)| policy)
        .ok_or(PageError::NotATemplate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_the_page_s_own() {
        let place = format!("<script {PLACE}</script>");
        let page = format!("<head>{POLICY}default-src 'none'; img-src data:\"></head>{place}");
        assert_eq!(
            content_policy(&page).unwrap(),
            "default-src 'none'; img-src data:"
        );
        for wrong in [
            "",
            &place,
            &page.replace(PLACE, ">"),
            &page.replace(":\"", ":"),
        ] {
            let error = content_policy(wrong).unwrap_err();
            assert!(matches!(error, PageError::NotATemplate), "{wrong}");
        }
    }
}
